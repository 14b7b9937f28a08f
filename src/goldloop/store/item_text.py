"""The words of items, and what a search wants of them: one grammar over FTS5 and PostgreSQL's text search.

Text is taken apart here and not by the databases, so that both find the same: case is folded, accents stay, and a
script without spaces counts letter by letter.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, Connection, Select, column, func, literal_column, select, table, text

from goldloop.core.canonical import canonical

LONGEST = 64  # letters of a word that count
MOST = 50_000  # words of an item that count
_WORD = re.compile(r"[^\W_]+")
_LETTERWISE = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]"
)
_found = table(
    "item_text", column("rowid", BigInteger), column("item_id", BigInteger), column("programme_id", BigInteger)
)


class Wanted(NamedTuple):
    """Phrases that must all be there, in any order; the last word of the last may go on."""

    phrases: tuple[tuple[str, ...], ...]


def words(said: str) -> Iterator[str]:
    """The words of a text, folded."""
    for match in _WORD.finditer(unicodedata.normalize("NFKC", said).casefold()):
        word = match.group()
        if _LETTERWISE.search(word):
            yield from word
        else:
            yield word[:LONGEST]


def wanted(query: str) -> Wanted:
    """What a query asks for: each part between spaces is a phrase of adjacent words."""
    parts = (tuple(words(part)) for part in query.split())
    return Wanted(tuple(part for part in parts if part))


def text_of(body: Mapping[str, Any]) -> str:
    """Everything a body says, as words with spaces between."""
    out: list[str] = []
    for leaf in _leaves(body):
        out.extend(words(leaf))
        if len(out) > MOST:
            break
    return " ".join(out[:MOST])


def index_items(connection: Connection, programme_id: int, items: Sequence[tuple[int, str]]) -> None:
    """Make items findable by their words; those that were already are made anew."""
    if not items:
        return
    if connection.dialect.name == "postgresql":
        connection.execute(
            text(
                "INSERT INTO item_text (item_id, programme_id, words) "
                "VALUES (:item, :programme, to_tsvector('simple', :words)) "
                "ON CONFLICT (item_id) DO UPDATE SET words = excluded.words"
            ),
            [{"item": key, "programme": programme_id, "words": said} for key, said in items],
        )
        return
    connection.execute(text("DELETE FROM item_text WHERE rowid = :item"), [{"item": key} for key, _ in items])
    connection.execute(
        text("INSERT INTO item_text (rowid, programme, words) VALUES (:item, :programme, :words)"),
        [{"item": key, "programme": f"p{programme_id}", "words": said} for key, said in items],
    )


def found_items(dialect: str, programme_id: int, query: Wanted, *, after: int) -> Select[int]:
    """The keys of a programme's items that hold what is wanted, after a key, in order."""
    if dialect == "postgresql":
        asked: ColumnElement[bool] = literal_column("words").op("@@")(func.to_tsquery("simple", _tsquery(query)))
        key: ColumnElement[int] = _found.c.item_id
        asked = asked & (_found.c.programme_id == programme_id)
    else:
        key = _found.c.rowid
        asked = literal_column("item_text").op("MATCH")(_match(programme_id, query))
    return select(key.label("id")).select_from(_found).where(asked, key > after).order_by(key)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _leaves(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    elif value is not None and not isinstance(value, bool):
        yield canonical(value)


def _match(programme_id: int, query: Wanted) -> str:
    """In FTS5's words; there is nothing in a word that it could take for an operator."""
    phrases = [f'"{" ".join(phrase)}"' for phrase in query.phrases]
    return f'{{programme}} : "p{programme_id}" AND {{words}} : ({" AND ".join(phrases)} *)'


def _tsquery(query: Wanted) -> str:
    phrases = ["(" + " <-> ".join(f"'{word}'" for word in phrase) for phrase in query.phrases]
    return ") & ".join(phrases) + ":*)"
