"""`goldloop plan`."""

from pathlib import Path
from typing import Annotated, Any

import typer

from goldloop.cli.doors import client, readable
from goldloop.cli.nouns import verb
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.cli.watching import watched
from goldloop.client.plans import Plan
from goldloop.core.errors import Invalid

app = verb("Simulate a programme before it starts, or replay its history.")
POLICIES = ("policy", "hours", "cost", "accuracy", "days", "saved hours", "accuracy over hand")
INPUTS = ("input", "value", "low", "high", "origin", "n", "method")
RISKS = ("policy", "term", "risk", "low", "high", "n", "because")
SWINGS = (
    "input", "low.at", "low.hours", "low.accuracy", "low.days", "high.at", "high.hours", "high.accuracy", "high.days",
)  # fmt: skip
LOADS = ("tier", "demand", "standing", "load")
SURGES = ("factor", "tier", "days", "oldest days", "backlog hours")
LINES = ("from", "batch", "of", "predicted", "measured", "covered")


@app.command()
def plan(
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="the programme file; or name a programme with --programme")
    ] = None,
    assume: Annotated[Path | None, typer.Option(help="the assumption file")] = None,
    with_: Annotated[
        list[Path] | None, typer.Option("--with", help="a programme file to stand beside it; again")
    ] = None,
    programme: Annotated[str | None, typer.Option(help="a running programme: its file in force")] = None,
    pilot: Annotated[bool, typer.Option(help="measure the inputs on the programme's own batches")] = False,
    replay: Annotated[str | None, typer.Option(help="a programme whose finished batches are predicted")] = None,
    show: Annotated[str | None, typer.Option(help="a plan that was made before, by its id")] = None,
    runs: Annotated[int, typer.Option(min=20, max=2000)] = 200,
    seed: Annotated[int, typer.Option(min=0)] = 1,
    to: Annotated[Path | None, typer.Option(help="a .csv file to write one part to")] = None,
    part: Annotated[
        str, typer.Option(help="of the file: policies, inputs, warnings, sensitivity, sla, ...")
    ] = "policies",
    json: Json = False,
) -> None:
    """Cost, duration, accuracy, human hours and SLA risk of policies side by side; everything shown is simulated."""
    if sum(one is not None for one in (file, replay, show)) + (programme is not None and file is None) != 1:
        raise Invalid("say what to plan", field="file", expected="a programme file, --programme, --replay or --show")
    with client(context) as ours:
        if show is not None:
            key = show
        elif replay is not None:
            key = watched(ours, ours.plans.replay(replay, runs=runs, seed=seed), "replay").result["plan"]
        else:
            job = ours.plans.make(
                readable(file, "file") if file is not None else None,
                programme=programme,
                name=file.name if file is not None else "programme.yaml",
                others={one.name: readable(one, "with") for one in with_ or []},
                assumptions=readable(assume, "assume") if assume is not None else None,
                file=assume.name if assume is not None else "assumptions.yaml",
                pilot=pilot,
                runs=runs,
                seed=seed,
            )
            key = watched(ours, job, "plan").result["plan"]
        if to is not None:
            print(ours.plans.save(key, to, part=part))
            return
        found = ours.plans.get(key)
    if json:
        say(found)
    elif found.kind == "replay":
        _say_replay(found)
    else:
        _say_plan(found)


def _say_plan(found: Plan) -> None:
    print(f"{found.id}: {found.name}, simulated over {found.runs} runs (seed {found.seed}); {found.method}")
    print(f"inputs: {found.because}\n")
    for one in found.warnings:
        remark(f"warning, {one['about']}: {one['because']}")
    say_rows([_policy(one) for one in found.policies], POLICIES, as_json=False)
    print("\nchance that a promise is missed (simulated)")
    risks = [{"policy": one["policy"], **risk} for one in found.policies for risk in one["sla"]]
    say_rows(risks, RISKS, as_json=False, none="nothing is promised")
    first = found.policies[0]
    print(f"\ncapacity a working day, in hours ({first['policy']})")
    say_rows([_spreads(one) for one in first["capacity"]["tiers"]], LOADS, as_json=False, none="no capacity is stated")
    surges = [
        _spreads({"factor": one["factor"], "days": one["days"], **tier})
        for one in first["capacity"]["surges"]
        for tier in one["tiers"]
    ]
    if surges:
        print("\nwhat a surge does")
        say_rows(surges, SURGES, as_json=False)
    print(f"\nwhat each input moves, one at a time ({found.sensitivity['policy']})")
    say_rows(found.sensitivity["inputs"], SWINGS, as_json=False)
    print("\ninputs")
    say_rows(found.inputs, INPUTS, as_json=False)


def _say_replay(found: Plan) -> None:
    print(f"{found.id}: {found.name}, {found.method}")
    rows = [
        {
            **line,
            "from": one["from"],
            "batch": one["batch"],
            **_spreads({k: line[k] for k in ("predicted", "measured")}),
        }
        for one in found.pairs
        for line in one["lines"]
    ]
    say_rows(rows, LINES, as_json=False)
    print(f"\n{found.covered} of {found.of} measured values lie in their predicted interval")


def _policy(one: dict[str, Any]) -> dict[str, Any]:
    cost = one["cost"]
    shown = _spreads({key: one[key] for key in ("hours", "accuracy", "days", "saved_hours", "accuracy_over_hand")})
    return {"policy": one["policy"], "cost": f"{_spread(cost)} {one['currency']} minor units", **shown}


def _spreads(row: dict[str, Any]) -> dict[str, Any]:
    """A row whose numbers with their intervals are words."""
    return {key.replace("_", " "): _spread(one) if isinstance(one, dict) else one for key, one in row.items()}


def _spread(one: dict[str, Any]) -> str:
    if one["value"] is None:
        return f"unknown: {one['because']}"
    if one["low"] is None:
        return f"{one['value']:,.5g}"
    return f"{one['value']:,.5g} [{one['low']:,.5g}, {one['high']:,.5g}]"
