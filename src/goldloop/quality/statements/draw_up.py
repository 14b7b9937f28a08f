"""Statements of a month: what a client owes for accepted work, what a person is paid; drawn up, and closed for good."""

import json
import re
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.contract import Contract, Pay
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.ids import Ids
from goldloop.core.nouns import QUEUES
from goldloop.core.policy import Policy
from goldloop.core.working_time import WorkingTime
from goldloop.quality.sla.evaluate import evaluated
from goldloop.quality.statements.rules import (
    Counted,
    Line,
    accepted,
    adjustments,
    client_lines,
    credit_line,
    person_lines,
    total_of,
    unpriced,
)
from goldloop.store import ledger, statements
from goldloop.store.actors import actors
from goldloop.store.open import Store
from goldloop.store.programmes import policy_at, policy_in_force, programme_row
from goldloop.store.sla_record import ruled
from goldloop.store.spending import own_rates

TIERS = (1, 2, 3)
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class Month(NamedTuple):
    """A month of a calendar: its name, and its moments, half-open."""

    name: str
    start: int
    end: int


class Drawn(NamedTuple):
    """A statement as it stands: closed, or counted now."""

    month: Month
    lines: list[Line]
    closed_at: int | None
    closed_by: int | None
    next_open: bool
    """True where it is the next to be closed: only there corrections of closed months appear."""


def month_of(calendar: WorkingTime, said: str | None, *, at: int) -> Month:
    """The month that somebody names, or the running one. Raises Invalid."""
    if said is not None and not MONTH.fullmatch(said):
        raise Invalid("this is no month", field="month", expected="2026-05", found=said[:40])
    moment = at if said is None else calendar.begins(date.fromisoformat(f"{said}-01"))
    start, end = calendar.period(moment, "month")
    if start > at:
        raise Invalid("this month has not begun", field="month", expected="a month that has begun", found=said or "")
    return Month(calendar.local_day(start).isoformat()[:7], start, end)


def contract_of(policy: Policy) -> Contract:
    """The contract with the client. Raises Conflict where the file has none."""
    if policy.contract is None:
        raise Conflict("this programme has no contract", expected="`contract` in the programme file", found="none")
    return policy.contract


def client_statement(connection: Connection, store: Store, programme_id: int, said: str | None, *, at: int) -> Drawn:
    """What a client owes for a month: as it was closed, or as it stands; nothing where there is no contract."""
    contract = policy_in_force(connection, programme_id).policy.contract
    month = month_of(contract.calendar if contract is not None else WorkingTime(), said, at=at)
    if contract is None:
        return Drawn(month, [], None, None, False)
    closed = statements.closed_statements(connection, programme_id, None)
    if (found := _closed(closed, month)) is not None:
        return found
    counted = _counted(connection, programme_id, contract, at=at)
    lines = _client(connection, store.ids, programme_id, counted, month, at=at)
    first = _first(connection, programme_id, contract.calendar, contract.since)
    is_next = _is_next(closed, month, contract.calendar, first)
    if is_next and closed:
        before = [month_of(contract.calendar, row.month, at=at) for row in closed]
        due = [line for one in before for line in _client(connection, store.ids, programme_id, counted, one, at=at)]
        why = _lost(connection, programme_id, counted, at=at)
        lines += adjustments(_stated(closed), due, why)
    return Drawn(month, lines, None, None, is_next)


def person_statement(connection: Connection, programme_id: int, actor_id: int, said: str | None, *, at: int) -> Drawn:
    """What somebody is paid for a month: as it was closed, or as it stands."""
    pay = policy_in_force(connection, programme_id).policy.pay
    month = month_of(pay.calendar, said, at=at)
    closed = statements.closed_statements(connection, programme_id, actor_id)
    if (found := _closed(closed, month)) is not None:
        return found
    lines = _person(connection, programme_id, actor_id, pay, month, at=at)
    begun = statements.first_said_at(connection, programme_id, actor_id)
    first = _first(connection, programme_id, pay.calendar, pay.since)
    if begun is not None:
        first = max(first, pay.calendar.local_day(begun).isoformat()[:7])
    is_next = _is_next(closed, month, pay.calendar, first)
    if is_next and closed:
        before = [month_of(pay.calendar, row.month, at=at) for row in closed]
        due = [line for one in before for line in _person(connection, programme_id, actor_id, pay, one, at=at)]
        lines += adjustments(_stated(closed), due, {})
    return Drawn(month, lines, None, None, is_next)


