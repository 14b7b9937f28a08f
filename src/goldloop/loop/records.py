"""A file's records on their way in: in chunks, the usable ones apart from the rejects, each as an item."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TypeVar

from goldloop.core.canonical import canonical, digest
from goldloop.core.document import MAX_DEPTH
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject
from goldloop.store.items import NewItem

T = TypeVar("T")
MOST_KINDS = 200  # of what cannot be carried; a file may call its parts what it likes
OTHERS = "other things"
NESTED = (dict, list)


def chunks(records: Iterable[Record | Reject], size: int) -> Iterator[list[Record | Reject]]:
    """So many records at a time."""
    iterator = iter(records)
    while chunk := list(islice(iterator, size)):
        yield chunk


def checked(chunk: Sequence[Record | Reject], make: Callable[[Record], T]) -> tuple[list[T], list[Reject]]:
    """What can be made of the records, and a reject for each of which it cannot. `make` raises Invalid."""
    ready, rejected = [], []
    for one in chunk:
        if isinstance(one, Reject):
            rejected.append(one)
            continue
        try:
            ready.append(make(one))
        except Invalid as error:
            expected = error.expected or error.message
            rejected.append(Reject(one.line, error.field or "record", expected, error.found or ""))
    return ready, rejected


def by_name(error: Invalid, blob: str, name: str) -> Invalid:
    """An error about an upload, which says the name that people know the file by."""
    kept = blob.rpartition("/")[2]
    if kept:
        error.field = error.field.replace(kept, name) if error.field else None
        error.found = error.found.replace(kept, name) if error.found else None
    return error


def count_lost(lost: Counter[str], words: Iterable[str]) -> None:
    """Count what of a record could not be carried, by kind."""
    for word in words:
        lost[word[:200] if word in lost or len(lost) < MOST_KINDS else OTHERS] += 1


def shallow(value: Any, levels: int) -> bool:
    """True where lists and objects stand in each other no deeper than so many levels."""
    inside = [value] if isinstance(value, NESTED) else []
    while inside and levels > 0:
        parts = chain.from_iterable(one.values() if isinstance(one, dict) else one for one in inside)
        inside = [part for part in parts if isinstance(part, NESTED)]
        levels -= 1
    return not inside


def item_of(record: Record, *, file: str) -> NewItem:
    """A record as an item. One without an id is known by its file and line, so that the same file says the same.

    Raises Invalid for a body that is nested deeper than what reads it can go.
    """
    if not shallow(record.body, MAX_DEPTH):
        raise Invalid("this is nested too deeply", field="body", expected=f"at most {MAX_DEPTH} levels", found="more")
    body = canonical(record.body)
    return NewItem(
        record.external_id or f"{file}#{record.line}",
        body,
        digest(body),
        record.slices,
        record.residency,
        record.access,
        record.licence,
    )
