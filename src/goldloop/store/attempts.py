"""Failed sign-ins: too many close the door for a while to who guesses, and not to whom the account belongs.

A browser in which somebody signed in before has allowances of its own for that account, which nobody else can use up.
All others share those of a name at one place, of the place, and, in a day, of the name wherever the guesses come from.
Only digests of names and places are kept.
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, select

from goldloop.core.clock import DAY, MINUTE
from goldloop.core.networks import holds, neighbourhood
from goldloop.store.credentials import digest_of_secret
from goldloop.store.schema import attempt

SHORT = 15 * MINUTE
NAMES_OF_A_PLACE = 5  # an office behind one address has many people, and one who forgot a password closes it to none
PLACES_OF_A_DAY = 10
HERE = ("127.0.0.0/8", "::1/128")


class Limit(NamedTuple):
    """The most failures of a subject in a window of time."""

    subject: str
    most: int
    window: int


class Closed(NamedTuple):
    """A door that is closed: for how many seconds, and whether it is a name's in the whole world."""

    seconds: int
    everywhere: bool


def limits(name: str, address: str | None, *, browser: bytes | None, most: int) -> tuple[Limit, ...]:
    """What a guess at a name counts against. `browser` is known to the account of this name; else it is None.

    Whoever sits at the server itself is kept out by no guess from elsewhere.
    """
    if browser is not None:
        mine = f"browser:{browser.hex()}\0{name}"
        return Limit(mine, most, SHORT), Limit(f"{mine}\0day", PLACES_OF_A_DAY * most, DAY)
    place = neighbourhood(address or "unknown")
    near = Limit(f"at:{place}\0{name}", most, SHORT), Limit(f"from:{place}", NAMES_OF_A_PLACE * most, SHORT)
    return near if holds(HERE, address) else (*near, Limit(f"name:{name}", PLACES_OF_A_DAY * most, DAY))


def note_attempt(connection: Connection, against: Sequence[Limit], *, at: int) -> list[int]:
    """Count a sign-in as failed before it is tried, so that guesses made at once count too; the keys to forget it by.

    Those that no longer count are forgotten.
    """
    connection.execute(delete(attempt).where(attempt.c.at <= at - DAY))
    rows = [{"subject": digest_of_secret(one.subject), "at": at} for one in against]
    return list(connection.execute(insert(attempt).returning(attempt.c.id), rows).scalars())


def forget_attempt(connection: Connection, keys: Sequence[int]) -> None:
    """A counted attempt was none: it succeeded, or was never tried."""
    connection.execute(delete(attempt).where(attempt.c.id.in_(keys)))


def closed(connection: Connection, against: Sequence[Limit], *, at: int) -> Closed | None:
    """For how long too many failures keep the door closed, with the one that is tried now; None where it is open."""
    found = None
    for one in against:
        since = at - one.window
        count, first = connection.execute(
            select(func.count(), func.min(attempt.c.at)).where(
                attempt.c.subject == digest_of_secret(one.subject), attempt.c.at > since
            )
        ).one()
        if count > one.most:
            seconds = max(1, -(-(first - since) // 1_000_000))
            if found is None or seconds > found.seconds:
                found = Closed(seconds, one.subject.startswith("name:"))
    return found