def close(
    connection: Connection, store: Store, programme_id: int, person_id: int | None, said: str, *, by: int, at: int
) -> Drawn:
    """Close a month's statement: from then on it never changes. Raises Conflict out of turn, or before its end."""
    if person_id is None:
        contract_of(policy_in_force(connection, programme_id).policy)
    drawn = (
        client_statement(connection, store, programme_id, said, at=at)
        if person_id is None
        else person_statement(connection, programme_id, person_id, said, at=at)
    )
    if drawn.closed_at is not None:
        raise Conflict("this statement is closed", field="month", expected="an open month", found=drawn.month.name)
    if at < drawn.month.end:
        raise Conflict("this month has not ended", field="month", expected="a month that is over", found=said)
    if not drawn.next_open:
        raise Conflict(
            "statements are closed one after the other",
            field="month",
            expected="the month after the last that was closed, or the first",
            found=said,
        )
    doc = canonical({"lines": [one.model_dump(mode="json") for one in drawn.lines]})
    key = statements.add_statement(connection, programme_id, person_id, drawn.month.name, doc=doc, by=by, at=at)
    total = total_of(drawn.lines)
    ledger.record(
        connection,
        "statement.closed",
        programme=programme_id,
        actor=by,
        subject=str(key),
        data={"month": drawn.month.name, "whose": "client" if person_id is None else "person", "total": total},
        at=at,
    )
    return drawn._replace(closed_at=at, closed_by=by)


def _closed(closed: list[statements.StatementRow], month: Month) -> Drawn | None:
    for row in closed:
        if row.month == month.name:
            lines = [Line.model_validate(one) for one in json.loads(row.doc)["lines"]]
            return Drawn(month, lines, row.closed_at, row.closed_by, False)
    return None


def _stated(closed: list[statements.StatementRow]) -> list[Line]:
    return [Line.model_validate(one) for row in closed for one in json.loads(row.doc)["lines"]]


def _first(connection: Connection, programme_id: int, calendar: WorkingTime, since: date | None) -> str:
    """The first month that there is a statement of."""
    day = since or calendar.local_day(programme_row(connection, programme_id).created_at)
    return day.isoformat()[:7]


def _is_next(closed: list[statements.StatementRow], month: Month, calendar: WorkingTime, first: str) -> bool:
    """True of the month after the last that was closed, or of the first one."""
    if not closed:
        return month.name == first
    before = calendar.local_day(month.start - 1).isoformat()[:7]
    return before == closed[-1].month


def _counted(connection: Connection, programme_id: int, contract: Contract, *, at: int) -> list[Counted]:
    """Every batch that stands accepted now, with what it holds, in the order in which it came to be."""
    begun = contract.calendar.begins(contract.since) if contract.since is not None else 0
    found = [one for one in accepted(ruled(connection, programme_id, since=0, until=at + 1)) if one.at >= begun]
    keys = [one.batch_id for one in found]
    units = statements.units_of(connection, keys)
    worked: dict[int, list[statements.Worked]] = {key: [] for key in keys}
    if contract.hours:
        for one in statements.worked_on(connection, keys):
            worked[one.batch_id].append(one)
    return [Counted(one, units[one.batch_id].new, units[one.batch_id].again, worked[one.batch_id]) for one in found]


def _client(
    connection: Connection, ids: Ids, programme_id: int, counted: list[Counted], month: Month, *, at: int
) -> list[Line]:
    """What is due of a month, by the contract as it stood at the month's end."""
    policy = policy_at(connection, programme_id, min(month.end, at + 1)).policy
    contract = policy.contract or contract_of(policy_in_force(connection, programme_id).policy)
    lines = client_lines(contract, counted, month.start, month.end, month.name)
    return lines + _credits(connection, ids, programme_id, policy, month, at=at)


