"""What people disagree about: which items, which answers, which labels; and what a model of them makes of it."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import Connection, select

from goldloop import statistics
from goldloop.core.headline import headline
from goldloop.core.nouns import Noun
from goldloop.loop.context import BatchContext
from goldloop.quality.agreement.compared import Read, compared
from goldloop.store.actors import actors
from goldloop.store.codes import DECISION_NAMES
from goldloop.store.items import bodies
from goldloop.store.schema import decision, item
from goldloop.store.values import answers

LEVEL = 0.95
MOST_ANSWERS = 200  # different answers above which nothing is inferred about who confuses what
CUT = 300  # characters of a text that a list shows


class Answered(Noun):
    """One of the answers to an item: who gave it, and how probable a model of the annotators finds it."""

    answer: Any
    by: tuple[str, ...]
    posterior: float | None


class Disagreement(Noun):
    """An item on which independent answers differ, how it stands, and what it was settled by."""

    item_id: int
    external_id: str
    text: str
    state: str
    because: str | None
    decided: Any
    answers: tuple[Answered, ...]
    doubt: float | None


class Confused(Noun):
    """Two labels that people give to the same unit: so many of the pairs of answers in which either was said."""

    a: str
    b: str
    together: int
    n: int
    value: float
    low: float
    high: float
    level: float
    method: str = (
        "pairs of independent answers to one unit; share of those in which either label was said, Wilson as if the "
        "pairs of one unit were independent: too narrow where many people answered it"
    )


def disagreements(
    connection: Connection, context: BatchContext, *, after: int, limit: int
) -> tuple[list[Disagreement], int | None]:
    """A page of the items on which independent answers differ, and the key to go on from.

    The posterior is that of the default truth method: it says what to look at first, and settles nothing.
    """
    said, texts = compared(connection, context)
    by_item: dict[int, list[Read]] = {}
    for one in said:
        by_item.setdefault(one.item_id, []).append(one)
    split = [key for key, each in by_item.items() if len({one.answer for one in each}) > 1 and key > after]
    shown = sorted(split)[:limit]
    posterior = _posterior(said)
    names = actors(connection, [one.actor_id for key in shown for one in by_item[key]])
    rows = _settled(connection, context.row.id, shown)
    settled = answers(connection, [row[1] for row in rows.values() if row[1] is not None])
    about = bodies(connection, shown)
    out = []
    for key in shown:
        state, value_id, because, external_id = rows[key]
        each = _grouped(by_item[key], texts, {k: row.name for k, row in names.items()}, posterior.get(key))
        best = max((one.posterior for one in each if one.posterior is not None), default=None)
        out.append(
            Disagreement(
                item_id=key,
                external_id=external_id,
                text=headline(about.get(key, {}))[:CUT],
                state=state,
                because=because,
                decided=json.loads(settled[value_id]) if value_id is not None else None,
                answers=each,
                doubt=None if best is None else 1 - best,
            )
        )
    return out, shown[-1] if len(shown) == limit else None


def confused(connection: Connection, context: BatchContext) -> list[Confused]:
    """Which labels people give where others give another, most first."""
    said, texts = compared(connection, context)
    keys = sorted({one.item_id for one in said})
    about = bodies(connection, keys) if context.task.reads_body else {}
    by_item: dict[int, list[int]] = {}
    for one in said:
        by_item.setdefault(one.item_id, []).append(one.answer)
    mixed: Counter[tuple[str, str]] = Counter()
    either: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    for key, values in by_item.items():
        units = [
            {unit.where: unit.label for unit in context.task.units(json.loads(texts[value]), about.get(key, {}))}
            for value in values
        ]
        for first, second in combinations(units, 2):
            for where, label in first.items():
                pair = tuple(sorted((label, second.get(where, label))))
                both[pair[0], pair[1]] += 1
                either.update(set(pair))
                if pair[0] != pair[1]:
                    mixed[pair[0], pair[1]] += 1
    out = []
    for (a, b), together in mixed.most_common(200):
        found = statistics.estimate.proportion(together, either[a] + either[b] - together, level=LEVEL)
        assert found.interval is not None and found.value is not None
        out.append(
            Confused(
                a=a, b=b, together=together, n=found.n, value=found.value,
                low=found.interval.low, high=found.interval.high, level=LEVEL,
            )
        )  # fmt: skip
    return out


def _posterior(said: Sequence[Read]) -> Mapping[int, Mapping[int, float]]:
    """The probability of every answer to every item, by the default truth method; empty where it can say nothing."""
    if not said or len({one.answer for one in said}) > MOST_ANSWERS:
        return {}
    found = statistics.truth.hierarchical(
        [one.item_id for one in said], [one.actor_id for one in said], [one.answer for one in said]
    )
    if found.because:
        return {}
    classes = [int(name) for name in found.classes]
    return {
        int(key): dict(zip(classes, map(float, row), strict=True))
        for key, row in zip(found.items, found.posterior, strict=True)
    }


def _grouped(
    said: Sequence[Read],
    texts: Mapping[int, str],
    names: Mapping[int, str],
    posterior: Mapping[int, float] | None,
) -> tuple[Answered, ...]:
    by_value: dict[int, list[str]] = {}
    for one in said:
        by_value.setdefault(one.answer, []).append(names[one.actor_id])
    found = [
        Answered(answer=json.loads(texts[key]), by=tuple(who), posterior=None if posterior is None else posterior[key])
        for key, who in by_value.items()
    ]
    return tuple(sorted(found, key=lambda one: (-(one.posterior or 0.0), -len(one.by))))


def _settled(
    connection: Connection, batch_id: int, keys: Sequence[int]
) -> dict[int, tuple[str, int | None, str | None, str]]:
    rows = connection.execute(
        select(item.c.id, item.c.external_id, decision.c.state, decision.c.value_id, decision.c.because)
        .outerjoin(decision, (decision.c.item_id == item.c.id) & (decision.c.batch_id == batch_id))
        .where(item.c.id.in_(keys))
    )
    return {
        row.id: (
            DECISION_NAMES[row.state] if row.state is not None else "open",
            row.value_id,
            row.because,
            row.external_id,
        )
        for row in rows
    }
