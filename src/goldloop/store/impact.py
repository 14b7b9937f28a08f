"""What a change of an ontology touches: accepted labels and judgements by label, person and batch. Counted set by set.

The answers that say a label are few beside the judgements that give them: they are found first, by the index of labels,
and the judgements of the programme's batches are then read once.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, Select, func, select

from goldloop.store.actors import actors
from goldloop.store.codes import DECISION, STANCE
from goldloop.store.schema import batch, decision, judgement, phrase, value_label


class Touched(NamedTuple):
    """How many of a label: accepted or said in a batch, or said by somebody."""

    label: str
    batch_id: int | None
    batch: str | None
    actor_id: int | None
    who: str | None
    labels: int


def accepted(connection: Connection, programme_id: int, labels: Sequence[str]) -> list[Touched]:
    """Accepted labels, by label and batch."""
    by = (decision.c.batch_id, decision.c.value_id)
    rows = connection.execute(
        select(*by, func.count())
        .where(
            decision.c.batch_id.in_(
                select(batch.c.id).where(batch.c.programme_id == programme_id, batch.c.purpose == "production")
            ),
            decision.c.value_id.in_(_values(labels)),
            decision.c.state == DECISION["decided"],
        )
        .group_by(*by)
    )
    counts = _by_label(_labels_of(connection, labels), ((value, (key, None), count) for key, value, count in rows))
    return _named(connection, programme_id, counts)


class Said(NamedTuple):
    """Judgements that say a label: of people by person, and of everybody, models too, by batch."""

    by_person: list[Touched]
    by_batch: list[Touched]


def said(connection: Connection, programme_id: int, labels: Sequence[str]) -> Said:
    """Judgements that say a label, by label and person and by label and batch, in one look at them."""
    who = judgement.c.actor_id + 0  # no bare column: its index would be read in order, a million rows here and there
    by = (judgement.c.batch_id, who, judgement.c.value_id)
    rows = connection.execute(
        select(*by, func.count())
        .where(
            judgement.c.batch_id.in_(select(batch.c.id).where(batch.c.programme_id == programme_id)),
            judgement.c.value_id.in_(_values(labels)),
            judgement.c.stance != STANCE["withdraw"],
        )
        .group_by(*by)
    ).all()
    names = _labels_of(connection, labels)
    people = _by_label(names, ((value, (None, key), count) for _, key, value, count in rows))
    places = _by_label(names, ((value, (key, None), count) for key, _, value, count in rows))
    return Said(_named(connection, programme_id, people), _named(connection, programme_id, places))


_Place = tuple[int | None, int | None]


def _values(labels: Sequence[str]) -> Select[tuple[int]]:
    """The answers that say one of these labels."""
    known = select(phrase.c.id).where(phrase.c.text.in_(sorted(labels)))
    return select(value_label.c.value_id).where(value_label.c.label_id.in_(known))


def _labels_of(connection: Connection, labels: Sequence[str]) -> dict[int, list[str]]:
    """Which of these labels every such answer says."""
    out: dict[int, list[str]] = {}
    rows = connection.execute(
        select(value_label.c.value_id, phrase.c.text)
        .join(phrase, phrase.c.id == value_label.c.label_id)
        .where(phrase.c.text.in_(sorted(labels)))
    )
    for value, label in rows:
        out.setdefault(value, []).append(label)
    return out


def _by_label(
    labels: Mapping[int, Sequence[str]], rows: Iterable[tuple[int, _Place, int]]
) -> dict[tuple[str, _Place], int]:
    out: dict[tuple[str, _Place], int] = {}
    for value, place, count in rows:
        for label in labels[value]:
            out[label, place] = out.get((label, place), 0) + count
    return out


def _named(connection: Connection, programme_id: int, counts: Mapping[tuple[str, _Place], int]) -> list[Touched]:
    """Counts with the names of batches and of the people among the authors; models are left out."""
    names = connection.execute(select(batch.c.id, batch.c.name).where(batch.c.programme_id == programme_id))
    batches = {key: name for key, name in names}
    people = actors(connection, sorted({who for _, (_, who) in counts if who is not None}))
    return [
        Touched(
            label,
            key,
            batches[key] if key is not None else None,
            who,
            people[who].name if who is not None else None,
            count,
        )
        for (label, (key, who)), count in sorted(
            counts.items(), key=lambda one: (one[0][1][0] or 0, one[0][0], one[0][1][1] or 0)
        )
        if who is None or people[who].kind == "person"
    ]
