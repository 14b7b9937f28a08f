"""`goldloop judgement`."""

from itertools import islice
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say, say_one, say_rows

app = noun("Labels traced to person, model, versions, batch and release, and back.")
BEHIND = (
    "item.external_id",
    "judgement.answer",
    "author.name",
    "author.kind",
    "author.organisation",
    "suggestion.model.name",
    "suggestion.model.version",
    "ontology.number",
    "guideline.number",
    "batch.programme",
    "batch.name",
    "batch.policy_number",
    "work.queue",
    "decision.state",
    "decision.answer",
    "decision.rests_on_it",
)


@app.command()
def trace(context: typer.Context, judgement: str, json: Json = False) -> None:
    """Everything behind one label: author, what they were shown, versions, batch, decision, releases."""
    with client(context) as ours:
        found = ours.reports.trace(judgement)
        if json:
            say(found)
            return
        say_one(found, BEHIND, as_json=False)
        say_rows(found.releases, ("name", "number", "id"), as_json=False, none="in no release")


@app.command("list")
def list_(
    context: typer.Context,
    programme: str,
    actor: Annotated[str | None, typer.Option(help="id of who said it")] = None,
    batch: Annotated[str | None, typer.Option(help="id")] = None,
    ontology: Annotated[str | None, typer.Option(help="id of the release it was said under")] = None,
    guideline: Annotated[str | None, typer.Option(help="id of the release it was said under")] = None,
    release: Annotated[str | None, typer.Option(help="id of a dataset release that holds it")] = None,
    suggested_by: Annotated[str | None, typer.Option(help="id of the model whose suggestion was shown")] = None,
    label: Annotated[str | None, typer.Option(help="id of a label it says")] = None,
    limit: Annotated[int, typer.Option(min=1)] = 100,
    json: Json = False,
) -> None:
    """The labels behind a person, a model, a version, a batch or a release."""
    of = {
        "actor": actor,
        "batch": batch,
        "ontology": ontology,
        "guideline": guideline,
        "release": release,
        "suggested_by": suggested_by,
        "label": label,
    }
    with client(context) as ours:
        found = ours.reports.judgements(programme, **{key: value for key, value in of.items() if value is not None})
        columns = ("id", "external_id", "by", "stance", "answer", "said_at")
        say_rows(islice(found, limit), columns, as_json=json)
