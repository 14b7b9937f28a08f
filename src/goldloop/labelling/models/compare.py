"""Two versions of a model on the same gold: how right each is, what changed, and what of it chance does not explain."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from goldloop import statistics
from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.families import Metered, Suggestion, Task
from goldloop.core.figures import figure
from goldloop.jobs.running import Running
from goldloop.labelling.models.talk import affordable, patience, used_by
from goldloop.labelling.models.versions import Speaker, speaker
from goldloop.store import ledger
from goldloop.store.gold import GoldRow, gold_rows
from goldloop.store.items import attributes
from goldloop.store.models import add_comparison, begin_run, note_run
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import release_row_of
from goldloop.store.schema import erased

if TYPE_CHECKING:
    from goldloop.stats.paired import PairedVerdicts
    from goldloop.stats.result import Estimate

LEVEL = 0.95
METHOD = "McNemar's exact test on the same items; labels and slices each adjusted as one family (Holm)"
SCORE = "mean of 1 - distance to the gold answer; studentised bootstrap of the paired difference"
MOST_CHANGES = 50


class Judged(NamedTuple):
    """What both versions said of one item of gold: answers are None where a version refused."""

    accepted: Any
    slices: Mapping[str, str]
    first: Any
    second: Any


class Examined(NamedTuple):
    """The items of gold that are compared on, how many there are in all, and what must be known of them."""

    rows: list[GoldRow]
    eligible: int
    caution: str | None


def compare_models(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "model", "first", "second", "gold"}: versions and the gold release, by key."""
    store, args = job.store, job.args
    with store.read() as connection:
        policy = policy_in_force(connection, args["programme"])
        task = families.task.build(policy.policy.task)
        examined = _examined(connection, args["gold"], task, policy.policy.labels.by_id)
        slices = attributes(connection, [row.item_id for row in examined.rows])
    total = 2 * len(examined.rows)
    said = []
    for n, version in enumerate((args["first"], args["second"])):
        asked = speaker(store, policy, str(args["model"]), version=version, wait=patience(job))
        done = n * len(examined.rows)

        def tell(more: int, *, done: int = done, version: str = asked.row.version) -> None:
            job.progress(done + more, total=total, unit="answers", note=f"version {version}")

        said.append(_said(job, policy, asked, examined.rows, task, tell))
    judged = [
        Judged(json.loads(row.answer), slices[row.item_id].slices if row.item_id in slices else {}, one, two)
        for row, one, two in zip(examined.rows, *said, strict=True)
    ]
    doc = compared(judged, task, name_of=policy.policy.labels.name_of, eligible=examined.eligible)
    if examined.caution:
        doc["caution"] = examined.caution
    at = now()
    with store.write() as connection:
        key = add_comparison(
            connection, policy.programme_id, args["first"], args["second"], args["gold"], doc, by=job.asked_by, at=at
        )
        ledger.record(
            connection,
            "model.compared",
            programme=policy.programme_id,
            actor=job.asked_by,
            subject=str(args["second"]),
            data={"with": args["first"], "gold": args["gold"], "n": doc["n"], "p": doc["paired"]["p"]},
            at=at,
        )
    return {"comparison": store.ids.show("comparison", key), "n": doc["n"], "because": doc["because"]}


def _examined(connection: Connection, release_id: int, task: Task, known: Mapping[str, Any]) -> Examined:
    """The rows kept for evaluation, or all where none is.

    Withdrawn and erased ones, and those whose label has left the ontology, are left out and stay in the denominator.
    """
    rows = gold_rows(connection, release_id)
    kept = [row for row in rows if row.eval_only]
    caution = None
    if not kept:
        name = release_row_of(connection, release_id).name
        kept = rows
        caution = (
            f"no item of {name} is kept for evaluation alone: a version may have learnt from what it is measured on"
        )
    gone: set[int] = set()
    keys = [row.item_id for row in kept]
    for start in range(0, len(keys), 500):
        found = select(erased.c.item_id).where(erased.c.item_id.in_(keys[start : start + 500]))
        gone |= set(connection.execute(found).scalars())
    there = [
        row
        for row in kept
        if row.withdrawn_at is None
        and row.item_id not in gone
        and all(label in known for label in task.labels(json.loads(row.answer)))
    ]
    if not there:
        raise Conflict("nothing of this gold can be compared on", field="gold", expected="items that are not withdrawn")
    return Examined(there, len(kept), caution)


def _said(
    job: Running, policy: Any, asked: Speaker, rows: Sequence[GoldRow], task: Task, tell: Callable[[int], None]
) -> list[Any]:
    """What a version answers to every row, None where it refuses. Nothing of it is kept: gold is not pre-labelled."""
    out: list[Any] = []
    size = 1 if isinstance(asked.model, Metered) and asked.model.money_limit is not None else asked.judge.batch_size
    try:
        for start in range(0, len(rows), size):
            job.check_cancel()
            with job.store.read() as connection:
                affordable(connection, asked)
            chunk = [(row.external_id, json.loads(row.body)) for row in rows[start : start + size]]
            answers = asked.judge.judge(chunk, asked.model, task=task, ontology=policy.policy.labels)
            out += [one.answer if isinstance(one, Suggestion) else None for one in answers]
            tell(len(out))
    finally:
        with job.store.write(durable=False) as connection:
            key = begin_run(connection, policy.programme_id, asked.row.actor_id, "comparison", job_id=job.id, at=now())
            note_run(connection, key, used_by(asked), {}, at=now())
    return out


