"""Reading the parts of an item that a task is said of; what is missing is named by its field."""

from typing import Any

from goldloop.core.errors import Invalid
from goldloop.core.families import Body


def text_of(body: Body, field: str) -> str:
    """A text of the body. Raises Invalid naming `body.FIELD`."""
    value = body.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(f"body.{field}", "text", value)
    return value


def any_text_of(body: Body, fields: tuple[str, ...]) -> None:
    """Raise Invalid where none of these fields holds a text."""
    if not any(isinstance(body.get(field), str) and body[field].strip() for field in fields):
        raise _wrong(f"body.{fields[0]}", " or ".join(fields) + ": text", None)


def texts_of(body: Body, field: str, *, least: int, most: int) -> list[str]:
    """The texts of a list of the body: each a text, or an object with one. Raises Invalid naming `body.FIELD.N`."""
    listed = body.get(field)
    if not isinstance(listed, list):
        raise _wrong(f"body.{field}", "a list of texts", listed)
    if not least <= len(listed) <= most:
        wanted = f"{least} texts" if least == most else f"{least} to {most} texts"
        raise _wrong(f"body.{field}", wanted, len(listed))
    texts: list[Any] = [one.get("text") if isinstance(one, dict) else one for one in listed]
    for n, text in enumerate(texts):
        if not isinstance(text, str) or not text.strip():
            raise _wrong(f"body.{field}.{n}.text", "text", text)
    return texts


def check_text(value: Any, field: str) -> str:
    """A text of an answer that can be stored and shown. Raises Invalid."""
    if not isinstance(value, str):
        raise _wrong(field, "text", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise _wrong(field, "text in Unicode", f"half a character at {error.start}") from error
    if "\x00" in value:
        raise _wrong(field, "text without NUL", "NUL")
    return value


def _wrong(field: str, expected: str, found: Any) -> Invalid:
    shown = "nothing" if found is None or found == "" else repr(found)[:80]
    return Invalid("this cannot be judged as it is", field=field, expected=expected, found=shown)
