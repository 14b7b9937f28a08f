"""`goldloop gate`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.cli.verdicts import say_verdict
from goldloop.cli.watching import watched
from goldloop.core.errors import Invalid

app = noun("Gates: run them, find where errors come from, send labels back, waive by name.")
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
            if done.result["nobody_left"]:
                waits = f"{done.result['nobody_left']:,} items of the audit wait for nobody"
                remark(f"{waits}: everybody of its tier has judged them; staff somebody new")
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


@app.command()
def show(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """What was promised for a batch, every sample and verdict, and what was sent back."""
    with client(context) as ours:
        found = ours.batches.promise(batch_id(ours, batch))
        if json:
            say(found)
            return
        if found.plan is not None:
            plan = found.plan
            print(
                f"plan: {plan.kind}, at most {plan.most:,} items; passes {plan.aql:.2%} wrong all but "
                f"{plan.producer_risk:.0%} of the time, and {plan.ltpd:.2%} at most {plan.consumer_risk:.0%}"
            )
        columns = ("number", "drawn", "drawn_from", "left_out", "opened", "judged", "stage")
        say_rows(found.samples, columns, as_json=False, none="no audit was drawn yet")
        for verdict in found.verdicts:
            print()
            say_verdict(verdict)
        if found.sent_back:
            print()
            say_rows(found.sent_back, ("at", "by", "items", "because"), as_json=False)


@app.command()
def errors(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """Where the errors of an audited batch come from, the most certain first."""
    with client(context) as ours:
        found = ours.batches.errors(batch_id(ours, batch))
        if json:
            say(found)
            return
        print(f"{found.wrong:,} of {found.judged:,} judged labels are wrong")
        parts = ("dimension", "name", "wrong", "judged", "value", "low", "high", "adjusted", "found")
        say_rows(found.parts, parts, as_json=False, none="nothing stands out")
        print()
        say_rows(found.confusions, ("said", "true", *parts), as_json=False, none="no label is confused twice")
        print()
        print(found.method)


@app.command()
def wrong(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """The judged items whose label is wrong, with both answers."""
    with client(context) as ours:
        columns = ("item_id", "external_id", "accepted", "reference", "author")
        say_rows(ours.batches.wrong(batch_id(ours, batch)), columns, as_json=json)


@app.command("send-back")
def send_back(
    context: typer.Context,
    batch: Batch,
    because: Annotated[str, typer.Option(help="the reason, which stays on the record")],
    where: Annotated[
        list[str] | None,
        typer.Option(help="which labels: annotator=Ann, label=card, 'slice language=de', audit=wrong; all must hold"),
    ] = None,
    everything: Annotated[bool, typer.Option("--everything", help="a full review of the batch")] = False,
    json: Json = False,
) -> None:
    """Send labels back to be annotated anew by somebody else; the gate then draws a fresh audit."""
    facts = dict(_fact(one) for one in where or ())
    with client(context) as ours:
        job = ours.batches.remediate(batch_id(ours, batch), because, everything=everything, **facts)
        done = watched(ours, job, "send back")
        if json:
            say(done)
        else:
            print(f"{done.result['items']:,} of {done.result['of']:,} labels were sent back")


def _fact(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise Invalid("this is not a fact", field="where", expected="NAME=VALUE", found=text)
    return name.strip(), value.strip()
