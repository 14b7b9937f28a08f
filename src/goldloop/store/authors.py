"""Authors of imported files beside the people of this installation: who might be taken for whom."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.bulk import MOST_LISTED
from goldloop.store.schema import account, actor


class Known(NamedTuple):
    """Authors whose name somebody here has, with why that is; and who signs in here, by their names in lower case."""

    taken: Mapping[str, str]
    sign_ins: Mapping[str, str]

    def near(self, *names: str) -> list[str]:
        """Who signs in here under a name like one of these, or like an address before its @."""
        words = {word for name in names for word in (name.casefold(), name.partition("@")[0].casefold())}
        return sorted({self.sign_ins[word] for word in words if word in self.sign_ins})


def signing_in(connection: Connection) -> dict[str, str]:
    """Who signs in here, by every name that they have: to sign in, and to be called by."""
    rows = connection.execute(
        select(account.c.name, actor.c.name.label("display")).join(actor, actor.c.id == account.c.actor_id)
    )
    return {word: sign_in for sign_in, display in rows for word in (sign_in, display)}


def known(connection: Connection, names: Sequence[str], organisation_id: int | None) -> Known:
    """What is known of authors before they come in."""
    here = signing_in(connection)
    taken = {word: f"{here[word]} signs in here" for word in names if word in here}
    if organisation_id is not None:
        for start in range(0, len(names), MOST_LISTED):
            some = names[start : start + MOST_LISTED]
            people = (actor.c.kind == "person", actor.c.organisation_id == organisation_id, actor.c.name.in_(some))
            for name in connection.execute(select(actor.c.name).where(*people)).scalars():
                taken.setdefault(name, "an author of an earlier import has this name")
    return Known(taken, {word.casefold(): sign_in for word, sign_in in here.items()})
