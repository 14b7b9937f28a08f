"""`goldloop ledger`."""

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_one

app = noun("Check the ledger's arithmetic.")
EXIT = {"pass": 0, "unknown": 1, "fail": 2}


@app.command()
def show(context: typer.Context, programme: str, json: Json = False) -> None:
    """How much is sealed, and the newest block."""
    with client(context) as ours:
        say_one(ours.ledger.head(programme), ("sealed", "unsealed", "head"), as_json=json)


@app.command()
def verify(context: typer.Context, programme: str, json: Json = False) -> None:
    """Check every event, block and committed judgement. Exits 0 pass, 1 nothing sealed yet, 2 broken."""
    with client(context) as ours:
        report = ours.ledger.verify(programme)
        columns = ("outcome", "blocks", "events", "unsealed", "judgements", "unopened", "head")
        say_one(report, columns, as_json=json)
        if not json:
            for problem in report.problems:
                print(f"block {problem.get('block')}, event {problem.get('event')}: {problem.get('because')}")
            for closed in report.closed:
                print(f"closed segment {closed['number']}, of {closed['programme']}, signed by {closed['signer']}:")
                say_one(closed, columns, as_json=False)
                for problem in closed["problems"]:
                    print(f"block {problem.get('block')}, event {problem.get('event')}: {problem.get('because')}")
    raise typer.Exit(EXIT[report.outcome])
