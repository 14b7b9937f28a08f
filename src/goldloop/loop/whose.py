"""Whose words an imported author's are: somebody's who signs in here only where a person said so."""

from collections.abc import Mapping

from sqlalchemy import Connection

from goldloop.core.errors import Conflict, Invalid
from goldloop.core.nouns import Noun
from goldloop.store.accounts import account_of_actor, actor_of_account
from goldloop.store.actors import actor_key, find_actor

HERE = "an author of this file has the name of somebody who signs in here"


class People(Noun):
    """What was said of a file's authors: who signs in here, and under which name somebody without a sign-in is kept.

    `own`: who keeps the name that they have in the file, as was looked at before it came in.
    """

    accounts: dict[str, str] = {}
    names: dict[str, str] = {}
    own: tuple[str, ...] = ()


def people_of(stored: str | None) -> People:
    """What a take-in keeps of its authors."""
    return People.model_validate_json(stored) if stored else People()


def check_people(connection: Connection, people: People, organisation_id: int) -> None:
    """Raise NotFound for an account that is not there, Invalid or Conflict for an author who would be two people."""
    for author, account in people.accounts.items():
        actor_of_account(connection, account)
        if author in people.names:
            raise Invalid("an author is one person", field=f"names.{author}", expected="one answer", found="two")
    for author, name in people.names.items():
        key = find_actor(connection, "person", name, "", organisation_id)
        if key is not None and account_of_actor(connection, key) is not None:
            raise Conflict(HERE, field=f"names.{author}", expected="another name", found=name)


def unclear(people: People, author: str, signing_in: Mapping[str, str]) -> Invalid | None:
    """What is wrong with an author of whom nobody said whether they are the person here who has their name."""
    told = author in people.accounts or author in people.names or author in people.own
    if told or author not in signing_in:
        return None
    expected = "who that is, said with the import: the account (--is), or a name of their own (--as)"
    return Invalid(HERE, field="author", expected=expected, found=f"{author}, as {signing_in[author]} is called here")


def whose(connection: Connection, people: People, author: str, organisation_id: int, *, at: int) -> int:
    """The actor behind an author, added without a sign-in if new. Raises Conflict where that would be a guess."""
    if author in people.accounts:
        return actor_of_account(connection, people.accounts[author])
    name = people.names.get(author, author)
    key = actor_key(connection, "person", name, "", organisation_id, at=at)
    found = account_of_actor(connection, key)
    if found is not None:
        expected = f"who that is: the account {found.name}, or another name"
        raise Conflict(HERE, field=f"people.{author}", expected=expected, found=name)
    return key
