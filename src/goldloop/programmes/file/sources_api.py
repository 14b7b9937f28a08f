"""Routes of sources: under which terms items come in, how many did, and which releases rest on them."""

from typing import Any

from fastapi import APIRouter, Response

from goldloop.core.rights import SourceDoc
from goldloop.http.asking import Ask
from goldloop.http.paging import Format, page
from goldloop.programmes.file.withdrawn import holding
from goldloop.store.access import access_programme
from goldloop.store.programmes import policy_in_force
from goldloop.store.sources import SourceRow, sources

routes = APIRouter()


@routes.get("/programmes/{programme}/sources")
def programme_sources(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The sources that the programme file states, and those that items came from without being stated."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        policy = policy_in_force(connection, row.id).policy
        came = {one.name: one for one in sources(connection, row.id)}
        held = holding(connection, row.id)
    shown = [
        _shown(name, policy.sources.get(name), policy.licence, came.get(name), held.get(name, []))
        for name in sorted({*policy.sources, *came})
    ]
    return page(shown, format=format, name="sources")


def _shown(
    name: str, terms: SourceDoc | None, licence: str | None, came: SourceRow | None, held: list[tuple[str, int]]
) -> dict[str, Any]:
    said = terms or SourceDoc()
    return {
        "name": name,
        "stated": terms is not None,
        "title": said.title,
        "origin": said.origin,
        "licence": said.licence or licence,
        "consent": said.consent,
        "residency": said.residency,
        "retention": said.retention,
        "contact": said.contact,
        "withdrawn": said.withdrawn,
        "imports": came.imports if came else 0,
        "items": came.items if came else 0,
        "last_at": came.last_at if came else None,
        "releases": [f"{release}: {count:,} rows" for release, count in held],
    }
