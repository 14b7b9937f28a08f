"""Reading and comparing programme files: YAML in, a Policy out, mistakes named by line."""

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from goldloop.core.document import Path, composed, parsed
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.core.policy import Policy

N = TypeVar("N", bound=Noun)


class Change(Noun):
    """One difference between two programme files."""

    path: str
    old: Any = None
    new: Any = None


def read_policy(text: str, *, name: str = "programme.yaml") -> Policy:
    """The policy that a programme file declares. Raises Invalid with line, key, what was expected and found."""
    return read_noun(text, Policy, name=name)


def read_noun(text: str, kind: type[N], *, name: str, under: Mapping[str, Any] | None = None) -> N:
    """What a YAML file declares as a noun of a kind. Raises Invalid with line, key, what was expected and found.

    `under` holds where the file says nothing.
    """
    doc, lines = parsed(text, name=name)
    if under is not None and isinstance(doc, dict):
        doc = laid_over(under, doc)
    try:
        return kind.model_validate(doc)
    except ValidationError as error:
        raise _explained(error, lines, name, kind) from error


def laid_over(under: Mapping[str, Any], doc: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says, and where it says nothing, what lies under it; in blocks of keys, key by key."""
    out = dict(under)
    for key, value in doc.items():
        below = under.get(key)
        blocks = isinstance(value, dict) and isinstance(below, Mapping) and "value" not in value
        out[key] = laid_over(below, value) if blocks and isinstance(below, Mapping) else value
    return out


def read_document(text: str, *, name: str) -> Any:
    """What any YAML of ours says, under the same rules: no aliases, no key twice, not too large. Raises Invalid."""
    return parsed(text, name=name)[0]


def changes(old: Policy | None, new: Policy) -> list[Change]:
    """What differs, by path, in reading order; everything is new where there is no old one."""
    before = old.model_dump(mode="json", by_alias=True) if old else {}
    return list(_differences(before, new.model_dump(mode="json", by_alias=True), ""))


def rewritten(text: str, parts: dict[str, Any]) -> str:
    """The same file with some of its top-level entries said anew; everything else stays letter by letter.

    Raises Invalid where the text is no mapping.
    """
    node = composed(text, name="programme.yaml")
    if not isinstance(node, yaml.MappingNode):
        raise Invalid("this is no programme file", expected="keys and values", found=str(type(node).__name__))
    places = {key.value: (key, value) for key, value in node.value}
    flow = bool(node.flow_style)
    for name in sorted(parts, key=lambda one: places[one][0].start_mark.index if one in places else -1, reverse=True):
        said = json.dumps(parts[name], ensure_ascii=False) if flow else _block(parts[name])
        if name in places:
            value = places[name][1]
            whole = flow or isinstance(value, yaml.ScalarNode) or value.flow_style
            end = value.end_mark.index if whole else _end_of_block(text, value.end_mark.index)
            before = text[: value.start_mark.index].rstrip(" \n") if not flow else text[: value.start_mark.index]
            text = before + (said if flow else said.rstrip("\n") + "\n" * (text[end - 1 : end] == "\n")) + text[end:]
        elif parts[name] and not flow:
            text = text.rstrip("\n") + f"\n{name}:{said}"
        elif parts[name]:
            end = node.end_mark.index - 1
            text = f"{text[:end].rstrip()}, {json.dumps(name)}: {said}{text[end:]}"
    return text


def _block(value: Any) -> str:
    """A value as it stands under its key: on lines of its own, two spaces in, entries of a list in one line each."""
    if not isinstance(value, dict | list) or not value:
        return " " + json.dumps(value, ensure_ascii=False) + "\n"
    out = "\n"
    if isinstance(value, dict):
        for key, part in value.items():
            if isinstance(part, list):
                out += f"  {key}:\n" + "".join(f"    - {_line_of(one)}\n" for one in part)
            else:
                out += f"  {key}: {_line_of(part)}\n"
        return out
    return out + "".join(f"  - {_line_of(one)}\n" for one in value)


def _line_of(value: Any) -> str:
    """One entry in one line; JSON is YAML."""
    return json.dumps(value, ensure_ascii=False)


def _end_of_block(text: str, at: int) -> int:
    """A block's end without the comments and blank lines behind it, which belong to what follows."""
    while at > 0:
        line = text.rfind("\n", 0, at - 1) + 1
        if text[line:at].strip() and not text[line:at].lstrip().startswith("#"):
            return at
        at = line
    return at


def _explained(error: ValidationError, lines: dict[Path, int], name: str, kind: type[Noun]) -> Invalid:
    # a missing key has no line of its own, and is often one that is written wrong somewhere below
    first = min(error.errors(), key=lambda one: (one["type"] == "missing", _line(one["loc"], lines)))
    message, where, found = first["msg"], _written(first["loc"], kind), first.get("input")
    if first["type"] == "extra_forbidden":
        known = _fields_at(first["loc"], kind)
        near = difflib.get_close_matches(str(where[-1]), known, n=1)
        expected = f"did you mean {near[0]!r}?" if near else "one of " + ", ".join(known)
        return _invalid("unknown key", where, lines, name, expected=expected, found=str(where[-1]))
    if first["type"] == "missing":
        return _invalid("a key is missing", where, lines, name, expected=f"{where[-1]}: ...", found="nothing")
    if first["type"] == "value_error" and (match := re.match(r"Value error, ([a-z_]+(?:\.\w+)+): (.*)", message, re.S)):
        inner: Path = tuple(int(part) if part.isdigit() else part for part in match[1].split("."))
        return _invalid(match[2], (*where, *inner), lines, name, expected=None, found=None)
    text = message.removeprefix("Value error, ")
    return _invalid("this value cannot be used", where, lines, name, expected=text, found=repr(found)[:80])


def located(error: Invalid, text: str, name: str) -> Invalid:
    """An error about a key of a file, such as `sla.terms.pace`, with the line on which it stands.

    What is about no key of the file, such as a parameter of a kind, stays as it is.
    """
    where: Path = tuple(int(part) if part.isdigit() else part for part in (error.field or "").split("."))
    lines = parsed(text, name=name)[1]
    if where[:1] not in lines:
        return Invalid(error.message, field=error.field, expected=error.expected, found=error.found)
    return _invalid(error.message, where, lines, name, expected=error.expected, found=error.found)


def _written(loc: Path, kind: type[Noun]) -> Path:
    """A place in the document as the file has it: without the names of variants, which stand between two keys."""
    schema = kind.model_json_schema(by_alias=True)
    at: Any = schema
    out: Path = ()
    for part in loc:
        variant = part in _variants(schema, at)
        at = _below(schema, at, part)
        out = out if variant else (*out, part)
    return out


def _variants(schema: dict[str, Any], at: Any) -> dict[str, str]:
    """The variants that may stand at a place, by name."""
    found: dict[str, str] = _resolved(schema, at).get("discriminator", {}).get("mapping", {})
    return found


def _invalid(
    message: str, where: Path, lines: dict[Path, int], name: str, *, expected: str | None, found: str | None
) -> Invalid:
    key = ".".join(str(part) for part in where)
    line = _line(where, lines)
    return Invalid(message, field=f"{name}:{line} {key}".rstrip(), expected=expected, found=found, line=line, key=key)


def _line(where: Path, lines: dict[Path, int]) -> int:
    """The line of a path, or of the nearest thing above it that the file has."""
    path = tuple(where)
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _fields_at(where: Path, kind: type[Noun]) -> list[str]:
    """The keys that may stand beside an unknown one."""
    schema = kind.model_json_schema(by_alias=True)
    at: Any = schema
    for part in where[:-1]:
        at = _below(schema, at, part)
    return sorted(_resolved(schema, at).get("properties", {}))


def _resolved(schema: dict[str, Any], at: Any) -> dict[str, Any]:
    while isinstance(at, dict):
        if "$ref" in at:
            at = schema["$defs"][at["$ref"].rpartition("/")[2]]
        elif "anyOf" in at:
            at = next((option for option in at["anyOf"] if option.get("type") != "null"), {})
        elif len(at.get("allOf", ())) == 1:
            at = at["allOf"][0]
        else:
            return at
    return {}


def _below(schema: dict[str, Any], at: Any, part: str | int) -> Any:
    node = _resolved(schema, at)
    if isinstance(part, int):
        return node.get("items", {})
    if part in (variants := _variants(schema, at)):
        return {"$ref": variants[str(part)]}
    named = next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties", {}))
    return node.get("properties", {}).get(part, named)


def _differences(old: Any, new: Any, path: str) -> Any:
    if old == new:
        return
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*new, *(key for key in old if key not in new)]:
            yield from _differences(old.get(key), new.get(key), f"{path}.{key}" if path else str(key))
        return
    if isinstance(old, list) and isinstance(new, list) and all(isinstance(part, dict) for part in (*old, *new)):
        for n in range(max(len(old), len(new))):
            before, after = (side[n] if n < len(side) else None for side in (old, new))
            yield from _differences(before, after, f"{path}.{n}")
        return
    yield Change(path=path, old=old, new=new)
