"""`goldloop anchoring`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.cli.watching import watched

app = noun("What showing suggestions does to answers, and errors that people and models share.")
EFFECTS = (
    "form", "by", "name", "value", "low", "high", "shown", "shown_n", "hidden", "hidden_n", "n", "eligible", "because",
)  # fmt: skip
PROBES = ("by", "name", "value", "low", "high", "n", "eligible", "adjusted", "unseen", "because")
PROFILES = ("by", "name", "how", "n", "timed", "p10", "p50", "p90")
CLUSTERS = (
    "key", "found", "wrong", "judged", "value", "low", "high", "adjusted", "suggested_so", "accepted", "accepted_of",
)  # fmt: skip
FORECASTS = ("effect", "share", "blind", "power", "items", "because")


@app.command()
def show(
    context: typer.Context,
    programme: str,
    to: Annotated[Path | None, typer.Option(help="a .csv file to write one part to")] = None,
    part: Annotated[str, typer.Option(help="of the file: effects, probes, profiles or forecasts")] = "effects",
    json: Json = False,
) -> None:
    """The effect of showing suggestions, planted errors caught, how long answers took, which blind share shows more."""
    with client(context) as ours:
        if to is not None:
            print(ours.anchoring.save(programme, to, part=part))
            return
        found = ours.anchoring.get(programme)
        if json:
            say(found)
            return
        arms, scope = found.arms, found.scope
        print(
            f"{arms['suggested']:,} suggested items of {scope['items']:,} in {scope['batches']:,} of {scope['of']:,} "
            f"batches: first said {arms['shown']:,} times with the suggestion shown, {arms['hidden']:,} times hidden"
        )
        if arms["because"]:
            remark(f"the effect is unknown: {arms['because']}")
        say_rows(found.effects, EFFECTS, as_json=False)
        print("\nplanted errors that were caught")
        say_rows(found.probes, PROBES, as_json=False)
        print("\nhow long answers took, in milliseconds")
        say_rows(found.profiles, PROFILES, as_json=False, none="nothing was said yet")
        print("\nwhich blind share shows an effect of so much")
        say_rows(found.forecasts, FORECASTS, as_json=False)


@app.command()
def clusters(context: typer.Context, programme: str, json: Json = False) -> None:
    """What is labelled wrong systematically, and how many accepted labels share how it came about."""
    with client(context) as ours:
        found = ours.anchoring.clusters(programme)
        if json:
            say(found)
            return
        if found.because:
            remark(f"unknown: {found.because}")
        say_rows(found.clusters, CLUSTERS, as_json=False, none=f"none among {found.judged:,} judged labels")


@app.command()
def find(context: typer.Context, programme: str, json: Json = False) -> None:
    """Look for clusters now, and open a brief for each that is found. It runs after every gate by itself."""
    with client(context) as ours:
        done = watched(ours, ours.anchoring.find_clusters(programme), "clusters")
        if json:
            say(done)
        else:
            print(f"{done.result['found']:,} clusters among {done.result['judged']:,} judged labels")


@app.command()
def requeue(context: typer.Context, programme: str, cluster: str, json: Json = False) -> None:
    """Have the labels that share a cluster's signature judged again, unseen; CLUSTER is its key."""
    with client(context) as ours:
        done = watched(ours, ours.anchoring.requeue(programme, cluster), "re-queue")
        if json:
            say(done)
        else:
            print(f"{done.result['items']:,} labels are judged again in {', '.join(done.result['batches'])}")
