"""`goldloop confidence`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_done, say_rows
from goldloop.cli.watching import watched
from goldloop.client.confidence import BoundRow, Reliable
from goldloop.core.errors import Invalid

app = noun("How far a model's confidence can be believed, and thresholds that keep an error bound.")
Model = Annotated[str | None, typer.Option(help="the one that routes, if left out")]
Version = Annotated[str | None, typer.Option(help="the newest, if left out")]
BROKEN = 1
PART = ("name", "n", "accuracy", "confidence", "ece", "ece_low", "ece_high", "because")


@app.command()
def show(
    context: typer.Context,
    programme: str,
    by: Annotated[str | None, typer.Option(help="also for every label, or every value of a slice")] = None,
    model: Model = None,
    version: Version = None,
    json: Json = False,
) -> None:
    """Reliability of a model version before and after recalibration, its sample, and the bound in force."""
    with client(context) as ours:
        found = ours.confidence.get(programme, model=model, version=version)
        parts = list(ours.confidence.parts(programme, by=by, model=model, version=version)) if by else []
    if json:
        say({**found.model_dump(mode="json"), "parts": [one.model_dump(mode="json") for one in parts]} if by else found)
        return
    if found.model is None or found.reliability is None:
        print(found.because)
        return
    told = found.reliability
    print(f"{found.model['name']} {found.model['version']}: {told.method}")
    _say_answers(told.sources, told.left_out, told.simulated)
    _say_reliable("as stated", told.before)
    if told.after is not None:
        state = "in force" if found.in_force == found.after_by else "not in force"
        _say_reliable(f"by recalibration {found.after_by} ({state})", told.after)
    say_rows(told.before.curve, ("confidence", "accuracy", "low", "high", "n"), as_json=False, none="no curve")
    if by:
        print()
        say_rows(parts, PART, as_json=False)
    if found.sample is not None:
        one = found.sample
        print(f"\nsample {one['batch']}: {one['judged']:,} of {one['items']:,} judged, drawn from {one['frame']:,}")
    else:
        print(f"\nno calibration sample yet: goldloop confidence sample, {found.sample_size:,} items for 5 %")
    if found.bound is not None:
        print()
        _say_bound(found.bound)


@app.command()
def fit(
    context: typer.Context, programme: str, model: Model = None, version: Version = None, json: Json = False
) -> None:
    """Fit the next recalibration of a model version. It changes nothing until it is put in force."""
    with client(context) as ours:
        found = ours.confidence.fit(programme, model=model, version=version)
    if json:
        say(found)
        return
    print(f"recalibration {found.number}: {found.kind} on {found.n:,} answers")
    print(found.because)


@app.command()
def use(
    context: typer.Context,
    programme: str,
    number: Annotated[int, typer.Argument(help="of the recalibration; 0 is what the model states")],
    because: Annotated[str, typer.Option(help="the reason, which stays on the record")],
    model: Model = None,
    version: Version = None,
    json: Json = False,
) -> None:
    """Have a model version routed by one of its recalibrations from now on, by your name."""
    with client(context) as ours:
        ours.confidence.use(programme, number or None, because=because, model=model, version=version)
    text = f"routed by recalibration {number}" if number else "routed by what the model states"
    say_done(text, as_json=json, programme=programme, recalibration=number or None, because=because)


@app.command()
def sample(
    context: typer.Context,
    programme: str,
    size: Annotated[int | None, typer.Option(help="items; as many as the bound needs, if left out")] = None,
    alpha: Annotated[float, typer.Option(help="the bound that the sample is to certify")] = 0.05,
    tier: Annotated[int, typer.Option(help="who judges it")] = 3,
    model: Model = None,
    version: Version = None,
    json: Json = False,
) -> None:
    """Draw a random sample of what a model spoke of, and open blind work on it."""
    with client(context) as ours:
        found = ours.confidence.sample(programme, size=size, alpha=alpha, tier=tier, model=model, version=version)
    if json:
        say(found)
        return
    print(f"{found.drawn:,} items drawn from {found.frame:,}; {found.drawn - found.known:,} of them wait to be judged")


@app.command()
def design(
    context: typer.Context,
    programme: str,
    alpha: Annotated[float, typer.Option(help="largest share of wrong labels above the thresholds")],
    confidence: Annotated[float, typer.Option(help="how sure the promise is")] = 0.95,
    group: Annotated[
        list[str] | None, typer.Option(help="NAME=LABEL,LABEL,...; one for all labels if left out")
    ] = None,
    to: Annotated[Literal["verify", "accept"], typer.Option(help="what happens above the thresholds")] = "verify",
    tier: int = 1,
    verify_price: Annotated[float | None, typer.Option(help="minor units an item; as measured, if left out")] = None,
    annotate_price: Annotated[float | None, typer.Option(help="minor units an item")] = None,
    error_price: Annotated[float, typer.Option(help="minor units a wrong label that passes")] = 0,
    model: Model = None,
    version: Version = None,
    json: Json = False,
) -> None:
    """Design the cheapest thresholds that keep an error bound. It changes nothing until it is adopted."""
    prices = _prices(verify_price, annotate_price, error_price)
    with client(context) as ours:
        found = ours.confidence.design(
            programme,
            alpha=alpha,
            confidence=confidence,
            groups=dict(_group(one) for one in group or ()),
            to=to,
            tier=tier,
            prices=prices,
            model=model,
            version=version,
        )
    if json:
        say(found)
    else:
        _say_bound(found)


@app.command()
def bounds(context: typer.Context, programme: str, json: Json = False) -> None:
    """The bounds that were designed, newest first."""
    with client(context) as ours:
        columns = ("number", "alpha", "confidence", "thresholds", "replaces", "designed_by", "adopted_by", "adopted_at")
        say_rows(ours.confidence.bounds(programme), columns, as_json=json, none="no bound was designed yet")


@app.command()
def adopt(
    context: typer.Context,
    programme: str,
    number: int,
    tighten: Annotated[bool, typer.Option(help="tighten it by itself when it no longer holds")] = False,
    because: Annotated[str, typer.Option(help="why, where the items no longer look like the sample")] = "",
    to: Annotated[Path | None, typer.Option(help="write the file to commit instead, and change nothing")] = None,
    json: Json = False,
) -> None:
    """Put a bound's thresholds into the programme file: its next version. With --to, only write the file."""
    with client(context) as ours:
        before = ours.confidence.file(programme, number)
        if to is not None:
            to.write_text(before.yaml, encoding="utf-8")
            print(to)
            return
        done = ours.confidence.adopt(programme, number, tighten=tighten, because=because)
    if json:
        say(done)
        return
    say_rows(done.changes, ("path", "old", "new"), as_json=False)
    print(f"version {done.version} of the programme file is in force")


