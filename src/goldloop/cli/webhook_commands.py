"""`goldloop webhook`."""

from enum import StrEnum
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_done, say_one, say_rows

app = noun("Where a programme's news is sent.")


class Kind(StrEnum):
    """What a webhook can be told of."""

    GATE_DECIDED = "gate.decided"
    GATE_WAIVED = "gate.waived"
    TAKE_IN_FINISHED = "take_in.finished"
    JOB_FAILED = "job.failed"
    RELEASE_SEALED = "release.sealed"
    RELEASE_WITHDRAWN = "release.withdrawn"
    SLA_AT_RISK = "sla.at_risk"
    SLA_BREACHED = "sla.breached"
    DIGEST_WEEKLY = "digest.weekly"


@app.command()
def add(
    context: typer.Context,
    programme: str,
    url: str,
    kind: Annotated[list[Kind] | None, typer.Option(help="what to tell of; everything if left out")] = None,
    json: Json = False,
) -> None:
    """Send a programme's news to a URL; the secret that signs it is printed this once."""
    with client(context) as ours:
        made = ours.news.declare(programme, url, [one.value for one in kind or Kind])
        say_one(made, ("id", "url", "kinds", "secret"), as_json=json)


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """Where a programme's news is sent."""
    with client(context) as ours:
        say_rows(ours.news.webhooks(programme), ("id", "url", "kinds"), as_json=json)


@app.command()
def remove(context: typer.Context, programme: str, webhook: str, json: Json = False) -> None:
    """Send nothing there any more."""
    with client(context) as ours:
        ours.news.withdraw(programme, webhook)
    say_done("it is told no more", as_json=json, programme=programme, webhook=webhook)
