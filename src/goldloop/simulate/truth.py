"""What is right: the answer key that simulated people know, and nobody else is shown."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from goldloop.core.canonical import canonical, digest
from goldloop.core.errors import Conflict

Truth = Callable[[Mapping[str, Any]], Any | None]


def truth_of(answers: Iterable[tuple[str, Any]]) -> Truth:
    """A key from item texts to right answers in their stored form. Raises Conflict where a text has two answers."""
    key: dict[bytes, Any] = {}
    for text, answer in answers:
        before = key.setdefault(_of(text), answer)
        if before != answer:
            raise Conflict("a text has one right answer", field="truth", expected=canonical(before), found=text[:80])

    def right(body: Mapping[str, Any]) -> Any | None:
        return key.get(_of(str(body.get("text", ""))))

    return right


def _of(text: str) -> bytes:
    return digest(text)
