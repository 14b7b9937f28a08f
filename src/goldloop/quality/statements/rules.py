"""Lines of a statement, and what became of lines that were stated before. Pure: counts in, money and reasons out.

A closed statement never changes. What is due of its period is counted anew for the next one; where it differs from
everything that was stated of it so far, the difference is an adjustment, at the price that was stated.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from goldloop.core.clock import minute
from goldloop.core.contract import Contract
from goldloop.core.nouns import Noun
from goldloop.store.sla_record import Ruled
from goldloop.store.statements import Done, Worked

HOUR_MS = 3_600_000
Per = Literal["unit", "off", "hour", "sum", "nothing"]
COMPARED = "counted anew since the statement of that month was closed"


class Line(Noun):
    """One line: what is counted, how much of it, at which price, and what it comes to in minor units.

    `key` names it across statements, `of` is the month that it is about. `per` is what the price is of: a unit, one
    that is taken off, an hour, the whole sum, or nothing. `amount` may be below zero; None is unknown: it has no price.
    """

    key: str
    kind: str
    about: str
    of: str
    n: int
    active_ms: int | None = None
    per: Per
    price: int | None = None
    amount: int | None
    because: str
    batch: int | None = None
    adjusts: bool = False


class Accepted(NamedTuple):
    """A batch that stands accepted, and since when."""

    batch_id: int
    name: str
    at: int


class Counted(NamedTuple):
    """What an accepted batch holds: units that are billed here, units billed elsewhere, and its work."""

    batch: Accepted
    units: int
    again: int
    work: Sequence[Worked]


def accepted(found: Sequence[Ruled]) -> list[Accepted]:
    """The batches whose newest word opens them, in the order in which they came to stand so."""
    since: dict[int, Accepted] = {}
    for one in found:
        opens = one.waived or one.outcome == "pass"
        if not opens and one.outcome == "fail":
            since.pop(one.batch_id, None)
        elif opens and one.batch_id not in since:
            since[one.batch_id] = Accepted(one.batch_id, one.name, one.at)
    return sorted(since.values(), key=lambda one: (one.at, one.batch_id))


def client_lines(contract: Contract, counted: Sequence[Counted], start: int, end: int, month: str) -> list[Line]:
    """Everything but credits that is due of a month: what came to be accepted in it."""
    out: list[Line] = []
    total = 0
    for one in counted:
        before, total = total, total + one.units
        if not start <= one.batch.at < end:
            continue
        when = f"accepted {minute(one.batch.at)}"
        batch = {"about": one.batch.name, "of": month, "batch": one.batch.batch_id}
        if contract.unit is not None:
            out.append(_line(f"unit:{one.batch.batch_id}", "unit", "unit", one.units, contract.unit, when, batch))
        if one.again:
            why = "not billed: these items were billed in a batch that was accepted before"
            out.append(_line(f"again:{one.batch.batch_id}", "rework", "nothing", one.again, None, why, batch))
        for work in one.work:
            billed = contract.hours.get(work.tier) if not work.rework else None
            if billed is None and not (work.rework and contract.hours):
                continue
            kind = "rework" if work.rework else "hour"
            per: Per = "nothing" if work.rework else "hour"
            why = f"tier {work.tier}, not billed: rework" if work.rework else f"tier {work.tier}, {when}"
            key = f"{kind}:{one.batch.batch_id}:{work.tier}"
            out.append(_line(key, kind, per, work.judgements, billed, why, batch, active_ms=work.active_ms))
        for milestone in contract.milestones:
            if before < milestone.accepted <= total:
                why = f"{milestone.accepted:,} items are accepted since {minute(one.batch.at)}"
                named = {**batch, "about": milestone.name}
                out.append(
                    _line(f"milestone:{milestone.name}", "milestone", "sum", total, milestone.amount, why, named)
                )
    return out


def person_lines(
    done: Sequence[Done], prices: Mapping[tuple[str, int], int | None], *, by_hours: bool, month: str
) -> list[Line]:
    """What somebody said in a month, queue by queue and tier by tier, with what was taken back or sent back."""
    out = []
    for one in done:
        price = prices.get((one.queue, one.tier))
        where = {"about": f"{one.queue}, tier {one.tier}", "of": month}
        at = f"{one.queue}:{one.tier}"
        because = "active time at an hourly rate" if by_hours else "works that were answered"
        if price is None:
            because = (
                "no rate is known: neither the person nor the tier has one" if by_hours else "no price of this queue"
            )
        elif by_hours and one.timed < one.judgements:
            because = f"{because}; {one.judgements - one.timed:,} of them without a known time"
        per: Per = "hour" if by_hours else "unit"
        out.append(_line(f"said:{at}", "said", per, one.judgements, price, because, where, active_ms=one.active_ms))
        for kind, count, why in (
            ("undone", one.undone, "taken back by the person who said it"),
            ("sent_back", one.sent_back, "sent back for rework after it was said"),
            ("surplus", one.surplus, "not asked for any more when it came"),
        ):
            if count:
                told = f"{why}: {'the time is paid all the same' if by_hours else 'not paid'}"
                out.append(_line(f"{kind}:{at}", kind, "nothing" if by_hours else "off", count, price, told, where))
    return out


def credit_line(key: str, about: str, amount: int, because: str, month: str) -> Line:
    """What a broken promise, or the end of what credits may take, comes to."""
    return Line(
        key=key, kind="credit", about=about, of=month, n=1, per="sum", price=amount, amount=amount, because=because
    )


def worth(per: Per, n: int, active_ms: int | None, price: int | None) -> int | None:
    """Minor units for so much at a price, None where no price is known. Time to the nearest unit, halves up."""
    if per == "nothing":
        return 0
    if price is None:
        return None
    if per == "sum":
        return price
    if per == "hour":
        return ((active_ms or 0) * price + HOUR_MS // 2) // HOUR_MS
    return -n * price if per == "off" else n * price


def _line(
    key: str,
    kind: str,
    per: Per,
    n: int,
    price: int | None,
    because: str,
    where: Mapping[str, Any],
    *,
    active_ms: int | None = None,
) -> Line:
    amount = worth(per, n, active_ms, price)
    return Line(
        key=key, kind=kind, n=n, active_ms=active_ms, per=per, price=price, amount=amount, because=because, **where
    )


def adjustments(stated: Sequence[Line], now: Sequence[Line], why: Mapping[str, str]) -> list[Line]:
    """What is due of closed months beyond what was stated of them; `why` says it by key where it is known."""
    told: dict[tuple[str, str], list[Line]] = {}
    for one in stated:
        told.setdefault((one.of, one.key), []).append(one)
    due = {(one.of, one.key): one for one in now}
    out = []
    for at in sorted({*told, *due}):
        before = told.get(at, [])
        found = due.get(at)
        like = found or before[0]
        price = (
            like.price
            if like.per == "sum"
            else next((one.price for one in before if one.price is not None), like.price)
        )
        n = (found.n if found else 0) - sum(one.n for one in before)
        ms = _ms([found] if found else []) - _ms(before)
        due_now = worth(found.per, found.n, found.active_ms, price) if found is not None else 0
        amount = due_now - total_of(before) if due_now is not None else None
        if not n and not amount and not ms:
            continue
        told_by = f"{like.because}; {COMPARED}" if found is not None else f"no longer due; {COMPARED}"
        out.append(
            like.model_copy(
                update={
                    "n": n,
                    "active_ms": ms if like.active_ms is not None else None,
                    "price": price,
                    "amount": amount,
                    "because": why.get(like.key, told_by),
                    "adjusts": True,
                }
            )
        )
    return out


def total_of(lines: Sequence[Line]) -> int:
    """What lines with a price come to. What has none is in no total; `unpriced` says how many lines those are."""
    return sum(one.amount for one in lines if one.amount is not None)


def unpriced(lines: Sequence[Line]) -> int:
    """How many lines have no price."""
    return sum(one.amount is None for one in lines)


def _ms(lines: Sequence[Line]) -> int:
    return sum(one.active_ms or 0 for one in lines)
