"""Interned answers: equal answers under one task are one row, so that agreement compares integers."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.core.canonical import digest
from goldloop.store.bulk import find_rows
from goldloop.store.phrases import phrase_keys
from goldloop.store.prepared import Prepared
from goldloop.store.schema import value, value_label

_FIND = Prepared(select(value.c.id).where(value.c.task_id == bindparam("task"), value.c.digest == bindparam("digest")))


class NewValue(NamedTuple):
    """A canonical answer as JSON text, and the ids of the labels it says."""

    answer: str
    labels: tuple[str, ...]


def value_key(connection: Connection, task_id: int, new: NewValue) -> int:
    """The key of one answer, interning it if new."""
    found = _FIND.scalar(connection, task=task_id, digest=digest(new.answer))
    return int(found) if found is not None else value_keys(connection, task_id, [new])[new.answer]


def value_keys(connection: Connection, task_id: int, answers: Sequence[NewValue]) -> dict[str, int]:
    """The key of every answer by its JSON, interning the new ones with their labels."""
    by_digest = {digest(new.answer): new for new in answers}
    found = _known(connection, task_id, list(by_digest))
    missing = [key for key in by_digest if key not in found]
    if missing:
        insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
        statement = insert(value).on_conflict_do_nothing(index_elements=["task_id", "digest"])
        rows = [{"task_id": task_id, "answer": by_digest[key].answer, "digest": key} for key in missing]
        connection.execute(statement, rows)
        fresh = _known(connection, task_id, missing)
        found |= fresh
        labels = phrase_keys(connection, (label for key in missing for label in by_digest[key].labels))
        pairs = [
            {"value_id": fresh[key], "label_id": labels[label]} for key in missing for label in by_digest[key].labels
        ]
        if pairs:
            connection.execute(insert(value_label).on_conflict_do_nothing(), pairs)
    return {new.answer: found[key] for key, new in by_digest.items()}


def answers(connection: Connection, keys: Sequence[int]) -> Mapping[int, str]:
    """The JSON of every value key."""
    rows = find_rows(connection, value, ("id", "answer"), among="id", of=sorted(set(keys)))
    return {key: answer for key, answer in rows}


def _known(connection: Connection, task_id: int, digests: list[bytes]) -> dict[bytes, int]:
    out: dict[bytes, int] = {}
    for start in range(0, len(digests), 500):
        rows = connection.execute(
            select(value.c.digest, value.c.id).where(
                value.c.task_id == task_id, value.c.digest.in_(digests[start : start + 500])
            )
        )
        out |= {bytes(key): number for key, number in rows}
    return out
