"""The route of versions: labels or guidelines as they were sealed, and what came before and after them."""

import json
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import Connection, select

from goldloop.core.errors import Invalid
from goldloop.http.asking import Ask, Asking, reply
from goldloop.store.access import access_release
from goldloop.store.actors import actors
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import release

routes = APIRouter()
HOLDS = {"ontology": "labels", "guideline": "clauses"}


@routes.get("/versions/{release}")
def one_version(ask: Ask, release: str) -> JSONResponse:
    """A version of a programme's labels, or of its guidelines: word for word what judgements were made under."""
    with ask.store.read() as connection:
        row = access_release(connection, ask.ids, ask.caller(connection), release, may="see")
        if row.kind not in HOLDS:
            raise Invalid(
                "this release holds no labels and no guidelines",
                field="release",
                expected="an ontology or a guideline",
                found=row.kind,
            )
        programme = policy_in_force(connection, row.programme_id)
        shown = {
            "id": release,
            "kind": row.kind,
            "number": row.number,
            "programme": programme.policy.programme,
            "digest": row.digest.hex(),
            "sealed_at": row.sealed_at,
            "sealed_by": actors(connection, [row.sealed_by])[row.sealed_by].name,
            "in_force": row.id in (programme.ontology_id, programme.guideline_id),
            "before": _beside(ask, connection, row, -1),
            "after": _beside(ask, connection, row, 1),
            HOLDS[row.kind]: json.loads(row.body)[HOLDS[row.kind]],
        }
    return reply(shown)


def _beside(ask: Asking, connection: Connection, row: ReleaseRow, step: int) -> dict[str, Any] | None:
    """The version before or after, by id and number."""
    same = (release.c.programme_id == row.programme_id, release.c.kind == row.kind, release.c.name == row.name)
    found = connection.execute(select(release.c.id).where(*same, release.c.number == row.number + step)).scalar()
    return {"id": ask.ids.show("release", found), "number": row.number + step} if found is not None else None
