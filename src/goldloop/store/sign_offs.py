"""What the client is asked of batches that passed, and says: signed off by name, or disputed with reason and items."""

import json
from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from sqlalchemy import Connection, func, insert, or_, select

from goldloop.core.canonical import canonical
from goldloop.store.batches import LABELLED
from goldloop.store.schema import actor, batch, brief, brief_word, organisation, sign_off, verdict

Kind = Literal["asked", "signed", "disputed"]
PAGE = 500  # batches of one statement


class SignOff(NamedTuple):
    """One word on a batch; `items` are the keys of what a dispute names, `by` is None for the rule that asks."""

    id: int
    batch_id: int
    verdict_id: int
    kind: Kind
    because: str
    items: tuple[int, ...]
    by: str | None
    organisation: str | None
    at: int


class Passed(NamedTuple):
    """A batch whose newest verdict opens, and that verdict."""

    batch_id: int
    programme_id: int
    name: str
    purpose: str
    items: int
    verdict_id: int
    outcome: str
    proved: str | None
    waiver_because: str | None
    decided_at: int


def add_sign_off(
    connection: Connection,
    batch_id: int,
    verdict_id: int,
    *,
    kind: Kind,
    because: str,
    items: Sequence[int] = (),
    by: int | None,
    at: int,
) -> int:
    """Write a word down; its key."""
    row = {
        "batch_id": batch_id,
        "verdict_id": verdict_id,
        "kind": kind,
        "because": because,
        "items": canonical(list(items)),
        "said_by": by,
        "said_at": at,
    }
    return int(connection.execute(insert(sign_off).returning(sign_off.c.id), row).scalar_one())


def sign_offs(
    connection: Connection, batch_ids: Collection[int], *, until: int | None = None
) -> dict[int, list[SignOff]]:
    """Every word on some batches, in order; `until` leaves out what was said from then on."""
    out: dict[int, list[SignOff]] = {key: [] for key in batch_ids}
    keys = sorted(out)
    for start in range(0, len(keys), PAGE):
        statement = (
            select(sign_off, actor.c.name.label("by"), organisation.c.name.label("organisation"))
            .outerjoin(actor, actor.c.id == sign_off.c.said_by)
            .outerjoin(organisation, organisation.c.id == actor.c.organisation_id)
            .where(sign_off.c.batch_id.in_(keys[start : start + PAGE]))
            .order_by(sign_off.c.id)
        )
        for row in connection.execute(statement if until is None else statement.where(sign_off.c.said_at < until)):
            out[row.batch_id].append(
                SignOff(
                    row.id,
                    row.batch_id,
                    row.verdict_id,
                    row.kind,
                    row.because,
                    tuple(json.loads(row.items)),
                    row.by,
                    row.organisation,
                    row.said_at,
                )
            )
    return out


class Repaired(NamedTuple):
    """The batch that a client disputed, of a batch in which its items were judged again."""

    batch_id: int
    name: str


def repairs(connection: Connection, programme_id: int) -> dict[int, Repaired]:
    """The batches of a programme that were opened to repair what a client disputed."""
    opened, worked = brief_word.alias(), brief_word.alias()
    rows = connection.execute(
        select(worked.c.batch_id, batch.c.id, batch.c.name)
        .join(brief, brief.c.id == worked.c.brief_id)
        .join(opened, (opened.c.brief_id == brief.c.id) & (opened.c.kind == "opened"))
        .join(batch, batch.c.id == opened.c.batch_id)
        .where(
            brief.c.programme_id == programme_id,
            brief.c.source == "client",
            worked.c.kind == "worked",
            worked.c.batch_id != opened.c.batch_id,
        )
    )
    return {key: Repaired(of, name) for key, of, name in rows}


def passed(connection: Connection, programme_id: int, *, before: int | None = None, limit: int = 200) -> list[Passed]:
    """The batches of labels of a programme whose gate is open, newest first."""
    statement = _PASSED.where(batch.c.programme_id == programme_id).order_by(batch.c.id.desc()).limit(limit)
    if before is not None:
        statement = statement.where(batch.c.id < before)
    return [Passed._make(row) for row in connection.execute(statement)]


def one_passed(connection: Connection, batch_id: int) -> Passed | None:
    """A batch of labels, where its gate is open."""
    row = connection.execute(_PASSED.where(batch.c.id == batch_id)).one_or_none()
    return Passed._make(row) if row else None


def opened_before(connection: Connection, batch_id: int, verdict_id: int) -> int | None:
    """When the verdict before this one opened the batch; None where it did not, or there is none."""
    row = connection.execute(
        select(verdict.c.outcome, verdict.c.waived_by, verdict.c.decided_at)
        .where(verdict.c.batch_id == batch_id, verdict.c.id < verdict_id)
        .order_by(verdict.c.id.desc())
        .limit(1)
    ).one_or_none()
    opens = row is not None and (row.outcome == "pass" or row.waived_by is not None)
    return int(row.decided_at) if row is not None and opens else None


_PASSED = (
    select(
        batch.c.id,
        batch.c.programme_id,
        batch.c.name,
        batch.c.purpose,
        batch.c.item_count,
        verdict.c.id,
        verdict.c.outcome,
        verdict.c.proved,
        verdict.c.waiver_because,
        verdict.c.decided_at,
    )
    .join(verdict, verdict.c.batch_id == batch.c.id)
    .where(
        batch.c.purpose.in_(LABELLED),
        or_(verdict.c.outcome == "pass", verdict.c.waived_by.is_not(None)),
        verdict.c.id
        == select(func.max(verdict.c.id)).where(verdict.c.batch_id == batch.c.id).correlate(batch).scalar_subquery(),
    )
)
