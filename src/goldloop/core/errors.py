"""Every failure goldloop raises on purpose.

    GoldloopError
      x Invalid      the input breaks a schema, an ontology or a rule       -> 422, exit 2
      x Forbidden    this actor may not do this (role, tier, residency)     -> 403, exit 3
      x NotFound     no such thing, or none that this actor may see         -> 404, exit 4
      x Conflict     someone was first, or the thing is sealed              -> 409, exit 5
      x Unavailable  a model, store or engine outside goldloop failed       -> 503, exit 6

A failed gate, a refusal and a disagreement are results, not errors. Codes are stable; messages are for people.
"""

from typing import Any


class GoldloopError(Exception):
    """Base class: catch this to catch everything goldloop raises on purpose."""

    code = "error"

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.expected = expected
        self.found = found
        self.details = details

    def __str__(self) -> str:
        parts = [self.message]
        if self.field:
            parts.insert(0, f"{self.field}:")
        if self.expected:
            parts.append(f"(expected {self.expected}" + (f", found {self.found})" if self.found else ")"))
        return " ".join(parts)

    def as_json(self) -> dict[str, Any]:
        """The one JSON error shape, without the request id that the HTTP floor adds."""
        shape = {
            "code": self.code,
            "message": self.message,
            "field": self.field,
            "expected": self.expected,
            "found": self.found,
            "details": self.details or None,
        }
        return {key: value for key, value in shape.items() if value is not None}


class Invalid(GoldloopError):
    """The input breaks a schema, an ontology or a rule."""

    code = "invalid"


class Forbidden(GoldloopError):
    """This actor may not do this."""

    code = "forbidden"


class NotFound(GoldloopError):
    """No such thing, or none that this actor may see."""

    code = "not_found"


class Conflict(GoldloopError):
    """Someone was first, or the thing is sealed."""

    code = "conflict"


class Unavailable(GoldloopError):
    """A model, store or engine outside goldloop failed; `permanent` tells retry loops to stop."""

    code = "unavailable"

    def __init__(self, message: str, *, permanent: bool = False, **details: Any) -> None:
        super().__init__(message, **details)
        self.permanent = permanent
