"""From an answer that is no success back to one of the five errors."""

import json
from typing import Any

import httpx2

from goldloop.core.errors import Conflict, Forbidden, GoldloopError, Invalid, NotFound, Unavailable

_BY_CODE: dict[str, type[GoldloopError]] = {
    "invalid": Invalid,
    "too_large": Invalid,
    "wrong_host": Invalid,
    "forbidden": Forbidden,
    "unauthenticated": Forbidden,
    "not_found": NotFound,
    "not_allowed": NotFound,
    "conflict": Conflict,
    "unavailable": Unavailable,
    "too_many": Unavailable,
    "internal": Unavailable,
}
_BY_STATUS: dict[int, type[GoldloopError]] = {401: Forbidden, 403: Forbidden, 404: NotFound, 409: Conflict}
PERMANENT = frozenset({"internal", "too_many"})


def failure(response: httpx2.Response) -> GoldloopError:
    """The error that an answer with a status of 400 or more stands for."""
    return from_shape(_shape(response), status=response.status_code)


def from_shape(shape: dict[str, Any], *, status: int = 503) -> GoldloopError:
    """The error behind the one JSON error shape; `details` also holds its code and the id of the request."""
    code = str(shape.get("code", ""))
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status) or (Invalid if status < 500 else Unavailable)
    details = dict(shape.get("details") or {})
    details |= {name: shape[name] for name in ("code", "request_id") if name in shape}
    words = {name: shape.get(name) for name in ("field", "expected", "found")}
    message = str(shape.get("message") or f"the server answered {status}")
    if issubclass(kind, Unavailable):
        permanent = bool(details.pop("permanent", code in PERMANENT))
        return kind(message, permanent=permanent, **words, **_free(details))
    return kind(message, **words, **_free(details))


def unreachable(url: str, error: Exception) -> Unavailable:
    """Nobody answers there."""
    return Unavailable(
        "goldloop does not answer", expected=f"a server at {url}", found=str(error) or type(error).__name__
    )


def _shape(response: httpx2.Response) -> dict[str, Any]:
    try:
        shape = response.json()
    except (json.JSONDecodeError, UnicodeDecodeError):
        shape = None
    if isinstance(shape, dict) and "code" in shape:
        return shape
    found = response.text[:80]
    return {"message": f"this is no answer of goldloop ({response.status_code})", "found": found, "expected": "JSON"}


def _free(details: dict[str, Any]) -> dict[str, Any]:
    """Details under names that the errors' own arguments do not use."""
    own = ("message", "field", "expected", "found", "permanent")
    return {f"{name}_" if name in own else name: value for name, value in details.items()}
