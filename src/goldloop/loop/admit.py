"""Who may be handed work of a programme now: its terms accepted, and harmful content only as far as agreed to.

What an item asks of a person stands in its lane. What a programme asks of everybody is looked at here, once a claim and
programme, so that publishing new terms never touches a work.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.core.protection import Content
from goldloop.loop.context import Contexts
from goldloop.store.exposure import agreed_to, handed_since
from goldloop.store.lanes import Hands
from goldloop.store.moment import now
from goldloop.store.programmes import in_force
from goldloop.store.terms import accepted_at


class Bar(NamedTuple):
    """What stands between a person and a programme's work."""

    programme: str
    because: str
    version: int


class Admitted(NamedTuple):
    """The programmes whose work may be handed out, what stands before the others, and the most works one may hold.

    `most` is None where nothing limits it; else the day's share of some kind of content is nearly used up.
    """

    hands: dict[int, Hands]
    barred: dict[int, Bar]
    most: int | None = None


def admit(connection: Connection, contexts: Contexts, person_id: int, hands: Mapping[int, Hands]) -> Admitted:
    """The hands of a person in the programmes that ask nothing more of them."""
    open_to: dict[int, Hands] = {}
    barred: dict[int, Bar] = {}
    left: list[int] = []
    for key, brought in hands.items():
        policy = contexts.policy(connection, in_force(connection, key).id)
        terms = policy.protection.terms
        if terms is not None and accepted_at(connection, key, person_id, terms.version) is None:
            because = f"accept version {terms.version} of the data-handling terms of {policy.programme} first"
            barred[key] = Bar(policy.programme, because, terms.version)
            continue
        open_to[key] = brought
        if policy.protection.content is not None:
            shares = _shares(connection, policy.protection.content, key, person_id)
            open_to[key] = brought.model_copy(update={"content": frozenset(shares)})
            left += shares.values()
    return Admitted(open_to, barred, min(left, default=None))


def _shares(connection: Connection, content: Content, programme_id: int, person_id: int) -> dict[str, int]:
    """How much of each kind that a person agreed to is left of their day."""
    agreed = agreed_to(connection, programme_id, person_id)
    if not agreed:
        return {}
    used = handed_since(connection, programme_id, person_id, now(connection) - DAY)
    return {one: content.daily - used.get(one, 0) for one in agreed if used.get(one, 0) < content.daily}
