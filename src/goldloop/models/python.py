"""A model in this process: a function of an installed package that the operator allows by name.

    def answer(items: Sequence[tuple[str, Mapping]], **params) -> Sequence[Mapping]

It takes (external id, body) pairs and returns one reply per pair, in the form of `goldloop.judges.reply`.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.metadata import entry_points, packages_distributions, version
from typing import Any

from pydantic import Field

from goldloop.core.errors import Forbidden, Invalid, Unavailable
from goldloop.core.families import Body
from goldloop.core.nouns import Noun
from goldloop.models.fingerprint import digest

GROUP = "goldloop.models"
Answer = Callable[..., Sequence[Mapping[str, Any]]]


class PythonParams(Noun):
    """Which function, and what else it is given."""

    entry_point: str = Field(description="`module:callable`, or a name in the entry-point group goldloop.models")
    params: dict[str, Any] = {}


class PythonModel:
    """An allowed function; whatever it raises is its failure, not ours. `allowed` is comma-separated."""

    def __init__(self, params: PythonParams, *, allowed: str) -> None:
        name = params.entry_point
        names = [part.strip() for part in allowed.split(",") if part.strip()]
        if name not in names:
            raise Forbidden(
                "the operator does not allow this entry point",
                field="entry_point",
                expected=f"one of GOLDLOOP_ALLOW_ENTRY_POINTS: {', '.join(names) or 'none'}",
                found=name,
            )
        self._name, self._params = name, params.params
        path = _path(name)
        self._answer = _load(path)
        self._fingerprint = digest(client="python", path=path, release=_release(path), params=params.params)

    @property
    def fingerprint(self) -> str:
        """See `Model.fingerprint`: the function, its package's version and its parameters."""
        return self._fingerprint

    def say(self, items: Sequence[tuple[str, Body]]) -> Sequence[Mapping[str, Any]]:
        """See `Model.say`. A function that raises is Unavailable, for good."""
        try:
            replies = self._answer(items, **self._params)
        except Unavailable:
            raise
        except Exception as error:  # a stranger's code may raise anything
            raise _failed(self._name, error) from error
        if isinstance(replies, str | bytes | Mapping) or not isinstance(replies, Sequence):
            found = type(replies).__name__
            raise Unavailable("the model returned no list", permanent=True, expected="a list of replies", found=found)
        return replies


def _path(name: str) -> str:
    """`module:callable` for a name in our entry-point group, or the name itself."""
    if ":" in name:
        return name
    for point in entry_points(group=GROUP, name=name):
        return point.value
    raise Invalid(
        "no installed package offers this entry point",
        field="entry_point",
        expected=f"module:callable, or a name in the group {GROUP}",
        found=name,
    )


def _load(path: str) -> Answer:
    module, _, attribute = path.partition(":")
    try:
        found: Any = import_module(module)
        for part in attribute.split("."):
            found = getattr(found, part)
    except Exception as error:  # importing runs a stranger's code
        raise _failed(path, error) from error
    if not callable(found):
        raise Invalid("this is no function", field="entry_point", expected="a callable", found=path)
    answer: Answer = found
    return answer


def _release(path: str) -> str | None:
    """Name and version of the package that holds a module; None for a module outside any."""
    names = packages_distributions().get(path.partition(":")[0].partition(".")[0])
    return f"{names[0]} {version(names[0])}" if names else None


def _failed(name: str, error: Exception) -> Unavailable:
    return Unavailable(
        f"the model {name} failed: {type(error).__name__}: {str(error)[:200]}", permanent=True, field="entry_point"
    )
