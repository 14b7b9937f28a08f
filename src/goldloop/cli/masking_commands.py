"""`goldloop masking`."""

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_one, say_rows

app = noun("Audits of masking: what detectors of personal data left, kind by kind.")


@app.command()
def audits(context: typer.Context, programme: str, json: Json = False) -> None:
    """The audits of a programme's masking, newest first, and how each stands to the line."""
    with client(context) as ours:
        columns = ("batch", "drawn_at", "of", "drawn", "read", "left.value", "left.high", "healthy", "because")
        say_rows(ours.masking.audits(programme), columns, as_json=json, none="no audit was drawn yet")


@app.command()
def kinds(context: typer.Context, programme: str, json: Json = False) -> None:
    """What the newest audit says of each kind: how often it was missed, of the items that hold it."""
    with client(context) as ours:
        newest = next(ours.masking.audits(programme), None)
        columns = ("kind", "items", "n", "value", "low", "high", "because")
        say_rows(newest.kinds if newest else (), columns, as_json=json, none="no audit was drawn yet")


@app.command()
def audit(context: typer.Context, programme: str, json: Json = False) -> None:
    """Conclude the audit that was read, or draw one now."""
    with client(context) as ours:
        job = ours.jobs.wait(ours.masking.audit(programme))
        say_one(job.result, ("state", "batch", "drawn", "read", "because"), as_json=json)
