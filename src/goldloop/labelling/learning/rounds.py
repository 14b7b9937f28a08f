"""How rounds of learning went: on the random arm of each, how much could be automated and how often the model erred."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core import families
from goldloop.core.figures import figure, no_figure
from goldloop.core.ids import Ids
from goldloop.labelling.learning.choose import RANDOM
from goldloop.loop.alike import alike
from goldloop.store.learning import Outcome, Round, outcomes, rounds
from goldloop.store.programmes import policy_row

LEVEL = 0.95
AUTOMATED = "share of items that the policy sends to verify or accepts: exact limits, on a random sample of what waited"
ERROR = "share of items whose suggestion people settled otherwise: exact limits; verified ones were seen with it"


def learning_page(connection: Connection, ids: Ids, programme_id: int) -> dict[str, Any]:
    """Every round, oldest first."""
    return {"rounds": [_round(connection, ids, one) for one in rounds(connection, programme_id)], "level": LEVEL}


def _round(connection: Connection, ids: Ids, one: Round) -> dict[str, Any]:
    policy = policy_row(connection, one.policy_id).policy
    automatic = frozenset(rule.rule for rule in policy.routing.rules if rule.to in ("verify", "accept"))
    found = outcomes(connection, one)
    values = {key for row in found for key in (row.suggested, row.decided) if key is not None}
    means = alike(connection, families.task.build(policy.task), values)
    of_chance = [row for row in found if row.arm == RANDOM]
    chosen = [row for row in found if row.arm not in (RANDOM, "filled")]
    return {
        "batch_id": ids.show("batch", one.batch_id),
        "batch": one.batch,
        "at": one.drawn_at,
        **one.design,
        "random_arm": arm(of_chance, automatic, means),
        "selected_arm": arm(chosen, automatic, means),
    }


def arm(rows: Sequence[Outcome], automatic: frozenset[str], means: Mapping[int, int]) -> dict[str, Any]:
    """The numbers of one arm of a round."""
    settled = [row for row in rows if row.suggested is not None and row.decided is not None]
    sent = [row for row in settled if row.rule in automatic]

    def errs(row: Outcome) -> bool:
        a, b = row.suggested, row.decided
        return a is not None and b is not None and means.get(a, a) != means.get(b, b)

    return {
        "items": len(rows),
        "settled": len(settled),
        "automated": _share(rows, lambda row: row.rule in automatic, len(rows), AUTOMATED, "it holds no item"),
        "error": _share(settled, errs, len(rows), ERROR, "people have settled none of its suggestions"),
        "error_automated": _share(
            sent,
            errs,
            sum(row.rule in automatic for row in rows),
            ERROR,
            "people have settled none that were automated",
        ),
    }


def _share(
    rows: Sequence[Outcome], holds: Callable[[Outcome], bool], eligible: int, method: str, because: str
) -> dict[str, Any]:
    if not rows:
        return no_figure(because, method=method, eligible=eligible)
    found = statistics.estimate.proportion(sum(map(holds, rows)), len(rows), method="clopper-pearson", level=LEVEL)
    return figure(found, level=LEVEL, eligible=eligible, method=method)
