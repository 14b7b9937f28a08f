"""Who may be handed work of a programme now: terms accepted, a device stated, harmful content as far as agreed to.

What an item asks of a person stands in its lane. What a programme asks of everybody is looked at here, once a claim and
programme, so that publishing new terms never touches a work.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import DAY
from goldloop.core.protection import Content
from goldloop.core.workspace import Devices
from goldloop.loop.context import Contexts
from goldloop.store.devices import devices_of
from goldloop.store.exposure import agreed_and_handed
from goldloop.store.lanes import Hands
from goldloop.store.moment import now
from goldloop.store.programmes import in_force
from goldloop.store.terms import accepted_at


class Bar(NamedTuple):
    """What stands between a person and a programme's work."""

    programme: str
    because: str
    field: str
    expected: str


class Admitted(NamedTuple):
    """The programmes whose work may be handed out, and what stands before the others.

    `holds` is what a person brings to works they hold already: the day's share of a kind of content closes what is new
    alone. `most` is how many new works that share still allows; None where nothing limits it.
    """

    hands: dict[int, Hands]
    barred: dict[int, Bar]
    holds: dict[int, Hands]
    most: int | None


def admit(connection: Connection, contexts: Contexts, person_id: int, hands: Mapping[int, Hands]) -> Admitted:
    """The hands of a person in the programmes that ask nothing more of them."""
    open_to: dict[int, Hands] = {}
    holds: dict[int, Hands] = {}
    barred: dict[int, Bar] = {}
    left: list[int] = []
    for key, brought in hands.items():
        policy = contexts.policy(connection, in_force(connection, key).id)
        terms = policy.protection.terms
        if terms is not None and accepted_at(connection, key, person_id, terms.version) is None:
            because = f"accept version {terms.version} of the data-handling terms of {policy.programme} first"
            barred[key] = Bar(policy.programme, because, "terms", f"goldloop protection accept {policy.programme}")
            continue
        space = policy.protection.workspace
        if space is not None and space.devices is not None:
            asked, at = space.devices, now(connection)
            stated = devices_of(connection, key, person_id, at=at)
            if not any(one.holds(asked.kinds, asked.by, at=at) for one in stated):
                barred[key] = Bar(policy.programme, _no_device(policy.programme, asked), "devices", _stating(asked))
                continue
        open_to[key] = holds[key] = brought
        if policy.protection.content is not None:
            handed = agreed_and_handed(connection, key, person_id, since=now(connection) - DAY)
            shares = _shares(policy.protection.content, handed)
            holds[key] = open_to[key] = brought.model_copy(update={"content": frozenset(handed)})
            if len(shares) < len(handed):
                open_to[key] = brought.model_copy(update={"content": frozenset(shares)})
            left += shares.values()
    return Admitted(open_to, barred, holds, min(left, default=None))


def _no_device(programme: str, asked: Devices) -> str:
    """What a person lacks who has no statement in force."""
    kind = f" of the kind {' or '.join(asked.kinds)}" if asked.kinds else ""
    return f"{programme} hands out work only to people with a device{kind} that is stated and in force"


def _stating(asked: Devices) -> str:
    """Who makes a statement that counts."""
    return " or ".join({"person": "your own statement", "manager": "a statement by a manager"}[one] for one in asked.by)


def _shares(content: Content, handed: Mapping[str, int]) -> dict[str, int]:
    """How much of each kind that a person agreed to is left of their day, where something is left."""
    return {one: content.daily - used for one, used in handed.items() if used < content.daily}
