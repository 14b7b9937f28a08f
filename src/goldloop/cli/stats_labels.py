"""`goldloop stats truth | share`."""

from typing import Annotated, Literal, cast

import typer

from goldloop import statistics
from goldloop.cli.saying import Json, remark, say_rows
from goldloop.cli.stats_judgements import Annotator, File, Item, Level, Value, judgements
from goldloop.cli.stats_saying import say_estimate, say_result, shape
from goldloop.cli.stats_table import known, read_table
from goldloop.core.errors import Invalid

Method = Literal["wilson", "clopper-pearson", "jeffreys"]
TRUTH = ("hierarchical", "majority", "dawid_skene", "one_coin", "glad", "mace")


def truth(
    file: File,
    item: Item = "item",
    annotator: Annotator = "annotator",
    value: Value = "value",
    method: Annotated[str, typer.Option(help=" | ".join(TRUTH))] = "hierarchical",
    annotators: Annotated[bool, typer.Option("--annotators", help="print annotators' skills, not the answers")] = False,
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """What is the right answer where annotators differ, how sure is it, and how good is each annotator?"""
    known("--method", method, TRUTH)
    found = getattr(statistics.truth, method)(*judgements(read_table(file), item, annotator, value), level=level)
    items = [
        {"item": name, "answer": answer, "probability": probability, "tied": tied}
        for name, answer, probability, tied in zip(
            shape(found.items), shape(found.answers), shape(found.confidence), shape(found.tied), strict=True
        )
    ]
    people = [
        {"annotator": name, "skill": skill, "low": low, "high": high, "answered": answered}
        for name, skill, low, high, answered in zip(
            shape(found.annotators), shape(found.skill), shape(found.skill_low), shape(found.skill_high),
            shape(found.answered), strict=True,
        )
    ]  # fmt: skip
    about = {
        name: shape(getattr(found, name))
        for name in (
            "method",
            "n",
            "eligible",
            "level",
            "skill_method",
            "iterations",
            "converged",
            "because",
            "caution",
        )
    }
    if json:
        say_result({**about, "items": items, "annotators": people})
        return
    if annotators:
        say_rows(people, ("annotator", "skill", "low", "high", "answered"), as_json=False)
    else:
        say_rows(items, ("item", "answer", "probability", "tied"), as_json=False)
    remark(f"{found.method}, n = {found.n:,} of {found.eligible:,} rows; skills: {found.skill_method}")
    if found.because is not None:
        remark(f"nothing was inferred, because {found.because}")
    if found.caution is not None:
        remark(f"caution: {found.caution}")
    if not found.converged:
        remark("the iterations ran out before the answers settled")


def share(
    file: File,
    right: Annotated[str, typer.Option(help="the column of verdicts: 1 or 0, true or false, yes or no")] = "right",
    stratum: Annotated[str | None, typer.Option(help="the column of queues audited at different rates")] = None,
    size: Annotated[list[str] | None, typer.Option(help="QUEUE=ITEMS it holds, once for each queue")] = None,
    probability: Annotated[str | None, typer.Option(help="the column with each item's chance of being audited")] = None,
    cluster: Annotated[str | None, typer.Option(help="with --probability: documents or people drawn whole")] = None,
    method: Annotated[str, typer.Option(help="plain share: wilson | clopper-pearson | jeffreys")] = "wilson",
    level: Level = 0.95,
    json: Json = False,
) -> None:
    """The share that is right (accuracy), from an audit: plain, by queues of known size, or by known probabilities."""
    known("--method", method, ("wilson", "clopper-pearson", "jeffreys"))
    table = read_table(file)
    verdicts = table.verdicts(right, "--right")
    if (stratum is None) != (not size):
        raise Invalid("go together", field="--stratum and --size", expected="both or none")
    if stratum is not None and probability is not None:
        raise Invalid("give one design", field="--probability", expected="--stratum or --probability")
    if cluster is not None and probability is None:
        raise Invalid("needs the chances of being drawn", field="--cluster", expected="--probability")
    if stratum is not None:
        held = dict(_size(text) for text in size or ())
        queues = [str(name) for name in table.names_of(stratum, "--stratum")]
        unknown = sorted(set(queues) - set(held))
        if unknown:
            raise Invalid("has no size", field="--size", expected="QUEUE=ITEMS for every queue", found=unknown[0])
        pairs = list(zip(queues, verdicts, strict=True))
        found = statistics.estimate.stratified(
            [sum(right for queue, right in pairs if queue == name) for name in held],
            [queues.count(name) for name in held],
            list(held.values()),
            level=level,
        )
    elif probability is not None:
        found = statistics.estimate.hajek(
            [float(one) for one in verdicts],
            table.numbers(probability, "--probability"),
            clusters=None if cluster is None else table.names_of(cluster, "--cluster"),
            level=level,
        )
    else:
        found = statistics.estimate.proportion(sum(verdicts), len(verdicts), method=cast(Method, method), level=level)
    say_estimate("share right", found, as_json=json)


def _size(text: str) -> tuple[str, int]:
    name, _, number = text.rpartition("=")
    if not name or not number.isdigit():
        raise Invalid("a size is QUEUE=ITEMS", field="--size", expected="QUEUE=ITEMS", found=text)
    return name, int(number)
