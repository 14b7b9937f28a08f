"""`goldloop audit`."""

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say, say_rows
from goldloop.cli.verdicts import say_verdict
from goldloop.cli.watching import watched

app = noun("Audits of delivered releases.")
DRIFTED = 1


@app.command("list")
def list_(context: typer.Context, programme: str, json: Json = False) -> None:
    """The audits that a programme declares, and every run."""
    with client(context) as ours:
        found = ours.audits.all(programme)
        if json:
            say(found)
            return
        say_rows(found, ("name", "release", "owner", "every_days", "due_at"), as_json=False)
        for audit in found:
            for run in audit.runs:
                print(
                    f"\n{run.batch}: {run.release}, {run.wrong:,} of {run.judged:,} judged of {run.labels:,} are wrong"
                )
                if run.nobody_left:
                    print(f"  {run.nobody_left:,} items wait for nobody: everybody of its tier has judged them")
                if run.verdict is not None:
                    say_verdict(run.verdict)
                for one in run.affected_batches:
                    print(f"  affected: batch {one['name']}")
                for release in run.affected_releases:
                    got = ", ".join(f"{one.who} ({one.times})" for one in release.received_by) or "nobody"
                    print(f"  affected: release {release.name} {release.number}, received by {got}")


@app.command()
def run(context: typer.Context, programme: str, audit: str, json: Json = False) -> None:
    """Go on with the audit that is open, or begin one now. Exits 1 where it found drift."""
    with client(context) as ours:
        done = watched(ours, ours.audits.run(programme, audit), "audit")
        if json:
            say(done)
        else:
            print(", ".join(f"{name} {value}" for name, value in done.result.items() if value not in (None, [])))
    if done.result["state"] == "fail":
        raise typer.Exit(DRIFTED)
