"""Whether somebody is there for every obligation: whoever has left, or has no part in the programme, is a finding.

Looked at every night, and at once where an account is closed, a role is taken away, or a programme file is applied.
"""

from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import iso, now
from goldloop.core.policy import Policy
from goldloop.core.raci import Obligation, obligations
from goldloop.jobs.running import Running
from goldloop.loop.brief import Reading, heard
from goldloop.loop.standing_in import stand_in
from goldloop.store.accounts import AccountRow, accounts
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.people import members
from goldloop.store.programmes import policy_in_force, programmes
from goldloop.store.schema import brief

SOURCE = "raci"


class Answering(NamedTuple):
    """Somebody with a part in an obligation; `absent` says why they are not there for it, None where they are."""

    part: str
    name: str
    display_name: str
    absent: str | None


class Answered(NamedTuple):
    """An obligation with everybody who has a part in it."""

    obligation: Obligation
    people: tuple[Answering, ...]


def answered(connection: Connection, programme_id: int) -> list[Answered]:
    """Every obligation of a programme, and who is there for it."""
    policy = policy_in_force(connection, programme_id).policy
    known = {one.name: one for one in accounts(connection)}
    here = {one.actor_id for one in members(connection, programme_id)}
    out = []
    for one in obligations(policy):
        people = (
            Answering(part, name, known[name].display_name, _absent(known[name], here)) for part, name in one.named()
        )
        out.append(Answered(one, tuple(people)))
    return out


def check_answers(connection: Connection, programme_id: int, *, at: int, opens: bool = True) -> list[str]:
    """Hear of everybody whom an obligation rests on and who is not there; their sign-in names.

    One brief a person, which names all that rests on them. Who is only informed holds nothing up. Without `opens` only
    briefs that are there are read again: people are named in a file before they are given a role.
    """
    resting: dict[str, list[str]] = {}
    absent: dict[str, str] = {}
    for one in answered(connection, programme_id):
        for part, name, _, why in one.people:
            if part != "informed":
                resting.setdefault(name, []).append(f"{one.obligation.name} ({part})")
                absent |= {name: why} if why else {}
    unrepaired = (brief.c.source == SOURCE, brief.c.state.in_((*UNREPAIRED, "waived")))
    known = [row.key.partition(":")[2] for row in briefs(connection, programme_id, *unrepaired)]
    for name in sorted(absent.keys() | set(known) if opens else known):
        rests = ", ".join(resting.get(name, []))
        because = f"{absent[name]}; named for {rests}" if name in absent else _repaired(name, rests)
        title = f"What rests on {name} rests on nobody"
        reading = Reading(
            programme_id, f"{SOURCE}:{name}", SOURCE, title, name not in absent, because, scope={"person": name}
        )
        heard(connection, reading, at=at)
    return sorted(absent)


def check_everywhere(connection: Connection, name: str, *, at: int) -> None:
    """The same for every programme in which somebody is named: they have left."""
    for row in programmes(connection, None):
        policy = policy_in_force(connection, row.id).policy
        if _is_named(policy, name):
            check_answers(connection, row.id, at=at)


def look_at_answers(job: Running) -> dict[str, object]:
    """The job: args {"programme"}. Runs each night by itself."""
    with job.store.write() as connection:
        at = now()
        absent = check_answers(connection, int(job.args["programme"]), at=at)
        handed = stand_in(connection, int(job.args["programme"]), at=at)
    return {"absent": absent, "handed_over": len(handed)}


def _is_named(policy: Policy, name: str) -> bool:
    return any(name == named for one in obligations(policy) for _, named in one.named())


def _absent(row: AccountRow, here: set[int]) -> str | None:
    if row.disabled_at is not None:
        return f"{row.display_name} left on {iso(row.disabled_at)[:10]}"
    if row.actor_id not in here and not row.owner:
        return f"{row.display_name} has no role in this programme"
    return None


def _repaired(name: str, rests: str) -> str:
    return f"{name} is there for {rests}" if rests else f"nothing rests on {name} any more"
