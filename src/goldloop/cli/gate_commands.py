"""`goldloop gate`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say
from goldloop.cli.verdicts import say_verdict
from goldloop.cli.watching import watched

app = noun("Run a batch's gate, or waive it by name.")
Batch = Annotated[str, typer.Argument(help="PROGRAMME/NAME or an id")]
STAYS_SHUT = 1


@app.command()
def run(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """Draw the audit where everything is decided, measure, check, conclude. Exits 1 where the gate stays shut."""
    with client(context) as ours:
        key = batch_id(ours, batch)
        done = watched(ours, ours.batches.gate(key), "gate")
        verdict = ours.batches.get(key).verdicts[0]
        if json:
            say({"verdict": verdict, "audit_opened": done.result["audit_opened"]})
        else:
            say_verdict(verdict)
            if done.result["audit_opened"]:
                remark(f"an audit of {done.result['audit_opened']:,} items was opened; run the gate again after it")
    if not verdict.opens:
        raise typer.Exit(STAYS_SHUT)


@app.command()
def waive(
    context: typer.Context,
    batch: Batch,
    because: Annotated[str, typer.Option(help="the reason, which stays on every certificate")],
    json: Json = False,
) -> None:
    """Let a batch go on by your name."""
    with client(context) as ours:
        verdict = ours.batches.waive(batch_id(ours, batch), because)
        if json:
            say(verdict)
        else:
            say_verdict(verdict)
