"""Lineage of large datasets: two releases compared, what a second version costs, and everything said of one item.

A few items are imported and routed as usual; then their rows are repeated in the database, ten judgements an item.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from bench.repeated import filled, repeat
from bench.report import Line
from bench.scale import Scale
from bench.texts import LABELS, answered
from sqlalchemy import Connection, func, select, text

from goldloop.core.settings import Settings
from goldloop.programmes.lineage.changes import summary
from goldloop.programmes.lineage.trace import trace
from goldloop.store.changed_labels import changed_labels
from goldloop.store.open import Store, open_store
from goldloop.store.release_changes import Place, changes
from goldloop.store.release_rows import Held, end_rows, keep_rows, left_out
from goldloop.store.releases import ReleaseRow, add_release, release_row_of
from goldloop.store.schema import batch_item, decision, item, judgement

T = TypeVar("T")
NAME = "answers"
SAID = 10  # judgements an item
DIFF_BAR_S, TRACE_BAR_S, STORED_BAR = 10.0, 0.3, 0.02
CHANGED = 100  # one row of so many is another in the second release
PAGE = 50
STEP = 1000


def lineage(folder: Path, scale: Scale) -> list[Line]:
    """A house of many judgements, and three releases of one dataset: the first, a small change, and all anew."""
    handful(folder / "lineage")
    store = open_store(Settings(home=folder / "lineage"))
    try:
        with store.write(durable=False) as connection:
            rows = repeated(connection, scale.released, said=SAID)
        releases, stored = _released(store, rows)
        return [stored, *_compared(store, releases), *_traced(store, scale)]
    finally:
        store.close()


def handful(home: Path) -> None:
    """A house with an item of every label, decided."""
    filled(home, "lineage", answered(home.parent, len(LABELS)))


def repeated(connection: Connection, count: int, *, said: int) -> list[Held]:
    """Repeat every item with its decision and so many judgements; the rows that a release would hold."""
    times = count // len(LABELS) - 1
    step, judged = (int(connection.execute(select(func.max(table.c.id))).scalar_one()) for table in (item, judgement))
    there = f"item_id + n * {step}"
    repeat(connection, item, times, id=f"id + n * {step}", external_id="external_id || '-' || n")
    repeat(connection, batch_item, times, item_id=there)
    rests_on = f"json_extract(judgements, '$[0]') + ((n - 1) * {said} + 1) * {judged}"
    repeat(connection, decision, times, item_id=there, judgements=f"'[' || ({rests_on}) || ']'")
    turn = f"(n + {said - 1}) / {said}"
    repeat(connection, judgement, times * said, id=f"id + n * {judged}", item_id=f"item_id + {turn} * {step}")
    found = connection.execute(select(decision.c.item_id, decision.c.batch_id, decision.c.value_id))
    return [Held(key, batch, value, None) for key, batch, value in found]


def _released(store: Store, rows: list[Held]) -> tuple[list[ReleaseRow], Line]:
    """Three releases: as decided, every hundredth with another label, and every row with another; what 2 adds to 1."""
    values = sorted({row.value_id for row in rows})
    other = {value: values[n - 1] for n, value in enumerate(values)}
    versions = [rows]
    for every in (CHANGED, 1):
        before = versions[-1]
        versions.append(
            [row._replace(value_id=other[row.value_id]) if n % every == 0 else row for n, row in enumerate(before)]
        )
    sizes, out = [_bytes(store)], []
    for number, version in enumerate(versions, 1):
        with store.write(durable=False) as connection:
            about = connection.execute(select(item.c.programme_id, batch_item.c.batch_id).join(batch_item)).first()
            assert about is not None
            keep_rows(connection, about.programme_id, NAME, number, version)
            end_rows(connection, left_out(connection, about.programme_id, NAME, [about.batch_id]), number)
            by = connection.execute(select(judgement.c.actor_id)).scalars().first()
            assert by is not None
            key = add_release(connection, about.programme_id, "dataset", NAME, "{}", by=by, at=number)
            out.append(release_row_of(connection, key))
        sizes.append(_bytes(store))
    grown = (sizes[2] - sizes[1]) / (sizes[1] - sizes[0])
    name = f"a second release of {len(rows):,} rows, 1 % of them changed: storage it adds, of the first"
    return out, Line(name, max(grown, 1e-9), "", STORED_BAR if len(rows) > PAGE * CHANGED else None)


def _bytes(store: Store) -> int:
    with store.read() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        free = connection.execute(text("PRAGMA freelist_count")).scalar_one()
        return int(pages - free) * int(connection.execute(text("PRAGMA page_size")).scalar_one())


def _compared(store: Store, releases: list[ReleaseRow]) -> list[Line]:
    """Counting what changed with every label before and after, walking it, and grouping it by what lies behind."""
    out = []
    for n, what in ((1, "1 % changed"), (2, "every row changed")):
        before, after = releases[n - 1], releases[n]
        with store.read() as connection:
            took, counted = _timed(summary, connection, store.ids, before, after)
            rows = counted["after"]["rows"]
            out.append(Line(f"row diff of two releases of {rows:,} rows, {what}: counted", took, "s", DIFF_BAR_S))
            took, walked = _timed(_walked, connection, before, after)
            assert walked == counted["relabelled"], (walked, counted)
            out.append(Line(f"the same, walked to the last of {walked:,} rows", took, "s", DIFF_BAR_S))
    with store.read() as connection:
        took, groups = _timed(changed_labels, connection, releases[1], releases[2])
        name = f"{sum(one.rows for one in groups):,} new labels grouped by what lies behind them"
        out.append(Line(name, took, "s"))
    return out


def _walked(connection: Connection, before: ReleaseRow, after: ReleaseRow) -> int:
    place, count = Place(), 0
    while page := changes(connection, before, after, only=None, place=place, limit=STEP):
        place, count = page[-1].place, count + len(page)
    return count


def _traced(store: Store, scale: Scale) -> list[Line]:
    """Everything behind one label, in a house of so many judgements: the slowest of a hundred."""
    with store.read() as connection:
        total = connection.execute(select(func.max(judgement.c.id))).scalar_one()
        keys = [1 + n * (total - 1) // scale.keys for n in range(scale.keys)]
        took = max(_timed(trace, connection, store.ids, key)[0] for key in keys)
    bar = None if scale.small else TRACE_BAR_S * 1000
    return [Line(f"everything behind one of {total:,} judgements", took * 1000, "ms", bar)]


def _timed(do: Callable[..., T], *given: object) -> tuple[float, T]:
    began = time.perf_counter()
    found = do(*given)
    return time.perf_counter() - began, found