def _credits(
    connection: Connection, ids: Ids, programme_id: int, policy: Policy, month: Month, *, at: int
) -> list[Line]:
    """The credits of the periods of the agreement that ended in a month."""
    if policy.sla is None or policy.sla.price is None:
        return []
    out: list[Line] = []
    moment = policy.sla.calendar.period(month.start, policy.sla.period)[0]
    created = programme_row(connection, programme_id).created_at
    while moment < month.end:
        start, end = policy.sla.calendar.period(moment, policy.sla.period)
        moment = end
        if not month.start < end <= month.end or end > at or end <= created:
            continue
        if any(policy_at(connection, programme_id, when).policy.sla is None for when in (at, end)):
            continue  # it was promised no more when the period ended, or is not now: nothing is owed for it
        outcome = evaluated(connection, ids, programme_id, at=at, on=start).outcome
        day = policy.sla.calendar.local_day(start).isoformat()
        for one in outcome.credits:
            key = f"credit:{day}:{one.term}:{one.about}"
            out.append(credit_line(key, f"{one.term}: {one.about}", -one.amount, one.because, month.name))
        if outcome.capped:
            over = sum(one.amount for one in outcome.credits) - outcome.credited
            why = "credits take no more off than the agreement allows"
            out.append(credit_line(f"credit:{day}:cap", "most that credits take off", over, why, month.name))
    return out


def _lost(connection: Connection, programme_id: int, counted: list[Counted], *, at: int) -> dict[str, str]:
    """Why lines of batches that are no longer accepted fell away, by the key of the line."""
    kept = {one.batch.batch_id for one in counted}
    out = {}
    for one in ruled(connection, programme_id, since=0, until=at + 1):
        if one.batch_id not in kept and one.outcome == "fail":
            out[one.batch_id] = f"reversed: {one.name} is no longer accepted, its gate found it below its line"
    return {
        key: why
        for batch_id, why in out.items()
        for key in (f"unit:{batch_id}", f"again:{batch_id}", *(f"hour:{batch_id}:{tier}" for tier in TIERS))
    }


def _person(connection: Connection, programme_id: int, actor_id: int, pay: Pay, month: Month, *, at: int) -> list[Line]:
    policy = policy_at(connection, programme_id, min(month.end, at + 1)).policy
    begun = pay.calendar.begins(pay.since) if pay.since is not None else 0
    start = max(month.start, begun)
    done = statements.done_by(connection, programme_id, actor_id, start=start, end=month.end)
    by_hours = policy.pay.by == "hours"
    own = own_rates(connection, [actor_id]).get(actor_id)
    prices: dict[tuple[str, int], int | None] = {}
    for queue in QUEUES:
        for tier in TIERS:
            rate = own if own is not None else policy.tiers[tier].rate if tier in policy.tiers else None
            prices[queue, tier] = rate if by_hours else policy.pay.unit.get(queue)
    return person_lines(done, prices, by_hours=by_hours, month=month.name)


def statement_view(
    connection: Connection, store: Store, programme_id: int, drawn: Drawn, *, person_id: int | None
) -> dict[str, Any]:
    """A statement as pages, files and programs read it."""
    policy = policy_in_force(connection, programme_id).policy
    keys = [key for key in (person_id, drawn.closed_by) if key is not None]
    who = actors(connection, keys)
    person = who[person_id] if person_id is not None else None
    contract = policy.contract
    if person_id is None:
        calendar = contract.calendar if contract is not None else WorkingTime()
        pays: str = contract.kind if contract is not None else "nothing"
    else:
        calendar, pays = policy.pay.calendar, policy.pay.by
    return {
        "programme": policy.programme,
        "title": policy.title,
        "organisation": policy.organisation,
        "whose": "client" if person_id is None else "person",
        "for": contract.client if person_id is None and contract is not None else person.name if person else "",
        "person_id": store.ids.show("actor", person_id) if person_id is not None else None,
        "simulated": person.simulated if person is not None else False,
        "pays_by": pays,
        "month": drawn.month.name,
        "zone": calendar.zone,
        "first_day": calendar.local_day(drawn.month.start).isoformat(),
        "last_day": calendar.local_day(drawn.month.end - 1).isoformat(),
        "currency": policy.currency,
        "as_of": drawn.closed_at or now(),
        "over": now() >= drawn.month.end,
        "closed_at": drawn.closed_at,
        "closed_by": who[drawn.closed_by].name if drawn.closed_by is not None else None,
        "next_open": drawn.next_open,
        "total": total_of(drawn.lines),
        "unpriced": unpriced(drawn.lines),
        "lines": [_shown(store.ids, one) for one in drawn.lines],
    }


def _shown(ids: Ids, one: Line) -> dict[str, Any]:
    out = one.model_dump(mode="json", exclude={"batch"})
    return {**out, "batch_id": ids.show("batch", one.batch) if one.batch is not None else None}
