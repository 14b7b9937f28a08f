"""Training runs: which releases a model was trained on, with which code, and what evaluations found of it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, insert, select

from goldloop.core.canonical import canonical
from goldloop.store.schema import release, run_result, training_run, training_run_release


class RunRow(NamedTuple):
    """A training run as it stands in its table, with the keys of its releases."""

    id: int
    programme_id: int
    name: str
    source: str
    code: str | None
    model: str | None
    params: dict[str, Any]
    trained_at: int
    recorded_by: int
    recorded_at: int
    releases: tuple[int, ...]

    @property
    def said(self) -> tuple[object, ...]:
        """What whoever recorded it said: told twice, it is the same run."""
        return self.source, self.code, self.model, self.params, set(self.releases)


class Result(NamedTuple):
    """One number of an evaluation: a share of `n`, everywhere or in a slice."""

    evaluation: str
    measure: str
    slice: Mapping[str, str]
    value: float
    n: int
    low: float | None
    high: float | None
    evaluated_at: int


def add_run(connection: Connection, row: RunRow) -> int:
    """Write a training run down; its key. `row.id` is not looked at."""
    values = {name: getattr(row, name) for name in RunRow._fields if name not in ("id", "releases", "params")}
    statement = insert(training_run).returning(training_run.c.id)
    key = int(connection.execute(statement, {**values, "params": canonical(row.params)}).scalar_one())
    if row.releases:
        connection.execute(insert(training_run_release), [{"run_id": key, "release_id": one} for one in row.releases])
    return key


def run_row(connection: Connection, key: int) -> RunRow:
    """A training run by key."""
    return _rows(connection, training_run.c.id == key)[0]


def run_named(connection: Connection, programme_id: int, name: str) -> RunRow | None:
    """The training run of a name, or None."""
    found = _rows(connection, training_run.c.programme_id == programme_id, training_run.c.name == name)
    return found[0] if found else None


def runs(connection: Connection, programme_id: int) -> list[RunRow]:
    """The training runs of a programme, newest first."""
    return _rows(connection, training_run.c.programme_id == programme_id)


def runs_on(connection: Connection, release_id: int) -> list[RunRow]:
    """The training runs that learnt from a release, newest first."""
    trained = select(training_run_release.c.run_id).where(training_run_release.c.release_id == release_id)
    return _rows(connection, training_run.c.id.in_(trained))


def learnt_from(connection: Connection, release_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Key and name of the runs that learnt from releases, by release."""
    out: dict[int, list[tuple[int, str]]] = {}
    rows = connection.execute(
        select(training_run_release.c.release_id, training_run.c.id, training_run.c.name)
        .join(training_run, training_run.c.id == training_run_release.c.run_id)
        .where(training_run_release.c.release_id.in_(release_ids))
        .order_by(training_run.c.id)
    )
    for release_id, key, name in rows:
        out.setdefault(release_id, []).append((key, name))
    return out


def run_before(connection: Connection, row: RunRow) -> RunRow | None:
    """The run of the same programme that was trained before, of the same model where there is one."""
    earlier = [one for one in runs(connection, row.programme_id) if (one.trained_at, one.id) < (row.trained_at, row.id)]
    return next((one for one in earlier if one.model == row.model), earlier[0] if earlier else None)


def add_results(connection: Connection, run_id: int, found: Sequence[Result]) -> None:
    """Write down what an evaluation found."""
    rows = [{**one._asdict(), "run_id": run_id, "slice": canonical(dict(one.slice))} for one in found]
    if rows:
        connection.execute(insert(run_result), rows)


def results_of(connection: Connection, run_ids: Sequence[int]) -> dict[int, list[Result]]:
    """The newest number of every evaluation, measure and slice, by run."""
    newest = (
        select(func.max(run_result.c.id))
        .where(run_result.c.run_id.in_(run_ids))
        .group_by(run_result.c.run_id, run_result.c.evaluation, run_result.c.measure, run_result.c.slice)
    )
    out: dict[int, list[Result]] = {key: [] for key in run_ids}
    for row in connection.execute(select(run_result).where(run_result.c.id.in_(newest)).order_by(run_result.c.id)):
        values = {name: getattr(row, name) for name in Result._fields}
        out[row.run_id].append(Result(**{**values, "slice": json.loads(row.slice)}))
    return out


def _rows(connection: Connection, *conditions: Any) -> list[RunRow]:
    found = connection.execute(
        select(training_run).where(*conditions).order_by(training_run.c.trained_at.desc(), training_run.c.id.desc())
    ).all()
    of: dict[int, list[int]] = {row.id: [] for row in found}
    pairs = select(training_run_release).where(training_run_release.c.run_id.in_(list(of)))
    for run_id, release_id in connection.execute(pairs.join(release).order_by(release.c.id)):
        of[run_id].append(release_id)
    names = RunRow._fields[:-1]
    return [
        RunRow(
            **{name: getattr(row, name) for name in names} | {"params": json.loads(row.params)},
            releases=tuple(of[row.id]),
        )
        for row in found
    ]
