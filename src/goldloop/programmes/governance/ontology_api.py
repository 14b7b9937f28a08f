"""The route of the ontology editor: labels and clauses said anew in the programme file, to be applied as a version."""

from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.nouns import Noun
from goldloop.core.ontology import Label
from goldloop.core.policy import Clause
from goldloop.core.programme_file import changes, read_policy, rewritten
from goldloop.http.asking import Ask, reply
from goldloop.store import programmes
from goldloop.store.access import access_programme

routes = APIRouter()


class Draft(Noun):
    """All labels and guideline clauses as they are to be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"labels": [{"id": "card_lost", "name": "Card lost"}], "guidelines": []}]}
    )

    labels: tuple[Label, ...] = Field(min_length=1, max_length=20_000)
    guidelines: tuple[Clause, ...] = Field(default=(), max_length=5_000)


@routes.post("/programmes/{programme}/ontology/draft")
def draft_ontology(ask: Ask, programme: str, body: Draft) -> JSONResponse:
    """The programme file with these labels and clauses, and what that changes; applying it is another step."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="apply")
        policy = programmes.policy_in_force(connection, row.id)
        text = programmes.policy_text(connection, row.id, policy.number)
    labels = [_said(one) for one in body.labels]
    clauses = [_said(one) for one in body.guidelines]
    ontology = {**policy.policy.ontology.model_dump(mode="json", exclude={"labels"}), "labels": labels}
    yaml = rewritten(text, {"ontology": ontology, "guidelines": clauses})
    new = read_policy(yaml)
    return reply({"yaml": yaml, "diff": [one.model_dump(mode="json") for one in changes(policy.policy, new)]})


def _said(one: Label | Clause) -> dict[str, Any]:
    """An entry without what it leaves at its default."""
    return one.model_dump(mode="json", exclude_defaults=True)
