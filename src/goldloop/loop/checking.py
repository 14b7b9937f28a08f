"""Checking a file's records on their way in: answers in canonical form, personal data masked, terms of the source met.

Nothing here needs the database, so it can be done beside what writes (see `ahead`).
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said
from goldloop.core.masking import Tokens, closed
from goldloop.core.policy import Policy
from goldloop.core.rights import SourceDoc
from goldloop.loop.mask import Covered, Mask, covered, quiet, unquoted
from goldloop.loop.records import checked, chunks, item_of
from goldloop.loop.source_rights import under_terms
from goldloop.loop.whose import People, unclear
from goldloop.store.items import NewItem
from goldloop.store.values import NewValue

CHUNK = 400  # rows of one transaction: people's submits wait behind it, some milliseconds


class Checking(NamedTuple):
    """What checking the records of a file needs."""

    file: str
    policy: Policy
    task: families.Task
    terms: SourceDoc
    mask: Mask | None
    people: People
    signing_in: Mapping[str, str]


class Checked(NamedTuple):
    """A record that can be taken in: its item, what is said of it in canonical form, and what of that was rejected."""

    item: NewItem
    line: int
    parents: tuple[str, ...]
    said: tuple[tuple[Said, NewValue | None], ...]
    tokens: Tokens
    lost: tuple[str, ...]
    rejected: tuple[Reject, ...]

    @property
    def external_id(self) -> str:
        """What the item is called in its source."""
        return self.item.external_id


class Chunk(NamedTuple):
    """The next records of a file, what of them cannot be taken in, and the token of what is behind them."""

    ready: list[Checked]
    rejected: list[Reject]
    resume: str

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled as plain tuples, in a third of the time: named ones are asked for their class one by one."""
        plain = [
            (tuple(item), line, parents, [(tuple(one), value and tuple(value)) for one, value in said], *others)
            for item, line, parents, said, *others in self.ready
        ]
        return _chunk, (plain, self.rejected, self.resume)


def _chunk(plain: list[Any], rejected: list[Reject], resume: str) -> Chunk:
    """A chunk that was pickled."""
    ready = [
        Checked(
            NewItem._make(item),
            line,
            parents,
            tuple([(Said._make(one), value and NewValue._make(value)) for one, value in said]),
            *others,
        )
        for item, line, parents, said, *others in plain
    ]
    return Chunk(ready, rejected, resume)


class Reading(NamedTuple):
    """A file to be read and checked."""

    path: Path
    source: families.Source
    checking: Checking
    max_line: int


def read_chunks(reading: Reading, resume: str) -> Iterator[Chunk]:
    """A file behind a token, chunk by chunk. Raises Invalid for one that cannot be read at all."""
    checking = reading.checking
    mask, make = checking.mask, quiet(checking.mask, lambda record: check(record, checking))
    read = reading.source.read(reading.path, task=checking.task, resume=resume, max_line=reading.max_line)
    for chunk in chunks(read, CHUNK):
        ready, rejected = checked(unquoted(mask, chunk), make)
        for one in ready:
            rejected += one.rejected
        yield Chunk(ready, rejected, chunk[-1].resume)


def check(record: Record, checking: Checking) -> Checked:
    """A record that can be taken in. Raises Invalid: for a record that is `apart` only where its item cannot be.

    What is said by somebody of whom it is unclear who they are is rejected by itself, whatever the record.
    """
    checking.task.check_body(record.body)
    masked = covered(checking.mask, record)
    new = under_terms(item_of(masked.record, file=checking.file), checking.policy, checking.terms)
    said: list[tuple[Said, NewValue | None]] = []
    rejected: list[Reject] = []
    places: dict[int, int] = {}
    for n, one in enumerate(record.said):
        person = one.kind == "person" and not one.gold
        if person and (error := unclear(checking.people, one.actor, checking.signing_in)) is not None:
            rejected.append(_reject(error, one, record, checking))
            continue
        try:
            value = _value(one, record, masked, checking)
        except Invalid as error:
            if not record.apart:
                raise
            rejected.append(_reject(error, one, record, checking))
            continue
        places[n] = len(said)
        if one.of is not None or one.comment is not None:
            comment = one.comment if checking.mask is None else None
            one = one._replace(of=places.get(one.of) if one.of is not None else None, comment=comment)
        said.append((one, value))
    parents, lost = masked.record.parents, record.lost
    return Checked(new, record.line, parents, tuple(said), masked.tokens, lost, tuple(rejected))


def _reject(error: Invalid, one: Said, record: Record, checking: Checking) -> Reject:
    """One statement that cannot come in; its item can."""
    error = error if checking.mask is None else closed(error)
    where = f"{error.field or 'answer'}, said by {one.actor}" if checking.mask is None else "answer"
    return Reject(record.line, where, error.expected or error.message, error.found or "")


def _value(one: Said, record: Record, masked: Covered, checking: Checking) -> NewValue | None:
    """An answer in its stored form; None for a statement without one. Raises Invalid."""
    if one.answer is None and one.stance in ("skip", "reject"):
        return None
    task = checking.task
    if task.people_only and one.kind != "person" and not one.gold:
        raise Invalid(
            "only people may say this", field="prediction", expected="a person's answer", found=f"a {one.kind}'s"
        )
    answer = masked.said(task.canonical(one.answer, record.body, checking.policy.labels))
    return NewValue(canonical(answer), task.labels(answer))
