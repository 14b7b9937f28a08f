"""Masking: personal data becomes tokens before an item is stored, and places on the text move with it.

    write to mira@acme.com now          the vault keeps what [EMAIL:7f3k9m2q4hxd] stands for
    write to [EMAIL:7f3k9m2q4hxd] now   the same value has the same token everywhere in the programme

Which values are personal is decided here, without input or output; what a token is called is handed in.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject
from goldloop.core.pii import Found, find, whole
from goldloop.core.protection import Pii

TOKEN = re.compile(r"\[([A-Z][A-Z0-9_]{0,30}):([0-9a-z]{12})\]")
HIDDEN = "hidden: this programme masks personal data"
SHORTEST_NAME = 2  # letters of a name that is looked for elsewhere in its item
Tokens = dict[str, tuple[str, str]]
"""Kind and original by token."""
NameToken = Callable[[str, str], str]
"""(kind, value) -> the value's token."""


class Move(NamedTuple):
    """A stretch of the original, what it became, and its kind."""

    start: int
    end: int
    new_start: int
    new_end: int
    kind: str


class Masked(NamedTuple):
    """A text without personal data, and what moved."""

    text: str
    moves: tuple[Move, ...]


class Masking:
    """The rules of one programme. `tokens` fills with what they stand for."""

    def __init__(self, rules: Pii, name: NameToken) -> None:
        self._rules, self._name = rules, name
        self._custom = [one.custom for one in rules.patterns]
        self.tokens: Tokens = {}

    def text(self, text: str, names: Sequence[tuple[str, str]] = ()) -> Masked:
        """A text with tokens in place of personal data; `names` are (value, kind) that the item told elsewhere."""
        found = find(text, self._rules.detect, self._custom)
        for value, kind in names:
            found = _with(found, whole(text, value, kind))
        out, moves, at, length = [], [], 0, 0
        for one in sorted(found):
            token = self._token(one.kind, text[one.start : one.end])
            out += [text[at : one.start], token]
            length += one.start - at
            moves.append(Move(one.start, one.end, length, length + len(token), one.kind))
            at, length = one.end, length + len(token)
        return Masked("".join([*out, text[at:]]), tuple(moves))

    def body(self, body: Mapping[str, Any]) -> tuple[dict[str, Any], Masked]:
        """A body without personal data, and how its `text` moved."""
        names = sorted(self._names(body), key=lambda one: (-len(one[0]), one))
        own = body.get("text")
        if not isinstance(own, str) or "text" in self._rules.columns:
            return {key: self._value(value, key, names) for key, value in body.items()}, Masked("", ())
        moved = self.text(own, names)
        rest = {key: self._value(value, key, names) for key, value in body.items() if key != "text"}
        return {**rest, "text": moved.text}, moved

    def record(self, record: Record) -> tuple[Record, Masked]:
        """A record without personal data but for its answers, which are moved when they are in canonical form.

        Raises Invalid where the id itself is personal: it would stand in every list, and cannot be a token.
        """
        if record.external_id is not None and (hit := find(record.external_id, self._rules.detect, self._custom)):
            raise Invalid(
                "an id is shown everywhere and is not masked",
                field="id",
                expected="an id without personal data",
                found=f"one with {hit[0].kind.upper()}",
            )
        body, moved = self.body(record.body)
        slices = {key: self.text(value).text for key, value in record.slices.items()}
        return record._replace(body=body, slices=slices), moved

    def said(self, answer: Any, moved: Masked, written: frozenset[str]) -> Any:
        """A canonical answer on the masked text: places moved, and what somebody wrote masked. Raises Invalid."""
        return reworded(placed(answer, moved.moves), written, lambda words: self.text(words).text)

    def _names(self, body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """What the declared columns hold, to be found in the rest of the item, too."""
        for path, kind in self._rules.columns.items():
            for value in _at(body, path.split(".")):
                if isinstance(value, str) and len(value.strip()) >= SHORTEST_NAME:
                    yield value.strip(), kind

    def _value(self, value: Any, path: str, names: Sequence[tuple[str, str]]) -> Any:
        kind = self._rules.columns.get(path)
        if isinstance(value, str):
            if kind is not None:
                return self._whole(value, kind)
            return self.text(value, names).text
        if isinstance(value, Mapping):
            return {key: self._value(part, f"{path}.{key}", names) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self._value(part, path, names) for part in value]
        if isinstance(value, int | float) and not isinstance(value, bool):
            if kind is not None:
                return self._token(kind, str(value))
            said = str(value)
            masked = self.text(said).text
            return value if masked == said else masked
        return value

    def _whole(self, value: str, kind: str) -> str:
        """A field that is personal as a whole; white space around it stays outside, so that it is one with its name."""
        bare = value.strip()
        return value.replace(bare, self._token(kind, bare), 1) if bare else value

    def _token(self, kind: str, value: str) -> str:
        token = self._name(kind, value)
        self.tokens[token] = (kind, value)
        return token


def closed(error: Invalid) -> Invalid:
    """An error without what was expected and found: either may quote the original."""
    return Invalid(error.message, field=error.field, expected=error.message, found=HIDDEN)


def hidden(reject: Reject) -> Reject:
    """A reject that does not show what was found: it is a piece of the original."""
    return reject._replace(found=HIDDEN if reject.found else "")


def tokens_in(value: Any) -> list[str]:
    """The tokens of a masked body, each once, in order."""
    found: dict[str, None] = {}
    for text in _texts(value):
        found |= {hit.group(): None for hit in TOKEN.finditer(text)}
    return list(found)


def unmasked(value: Any, tokens: Mapping[str, str]) -> Any:
    """A masked value with the originals back in it; numbers that were masked come back as text."""
    if isinstance(value, str):
        return TOKEN.sub(lambda hit: tokens.get(hit.group(), hit.group()), value)
    if isinstance(value, Mapping):
        return {key: unmasked(part, tokens) for key, part in value.items()}
    return [unmasked(part, tokens) for part in value] if isinstance(value, list) else value


def placed(answer: Any, moves: Sequence[Move]) -> Any:
    """A canonical answer with its places on the masked text. Raises Invalid where one cuts through a token."""
    if not moves:
        return answer
    if isinstance(answer, Mapping):
        out = {key: placed(part, moves) for key, part in answer.items()}
        if type(answer.get("start")) is int and type(answer.get("end")) is int:
            out["start"], out["end"] = _moved((answer["start"], answer["end"]), moves)
        for key in ("fragments", "mentions"):
            if isinstance(answer.get(key), list) and all(_is_place(one) for one in answer[key]):
                out[key] = [list(_moved((one[0], one[1]), moves)) for one in answer[key]]
        return out
    return [placed(part, moves) for part in answer] if isinstance(answer, list) else answer


def reworded(answer: Any, written: frozenset[str], say: Callable[[str], str]) -> Any:
    """A canonical answer with what people wrote in it said otherwise."""
    if not written:
        return answer
    if isinstance(answer, Mapping):
        return {
            key: say(part) if key in written and isinstance(part, str) else reworded(part, written, say)
            for key, part in answer.items()
        }
    return [reworded(part, written, say) for part in answer] if isinstance(answer, list) else answer


def _moved(place: tuple[int, int], moves: Sequence[Move]) -> tuple[int, int]:
    """Where a place of the original lies on the masked text."""
    start, end = place
    for one in moves:
        inside = one.start < end and start < one.end
        if inside and not (start <= one.start and one.end <= end):
            raise Invalid(
                "this span begins or ends inside masked data",
                field="answer",
                expected=f"a span that holds all of {one.kind.upper()} from {one.start} to {one.end}, or none of it",
                found=f"{start} to {end}",
            )
    return _shifted(start, moves), _shifted(end, moves)


def _shifted(at: int, moves: Sequence[Move]) -> int:
    """A boundary that lies in no token."""
    shift = 0
    for one in moves:
        if one.end <= at:
            shift = one.new_end - one.end
    return at + shift


def _with(found: list[Found], more: Iterator[Found]) -> list[Found]:
    """What was found, and more of it where nothing was found yet."""
    out = list(found)
    for one in more:
        if all(one.end <= other.start or other.end <= one.start for other in out):
            out.append(one)
    return out


def _at(value: Any, path: Sequence[str]) -> Iterator[Any]:
    """What stands at a path; lists are looked through."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _at(part, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _at(value[path[0]], path[1:])


def _is_place(value: Any) -> bool:
    return isinstance(value, list | tuple) and len(value) == 2 and all(type(one) is int for one in value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)
