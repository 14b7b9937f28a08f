"""What waits for somebody's word: proposals on which they are consulted, and batches that a client is asked of."""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from sqlalchemy import Connection

from goldloop.core.raci import obligation
from goldloop.loop.sign_off import standings
from goldloop.programmes.governance.propose import said_of, stands
from goldloop.store.accounts import account_row
from goldloop.store.caller import Caller
from goldloop.store.programmes import PolicyRow, ProgrammeRow, policy_in_force, programmes
from goldloop.store.proposals import proposals
from goldloop.store.sign_offs import passed, repairs

DECIDES = ("approve", "refuse")


class Waits(NamedTuple):
    """One thing: a proposal or a batch by its key, what it is called, and why it waits since when."""

    kind: Literal["proposal", "sign_off"]
    programme: ProgrammeRow
    key: int
    name: str
    because: str
    since: int


def waiting(connection: Connection, caller: Caller) -> list[Waits]:
    """Everything that waits for a person's word in all their programmes, what waits longest first."""
    name = account_row(connection, caller.account_id).name
    out: list[Waits] = []
    for row in programmes(connection, caller.programmes()):
        policy = policy_in_force(connection, row.id)
        if name in obligation(policy.policy, "ontology").consulted and caller.may(row.id, "see"):
            out += _proposals(connection, caller, row, policy)
        member = caller.memberships.get(row.id)
        if policy.policy.sla is not None and member is not None and "client" in member.roles:
            out += _batches(connection, row)
    return sorted(out, key=lambda one: one.since)


def _proposals(connection: Connection, caller: Caller, row: ProgrammeRow, policy: PolicyRow) -> Iterator[Waits]:
    """Open proposals of others of which they have neither approved nor refused; nobody approves their own."""
    for one in proposals(connection, row.id):
        if one.policy_id != policy.id or one.proposed_by == caller.actor_id:
            continue
        mine = [word for word in said_of(connection, one) if word.actor_id == caller.actor_id]
        stand = stands(connection, one)
        if stand.state == "open" and not any(word.stance in DECIDES for word in mine):
            because = one.note or stand.because
            yield Waits("proposal", row, one.id, f"proposal {one.number}", because, one.proposed_at)


def _batches(connection: Connection, row: ProgrammeRow) -> Iterator[Waits]:
    of = repairs(connection, row.id)  # what repairs a disputed batch stands with it: they are asked once
    found = [one for one in passed(connection, row.id) if one.batch_id not in of]
    stand = standings(connection, row.id, {one.batch_id: one.name for one in found})
    for one in found:
        if stand[one.batch_id].state == "asked":
            yield Waits("sign_off", row, one.batch_id, one.name, stand[one.batch_id].because, one.decided_at)
