"""What a database is made for: a digest of its tables, and of what its small integers mean.

Between two releases the first schema may change without a number of its own. A folder that was made before is then
refused by its fingerprint, instead of failing on the first page that reads what it does not have.
"""

import hashlib
from collections.abc import Iterator
from functools import cache

from sqlalchemy import Index, Table, UniqueConstraint

from goldloop.core.canonical import canonical
from goldloop.store import codes
from goldloop.store.schema import ITEM_TEXT, metadata

MEANING = 1
"""Raised where what a column holds means something else and no table says so, such as how public ids are made."""


@cache
def fingerprint() -> str:
    """The digest, the same on both databases."""
    meanings = {name: list(value) for name, value in vars(codes).items() if name.isupper() and isinstance(value, dict)}
    tables = {name: sorted(_lines(table)) for name, table in metadata.tables.items()}
    said = canonical({"meaning": MEANING, "codes": meanings, "tables": tables, "words": ITEM_TEXT})
    return hashlib.sha256(said.encode()).hexdigest()[:16]


def _lines(table: Table) -> Iterator[str]:
    """One line for each column, index and constraint of a table."""
    yield f"clustered {not table.dialect_options['sqlite']['with_rowid']}"
    for column in table.columns:
        needed = "null" if column.nullable else "not null"
        yield f"column {column.name} {column.type.__visit_name__} {needed}{' key' if column.primary_key else ''}"
    for index in table.indexes:
        yield _index(index)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield f"unique {', '.join(column.name for column in constraint.columns)}"


def _index(index: Index) -> str:
    parts = ", ".join(str(part) for part in index.expressions)
    where = {name: str(said["where"]) for name, said in index.dialect_options.items() if said.get("where") is not None}
    return f"index {index.name} ({parts}){' unique' if index.unique else ''} {where or ''}"
