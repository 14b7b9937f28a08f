"""YAML from anybody: whatever it holds, it is read or refused with its line, and never takes the process down."""

import pytest

from goldloop.core.document import MAX_DEPTH, parsed
from goldloop.core.errors import Invalid
from goldloop.core.programme_file import read_policy


@pytest.mark.parametrize("deep", ["[" * 200_000, "- " * 200_000 + "x", "a: " + "{b: " * 100_000, "? " * 100_000])
def test_what_is_nested_without_end_is_refused(deep: str) -> None:
    with pytest.raises(Invalid, match="nested too deeply"):
        read_policy(deep)


def test_what_is_nested_as_people_nest_is_read() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    found, _ = parsed(deep, name="file.yaml")
    assert str(found) == deep


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "a: unknown key", 1),
        ("a: 1\nb: !!python/name:os.system x\n", "this value cannot be read", 2),
        ("a: 1\nb: !!int abc\n", "this value cannot be read", 2),
        ("a: " + "9" * 6000, "this value cannot be read", 1),
        ("a: 1\n? [b, c]\n: d\n", "a key is a word", 2),
        ("a: &one [1]\nb: *one\n", "aliases are not allowed", 1),
        ("a: 1\nb: \ud800\n", "this is no text", 2),
        ("a: \x00", "this is not YAML", 1),
        ("a: 1\na: 2\n", "this key stands twice", 2),
        ("a: b\n---\nc: d\n", "this is not YAML", 2),
        ("", "this file is empty", 1),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(text: str, said: str, line: int) -> None:
    with pytest.raises(Invalid, match=said) as raised:
        read_policy(text)
    assert str(raised.value.field).startswith(f"programme.yaml:{line}")