def compared(judged: Sequence[Judged], task: Task, *, name_of: Callable[[str], str], eligible: int) -> dict[str, Any]:
    """The comparison as numbers. Right is what says the same as gold, remarks left out; a refusal is not right."""
    import numpy as np

    n = len(judged)
    first = np.array([_right(task, one.first, one.accepted) for one in judged], np.bool_)
    second = np.array([_right(task, one.second, one.accepted) for one in judged], np.bool_)
    pairs = statistics.paired.compare(first, second, level=LEVEL)
    before = [_score(task, one.first, one.accepted) for one in judged]
    after = [_score(task, one.second, one.accepted) for one in judged]
    partly = any(0.0 < share < 1.0 for share in (*before, *after))
    score = statistics.paired.bootstrap_difference(before, after, level=LEVEL) if partly else None
    changes = Counter(
        (_named(task, one.accepted, name_of), _named(task, one.first, name_of), _named(task, one.second, name_of))
        for one, a, b in zip(judged, first, second, strict=True)
        if a != b
    )
    return {
        "n": n,
        "eligible": eligible,
        "method": METHOD,
        "level": LEVEL,
        "accuracy": {
            "first": _measured(
                statistics.estimate.proportion(int(first.sum()), n, method="clopper-pearson", level=LEVEL)
            ),
            "second": _measured(
                statistics.estimate.proportion(int(second.sum()), n, method="clopper-pearson", level=LEVEL)
            ),
        },
        "refused": [sum(one.first is None for one in judged), sum(one.second is None for one in judged)],
        "paired": _paired(pairs),
        "score": None if score is None else {**_measured(score), "p": score.details.get("p"), "method": SCORE},
        "labels": _family([sorted(set(task.labels(one.accepted))) for one in judged], first, second, name_of),
        "slices": _family(
            [[f"{key}: {value}" for key, value in sorted(one.slices.items())] for one in judged], first, second, str
        ),
        "changes": [
            {"accepted": accepted, "first": one, "second": two, "n": count}
            for (accepted, one, two), count in sorted(changes.items(), key=lambda pair: (-pair[1], pair[0]))
        ][:MOST_CHANGES],
        "because": _because(pairs, n),
    }


def _family(groups: Sequence[Sequence[str]], first: Any, second: Any, name_of: Callable[[str], str]) -> list[Any]:
    """Both versions on the items of every group, the p-values adjusted as one family; the largest change first."""
    members: dict[str, list[int]] = {}
    for at, names in enumerate(groups):
        for name in names:
            members.setdefault(name, []).append(at)
    found = {
        name: statistics.paired.compare(first[rows], second[rows], level=LEVEL)
        for name, rows in sorted(members.items())
    }
    if not found:
        return []
    tests = statistics.paired.family(
        {name: 1.0 if one.p is None else one.p for name, one in found.items()}, level=LEVEL
    )
    adjusted = dict(zip(tests.names, zip(tests.adjusted, tests.found, strict=True), strict=True))
    rows = [
        {
            "name": name_of(name),
            "n": len(members[name]),
            "first": int(first[members[name]].sum()),
            "second": int(second[members[name]].sum()),
            **_paired(one),
            "adjusted_p": float(adjusted[name][0]),
            "found": bool(adjusted[name][1]),
        }
        for name, one in found.items()
    ]
    return sorted(rows, key=lambda row: (row["adjusted_p"], row["difference"]["value"] or 0.0, row["name"]))


def _right(task: Task, said: Any, accepted: Any) -> bool:
    return said is not None and task.bare(said) == task.bare(accepted)


def _score(task: Task, said: Any, accepted: Any) -> float:
    return 0.0 if said is None else 1.0 - task.distance(said, accepted)


def _named(task: Task, said: Any, name_of: Callable[[str], str]) -> str:
    """The labels of an answer, by name; of an answer in which the labels do not say it all, no more than those."""
    return "(refused)" if said is None else ", ".join(name_of(label) for label in task.labels(said)) or "(none)"


def _paired(pairs: "PairedVerdicts") -> dict[str, Any]:
    counts = {name: getattr(pairs, name) for name in ("both", "only_first", "only_second", "neither")}
    return {**counts, "p": pairs.p, "difference": _measured(pairs.difference)}


def _measured(one: "Estimate") -> dict[str, Any]:
    return figure(one, interval_method=one.interval.method if one.interval else None)


def _because(pairs: "PairedVerdicts", n: int) -> str:
    """What the numbers say, in words."""
    value, p = pairs.difference.value, pairs.p
    if value is None or p is None:
        return "nothing was compared"
    told = f"{pairs.only_second} items only the second gets right, {pairs.only_first} only the first, of {n}"
    if p > 1 - LEVEL:
        return f"{told}: chance may explain the difference (p {p:.2g})"
    return f"{told}: the {'second' if value > 0 else 'first'} is better (p {p:.2g})"
