"""Who may be handed work of a programme now: who has accepted its data-handling terms.

What an item asks of a person stands in its lane. What a programme asks of everybody is looked at here, once a claim and
programme, so that publishing new terms never touches a work.
"""

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.loop.context import Contexts
from goldloop.store.lanes import Hands
from goldloop.store.programmes import in_force
from goldloop.store.terms import accepted_at


class Bar(NamedTuple):
    """What stands between a person and a programme's work."""

    programme: str
    because: str
    version: int


class Admitted(NamedTuple):
    """The programmes whose work may be handed out, and what stands before the others."""

    hands: dict[int, Hands]
    barred: dict[int, Bar]


def admit(connection: Connection, contexts: Contexts, person_id: int, hands: Mapping[int, Hands]) -> Admitted:
    """The hands of a person in the programmes that ask nothing more of them."""
    open_to: dict[int, Hands] = {}
    barred: dict[int, Bar] = {}
    for key, brought in hands.items():
        policy = contexts.policy(connection, in_force(connection, key).id)
        terms = policy.protection.terms
        if terms is not None and accepted_at(connection, key, person_id, terms.version) is None:
            because = f"accept version {terms.version} of the data-handling terms of {policy.programme} first"
            barred[key] = Bar(policy.programme, because, terms.version)
        else:
            open_to[key] = brought
    return Admitted(open_to, barred)
