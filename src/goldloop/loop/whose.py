"""Whose words an imported author's are: somebody's who signs in here only where a person said so."""

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.nouns import Noun
from goldloop.store.accounts import account_of_actor, actor_of_account
from goldloop.store.actors import actor_key


class People(Noun):
    """What was said of a file's authors: who signs in here, and under which name somebody without a sign-in is kept.

    `own`: who keeps the name that they have in the file. `asked`: nobody who signs in here is among those.
    """

    accounts: dict[str, str] = {}
    names: dict[str, str] = {}
    own: tuple[str, ...] = ()
    asked: bool = False


def people_of(stored: str | None) -> People:
    """What a take-in keeps of its authors."""
    return People.model_validate_json(stored) if stored else People()


def whose(connection: Connection, people: People, author: str, organisation_id: int, *, at: int) -> int:
    """The actor behind an author, added without a sign-in if new. Raises Conflict where that would be a guess."""
    if author in people.accounts:
        return actor_of_account(connection, people.accounts[author])
    name = people.names.get(author, author)
    key = actor_key(connection, "person", name, "", organisation_id, at=at)
    found = account_of_actor(connection, key) if people.asked else None
    if found is not None:
        raise Conflict(
            "an author of this file has the name of somebody who signs in here",
            field=f"people.{author}",
            expected=f"who that is: the account {found.name}, or another name",
            found=name,
        )
    return key
