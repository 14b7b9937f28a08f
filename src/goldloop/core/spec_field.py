"""How a kind is written in a programme file."""

from typing import Annotated, Any

from pydantic import BeforeValidator

from goldloop.core.nouns import Spec


def _spec(value: Any) -> Any:
    """`choice.v1` or `{choice.v1: {multiple: true}}` as a Spec."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict) and len(value) == 1 and "name" not in value:
        ((name, params),) = value.items()
        return {"name": name, "params": params or {}}
    return value


SpecField = Annotated[Spec, BeforeValidator(_spec)]
