"""One JSON error shape: code, message, field, expected, found, details, request id."""

import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from goldloop.core.errors import Conflict, Forbidden, GoldloopError, Invalid, NotFound, Unavailable

STATUS: dict[type[GoldloopError], int] = {Invalid: 422, Forbidden: 403, NotFound: 404, Conflict: 409, Unavailable: 503}
CODES = {
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "not_allowed",
    413: "too_large",
    429: "too_many",
}
log = logging.getLogger("goldloop.http")


class NotSignedIn(Exception):
    """Nobody in particular is asking."""


class TooMany(Exception):
    """Too many failed attempts; `seconds` until the next may be made."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def install(app: FastAPI) -> None:
    """Give every failure the one shape."""
    app.add_exception_handler(GoldloopError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(NotSignedIn, _not_signed_in)
    app.add_exception_handler(TooMany, _too_many)


def error_response(status: int, shape: dict[str, Any], request_id: str) -> JSONResponse:
    """An error as every client reads it."""
    return JSONResponse({**shape, "request_id": request_id}, status_code=status)


def request_id(request: Request) -> str:
    """The id that the log and the answer share."""
    return str(request.scope.get("request_id", ""))


async def _ours(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, GoldloopError)
    return error_response(STATUS[type(error)], error.as_json(), request_id(request))


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part != "body")
    shape = {"code": "invalid", "message": "this request cannot be used", "field": where, "expected": first["msg"]}
    if first.get("input") is not None and "password" not in where:
        shape["found"] = repr(first["input"])[:80]
    return error_response(422, shape, request_id(request))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    code = CODES.get(error.status_code, "error")
    return error_response(error.status_code, {"code": code, "message": str(error.detail)}, request_id(request))


async def _not_signed_in(request: Request, _error: Exception) -> JSONResponse:
    return error_response(401, {"code": "unauthenticated", "message": "sign in first"}, request_id(request))


async def _too_many(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooMany)
    shape = {"code": "too_many", "message": "too many failed attempts", "expected": f"a pause of {error.seconds} s"}
    response = error_response(429, shape, request_id(request))
    response.headers["Retry-After"] = str(error.seconds)
    return response
