"""What gates, audits and agreements find, as readings of briefs: one key for what is held against one line."""

from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop.core.canonical import canonical, digest
from goldloop.core.ids import Ids
from goldloop.core.nouns import CheckResult, Spec
from goldloop.loop.audited import AUDIT
from goldloop.loop.brief import Reading, heard
from goldloop.loop.repair import choose, note_batch, waive
from goldloop.store.batches import BatchRow, batch_row, children, progress
from goldloop.store.briefs import UNREPAIRED, BriefRow, briefs
from goldloop.store.draws import draws
from goldloop.store.overview import newest_said
from goldloop.store.schema import brief

HEALTHY = {"pass": True, "fail": False, "unknown": None}
"""A check that is not known yet waits for its audit: it opens no brief, and closes none."""


def hear_gate(
    connection: Connection,
    ids: Ids,
    row: BatchRow,
    verdict: int,
    results: Sequence[CheckResult],
    *,
    owner: int,
    at: int,
) -> None:
    """Every check of a verdict on a batch. While its items are still being decided, nothing is found wrong yet."""
    stands = progress(connection, row.id)
    finished = stands.decided == stands.items
    data_at = _newest_data(connection, row)
    for one in results:
        reading = Reading(
            row.programme_id,
            f"{_start(connection, row)}{_named(one.check)}",
            "gate",
            f"{row.name} does not pass its gate {row.gate}: {_line(one.check)}",
            HEALTHY[one.outcome] if finished else None,
            one.because,
            evidence_ids=tuple(ids.key("evidence", key) for key in one.evidence_ids),
            verdict_id=verdict,
            batch_id=row.id,
            scope={"batch": row.name, "gate": row.gate},
            owner_id=owner,
            data_at=data_at,
        )
        heard(connection, reading, at=at)


def waive_gate(connection: Connection, row: BatchRow, because: str, *, by: int, at: int) -> None:
    """A waiver of a batch's verdict is one of its briefs; the next verdict that fails opens them again."""
    for one in _unrepaired(connection, row):
        waive(connection, one.id, because, by=by, at=at, until=at)


def note_sent_back(connection: Connection, row: BatchRow, because: str, *, by: int, at: int) -> None:
    """Sending labels of a batch back is the remedy of its briefs, and the batch what repairs them."""
    for one in _unrepaired(connection, row):
        choose(connection, one.id, "relabel", because, by=by, at=at)
        note_batch(connection, one.id, row.id, f"labels of {row.name} are annotated anew", by=by, at=at)


def of_audit(
    ids: Ids,
    row: BatchRow,
    name: str,
    release: str,
    verdict: int,
    result: CheckResult,
    *,
    owner: int,
    wrong: Sequence[str],
) -> Reading:
    """An audit of a release that has decided. Each draws anew, so that its number is always newer than the finding."""
    return Reading(
        row.programme_id,
        f"audit:{name}",
        "audit",
        f"More labels of {release} are wrong than its audit {name} allows",
        HEALTHY[result.outcome],
        f"{release}: {result.because}",
        evidence_ids=tuple(ids.key("evidence", key) for key in result.evidence_ids),
        verdict_id=verdict,
        batch_id=row.id,
        scope={"release": release, "items": list(wrong)},
        owner_id=owner,
    )


def _unrepaired(connection: Connection, row: BatchRow) -> list[BriefRow]:
    mine = brief.c.key.startswith(_start(connection, row), autoescape=True)
    return briefs(connection, row.programme_id, brief.c.state.in_(UNREPAIRED), mine)


def _start(connection: Connection, row: BatchRow) -> str:
    """How the keys of a batch's briefs begin; a redelivery repairs what was found in the delivery it replaces."""
    while row.purpose == "delivery" and row.parent_id is not None:
        row = batch_row(connection, row.parent_id)
    return f"gate:{row.name}:"


def _newest_data(connection: Connection, row: BatchRow) -> int:
    """When the newest answer to a batch or its audits was given, or its newest sample drawn."""
    said = [newest_said(connection, one.id, limit=1) for one in (row, *children(connection, row.id))]
    drawn = [one.drawn_at for one in draws(connection, row.id, AUDIT)[:1]]
    return max([row.created_at, *drawn, *(one.said_at for found in said for one in found)])


def _named(check: Spec) -> str:
    """A check by its name, and a digest of its parameters where it has any: a gate may hold two floors."""
    if not check.params:
        return check.name
    return f"{check.name}:{digest(canonical(check.params)).hex()[:8]}"


def _line(check: Spec) -> str:
    of, at = check.params.get("of"), check.params.get("at")
    name = of.get("name") if isinstance(of, dict) else None
    return f"{check.name} {at:g} of {name}" if name and isinstance(at, int | float) else check.name
