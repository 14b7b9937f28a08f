"""JSON objects, one a line: what every source of JSON Lines reads."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Task
from goldloop.sources.drafts import fitted
from goldloop.sources.lines import Line, decode_problem, flat, opened, place, read_lines, text_problem
from goldloop.sources.results import form_of
from goldloop.sources.rows import shown, wrong


class Object(NamedTuple):
    """The object on a line, the line's number, and the token `offset:line` of what is behind it."""

    row: dict[str, Any]
    line: int
    resume: str


def _refuse_constant(word: str) -> NoReturn:
    raise ValueError(f"{word} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
_ENDS = ("\n", "\r\n", "")


def read_objects(path: Path, *, resume: str, max_line: int) -> Iterator[Object | Reject]:
    """The objects of a file behind the token. Raises Invalid for a file that is one list."""
    at, number = place(resume)
    with opened(path) as file:
        for line in read_lines(file, at=at, number=number, max_line=max_line):
            if isinstance(line, Reject):
                yield line
                continue
            data, number, end = line
            token = f"{end}:{number + 1}"
            row = _row(line, token)
            if isinstance(row, dict):
                yield Object(row, number, token)
            elif row is not None:
                if number == 1 and data.lstrip().startswith(b"["):
                    raise Invalid(
                        "this is one JSON list, not JSON Lines",
                        field=path.name,
                        expected="one object a line",
                        found="[",
                    )
                yield row


def _row(line: Line, token: str) -> dict[str, Any] | Reject | None:
    """The object on a line, None for a blank one, or why it is neither."""
    data = line.data
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return Reject(line.number, "line", *decode_problem(error), token)
    try:
        row, end = _DECODER.raw_decode(text)
        if text[end:] not in _ENDS:
            row = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        if text.isspace():
            return None
        if text[0] in " \t\r":
            return _row(line._replace(data=data.lstrip()), token)
        cut = error.pos >= len(text.rstrip()) or "Unterminated" in error.msg
        found = f"a line that ends at {len(text.rstrip())}" if cut else f"{error.msg} at {error.pos}"
        return Reject(line.number, "line", "one whole JSON object", found, token)
    except RecursionError:
        return Reject(line.number, "line", "an object that is not nested so deeply", "hundreds of levels", token)
    except ValueError as error:
        return Reject(line.number, "line", "one whole JSON object", str(error)[:80], token)
    if not isinstance(row, dict):
        return Reject(line.number, "line", "a JSON object", shown(row), token)
    if b"\\u" in data and (problem := text_problem(flat(row))):
        return Reject(line.number, "line", *problem, token)
    return row


def read_records(
    path: Path,
    make: Callable[[dict[str, Any], int, str], Record],
    *,
    task: Task | None,
    resume: str,
    max_line: int,
) -> Iterator[Record | Reject]:
    """The objects of a file as records, answers in the task's form. `make` raises Invalid for what is no record."""
    form = form_of(None, task)
    for one in read_objects(path, resume=resume, max_line=max_line):
        if isinstance(one, Reject):
            yield one
            continue
        try:
            record = make(*one)
        except Invalid as error:
            expected = error.expected or error.message
            yield Reject(one.line, error.field or "row", expected, error.found or "", one.resume)
            continue
        yield record._replace(said=tuple(said._replace(answer=fitted(said.answer, form)) for said in record.said))


def text_in(row: dict[str, Any], *names: str) -> str:
    """The text under the first of these names that a row has. Raises Invalid."""
    name = next((one for one in names if one in row), names[0])
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise wrong(name, "text", value)
    return value


def object_in(row: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under a name; an empty one where there is none."""
    value = row.get(name)
    return value if isinstance(value, dict) else {}


def body_of(text: str, rest: dict[str, Any]) -> dict[str, Any]:
    """An item's body: its text, and what else the row says of the item itself."""
    kept = {key: value for key, value in rest.items() if value is not None and value != {} and value != []}
    return {"text": text, "meta": kept} if kept else {"text": text}


def id_in(row: dict[str, Any], *names: str) -> str | None:
    """A row's own id under the first of these names that holds one."""
    found = (row.get(name) for name in names)
    return next((str(one) for one in found if type(one) is int or (isinstance(one, str) and one)), None)
