"""One JSON error shape: code, message, field, expected, found, details, request id."""

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from goldloop.core.errors import Conflict, Forbidden, GoldloopError, Invalid, NotFound, Unavailable

STATUS: dict[type[GoldloopError], int] = {Invalid: 422, Forbidden: 403, NotFound: 404, Conflict: 409, Unavailable: 503}
CODES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    413: "too_large",
    415: "invalid",
    429: "too_many",
}
MESSAGES = {404: "there is no such address", 405: "this address does not take that method"}
SECRETS = frozenset({"password", "old", "new", "token"})
log = logging.getLogger("goldloop.http")


class Problem(BaseModel):
    """Every answer that is not a success."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "code": "invalid",
                    "message": "there is no such organisation",
                    "field": "organisation",
                    "expected": "its name",
                    "found": "Acm",
                    "request_id": "1f0c5a9b3de24c77",
                }
            ]
        }
    )

    code: str = Field(description="stable; for programs")
    message: str = Field(description="for people")
    field: str | None = Field(default=None, description="where in the request")
    expected: str | None = None
    found: str | None = None
    details: dict[str, Any] | None = None
    request_id: str = Field(description="what the server's log calls this request")


class NotSignedIn(Exception):
    """Nobody in particular is asking."""


class TooMany(Exception):
    """Too many of something, failed attempts above all; `seconds` until the next may be made, or `otherwise`."""

    def __init__(self, seconds: int, message: str = "too many failed attempts", *, otherwise: str = "") -> None:
        super().__init__(seconds)
        self.seconds, self.message, self.otherwise = seconds, message, otherwise


DESCRIBED: dict[int | str, dict[str, Any]] = {
    "default": {"model": Problem, "description": "What was wrong, in the one error shape"}
}
"""What the description of every route says of its failures."""


def install(app: FastAPI) -> None:
    """Give every failure the one shape, and say so in the description of every route that is added later."""
    app.router.responses |= DESCRIBED
    app.add_exception_handler(GoldloopError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(TooMany, _too_many)
    app.add_exception_handler(UnicodeEncodeError, _half_a_character)


def error_response(status: int, shape: dict[str, Any], request_id: str) -> JSONResponse:
    """An error as every client reads it."""
    return _Escaped({**shape, "request_id": request_id}, status_code=status)


class _Escaped(JSONResponse):
    """JSON in ASCII: what was found may be no text that UTF-8 can carry, such as half a character."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, separators=(",", ":"), default=str).encode("ascii")


def request_id(request: Request) -> str:
    """The id that the log and the answer share."""
    return str(request.scope.get("request_id", ""))


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GoldloopError)
    return error_response(STATUS[type(error)], error.as_json(), request_id(request))


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = [str(part) for part in first["loc"] if part != "body"]
    shape = {
        "code": "invalid",
        "message": "this request cannot be used",
        "field": ".".join(where),
        "expected": first["msg"].removeprefix("Input should be "),
    }
    found = first.get("input")
    if isinstance(found, str | int | float) and SECRETS.isdisjoint(where):
        shape["found"] = repr(found)[:80]
    return error_response(422, shape, request_id(request))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = error.status_code
    shape = {"code": CODES.get(status, "error"), "message": MESSAGES.get(status, str(error.detail))}
    response = error_response(status, shape, request_id(request))
    response.headers.update(error.headers or {})
    return response


async def _not_signed_in(request: Request, _error: Exception) -> JSONResponse:
    return error_response(401, {"code": "unauthenticated", "message": "sign in first"}, request_id(request))


async def _too_many(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooMany)
    pause = f"a pause of {error.seconds} s"
    expected = f"{pause}, or {error.otherwise}" if error.otherwise else pause
    shape = {"code": "too_many", "message": error.message, "expected": expected}
    response = error_response(429, shape, request_id(request))
    response.headers["Retry-After"] = str(error.seconds)
    return response


async def _half_a_character(request: Request, error: Exception) -> JSONResponse:
    """JSON can spell what no text holds; wherever it would have been kept or digested, nothing of it was."""
    assert isinstance(error, UnicodeEncodeError)
    return error_response(
        422,
        {
            "code": "invalid",
            "message": "this is no text",
            "expected": "whole characters",
            "found": f"a lone surrogate U+{ord(error.object[error.start]):04X}",
        },
        request_id(request),
    )
