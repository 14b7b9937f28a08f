"""The accuracy of a whole programme, from the audits of its batches: what they cover, and what they do not."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.nouns import QUEUES
from goldloop.loop.alike import alike
from goldloop.loop.audited import AUDIT, audited
from goldloop.loop.context import BatchContext, Contexts
from goldloop.loop.mapped import Reading
from goldloop.quality.accuracy.rules import Line, accuracies, gap
from goldloop.store import batches
from goldloop.store.batches import LABELLED, BatchRow
from goldloop.store.codes import NO_QUEUE
from goldloop.store.draws import drawn_items, draws
from goldloop.store.first_labels import Sampled, sampled
from goldloop.store.shared_errors import current_labels
from goldloop.store.values import answers

REPRESENTS = 0.5  # of what was drawn from: what the judged items must stand for, or the audit is not finished
NOT_AUDITED = "no batch of this programme was audited at random yet"
MACHINE = "accepted without a person"
WORK = {"verify": "verified", "annotate": "labelled in full", "review": "ruled on"}


class _Audit(NamedTuple):
    row: BatchRow
    lines: list[Line]
    because: str | None


def accuracy_of(connection: Connection, contexts: Contexts, programme_id: int) -> dict[str, Any]:
    """Accuracy in all and by part, before review and now, and how much of the programme it speaks for."""
    rows = [one for one in batches.batches(connection, programme_id) if one.purpose in LABELLED]
    audits = [_audit(connection, contexts.batch(connection, row.id)) for row in rows]
    lines = [line for one in audits for line in one.lines]
    because = None if lines else NOT_AUDITED
    return {
        "covered": {
            "batches": sum(bool(one.lines) for one in audits),
            "of": len(rows),
            "items": sum(one.row.item_count for one in audits if one.lines),
            "of_items": sum(row.item_count for row in rows),
            "judged": len(lines),
        },
        "left_out": [
            {"batch": one.row.name, "items": one.row.item_count, "because": one.because}
            for one in audits
            if one.because is not None
        ],
        "accuracy": [one.model_dump(mode="json") for one in accuracies(lines, because=because)],
        "gap": gap(lines).model_dump(mode="json"),
    }


def _audit(connection: Connection, context: BatchContext) -> _Audit:
    """The audited labels of a batch. What is known of gold alone was not drawn at random, and speaks for nothing.

    What was asked about and nobody judged, yet or for good, is spoken for by the others of its stratum.
    """
    row = context.row
    drawn = draws(connection, row.id, AUDIT)
    if not drawn:
        return _Audit(row, [], "no audit was drawn")
    keys = {one.item_id for each in drawn for one in drawn_items(connection, each.id)}
    looked = audited(connection, row.id, keys)
    judged = [one for one in sampled(connection, row.id, looked.reference) if one.item_id in looked.chance]
    stands_for = sum(1 / looked.chance[one.item_id] for one in judged)
    held = sum(looked.held.values()) or looked.frame
    if not judged or stands_for < REPRESENTS * held:
        return _Audit(
            row, [], f"its audit is not finished: {len(judged)} of {len(looked.chance)} asked about are judged"
        )
    right = _reader(connection, context, looked.reference, looked.under, judged)
    judged = [one for one in judged if one.item_id in right]
    asked, answered = Counter(looked.cell.values()), Counter(looked.cell[one.item_id] for one in judged)
    return _Audit(
        row,
        [
            Line(
                batch=row.name,
                cell=looked.cell[one.item_id],
                chance=looked.chance[one.item_id]
                * answered[looked.cell[one.item_id]]
                / asked[looked.cell[one.item_id]],
                work=_work(one),
                queue="accept" if one.queue == NO_QUEUE else QUEUES[one.queue],
                tier=f"tier {one.tier}" if one.queue != NO_QUEUE else "nobody",
                rule=one.rule,
                right_first=first,
                right_now=bool(now),
                passed=one.accepted_first if not one.hidden else None,
            )
            for one in judged
            for first, now in (right[one.item_id],)
        ],
        None,
    )


def _work(one: Sampled) -> str:
    if one.queue == NO_QUEUE:
        return MACHINE
    return WORK["annotate"] if one.hidden else WORK[QUEUES[one.queue]]


def _reader(
    connection: Connection,
    context: BatchContext,
    reference: Mapping[int, int],
    under: Mapping[int, int | None],
    judged: list[Sampled],
) -> dict[int, tuple[bool | None, bool]]:
    """Is the first label right, and the one that stands now; labels of another ontology are read as the newest's."""
    current = current_labels(connection, context.row.programme_id, [one.item_id for one in judged])
    now = {key: one.value_id for key, one in current.items()}
    wanted = {*reference.values(), *now.values()}
    wanted |= {value for one in judged for value in (one.first_id, one.value_id) if value is not None}
    means = alike(connection, context.task, wanted)
    texts = answers(connection, sorted(wanted))
    newest = max([context.row.ontology_id, *(key for key in under.values() if key is not None)])
    reading = Reading(connection, context.row.programme_id, context.task, newest)

    def text(value: int, ontology_id: int | None) -> str | None:
        return reading.text(texts[means.get(value, value)], ontology_id)

    out = {}
    for one in judged:
        true = text(reference[one.item_id], under.get(one.item_id))
        if true is None:
            continue
        first = None if one.first_id is None else text(one.first_id, context.row.ontology_id) == true
        out[one.item_id] = (first, text(now.get(one.item_id, one.value_id), context.row.ontology_id) == true)
    return out
