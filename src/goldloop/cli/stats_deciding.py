"""`goldloop stats plan | threshold | harm`: decisions with a stated risk."""

from typing import Annotated

import typer

from goldloop import statistics
from goldloop.cli.saying import Json, remark, say_rows
from goldloop.cli.stats_judgements import File, Level
from goldloop.cli.stats_saying import said, say_result, shape
from goldloop.cli.stats_table import known, read_table
from goldloop.core.errors import Invalid

STEPS = (0.25, 0.5, 1.0)


def plan(
    aql: Annotated[float, typer.Option(help="the defect rate that should pass, 0-1")],
    ltpd: Annotated[float, typer.Option(help="the defect rate that should not pass, 0-1")],
    kind: Annotated[str, typer.Option(help="single | double | sequential")] = "single",
    producer_risk: Annotated[float, typer.Option(help="chance of rejecting a batch at the aql")] = 0.05,
    consumer_risk: Annotated[float, typer.Option(help="chance of accepting a batch at the ltpd")] = 0.1,
    lot: Annotated[int | None, typer.Option(help="items in the batch, for a single plan of a small batch")] = None,
    json: Json = False,
) -> None:
    """An acceptance plan: how many items to judge, when to accept and when to reject, and what that does to batches."""
    known("--kind", kind, ("single", "double", "sequential"))
    risks = {"aql": aql, "ltpd": ltpd, "producer_risk": producer_risk, "consumer_risk": consumer_risk}
    if lot is not None and kind != "single":
        raise Invalid("only a single plan knows a batch's size", field="--lot", expected="--kind single", found=kind)
    if kind == "single":
        made = statistics.sampling.single_plan(**risks, lot=lot)
    else:
        made = (statistics.sampling.double_plan if kind == "double" else statistics.sampling.sequential_plan)(**risks)
    rates = sorted({aql * step for step in STEPS} | {ltpd, (aql + ltpd) / 2, min(1.0, 1.5 * ltpd)})
    behaviour = shape(statistics.sampling.operating_characteristic(made, rates))
    if json:
        say_result({"plan": made, "operating_characteristic": behaviour})
        return
    looks = [
        {"judged": n, "accept up to": "go on" if accept < 0 else accept, "reject from": reject}
        for n, accept, reject in zip(made.n, made.accept, made.reject, strict=True)
    ]
    say_rows(looks, ("judged", "accept up to", "reject from"), as_json=False)
    print()
    rows = zip(behaviour["rates"], behaviour["acceptance"], behaviour["average_sample"], strict=True)
    say_rows(
        [{"defect rate": rate, "accepted": chance, "judged on average": sample} for rate, chance, sample in rows],
        ("defect rate", "accepted", "judged on average"),
        as_json=False,
    )
    remark("it holds for items drawn at random; items that share their defects (one document) need a larger sample")


def threshold(
    file: File,
    alpha: Annotated[float, typer.Option(help="the error rate that accepted machine labels must stay under")],
    score: Annotated[str, typer.Option(help="the column with the model's confidence")] = "score",
    wrong: Annotated[str, typer.Option(help="the column that says whether the label was wrong")] = "wrong",
    group: Annotated[str | None, typer.Option(help="the column of classes or queues with a threshold each")] = None,
    delta: Annotated[float, typer.Option(help="the chance that the promise fails")] = 0.05,
    review_cost: Annotated[float, typer.Option(help="cost of reviewing one item")] = 1.0,
    error_cost: Annotated[float, typer.Option(help="cost of one accepted error")] = 0.0,
    json: Json = False,
) -> None:
    """The cheapest confidence from which labels may pass unseen, with a guarantee. One row a calibration item."""
    table = read_table(file)
    found = statistics.confidence.cheapest_thresholds(
        table.numbers(score, "--score"),
        table.verdicts(wrong, "--wrong"),
        groups=None if group is None else table.names_of(group, "--group"),
        alpha=alpha,
        delta=delta,
        review_cost=review_cost,
        error_cost=error_cost,
    )
    if json:
        say_result(found)
        return
    for name, one in found.items():
        print(f"{name}: " + ("review everything" if one.value is None else f"accept from {one.value:.6g}"))
        print(f"  accepts {one.accepted:,} of {one.n:,} with {one.errors:,} errors; {one.method}")
        print(f"  {one.because}")
    remark("it holds for items like the calibration sample, drawn at random; a changed model or source voids it")


def harm(
    file: File,
    tolerance: Annotated[float, typer.Option(help="the error rate that is still acceptable, 0-1")],
    wrong: Annotated[str, typer.Option(help="the column that says whether the item was wrong")] = "wrong",
    power: Annotated[float, typer.Option(help="chance of seeing the detectable degradation")] = 0.8,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """Is the error rate above a tolerance? Rows in order of time; look as often as you like."""
    found = statistics.drift.monitor_harm(
        read_table(file).verdicts(wrong, "--wrong"), tolerance=tolerance, level=level, power=power
    )
    if json:
        say_result(found)
        return
    since = "" if found.since is None else f", from judged item {found.since + 1:,} on"
    print(f"{found.state}{since}: {found.because}")
    print(said("error rate", found.error_rate))
    detectable = "none with so few labels" if found.detectable is None else f"{found.detectable:.4f}"
    print(f"detectable error rate at power {power:g}: {detectable}")