@app.command()
def check(context: typer.Context, programme: str, json: Json = False) -> None:
    """Check the bound in force against the answers since it was adopted. Exits 1 where it no longer holds."""
    with client(context) as ours:
        done = watched(ours, ours.confidence.check(programme), "check").result
    states: Mapping[str, str] = done.get("groups", {})
    if json:
        say(done)
    elif not states:
        print(done["state"])
    else:
        for name, state in states.items():
            print(f"{name}: {state}; {done['because'][name]}")
        if done["tightened_by"] is not None:
            print(f"bound {done['tightened_by']} tightens it")
    if "broken" in states.values() or "unproved" in states.values():
        raise typer.Exit(BROKEN)


def _say_answers(sources: Mapping[str, int], left_out: Mapping[str, int], simulated: int) -> None:
    print("answers: " + (", ".join(f"{count:,} {name}" for name, count in sources.items()) or "none"))
    for reason, count in left_out.items():
        print(f"left out: {count:,}, {reason}")
    if simulated:
        remark(f"{simulated:,} of these answers come from simulated people")


def _say_reliable(name: str, one: Reliable) -> None:
    if one.ece is None:
        print(f"{name}: unknown; {one.because} (n {one.n:,} of {one.eligible:,})")
        return
    between = f" [{one.ece_low:.4f}, {one.ece_high:.4f}]" if one.ece_low is not None else ""
    print(
        f"{name}: calibration error {one.ece:.4f}{between}, right {one.accuracy:.3f}, confidence {one.confidence:.3f}, "
        f"n {one.n:,} of {one.eligible:,}"
    )


def _say_bound(one: BoundRow) -> None:
    print(f"bound {one.number}: at most {one.asked['alpha']:.1%} wrong, {one.asked['confidence']:.0%} confidence")
    columns = ("name", "threshold", "stated", "share", "errors", "accepted", "n", "because")
    say_rows(one.groups, columns, as_json=False)
    for group in one.groups:
        if group["takes"] is not None:
            print(f"{group['name']}: it would take: {group['takes']['because']}")
            if group["takes"]["alpha"] is not None:
                print(f"{group['name']}: a bound of {group['takes']['alpha']:.1%} is certified by this sample")
    cost = one.open
    if cost["cost_before"] is not None:
        print(
            f"{cost['items']:,} waiting items: {cost['cost_before']:,.0f} as routed now, "
            f"{cost['cost_after']:,.0f} under the bound, {cost['cost_manual']:,.0f} annotated in full; "
            f"prices {one.prices['because']}"
        )
    else:
        print(f"cost: unknown; {one.prices['because']}")
    print(one.shift["because"])
    print(one.promise)
    if one.caution is not None:
        remark(one.caution)
    for check_ in one.checks:
        print(f"{check_['group']}: {check_['state']}; {check_['because']}")


def _group(said: str) -> tuple[str, list[str]]:
    name, found, labels = said.partition("=")
    if not found or not labels:
        raise Invalid("this is no group", field="group", expected="NAME=LABEL,LABEL,...", found=said[:80])
    return name, labels.split(",")


def _prices(verify: float | None, annotate: float | None, error: float) -> dict[str, Any] | None:
    if verify is None and annotate is None:
        return None
    if verify is None or annotate is None:
        lacking = "verify_price" if verify is None else "annotate_price"
        raise Invalid("both prices are needed, or neither", field=lacking, expected="minor units an item")
    return {"verify": verify, "annotate": annotate, "error": error}
