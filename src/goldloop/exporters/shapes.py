"""The column type that a task's answers need."""

from functools import reduce
from typing import Any

from goldloop.core.families import Task

Shape = Any  # str, int, float or bool; [shape] for a list; {name: shape} for an object; None: anything, as JSON text
_NULL = object()
_SQL = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
_FEATURE = {str: "string", int: "int64", float: "float64", bool: "bool"}


def answer_shape(task: Task) -> Shape:
    """The shape of a task's named answers, read off its pattern."""
    return shape_of(task.pattern())


def shape_of(value: Any) -> Shape:
    """The shape of one value; None where a column could not have one type. What is null takes its shape from others."""
    shape = _shape(value)
    return None if _is_open(shape) else shape


def _shape(value: Any) -> Shape:
    if value is None:
        return _NULL
    if type(value) in _SQL:
        return type(value)
    if isinstance(value, list):
        shape = reduce(_common, map(_shape, value), _NULL)
        return None if shape is None or shape is _NULL else [shape]
    if isinstance(value, dict) and value:
        shapes = {name: _shape(part) for name, part in value.items()}
        return None if None in shapes.values() else shapes
    return None


def _common(a: Shape, b: Shape) -> Shape:
    """The shape that holds both; None where there is none."""
    if a is _NULL or b is _NULL:
        return b if a is _NULL else a
    if isinstance(a, dict) and isinstance(b, dict) and a.keys() == b.keys():
        shapes = {name: _common(part, b[name]) for name, part in a.items()}
        return None if None in shapes.values() else shapes
    if isinstance(a, list) and isinstance(b, list):
        shape = _common(a[0], b[0])
        return None if shape is None else [shape]
    return a if a == b else None


def _is_open(shape: Shape) -> bool:
    """True where a part was never anything but null."""
    parts = shape.values() if isinstance(shape, dict) else shape if isinstance(shape, list) else ()
    return shape is _NULL or any(_is_open(part) for part in parts)


def sql_type(shape: Shape) -> str:
    """The shape as DuckDB declares it."""
    if shape is None:
        return "VARCHAR"
    if isinstance(shape, list):
        return f"{sql_type(shape[0])}[]"
    if isinstance(shape, dict):
        fields = ", ".join(f'"{name}" {sql_type(part)}' for name, part in shape.items())
        return f"STRUCT({fields})"
    return _SQL[shape]


def feature(shape: Shape) -> dict[str, Any]:
    """The shape as the `dataset_info` of a dataset card declares it."""
    if isinstance(shape, list):
        inner = feature(shape[0])
        return {"list": inner.get("dtype") or inner.get("struct") or [inner]}
    if isinstance(shape, dict):
        return {"struct": [{"name": name, **feature(part)} for name, part in shape.items()]}
    return {"dtype": _FEATURE.get(shape, "string")}
