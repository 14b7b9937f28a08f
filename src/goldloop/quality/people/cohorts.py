"""Do people who came together read the rules as those before them did? Counted on items that both answered, unseen.

Accuracy needs a reference; this needs none: newcomers who were taught otherwise agree among themselves and not with the
others. One pair of answers an item is compared, so that items count once.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from goldloop import statistics
from goldloop.core.clock import iso
from goldloop.core.families import Measured, Table, Task
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Ontology
from goldloop.measures.say import measured, nothing

COHORTS = Spec(name="cohorts.v1", params={"level": 0.95})
LEVEL = 0.95
METHOD = "items answered independently by one of a cohort and one of the others: share of equal answers, Wilson"


class Compared(NamedTuple):
    """So many items on which two answers were compared, and so many of them equal."""

    same: int
    n: int


def month_of(at: int) -> str:
    """The cohort of somebody who came at a moment."""
    return iso(at)[:7]


def read_alike(table: Table, task: Task, ontology: Ontology, months: Mapping[int, str]) -> list[Measured]:
    """How often a cohort answers as the others do, beside how often the others do among each other.

    `months` are cohorts by the code of a person; the table's values are JSON texts. A cohort that differs from the
    others more than these among each other is named, with what it says most often where they say something else:
    Fisher's exact test, at 5 % over all cohorts.
    """
    by_item: dict[int, list[tuple[str, int]]] = {}
    for item, actor, value, first in zip(table.item, table.actor, table.value, table.first, strict=True):
        if first and int(actor) in months:
            by_item.setdefault(int(item), []).append((months[int(actor)], int(value)))
    cohorts = sorted(set(months.values()))
    return [_one(by_item, cohort, len(cohorts), table, task, ontology) for cohort in cohorts if len(cohorts) > 1]


def _one(
    by_item: Mapping[int, list[tuple[str, int]]], cohort: str, cohorts: int, table: Table, task: Task, names: Ontology
) -> Measured:
    pairs, others = list[tuple[int, int]](), list[tuple[int, int]]()
    for item, said in by_item.items():
        mine = [value for month, value in said if month == cohort]
        theirs = [value for month, value in said if month != cohort]
        if mine and theirs and (len(theirs) == 1 or item % 2):  # every other item that could tell of both
            pairs.append((mine[0], theirs[0]))
        elif len(theirs) > 1:
            others.append((theirs[0], theirs[1]))
    part, eligible = {"month": cohort}, len(by_item)
    if not pairs:
        because = "no item was answered by one of them and one of the others"
        return nothing(because, method=METHOD, eligible=eligible, slice_=part)
    between = Compared(sum(a == b for a, b in pairs), len(pairs))
    among = Compared(sum(a == b for a, b in others), len(others))
    found = statistics.estimate.proportion(between.same, between.n, level=LEVEL, eligible=max(eligible, between.n))
    differs = _differs(between, among, cohorts=cohorts)
    if differs is not None:
        pair, often = Counter(one for one in pairs if one[0] != one[1]).most_common(1)[0]
        here, there = (_named(task, names, table.values[value]) for value in pair)
        differs = f"{differs}; most often they say {here} where others say {there} ({often:,} items)"
    details = {"others_same": float(among.same), "others": float(among.n)}
    return measured(found, method=METHOD, slice_=part, details=details).model_copy(update={"because": differs})


def _differs(between: Compared, among: Compared, *, cohorts: int) -> str | None:
    """Why a cohort differs from the others beyond chance, or None."""
    if not among.n or between.same == between.n:
        return None
    differ = between.n - between.same
    wrong, n = differ + among.n - among.same, between.n + among.n
    p = statistics.bias.hypergeometric_at_least(differ, between.n, wrong, n)
    if p * cohorts > 1 - LEVEL:
        return None
    return (
        f"{between.same:,} of {between.n:,} equal beside the others, who are equal on {among.same:,} of {among.n:,} "
        f"among each other: chance alone would do this with p = {p:.2g} (one of {cohorts} cohorts looked at)"
    )


def _named(task: Task, names: Ontology, text: str) -> str:
    return ", ".join(names.name_of(label) for label in task.labels(json.loads(text))) or "nothing"
