"""How people leave: whom the programme file names, by name, because they answer for it; everybody else by a pseudonym.

The pseudonym is the one that the programme's releases have them under, so that both are told of the same person.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

from goldloop.core.policy import Policy
from goldloop.core.pseudonym import pseudonym
from goldloop.core.raci import obligations
from goldloop.store.archive.leaving import Person

SHORTEST = 3  # letters of a name that is looked for inside sentences


class Told(NamedTuple):
    """How an archive speaks of people: the words for names in sentences, and the row of every person."""

    words: Mapping[str, str]
    named: tuple[str, ...]
    rows: Mapping[int, tuple[str, str | None]]  # key -> name, sign-in name


def named_in(policies: Iterable[str]) -> set[str]:
    """The sign-in names of all whom any version of a programme file names."""
    docs = [Policy.model_validate_json(text) for text in policies]
    return {name for doc in docs for one in obligations(doc) for _, name in one.named()}


def told(people: Collection[Person], named: Collection[str], *, names: bool, hidden: Callable[[int], str]) -> Told:
    """How people stand in an archive; `hidden` gives the pseudonym of a key."""
    words: dict[str, str] = {}
    rows: dict[int, tuple[str, str | None]] = {}
    for one in people:
        if names or one.sign_in in named:
            rows[one.id] = (one.name, one.sign_in)
            continue
        rows[one.id] = (hidden(one.id), None)
        words |= {name: hidden(one.id) for name in (one.name, one.sign_in) if name and len(name) >= SHORTEST}
    for kept, sign_in in rows.values():  # who shares a name with somebody who is named keeps it
        for name in (kept, sign_in):
            words.pop(str(name), None)
    return Told(words, tuple(sorted(one.sign_in for one in people if one.sign_in in named and one.sign_in)), rows)


def hider(secret: bytes, show: Callable[[str, int], str]) -> Callable[[int], str]:
    """The pseudonym of an actor's key, as the programme's releases have it."""
    return lambda key: pseudonym(secret, show("actor", key))


def as_row(
    one: Any, known: Told, seats: Mapping[int, tuple[str, ...]], hidden: Callable[[int], str], public: str
) -> list[Any]:
    """The line of an actor."""
    name, sign_in = one.name, None
    if one.kind == "person":
        name, sign_in = known.rows.get(one.id, (hidden(one.id), None))
    return [
        one.id, one.kind, name, one.version, one.organisation, bool(one.simulated), one.created_at, one.left_at,
        one.employment, one.started_at, one.tiers, one.skills, one.languages, sign_in,
        list(seats.get(one.id, ())), public,
    ]  # fmt: skip
