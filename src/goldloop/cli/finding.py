"""Things as people name them on a command line."""

from goldloop.client import Client
from goldloop.client.people import PersonRow
from goldloop.client.releases import ReleaseRow
from goldloop.core.errors import NotFound
from goldloop.core.ids import PREFIXES


def person_named(client: Client, name: str) -> PersonRow:
    """A person by sign-in name or id. Raises NotFound."""
    for one in client.people.all():
        if name in (one.name, one.id):
            return one
    raise NotFound("there is no such person", field="name", expected="a sign-in name", found=name)


def batch_id(client: Client, name: str, *, programme: str | None = None) -> str:
    """A batch's id, from its id, from PROGRAMME/BATCH, or from its name in a programme. Raises NotFound."""
    inside, _, short = name.rpartition("/")
    programme = inside or programme
    if programme is None or name.startswith(f"{PREFIXES['batch']}_"):
        return name
    found = [one.batch.id for one in client.batches.all(programme) if one.batch.name == short]
    if not found:
        raise NotFound("there is no such batch", field="batch", expected="PROGRAMME/NAME or an id", found=name)
    return found[0]


def release_id(client: Client, name: str) -> str:
    """A release's id, from its id, from PROGRAMME/NAME@NUMBER, or from PROGRAMME/NAME, its newest. Raises NotFound."""
    programme, slash, short = name.partition("/")
    if not slash:
        return name
    short, _, number = short.partition("@")
    found = [one for one in client.releases.all(programme) if one.name == short and number in ("", str(one.number))]
    if not found:
        raise NotFound(
            "there is no such release",
            field="release",
            expected="PROGRAMME/NAME, PROGRAMME/NAME@NUMBER or an id",
            found=name,
        )
    return max(found, key=_number).id


def _number(row: ReleaseRow) -> int:
    return row.number
