"""What showing a suggestion does to answers, read off the blind share of a programme's newest batches."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.ids import Ids
from goldloop.labelling.anchoring.probe_rules import caught
from goldloop.labelling.anchoring.probes import planted
from goldloop.labelling.anchoring.rules import Line, effects, forecasts, profiles
from goldloop.loop.alike import alike
from goldloop.loop.audited import Audited, audited
from goldloop.loop.context import BatchContext, Contexts
from goldloop.store import batches
from goldloop.store.actors import actors
from goldloop.store.arms import Armed, armed, seen
from goldloop.store.codes import SHOWN_NAMES, STANCE
from goldloop.store.draws import chances
from goldloop.store.overview import READ, newest_within
from goldloop.store.programmes import policy_in_force
from goldloop.store.suggestions import labels_of

NOBODY_DREW = "no suggestion was hidden at random: `blind.share` of the programme file was 0 for these batches"
NO_BATCH = "no suggestion was sent to be verified yet"
HOW = {STANCE["accept"]: "accept", STANCE["answer"]: "correct", STANCE["reject"]: "reject"}


class Arms(NamedTuple):
    """The lines of a programme's arms, and how many suggested items they are of."""

    lines: list[Line]
    suggested: int  # items sent to be verified
    drawn: int  # of them in a draw that could have hidden or shown them
    crossed: int  # shown though drawn to be hidden, or the other way round: they count in the arm they were drawn into


def anchoring_of(connection: Connection, ids: Ids, contexts: Contexts, programme_id: int) -> dict[str, Any]:
    """Everything the page on anchoring says of a programme."""
    production = [one for one in batches.batches(connection, programme_id) if one.purpose == "production"]
    scope = newest_within(production, READ)
    found = _arms(connection, ids, contexts, [one.id for one in scope])
    because = None if found.drawn else NOBODY_DREW if found.suggested else NO_BATCH
    seen_ = seen(connection, [one.id for one in scope])
    hidden = [line for line in found.lines if line.hidden]
    policy = policy_in_force(connection, programme_id).policy
    probes = planted(connection, ids, policy.labels, [one.id for one in scope])
    share = policy.calibration.probes.share if policy.calibration is not None else 0.0
    rates = caught(probes.answered, planted=probes.planted, declared=share > 0)
    return {
        "scope": {
            "batches": len(scope),
            "of": len(production),
            "items": sum(one.item_count for one in scope),
        },
        "blind_share": policy.blind.share,
        "probe_share": share,
        "probes": [one.model_dump(mode="json") for one in rates],
        "arms": {
            "suggested": found.suggested,
            "drawn": found.drawn,
            "shown": len(found.lines) - len(hidden),
            "hidden": len(hidden),
            "crossed": found.crossed,
            "because": because,
        },
        "seen": {name: seen_.get(code, 0) for code, name in enumerate(SHOWN_NAMES)},
        "effects": [
            one.model_dump(mode="json") for one in effects(found.lines, eligible=found.suggested, because=because)
        ],
        "profiles": [one.model_dump(mode="json") for one in profiles(found.lines)],
        "forecasts": [one.model_dump(mode="json") for one in forecasts(found.lines, items=found.suggested)],
    }


def _arms(connection: Connection, ids: Ids, contexts: Contexts, batch_ids: Sequence[int]) -> Arms:
    lines, people, suggested, drawn, crossed = list[Line](), dict[str, str](), 0, 0, 0
    for key in batch_ids:
        rows = armed(connection, key)
        suggested += len(rows)
        drawn_with = chances(connection, key, "blind")
        open_ = [one for one in rows if 0 < drawn_with.get(one.rule, 0) < 1]
        drawn += len(open_)
        said = [one for one in open_ if one.actor_id is not None]
        crossed += sum(one.hidden is not (one.shown == 0) for one in said)
        if said:
            found, names = _lines(connection, ids, contexts.batch(connection, key), said, drawn_with)
            lines += found
            people |= names
    alone = {key: name for key, name in people.items() if list(people.values()).count(name) == 1}
    named = {key: alone.get(key, f"{name} ({key})") for key, name in people.items()}
    return Arms([one._replace(person=named[one.person]) for one in lines], suggested, drawn, crossed)


def _lines(
    connection: Connection, ids: Ids, context: BatchContext, said: Sequence[Armed], drawn_with: Mapping[str, float]
) -> tuple[list[Line], dict[str, str]]:
    """The lines of a batch, people by their public ids, and the names behind those."""
    keys = {one.item_id for one in said}
    looked = audited(connection, context.row.id, keys)
    values = {value for one in said for value in (one.suggested, one.value_id, one.label_id) if value is not None}
    means = alike(connection, context.task, values | set(looked.reference.values()))
    labels = labels_of(connection, [one.suggested for one in said if one.suggested is not None])
    who = actors(connection, sorted({key for one in said for key in (one.actor_id, one.model_id) if key is not None}))
    public = {key: ids.show("actor", key) for key in who}
    out = []
    for one in said:
        assert one.actor_id is not None and one.stance is not None
        named = labels.get(one.suggested, ()) if one.suggested is not None else ()
        chance, model = drawn_with[one.rule], who[one.model_id]
        wrong_suggestion, wrong_label = _wrong(one, looked, means)
        out.append(
            Line(
                hidden=one.hidden,
                chance=chance if one.hidden else 1 - chance,
                queue=f"{one.rule}, tier {one.tier}",
                person=public[one.actor_id],
                label=context.ontology.name_of(named[0]) if len(named) == 1 else None,
                model=f"{model.name} {model.version}",
                how="blind" if one.hidden else HOW[one.stance],
                agrees=one.stance == STANCE["accept"] or _same(one.value_id, one.suggested, means),
                active_ms=one.active_ms,
                wrong_suggestion=wrong_suggestion,
                wrong_label=wrong_label,
                audited=looked.chance.get(one.item_id, 1.0),
            )
        )
    return out, {public[key]: one.name for key, one in who.items() if one.kind == "person"}


def _wrong(one: Armed, looked: Audited, means: Mapping[int, int]) -> tuple[bool | None, bool | None]:
    """Is the suggestion, is the accepted label another than the reference; None where that is not known."""
    reference = looked.reference.get(one.item_id)
    if reference is None:
        return None, None
    label = None if one.label_id is None else not _same(one.label_id, reference, means)
    return (None if one.suggested is None else not _same(one.suggested, reference, means)), label


def _same(a: int | None, b: int | None, means: Mapping[int, int]) -> bool:
    return a is not None and b is not None and means.get(a, a) == means.get(b, b)
