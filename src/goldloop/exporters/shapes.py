"""The column type that a task's answers need."""

from typing import Any

from goldloop.core.families import Task

Shape = Any  # str, int, float or bool; [shape] for a list; {name: shape} for an object; None: anything, as JSON text
_SQL = {str: "VARCHAR", int: "BIGINT", float: "DOUBLE", bool: "BOOLEAN"}
_FEATURE = {str: "string", int: "int64", float: "float64", bool: "bool"}


def answer_shape(task: Task) -> Shape:
    """The shape of a task's named answers, read off its pattern."""
    return shape_of(task.pattern())


def shape_of(value: Any) -> Shape:
    """The shape of one value; None where a column could not have one type."""
    if type(value) in _SQL:
        return type(value)
    if isinstance(value, list):
        shapes = [shape_of(part) for part in value]
        return [shapes[0]] if shapes and shapes[0] is not None and all(s == shapes[0] for s in shapes) else None
    if isinstance(value, dict) and value:
        shapes_by_name = {name: shape_of(part) for name, part in value.items()}
        return None if None in shapes_by_name.values() else shapes_by_name
    return None


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
