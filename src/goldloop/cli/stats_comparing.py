"""`goldloop stats compare | rank | drift`: versions, rivals and periods beside each other."""

from collections.abc import Hashable
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import typer

from goldloop import statistics
from goldloop.cli.saying import Json, remark, say_rows
from goldloop.cli.stats_judgements import File, Level
from goldloop.cli.stats_saying import said, said_p, say_result
from goldloop.cli.stats_table import Table, known, read_table
from goldloop.core.errors import Invalid
from goldloop.stats.drift.shift import Shift

OUTCOMES = {"first": 1.0, "second": 0.0, "tie": 0.5, "1": 1.0, "0": 0.0, "0.5": 0.5, "1.0": 1.0, "0.0": 0.0}
CORRECTIONS = ("holm", "bh", "by", "bonferroni")
PERMUTATIONS = 999


def compare(
    file: File,
    first: Annotated[str, typer.Option(help="the column of the first version's results")] = "first",
    second: Annotated[str, typer.Option(help="the column of the second version's results")] = "second",
    scores: Annotated[bool, typer.Option("--scores", help="results are numbers, not yes and no")] = False,
    cluster: Annotated[str | None, typer.Option(help="the column of prompts or documents, resampled whole")] = None,
    margin: Annotated[float | None, typer.Option(help="ask whether the second is at most this much worse")] = None,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Two versions on the same items, one row an item: McNemar's exact test, or a bootstrap for scores and clusters."""
    table = read_table(file)
    if margin is not None and (scores or cluster is not None):
        raise Invalid("is for yes and no, item by item", field="--margin", expected="no --scores and no --cluster")
    if scores or cluster is not None:
        read = table.numbers if scores else table.verdicts
        clusters = None if cluster is None else table.names_of(cluster, "--cluster")
        one, two = ([float(value) for value in read(*at)] for at in ((first, "--first"), (second, "--second")))
        difference = statistics.paired.bootstrap_difference(one, two, clusters=clusters, level=level)
        if json:
            say_result(difference)
        else:
            print(said("second - first", difference))
            print(f"p {said_p(difference.details.get('p'))}")
        return
    good, better = table.verdicts(first, "--first"), table.verdicts(second, "--second")
    if margin is not None:
        shown = statistics.paired.non_inferior(good, better, margin=margin, level=level)
        if json:
            say_result(shown)
        else:
            print(f"not worse by more than {margin:g}: {'shown' if shown.shown else 'not shown'}, {shown.because}")
            print(said("second - first", shown.difference))
        return
    pairs = statistics.paired.compare(good, better, level=level)
    if json:
        say_result(pairs)
        return
    print(f"both {pairs.both:,}, only first {pairs.only_first:,}, only second {pairs.only_second:,}, "
          f"neither {pairs.neither:,}")  # fmt: skip
    print(said("second - first", pairs.difference))
    print(f"p {said_p(pairs.p)} (McNemar, exact)")


def rank(
    file: File,
    first: Annotated[str, typer.Option(help="the column of the item shown first")] = "first",
    second: Annotated[str, typer.Option(help="the column of the item shown second")] = "second",
    outcome: Annotated[str, typer.Option(help="the column with first, second or tie (1, 0 or 0.5)")] = "outcome",
    ties: Annotated[str, typer.Option(help="davidson | half")] = "davidson",
    order: Annotated[bool, typer.Option("--order", help="estimate the pull of being shown first")] = False,
    rater: Annotated[str | None, typer.Option(help="the column of raters, each with a lean to the first")] = None,
    cluster: Annotated[str | None, typer.Option(help="the column of prompts that are resampled whole")] = None,
    covariate: Annotated[list[str] | None, typer.Option(help="a column: first minus second (length, price)")] = None,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Who is better, from pairs: Bradley-Terry abilities with intervals, and the places each may have."""
    known("--ties", ties, ("davidson", "half"))
    table = read_table(file)
    found = statistics.ranking.bradley_terry(
        table.names_of(first, "--first"),
        table.names_of(second, "--second"),
        _outcomes(table, outcome),
        order=order,
        covariates={name: table.numbers(name, "--covariate") for name in covariate or ()},
        raters=None if rater is None else table.names_of(rater, "--rater"),
        clusters=None if cluster is None else table.names_of(cluster, "--cluster"),
        ties=cast(Literal["davidson", "half"], ties),
        level=level,
    )
    if json:
        say_result(found)
        return
    if found.because is not None:
        print(f"no ranking, because {found.because} (n = {found.n:,}; {found.method})")
        return
    rows = [
        {
            "item": name,
            "ability": one.value,
            "low": one.low,
            "high": one.high,
            "places": "{}-{}".format(*found.ranks[name]),
        }
        for name, one in found.abilities.items()
    ]
    say_rows(rows, ("item", "ability", "low", "high", "places"), as_json=False)
    for name, one in found.effects.items():
        print(said(name, one))
    remark(f"{found.method}, n = {found.n:,}; places: {found.rank_method}")


def drift(
    baseline: Annotated[Path, typer.Argument(help="the table of the period to compare with")],
    current: Annotated[Path, typer.Argument(help="the table of the new period")],
    column: Annotated[list[str] | None, typer.Option(help="a column to compare; all common ones where none")] = None,
    correction: Annotated[str, typer.Option(help=" | ".join(CORRECTIONS))] = "holm",
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Has anything changed? Numbers by Kolmogorov-Smirnov, categories by chi-square, as one family of tests."""
    known("--correction", correction, CORRECTIONS)
    one, two = read_table(baseline), read_table(current)
    names = column or [name for name in one.names if name in two.names]
    if not names:
        raise Invalid("the tables share no column", field="--column", expected=", ".join(one.names))
    found = {name: _shift(one, two, name) for name in names}
    tested: dict[Hashable, float] = {name: shift.p for name, shift in found.items() if shift.p is not None}
    tests = statistics.paired.family(
        tested, method=cast(Literal["holm", "bh", "by", "bonferroni"], correction), level=level
    )
    adjusted = {str(name): float(p) for name, p in zip(tested, tests.adjusted, strict=True)}
    changed = {str(name): bool(yes) for name, yes in zip(tested, tests.found, strict=True)}
    if json:
        say_result({"tests": found, "adjusted": adjusted, "changed": changed, "correction": correction, "level": level})
        return
    rows = [
        {
            "column": name,
            "changed": changed.get(name),
            "statistic": shift.statistic,
            "p": said_p(shift.p),
            "adjusted": said_p(adjusted.get(name)),
            "n": f"{shift.baseline:,} + {shift.current:,}",
            "method": shift.because or shift.method,
        }
        for name, shift in found.items()
    ]
    say_rows(rows, ("column", "changed", "statistic", "p", "adjusted", "n", "method"), as_json=False)
    remark("changed is not worse: ask for harm with `goldloop stats harm` on audited items")


def _shift(one: Table, two: Table, name: str) -> Shift:
    cells = [[cell for cell in table.column(name, "--column") if cell is not None] for table in (one, two)]
    numbers = [_numbers(side) for side in cells]
    if numbers[0] is not None and numbers[1] is not None:
        return statistics.drift.kolmogorov_smirnov(numbers[0], numbers[1])
    texts = [[str(cell) for cell in side] for side in cells]
    found = statistics.drift.chi_square(texts[0], texts[1])
    rare = found.p is None and found.statistic is not None
    return statistics.drift.chi_square(texts[0], texts[1], permutations=PERMUTATIONS) if rare else found


def _numbers(cells: list[Any]) -> list[float] | None:
    """The cells as numbers, where all of them are; yes and no are categories."""
    if any(isinstance(cell, bool) for cell in cells):
        return None
    try:
        return [float(cell) for cell in cells]
    except (TypeError, ValueError):
        return None


def _outcomes(table: Table, name: str) -> list[float]:
    values = []
    for cell, line in zip(table.column(name, "--outcome"), table.lines, strict=True):
        value = OUTCOMES.get(str(cell).strip().lower())
        if value is None:
            raise Invalid(
                f"{table.file}, line {line}: column {name!r}", field="--outcome",
                expected="first, second or tie (1, 0 or 0.5)", found=repr(cell), line=line,
            )  # fmt: skip
        values.append(value)
    return values
