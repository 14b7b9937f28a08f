"""The columns that all tables are made of, and the metadata they stand in."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import TEXT as PG_TEXT
from sqlalchemy.schema import SchemaItem

Key = BigInteger().with_variant(Integer, "sqlite")
Words = Text().with_variant(PG_TEXT(collation="C"), "postgresql")  # byte order on both databases
metadata = MetaData()


def table(name: str, *columns: SchemaItem, clustered: bool = False) -> Table:
    """A table; `clustered` stores its rows in primary-key order on SQLite."""
    return Table(name, metadata, *columns, sqlite_with_rowid=not clustered)


def key() -> Column[int]:
    return Column("id", Key, primary_key=True)


def ref(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Key, ForeignKey(f"{target}.id"), nullable=nullable)


def word(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Words, nullable=nullable)


def whole(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def code(name: str, *, nullable: bool = False) -> Column[int]:
    """A small column: an index into one of the tuples of `codes.py`."""
    return Column(name, SmallInteger, nullable=nullable)


def octets(name: str, *, nullable: bool = False) -> Column[bytes]:
    return Column(name, LargeBinary, nullable=nullable)


def real(name: str, *, nullable: bool = False) -> Column[float]:
    return Column(name, Float(53), nullable=nullable)


def flag(name: str) -> Column[bool]:
    return Column(name, Boolean(create_constraint=False), nullable=False)
