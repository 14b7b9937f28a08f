"""What is right: the answer key that simulated people know, and nobody else is shown."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from goldloop.core.canonical import canonical, digest
from goldloop.core.errors import Conflict

PARTS = ("response", "responses", "steps", "turns")
Truth = Callable[[Mapping[str, Any]], Any | None]


def truth_of(answers: Iterable[tuple[str, Any]]) -> Truth:
    """A key from items, as `key_of` writes them, to right answers. Raises Conflict where an item has two answers."""
    key: dict[bytes, Any] = {}
    for text, answer in answers:
        before = key.setdefault(_of(text), answer)
        if before != answer:
            raise Conflict("a text has one right answer", field="truth", expected=canonical(before), found=text[:80])

    def right(body: Mapping[str, Any]) -> Any | None:
        return key.get(_of(key_of(body)))

    return right


def key_of(body: Mapping[str, Any]) -> str:
    """What tells an item from others, as a worker sees it: its text alone, or all of it where there is more to it."""
    parts = body.keys() & {"prompt", *PARTS}
    return (
        str(body.get("text", ""))
        if not parts
        else canonical({name: body[name] for name in parts | {"text"} & body.keys()})
    )


def _of(text: str) -> bytes:
    return digest(text)
