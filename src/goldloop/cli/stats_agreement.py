"""`goldloop stats agreement`: of everybody, of each pair, and without each annotator."""

from typing import Annotated, Any, Literal

import typer

from goldloop import statistics
from goldloop.cli.saying import Json, remark, say_rows
from goldloop.cli.stats_judgements import Annotator, Answers, File, Item, Level, Value, judgements
from goldloop.cli.stats_saying import say_estimate, say_result
from goldloop.cli.stats_table import known, read_table
from goldloop.core.errors import Invalid

METHODS = ("alpha", "cohen", "fleiss", "gwet", "percent")
PAIRED = ("cohen", "percent")
SCALES = ("nominal", "ordinal", "interval", "ratio", "jaccard", "masi")
SETS = ("jaccard", "masi")
Separator = Annotated[
    str | None, typer.Option(help="for sets: what parts the labels of one cell; JSON lists need none")
]
Pairs = Annotated[bool, typer.Option("--pairs", help="every two annotators by themselves: --method cohen or percent")]
Without = Annotated[bool, typer.Option("--without", help="alpha without each annotator in turn")]


def agreement(
    file: File,
    item: Item = "item",
    annotator: Annotator = "annotator",
    value: Value = "value",
    method: Annotated[str, typer.Option(help=" | ".join(METHODS))] = "alpha",
    scale: Annotated[
        str, typer.Option(help=f"for alpha: {' | '.join(SCALES)}; the last two compare sets of labels")
    ] = "nominal",
    separator: Separator = None,
    cluster: Annotated[str | None, typer.Option(help="the column of documents that are resampled whole")] = None,
    pairs: Pairs = False,
    without: Without = False,
    minimum: Annotated[int, typer.Option(help="with --pairs: common items that a pair must have")] = 10,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Do annotators say the same of the same item, beyond chance? One row a judgement."""
    known("--method", method, METHODS)
    known("--scale", scale, SCALES)
    _check(method, scale, separator=separator, cluster=cluster, pairs=pairs, without=without)
    table = read_table(file)
    answers: Answers = "sets" if scale in SETS else "labels" if scale == "nominal" else "numbers"
    columns = judgements(table, item, annotator, value, answers=answers, separator=separator)
    options: dict[str, Any] = {"level": level}
    if cluster is not None:
        options["cluster"] = table.names_of(cluster, "--cluster")
    if pairs:
        coefficient: Literal["cohen", "percent"] = "percent" if method == "percent" else "cohen"
        _say_pairs(
            statistics.agreement.pairwise(*columns, coefficient=coefficient, minimum=minimum, level=level), as_json=json
        )
    elif without:
        _say_without(statistics.agreement.leave_one_out(*columns, metric=scale), as_json=json)
    elif method == "alpha":
        say_estimate(method, statistics.agreement.krippendorff(*columns, metric=scale, **options), as_json=json)
    else:
        say_estimate(method, getattr(statistics.agreement, method)(*columns, **options), as_json=json)


def _check(method: str, scale: str, *, separator: str | None, cluster: str | None, pairs: bool, without: bool) -> None:
    """Refuse options that contradict each other, before the file is read."""
    if scale != "nominal" and method != "alpha":
        raise Invalid("only alpha knows a scale", field="--scale", expected="--method alpha", found=method)
    if separator is not None and scale not in SETS:
        raise Invalid("only sets have a separator", field="--separator", expected="--scale jaccard | masi", found=scale)
    if pairs and without:
        raise Invalid("ask one thing at a time", field="--pairs", expected="--pairs or --without", found="both")
    if pairs and method not in PAIRED:
        raise Invalid(
            "a pair is compared by a method for two", field="--pairs", expected="--method cohen | percent", found=method
        )
    if without and method != "alpha":
        raise Invalid("is a question about alpha", field="--without", expected="--method alpha", found=method)
    if cluster is not None and (pairs or without):
        raise Invalid("resamples whole documents", field="--cluster", expected="neither --pairs nor --without")


def _say_pairs(found: Any, *, as_json: bool) -> None:
    if as_json:
        say_result(found)
        return
    rows = []
    for pair in found.pairs:
        one = pair.estimate
        row = {"first": pair.first, "second": pair.second, "value": one.value, "low": one.low, "high": one.high}
        rows.append({**row, "n": one.n, "because": one.because or one.caution or ""})
    say_rows(rows, ("first", "second", "value", "low", "high", "n", "because"), as_json=False)
    remark(f"{len(rows):,} pairs of {len(found.annotators):,} annotators; {found.left_out:,} have too few common items")
    remark("each interval is its pair's own: among many pairs some look extreme by chance")


def _say_without(found: Any, *, as_json: bool) -> None:
    if as_json:
        say_result(found)
        return
    rows = [{"annotator": one.annotator, "ratings": one.ratings, "alpha": one.alpha, "gain": one.gain} for one in found]
    say_rows(rows, ("annotator", "ratings", "alpha", "gain"), as_json=False, none="there is no alpha to begin with")
    remark("gain: how much alpha rises without this annotator's answers")
