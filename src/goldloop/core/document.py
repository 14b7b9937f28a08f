"""YAML as text from anybody: its nodes and plain values within limits, with the line of every path.

The parser goes as deep as its text does, on the processor's own stack: what is nested without end would end the
process. Its flat list of events is counted first.
"""

from typing import Any

import yaml

from goldloop.core.errors import Invalid

MAX_BYTES = 4 << 20
MAX_NODES = 400_000
MAX_DEPTH = 64
Path = tuple[str | int, ...]
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def composed(text: str, *, name: str) -> yaml.Node:
    """The nodes of a text. Raises Invalid for no YAML, for nothing, and beyond the limits."""
    try:
        size = len(text.encode())
    except UnicodeEncodeError as error:
        line = text.count("\n", 0, error.start) + 1
        found = f"a lone surrogate U+{ord(text[error.start]):04X}"
        raise Invalid("this is no text", field=f"{name}:{line}", expected="whole characters", found=found) from error
    if size > MAX_BYTES:
        raise Invalid("this file is too large", field=name, expected=f"at most {MAX_BYTES >> 20} MiB", found="more")
    try:
        _refuse_the_bottomless(text, name)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or str(error)
        raise Invalid("this is not YAML", field=f"{name}:{line}", expected="valid YAML", found=problem) from error
    if node is None:
        raise Invalid("this file is empty", field=f"{name}:1", expected="keys and values", found="nothing")
    return node


def parsed(text: str, *, name: str) -> tuple[Any, dict[Path, int]]:
    """The document and the line of every path in it. Aliases are refused: they multiply without limit."""
    lines: dict[Path, int] = {}
    return _plain(composed(text, name=name), (), lines, name, set()), lines


def _refuse_the_bottomless(text: str, name: str) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            line = event.start_mark.line + 1 if event.start_mark is not None else 1
            raise Invalid(
                "this is nested too deeply",
                field=f"{name}:{line}",
                expected=f"at most {MAX_DEPTH} levels",
                found="more",
            )


def _plain(node: yaml.Node, path: Path, lines: dict[Path, int], name: str, seen: set[int]) -> Any:
    lines.setdefault(path, node.start_mark.line + 1)
    if id(node) in seen and not isinstance(node, yaml.ScalarNode):
        raise Invalid(
            "aliases are not allowed", field=f"{name}:{node.start_mark.line + 1}", expected="plain YAML", found="*"
        )
    seen.add(id(node))
    if len(lines) > MAX_NODES:
        raise Invalid("this file is too large", field=name, expected=f"at most {MAX_NODES} entries", found="more")
    if isinstance(node, yaml.MappingNode):
        out: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise Invalid("a key is a word", field=f"{name}:{line}", expected="key: value", found="a list or keys")
            key = _scalar(key_node, name)
            if key in out:
                raise Invalid("this key stands twice", field=f"{name}:{line}", expected="each key once", found=str(key))
            lines[(*path, str(key))] = line
            out[key] = _plain(value_node, (*path, str(key)), lines, name, seen)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_plain(part, (*path, n), lines, name, seen) for n, part in enumerate(node.value)]
    return _scalar(node, name)


def _scalar(node: yaml.Node, name: str) -> Any:
    """A scalar as the safe loader reads it; dates stay text. Raises Invalid for what it cannot read."""
    if node.tag == "tag:yaml.org,2002:timestamp":
        return node.value
    try:
        return _LOADER("").construct_object(node)
    except (yaml.YAMLError, ValueError) as error:
        raise Invalid(
            "this value cannot be read",
            field=f"{name}:{node.start_mark.line + 1}",
            expected="text, a number, true, false or null",
            found=f"{node.tag} {str(node.value)[:40]}",
        ) from error
