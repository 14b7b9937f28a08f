"""What an evaluation found of a training run's model: written down, and held against its floor."""

from collections.abc import Sequence

from pydantic import Field
from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.programmes.evaluations.rules import MOST_GROUPS, Group, Share, hold
from goldloop.programmes.evaluations.take import Asked
from goldloop.store import ledger
from goldloop.store.training_runs import Result, RunRow, add_results

LEVEL = 0.95


class NewResult(Noun):
    """One number of an evaluation: `right` of `n`, everywhere or in a slice."""

    measure: str = Field(default="accuracy", min_length=1, max_length=100)
    slice: dict[str, str] = Field(default={}, max_length=10)
    right: int = Field(ge=0)
    n: int = Field(ge=1)


class Evaluated(Noun):
    """What an evaluation found of a run's model."""

    evaluation: str = Field(min_length=1, max_length=200, description="which evaluation: a name and its version")
    results: tuple[NewResult, ...] = Field(min_length=1, max_length=10_000)
    floor: float | None = Field(
        default=None, gt=0, lt=1, description="what every slice has to reach; one that lies below opens a brief"
    )
    least: int = Field(default=30, ge=1, le=100_000, description="a slice with fewer items closes no brief")


def evaluate(connection: Connection, run: RunRow, said: Evaluated, *, by: int, at: int) -> list[Result]:
    """Write down what an evaluation found of a run's model, each share with its exact interval."""
    found = []
    for n, one in enumerate(said.results):
        if one.right > one.n:
            field = f"results[{n}].right"
            raise Invalid(
                "more are right than there are", field=field, expected=f"at most {one.n}", found=str(one.right)
            )
        share = statistics.estimate.proportion(one.right, one.n, method="clopper-pearson", level=LEVEL)
        assert share.value is not None and share.interval is not None
        limits = share.interval.low, share.interval.high
        found.append(Result(said.evaluation, one.measure, one.slice, share.value, one.n, *limits, at))
    add_results(connection, run.id, found)
    data = {"evaluation": said.evaluation, "results": len(found)}
    ledger.record(
        connection, "run.evaluated", programme=run.programme_id, actor=by, subject=str(run.id), data=data, at=at
    )
    return found


def held_against_floor(said: Evaluated, model: str | None) -> list[tuple[Asked, list[Group]]]:
    """What an evaluation found against its floor, measure by measure: by the rule of `rules.py`.

    Nothing where no floor was said. Raises Invalid where a slice stands twice, or there are too many.
    """
    if said.floor is None:
        return []
    if len(said.results) > MOST_GROUPS:
        found = f"{len(said.results):,}"
        raise Invalid(
            "this evaluation has too many slices", field="results", expected=f"at most {MOST_GROUPS}", found=found
        )
    shares: dict[str, dict[str, Share]] = {}
    for n, one in enumerate(said.results):
        of = shares.setdefault(one.measure, {})
        name = canonical(one.slice)
        if name in of:
            raise Invalid("a slice stands twice", field=f"results[{n}].slice", expected="each once", found=name[:80])
        if one.right > one.n:
            field = f"results[{n}].right"
            raise Invalid(
                "more are right than there are", field=field, expected=f"at most {one.n}", found=f"{one.right}"
            )
        of[name] = Share(one.slice, one.right, one.n, one.n)
    return [
        (
            Asked(said.evaluation, measure, said.floor, LEVEL, said.least, model),
            hold(list(of.values()), floor=said.floor, level=LEVEL, least=said.least),
        )
        for measure, of in shares.items()
    ]


def as_results(found: Sequence[Group], asked: Asked) -> Evaluated:
    """The slices of a report as what an evaluation found of a run's model."""
    results = tuple(
        NewResult(measure=asked.measure, slice=one.slice, right=one.right, n=one.n) for one in found if one.n
    )
    return Evaluated(evaluation=asked.name, results=results)
