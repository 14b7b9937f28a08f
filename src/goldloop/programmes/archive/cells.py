"""How each column of a table arrives: keys under those of here, ids and names as goldloop says them here."""

import base64
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import LargeBinary

from goldloop.core.canonical import canonical
from goldloop.programmes.archive.moves import Moves
from goldloop.programmes.archive.telling import Say
from goldloop.store import schema
from goldloop.store.archive.tables import Rule

_NUMBER = re.compile(r"\d+")
Cell = Callable[[Any], Any]


def cells(rule: Rule, moves: Moves, say: Say, segment: Cell) -> list[Cell]:
    """A function for every column of a table, in their order; `segment` is where an event stands that was erased."""
    out = []
    for column in rule.table.c:
        name, target = column.name, next((one.column.table.name for one in column.foreign_keys), None)
        cell: Cell
        if rule.table is schema.erased and name == "segment_id":
            cell = segment
        elif target is not None:
            cell = _key(moves, target)
        elif column.primary_key and name == "id":
            cell = _key(moves, rule.table.name)
        elif name in rule.keys:
            cell = _key(moves, rule.keys[name])
        elif name in rule.lists:
            cell = _list(moves, rule.lists[name])
        elif isinstance(column.type, LargeBinary):
            cell = _octets
        else:
            cell = _words(moves, rule, name, say)
        out.append(cell)
    return out


def _key(moves: Moves, target: str) -> Cell:
    def cell(key: Any) -> int | None:
        return None if key is None else moves.of(target, key)

    return cell


def _list(moves: Moves, target: str) -> Cell:
    def cell(text: str | None) -> str | None:
        return None if text is None else _NUMBER.sub(lambda one: str(moves.of(target, int(one[0]))), text)

    return cell


def _words(moves: Moves, rule: Rule, name: str, say: Say) -> Cell:
    within, told = rule.within.get(name), name in rule.told
    if within is None and not told:
        return lambda value: value

    def cell(text: str | None) -> str | None:
        if text is None:
            return None
        if within is not None:
            doc = json.loads(text)
            moved = _within(moves, doc, within)
            text = canonical(moved) if moved != doc else text
        return say(text) if told else text

    return cell


def _within(moves: Moves, value: Any, keys: Mapping[str, str]) -> Any:
    """A document with the keys that it holds under some names moved."""
    if isinstance(value, list):
        return [_within(moves, part, keys) for part in value]
    if not isinstance(value, dict):
        return value
    out: dict[str, Any] = {}
    for name, part in value.items():
        if name in keys and isinstance(part, int) and not isinstance(part, bool):
            out[name] = moves.of(keys[name], part)
        elif name in keys and isinstance(part, list) and all(type(one) is int for one in part):
            out[name] = [moves.of(keys[name], one) for one in part]
        else:
            out[name] = _within(moves, part, keys)
    return out


def _octets(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value)
