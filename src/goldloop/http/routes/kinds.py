"""Everything that plugs in, with its documentation and the form of its parameters."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from goldloop.core.registry import FAMILIES
from goldloop.http.asking import Ask, reply

routes = APIRouter()


@routes.get("/kinds")
def kinds(ask: Ask) -> JSONResponse:
    """Every kind of every family."""
    ask.caller()
    return reply(
        {
            title: [
                {
                    "name": kind.name,
                    "doc": (kind.__doc__ or "").strip(),
                    "schema": kind.model_json_schema(),
                    "example": kind.example().spec.model_dump(mode="json"),
                }
                for kind in sorted(family, key=lambda kind: kind.name)
            ]
            for title, family in FAMILIES.items()
        }
    )
