"""Tables for tests, written as rows of words."""

from typing import Any, NamedTuple

import numpy as np

from goldloop.core.families import STANCES, Table


class Row(NamedTuple):
    """One judgement in words; labels as one label or a whole answer."""

    item: int
    actor: str
    answer: Any
    stance: str = "answer"
    queue: str | None = None
    stratum: str | None = None
    reference: Any = None
    probability: float = 1.0
    decided: bool = False
    first: bool = True
    active_ms: int = -1
    cost: int = -1


def table(
    rows: list[Row],
    *,
    items: int | None = None,
    sizes: dict[str, int] | None = None,
    looks: tuple[tuple[int, int, int], ...] = (),
    cells: dict[int, int] | None = None,
    cell_sizes: tuple[int, ...] | None = None,
    **facts: Any,
) -> Table:
    """Rows as a table; by default every item that a row names, and strata as large as the items seen in them.

    `looks` make it an audited one under a plan, whose items are judged in the order of their numbers. `cells` is the
    sampling stratum of items that are not in the first one.
    """
    values: list[Any] = []
    actors: list[str] = []
    queues: list[str] = []
    strata: list[str] = list(sizes or {})

    def code(listed: list[Any], entry: Any) -> int:
        if entry is None:
            return -1
        if entry not in listed:
            listed.append(entry)
        return listed.index(entry)

    def answer(entry: Any) -> Any:
        return {"labels": [entry]} if isinstance(entry, str) else entry

    columns = {
        "item": [row.item for row in rows],
        "actor": [code(actors, row.actor) for row in rows],
        "value": [code(values, answer(row.answer)) for row in rows],
        "queue": [code(queues, row.queue) for row in rows],
        "stratum": [code(strata, row.stratum) for row in rows],
        "stance": [STANCES.index(row.stance) for row in rows],
        "reference": [code(values, answer(row.reference)) for row in rows],
        "active_ms": [row.active_ms for row in rows],
        "cost": [row.cost for row in rows],
    }
    held = {name: len({row.item for row in rows if row.stratum == name}) for name in strata} | (sizes or {})
    decided = len({row.item for row in rows if row.decided})
    if looks or cell_sizes:
        seen: set[int] = set()
        count = len({row.item for row in rows}) if items is None else items
        facts |= {
            "looks": looks,
            "frame": count,
            "cell": np.array([(cells or {}).get(row.item, 0) for row in rows], np.int64),
            "cell_sizes": cell_sizes or (count,),
            "place": np.array([row.item if looks else -1 for row in rows], np.int64),
            "submitted": np.array([row.item not in seen and not seen.add(row.item) for row in rows], np.bool_),
        }
    given = {"bodies": {}, "items_human_only": 0, "human_only_violations": 0, "items_decided": decided} | facts
    return Table(
        **{name: np.array(column, np.int64) for name, column in columns.items()},
        probability=np.array([row.probability for row in rows], np.float64),
        decided=np.array([row.decided for row in rows], np.bool_),
        first=np.array([row.first for row in rows], np.bool_),
        items=len({row.item for row in rows}) if items is None else items,
        values=tuple(values),
        actors=tuple(actors),
        queues=tuple(queues),
        strata=tuple(strata),
        strata_sizes=np.array([held[name] for name in strata], np.int64),
        **given,
    )
