"""Large records for benches that read: a few items imported and routed as usual, then repeated in the database."""

from contextlib import closing
from pathlib import Path

from bench.house import House
from bench.server import serving
from bench.texts import File
from sqlalchemy import Connection, Table, text


def filled(home: Path, name: str, file: File) -> None:
    """A programme with a file of answered items in it, in one batch."""
    with serving(home) as server, closing(House(server)) as house:
        programme = house.programme(name)
        house.take_in(programme, file)
        house.route(programme)


def repeat(connection: Connection, table: Table, times: int, **moved: str) -> None:
    """Insert the rows of a table again, `times` times; `moved` says in SQL what differs in the nth time."""
    columns = [column.name for column in table.columns]
    shown = ", ".join(moved.get(name, f'"{name}"') for name in columns)
    named = ", ".join(f'"{name}"' for name in columns)
    turns = f"WITH RECURSIVE turn(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM turn WHERE n < {times})"
    connection.execute(text(f"{turns} INSERT INTO {table.name} ({named}) SELECT {shown} FROM turn, {table.name}"))
