"""`goldloop batch`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, say, say_one, say_rows
from goldloop.cli.verdicts import said_evidence, say_verdict
from goldloop.cli.watching import watched

app = noun("Batches: progress, evidence, verdicts.")
Batch = Annotated[str, typer.Argument(help="PROGRAMME/NAME or an id")]


@app.command("list")
def list_(context: typer.Context, programme: str, sort: Sort = None, order: Order = None, json: Json = False) -> None:
    """The batches of a programme; sorted by created, name, purpose, items, progress, due, owner or gate."""
    with client(context) as ours:
        columns = ("batch.id", "batch.name", "batch.purpose", "batch.items", "progress.decided", "batch.state")
        say_rows(ours.batches.all(programme, sort=sort, order=order), columns, as_json=json)


@app.command()
def show(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """A batch: progress, queues, routing, evidence, the newest verdict."""
    with client(context) as ours:
        found = ours.batches.get(batch_id(ours, batch))
        if json:
            say(found)
            return
        say_one(found, ("batch.id", "batch.name", "batch.purpose", "batch.state"), as_json=False)
        say_one(found.progress, ("items", "decided", "disputed", "open"), as_json=False)
        print()
        say_rows(found.routing, ("rule", "queue", "tier", "items"), as_json=False, none="not routed")
        print()
        say_rows(found.queues, ("queue", "tier", "ready", "leased", "done"), as_json=False, none="no work")
        print()
        for one in found.evidence:
            print(said_evidence(one))
        if found.verdicts:
            print()
            say_verdict(found.verdicts[0])


@app.command()
def agreement(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """How often every two people gave equal answers to items that both answered independently."""
    with client(context) as ours:
        columns = ("first.name", "second.name", "n", "same", "share", "low", "high", "kappa")
        found = ours.batches.agreement(batch_id(ours, batch))
        say_rows(found, columns, as_json=json, none="no two people answered one item independently")


@app.command()
def items(
    context: typer.Context,
    batch: Batch,
    state: Annotated[str | None, typer.Option(help="open, disputed or decided")] = None,
    queue: Annotated[str | None, typer.Option(help="verify, annotate, review or accept")] = None,
    rule: Annotated[str | None, typer.Option(help="the rule that routed them")] = None,
    label: Annotated[str | None, typer.Option(help="id of an accepted label")] = None,
    text: Annotated[str | None, typer.Option(help="words in the text")] = None,
    sort: Sort = None,
    order: Order = None,
    json: Json = False,
) -> None:
    """The items of a batch, filtered; sorted by id, queue, confidence, state, answer or judgements."""
    with client(context) as ours:
        key = batch_id(ours, batch)
        by = {"state": state, "queue": queue, "rule": rule, "label": label, "text": text}
        found = ours.batches.items(key, **by, sort=sort, order=order)
        columns = ("item_id", "external_id", "queue", "state", "answer", "text")
        say_rows(found, columns, as_json=json)


@app.command()
def measure(context: typer.Context, batch: Batch, json: Json = False) -> None:
    """Measure a batch now, without a verdict."""
    with client(context) as ours:
        key = batch_id(ours, batch)
        watched(ours, ours.batches.measure(key), "measure")
        evidence = ours.batches.get(key).evidence
        if json:
            say(evidence)
            return
        for one in evidence:
            print(said_evidence(one))


@app.command()
def disagreements(
    context: typer.Context,
    batch: Batch,
    labels: Annotated[bool, typer.Option("--labels", help="which labels are confused, instead of which items")] = False,
    json: Json = False,
) -> None:
    """What independent annotators disagree about: items with their answers, or labels that are confused."""
    with client(context) as ours:
        key = batch_id(ours, batch)
        if labels:
            say_rows(ours.batches.confusions(key), ("a", "b", "together", "n", "value", "low", "high"), as_json=json)
            return
        columns = ("item_id", "external_id", "state", "decided", "answers", "doubt", "because")
        say_rows(ours.batches.disagreements(key), columns, as_json=json)
