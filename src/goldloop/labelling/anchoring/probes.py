"""Planted errors of a programme's newest batches, with the names that the pages show."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.ids import Ids
from goldloop.core.ontology import Ontology
from goldloop.labelling.anchoring.probe_rules import Probe
from goldloop.store.actors import actors
from goldloop.store.probes import probes
from goldloop.store.suggestions import labels_of


class Planted(NamedTuple):
    """The probes that were answered, and how many were planted in all."""

    answered: list[Probe]
    planted: int


def planted(connection: Connection, ids: Ids, ontology: Ontology, batch_ids: Sequence[int]) -> Planted:
    """The errors that were planted in batches."""
    rows = probes(connection, batch_ids)
    said = [one for one in rows if one.caught is not None]
    who = actors(connection, sorted({key for one in said for key in (one.person_id, one.model_id) if key is not None}))
    names = [who[key].name for key in {one.person_id for one in said}]
    labels = labels_of(connection, [one.planted for one in said])

    def person(key: int) -> str:
        name = who[key].name
        return name if names.count(name) == 1 else f"{name} ({ids.show('actor', key)})"

    def label(value_id: int) -> str | None:
        named = labels[value_id]
        return ontology.name_of(named[0]) if len(named) == 1 else None

    return Planted(
        [
            Probe(
                person=person(one.person_id),
                queue=f"{one.rule}, tier {one.tier}",
                label=label(one.planted),
                model=f"{who[one.model_id].name} {who[one.model_id].version}" if one.model_id is not None else "none",
                caught=bool(one.caught),
            )
            for one in said
        ],
        len(rows),
    )
