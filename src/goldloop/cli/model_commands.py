"""`goldloop model`."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import release_id
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.client import Client
from goldloop.client.models import ModelRow
from goldloop.core.clock import iso
from goldloop.core.errors import NotFound

app = noun("Models that pre-label: train, preview, run, compare and promote their versions.")
LIST = (
    "id",
    "name",
    "version",
    "state",
    "judge",
    "judgements",
    "items",
    "use.cost",
    "use.currency",
    "promoted_by",
    "promoted_because",
    "promoted_at",
    "fingerprint",
)
RUNS = ("version", "purpose", "said", "refused", "requests", "tokens_in", "tokens_out", "cost", "currency", "began_at")
SAID = ("model", "version", "said", "refused", "items", "cost", "currency", "stopped")
PREVIEW = ("external_id", "text", "labels", "confidence", "confidence_from", "refused")
TESTS = ("name", "n", "first", "second", "difference.value", "difference.low", "difference.high", "adjusted_p", "found")
CHANGES = ("accepted", "first", "second", "n")
Version = Annotated[str | None, typer.Option(help="number or id of a version; the one in force if left out")]


@app.command()
def train(
    context: typer.Context,
    programme: str,
    model: str,
    learn_from: Annotated[
        Literal["gold", "decisions", "both"], typer.Option(help="which answers it learns from")
    ] = "gold",
    from_release: Annotated[
        str | None, typer.Option(help="a sealed dataset to learn from, by name or id, instead of --learn-from")
    ] = None,
    seed: int = 0,
    json: Json = False,
) -> None:
    """Train a new version of a built-in model; a later version waits as a candidate."""
    with client(context) as ours:
        release = None
        if from_release is not None:
            named = from_release if from_release.startswith("rel_") else f"{programme}/{from_release}"
            release = release_id(ours, named)
        job = ours.models.train(programme, model, learn_from=learn_from, release=release, seed=seed)
        done = watched(ours, job, f"train {model}")
        columns = ("model", "version", "learn_from", "release.name", "release.number", "rows", "fingerprint")
        say_one(done if json else done.result, columns, as_json=json)


@app.command()
def preview(
    context: typer.Context,
    programme: str,
    model: str,
    version: Version = None,
    seed: Annotated[int, typer.Option(help="another number, other items")] = 0,
    json: Json = False,
) -> None:
    """What a version would say of 20 items, and what all would take; nothing is kept."""
    with client(context) as ours:
        found = ours.models.preview(programme, model, version=_maybe(ours, programme, model, version), seed=seed)
        if json:
            say(found)
            return
        say_rows(found.rows, PREVIEW, as_json=False, none="there is no item that it has not spoken of")
        say_one(
            found,
            ("version", "said", "refused", "seconds", "cost", "currency", "asked_again", "changed"),
            as_json=False,
        )
        say_one(found.estimate, ("items", "seconds", "cost", "because"), as_json=False)
        for warning in found.warnings:
            remark(f"note: {warning}")


@app.command()
def run(
    context: typer.Context,
    programme: str,
    model: str,
    version: Annotated[
        str | None, typer.Option(help="number or id of a version that speaks in the shadow: nothing is routed on it")
    ] = None,
    json: Json = False,
) -> None:
    """Let a model speak of every item it has not spoken of."""
    with client(context) as ours:
        job = ours.models.run(programme, model, version=_maybe(ours, programme, model, version))
        done = watched(ours, job, f"run {model}")
        say_one(done if json else done.result, SAID, as_json=json)
        if not json:
            for reason, n in (done.result.get("reasons") or {}).items():
                remark(f"refused {n:,}: {reason}")
            for warning in done.result.get("warnings") or ():
                remark(f"note: {warning}")


@app.command()
def compare(
    context: typer.Context,
    programme: str,
    model: str,
    version: Annotated[str, typer.Argument(help="number or id of the second version")],
    gold: Annotated[str, typer.Option(help="the gold set that both answer")],
    against: Annotated[str | None, typer.Option(help="the first version; the one in force if left out")] = None,
    json: Json = False,
) -> None:
    """Two versions on the same gold: accuracy, paired tests by label and slice, and what changed."""
    with client(context) as ours:
        first = _maybe(ours, programme, model, against)
        second = version_named(ours, programme, model, version).id
        watched(ours, ours.models.compare(programme, model, second, gold=gold, first=first), f"compare {model}")
        found = ours.models.get(programme, model).comparisons[0]
        if json:
            say(found)
            return
        for which in ("first", "second"):
            remark(f"{which}, version {found[which]}: {_share(found['accuracy'][which])}")
        remark(found["because"])
        if found.get("caution"):
            remark(f"note: {found['caution']}")
        say_one(found, ("id", "n", "eligible", "paired.p", "paired.only_first", "paired.only_second"), as_json=False)
        say_rows(found["labels"], TESTS, as_json=False)
        say_rows(found["slices"], TESTS, as_json=False, none="no slices")
        say_rows(found["changes"], CHANGES, as_json=False, none="no answer changed between right and wrong")


@app.command()
def promote(
    context: typer.Context,
    programme: str,
    model: str,
    version: Annotated[str, typer.Argument(help="number or id of the version that routes from now on")],
    because: Annotated[str, typer.Option(help="why")],
    comparison: Annotated[str | None, typer.Option(help="id of the comparison that it rests on")] = None,
    json: Json = False,
) -> None:
    """Route on a version from now on, by name and with a reason; promoting the former one takes it back."""
    with client(context) as ours:
        key = version_named(ours, programme, model, version).id
        row = ours.models.promote(programme, model, key, because, comparison=comparison)
        say_one(row, ("name", "version", "state", "promoted_by", "promoted_because"), as_json=json)


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """The models of a programme, every version; what was strange about its last run stands below."""
    with client(context) as ours:
        rows = ours.models.all(programme)
        say_rows(rows, LIST, as_json=json)
        if not json:
            _warn(rows)


@app.command()
def show(context: typer.Context, programme: str, model: str, json: Json = False) -> None:
    """One model: its versions, their runs, promotions and comparisons."""
    with client(context) as ours:
        found = ours.models.get(programme, model)
        if json:
            say(found)
            return
        say_rows(found.versions, LIST, as_json=False)
        for one in found.versions:
            if one.trained_on:
                remark(f"{one.version} was trained on {one.trained_on}")
        say_rows(found.runs, RUNS, as_json=False, none="it has not spoken yet")
        for spoken in found.runs:
            for warning in spoken.warnings:
                remark(f"note: version {spoken.version}, run of {iso(spoken.began_at)}: {warning.says}")
        say_rows(found.promotions, ("version", "by", "because", "at"), as_json=False)
        columns = ("id", "first", "second", "n", "because", "at")
        say_rows(found.comparisons, columns, as_json=False, none="no versions were compared")


def version_named(ours: Client, programme: str, model: str, name: str) -> ModelRow:
    """A version of a model by id, by its whole name, or by its number. Raises NotFound."""
    for one in ours.models.all(programme):
        if one.name == model and name in (one.id, one.version, one.version.rpartition(".")[2]):
            return one
    raise NotFound("this model has no such version", field="version", expected="a number or id", found=name)


def _maybe(ours: Client, programme: str, model: str, name: str | None) -> str | None:
    return None if name is None else version_named(ours, programme, model, name).id


def _warn(rows: Sequence[ModelRow]) -> None:
    for one in rows:
        for warning in one.warnings:
            remark(f"note: {one.name} {one.version}, its last run: {warning.says}")


def _share(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return str(one["because"])
    return (
        f"{one['value']:.3f} right, {one['low']:.3f} to {one['high']:.3f}, of {one['n']:,} ({one['interval_method']})"
    )
