"""Interned text: label ids, task specs, rule names. A phrase never changes, so each is looked up once a process."""

from collections.abc import Iterable

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite

from goldloop.store.schema import phrase


def phrase_keys(connection: Connection, texts: Iterable[str]) -> dict[str, int]:
    """The key of every text, interning the new ones."""
    wanted = sorted(set(texts))
    found: dict[str, int] = {}
    for start in range(0, len(wanted), 500):
        chunk = wanted[start : start + 500]
        found |= _known(connection, chunk)
        missing = [text for text in chunk if text not in found]
        if missing:
            insert = insert_postgresql if connection.dialect.name == "postgresql" else insert_sqlite
            statement = insert(phrase).on_conflict_do_nothing(index_elements=["text"])
            connection.execute(statement, [{"text": text} for text in missing])
            found |= _known(connection, missing)
    return found


def phrase_key(connection: Connection, text: str) -> int:
    """The key of one text, interning it if new."""
    key = connection.execute(_BY_TEXT, {"text_1": text}).scalar()
    return int(key) if key is not None else phrase_keys(connection, [text])[text]


def phrases_known(connection: Connection, texts: Iterable[str]) -> dict[str, int]:
    """The key of every text that was ever interned; writes nothing."""
    return _known(connection, sorted(set(texts)))


def phrase_texts(connection: Connection, keys: Iterable[int]) -> dict[int, str]:
    """The text of every key."""
    wanted = sorted(set(keys))
    out: dict[int, str] = {}
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(phrase.c.id, phrase.c.text).where(phrase.c.id.in_(wanted[start : start + 500]))
        )
        out |= {key: text for key, text in rows}
    return out


def _known(connection: Connection, texts: list[str]) -> dict[str, int]:
    rows = connection.execute(select(phrase.c.text, phrase.c.id).where(phrase.c.text.in_(texts)))
    return {text: key for text, key in rows}


_BY_TEXT = select(phrase.c.id).where(phrase.c.text == "")
