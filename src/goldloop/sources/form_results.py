"""The results of Label Studio's ratings, comparisons, rankings and texts as one answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from goldloop.sources.labelling_config import Control
from goldloop.sources.rows import wrong

Results = Sequence[tuple[int, Mapping[str, Any]]]
"""Results with their numbers in the annotation."""
Body = Mapping[str, Any]


def rating(results: Results, control: Control, body: Body) -> Any:
    """One score a criterion, which is the control that asks for it."""
    return {"ratings": [{"label": one.get("from_name"), "score": _value(n, one)} for n, one in results]}


def pairwise(results: Results, control: Control, body: Body) -> Any:
    """Which of the two was chosen: by its side, or by the class that the configuration gives a side."""
    ((n, one),) = _only(results)
    chosen = _value(n, one, "selected")
    sides = {"left": "a", "right": "b", control.sides[0]: "a", control.sides[1]: "b"}
    if not isinstance(chosen, str) or chosen not in sides:
        raise wrong(f"result.{n}.value.selected", "left or right", chosen)
    return sides[chosen]


def ranker(results: Results, control: Control, body: Body) -> Any:
    """The place of each response, from the order of their ids."""
    ((n, one),) = _only(results)
    ordered = _value(n, one)
    if isinstance(ordered, Mapping):
        if len(ordered) != 1:
            raise wrong(f"result.{n}.value.ranker", "one order", ", ".join(ordered))
        (ordered,) = ordered.values()
    listed = body.get("responses", ())
    ids = [str(part["id"]) for part in listed if isinstance(part, Mapping) and part.get("id") is not None]
    if len(set(ids)) < len(listed):
        ids = [str(n) for n in range(len(listed))]
    if not isinstance(ordered, list) or sorted(map(str, ordered)) != sorted(ids):
        raise wrong(f"result.{n}.value.ranker", "the id of every part, once", ordered)
    places = {str(id_): place for place, id_ in enumerate(ordered, 1)}
    return [places[id_] for id_ in ids]


def textarea(results: Results, control: Control, body: Body) -> Any:
    """The one text that was written."""
    ((n, one),) = _only(results)
    text = _value(n, one, "text")
    texts = [text] if isinstance(text, str) else text
    if not isinstance(texts, list) or len(texts) != 1 or not isinstance(texts[0], str):
        raise wrong(f"result.{n}.value.text", "one text", text)
    return texts[0]


READERS: dict[str, Callable[[Results, Control, Body], Any]] = {
    "rating": rating,
    "pairwise": pairwise,
    "ranker": ranker,
    "textarea": textarea,
}


def _only(results: Results) -> Results:
    if len(results) != 1:
        raise wrong("result", "one result of this control", f"{len(results)} results")
    return results


def _value(number: int, result: Mapping[str, Any], key: str = "") -> Any:
    """What a result says: its value under its type, or under a key of its own."""
    value = result.get("value")
    if not isinstance(value, Mapping):
        raise wrong(f"result.{number}.value", "an object", value)
    return value.get(key or str(result.get("type")))
