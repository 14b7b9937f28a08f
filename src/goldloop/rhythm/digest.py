"""The weekly digest: what changed, for who answers, does and is informed. One of a week, also after a restart."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.core.ids import Ids
from goldloop.core.policy import Policy
from goldloop.core.raci import obligations
from goldloop.core.roles import can
from goldloop.labelling.economics.read import economics_of
from goldloop.loop.context import Contexts
from goldloop.quality.sla.evaluate import kept_state, state_in
from goldloop.rhythm.calendar import calendar
from goldloop.rhythm.health import health_of
from goldloop.store import ledger, news
from goldloop.store.accounts import accounts
from goldloop.store.brief_steps import brief_steps
from goldloop.store.digests import Digest, add_digest, digests
from goldloop.store.open import Store
from goldloop.store.people import members
from goldloop.store.programmes import policy_in_force, programme_row
from goldloop.store.releases import releases, withdrawals
from goldloop.store.sla_record import ruled

MOST_WEEKS = 8  # that are made up for where no server ran
BACK, AHEAD = 400 * DAY, 7 * DAY
STEPS = ("opened", "closed", "reopened", "waived")


class Week(NamedTuple):
    """A week of digests: its first day, the day behind its last, and both as moments."""

    first: date
    end: date
    since: int
    until: int


def weeks_to_tell(policy: Policy, *, created_at: int, told_until: int | None, at: int) -> list[Week]:
    """The weeks that are over and were not told yet, oldest first; before the first digest, the last week alone.

    A digest's day that was changed in the file makes one week longer or shorter, so that no moment is told twice.
    """
    clock = policy.clock
    first, end = policy.week_before(clock.local_day(at))
    if told_until is None:
        week = Week(first, end, clock.begins(first), clock.begins(end))
        return [week] if created_at < week.until else []
    out: list[Week] = []
    for day in (end - timedelta(days=7 * n) for n in reversed(range(MOST_WEEKS))):
        until, usual = clock.begins(day), clock.begins(day - timedelta(days=7))
        if until <= told_until:
            continue
        changed = not out and told_until > clock.begins(day - timedelta(days=14))
        since = told_until if changed else usual
        out.append(Week(clock.local_day(since), day, since, until))
    return out


def tell_weeks(store: Store, contexts: Contexts, programme_id: int, *, at: int) -> list[str]:
    """Make the digests of every week that is over and was not told; the last days of those that were made now."""
    with store.read() as connection:
        policy = policy_in_force(connection, programme_id).policy
        last = next(iter(digests(connection, programme_id, limit=1)), None)
        weeks = weeks_to_tell(
            policy,
            created_at=programme_row(connection, programme_id).created_at,
            told_until=last.until_at if last is not None else None,
            at=at,
        )
        docs = [_doc(connection, contexts, store.ids, programme_id, policy, week, at=at) for week in weeks]
        readers = read_by(connection, programme_id, policy)
    told = []
    for week, doc in zip(weeks, docs, strict=True):
        first_day, last_day = week.first.isoformat(), (week.end - timedelta(days=1)).isoformat()
        new = Digest(0, programme_id, week.since, week.until, first_day, last_day, tuple(readers), doc, at)
        with store.write() as connection:
            key = add_digest(connection, new)
            if key is None:  # another server was first
                continue
            data = {"first_day": first_day, "last_day": last_day, **counts_of(doc)}
            happened = ledger.NewEvent("digest.weekly", programme_id, None, str(key), data, at)
            news.tell(connection, ledger.record_one(connection, happened), list(readers.values()))
        told.append(last_day)
    return told


def read_by(connection: Connection, programme_id: int, policy: Policy) -> dict[str, int]:
    """Whom a digest is for: who answers for an obligation, does it or is informed of it, and sees the programme.

    Their actors by sign-in name.
    """
    named = {name for one in obligations(policy) for part, name in one.named() if part != "consulted"}
    roles: dict[int, list[str]] = defaultdict(list)
    for row in members(connection, programme_id):
        roles[row.actor_id].append(row.role)
    return {
        one.name: one.actor_id
        for one in sorted(accounts(connection), key=lambda row: row.name)
        if one.name in named and one.disabled_at is None and (one.owner or can(roles[one.actor_id], "see"))  # type: ignore[arg-type]  # stored roles
    }


def counts_of(doc: dict[str, Any]) -> dict[str, int]:
    """How much of each a digest tells."""
    kinds = [one["step"] for one in doc["briefs"]]
    return {
        "verdicts": len(doc["verdicts"]),
        "releases": len(doc["releases"]),
        **{step: kinds.count(step) for step in ("opened", "closed", "reopened")},
        "promises": len(doc["promises"]),
        "lapsed": len(doc["lapsed"]),
        "unhealthy": len(doc["unhealthy"]),
    }


def _doc(
    connection: Connection, contexts: Contexts, ids: Ids, programme_id: int, policy: Policy, week: Week, *, at: int
) -> dict[str, Any]:
    """What changed in a week, and how the programme stands when that is told."""
    since, until = week.since, week.until
    room = f"/p/{policy.programme}"
    steps = brief_steps(connection, programme_id, STEPS, since=since, until=until)
    lapsed = calendar(connection, ids, programme_id, since=at - BACK, until=at + AHEAD, at=at)
    vitals = health_of(connection, contexts, ids, programme_id, at=at)
    return {
        "verdicts": [
            {
                "batch": one.name,
                "outcome": "waived" if one.waived else one.outcome,
                "items": one.items,
                "at": one.at,
                "href": f"/b/{ids.show('batch', one.batch_id)}/gate",
            }
            for one in ruled(connection, programme_id, since=since, until=until)
        ],
        "releases": _releases(connection, programme_id, room, since=since, until=until),
        "briefs": [
            {
                "title": one.title,
                "step": one.kind,
                "source": one.source,
                "because": one.because,
                "at": one.at,
                "href": f"/brief/{ids.show('brief', one.brief_id)}",
            }
            for one in steps
        ],
        "promises": _promises(connection, ids, programme_id, policy, room, since=since, until=until),
        "budget": _budget(connection, contexts, programme_id, policy, week),
        "lapsed": [
            {"title": one.title, "kind": one.kind, "due_at": one.due_at, "accountable": one.accountable}
            for one in lapsed
            if one.state == "lapsed"
        ],
        "unhealthy": [one.model_dump(mode="json") for one in vitals if one.state == "unhealthy"],
    }


def _releases(connection: Connection, programme_id: int, room: str, *, since: int, until: int) -> list[dict[str, Any]]:
    found = releases(connection, programme_id, "dataset")
    gone = withdrawals(connection, [one.id for one in found])
    out = []
    for one in found:
        withdrawal = gone.get(one.id)
        moments: list[tuple[str, int, str | None]] = [("sealed", one.sealed_at, None)]
        if withdrawal is not None:
            moments.append(("withdrawn", withdrawal.at, withdrawal.because))
        out += [
            {"name": one.name, "number": one.number, "step": step, "because": because, "at": moment,
             "href": f"{room}?tab=releases"}
            for step, moment, because in moments
            if since <= moment < until
        ]  # fmt: skip
    return sorted(out, key=lambda one: int(one["at"] or 0))


def _promises(
    connection: Connection, ids: Ids, programme_id: int, policy: Policy, room: str, *, since: int, until: int
) -> list[dict[str, Any]]:
    """The terms whose state changed in the week, by what was kept of them as evidence."""
    out = []
    for name, term in (policy.sla.terms if policy.sla is not None else {}).items():
        kept = [kept_state(connection, ids, programme_id, name, before=moment) for moment in (since, until)]
        before, after = (state_in(one) for one in kept)
        if after != before and (before is not None or after in ("at_risk", "breached")):
            says = {"term": name, "owner": term.owner, "before": before, "after": after}
            because = kept[1].because if kept[1] is not None else None
            out.append({**says, "because": because, "href": f"{room}/sla"})
    return out


def _budget(
    connection: Connection, contexts: Contexts, programme_id: int, policy: Policy, week: Week
) -> dict[str, Any]:
    """What the week cost, by days of UTC, and what is left of the budget when that is told."""
    found = economics_of(connection, contexts, programme_id)["budget"]
    days: Sequence[dict[str, Any]] = found["days"]
    mine = [one["money"] for one in days if week.first.isoformat() <= one["day"] < week.end.isoformat()]
    kept = {name: found[name] for name in ("spent", "amount", "left", "state", "because")}
    return {"currency": policy.currency, "week": sum(mine) if mine else None, "days": len(mine), **kept}
