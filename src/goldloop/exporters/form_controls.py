"""Label Studio's ratings, comparisons, rankings and text areas: the controls for a task's forms, and their results."""

from collections.abc import Callable, Iterator, Mapping
from html import escape
from typing import Any, NamedTuple

from goldloop.core.errors import Invalid
from goldloop.core.families import Row, Task
from goldloop.core.ontology import Label, Ontology
from goldloop.exporters.labelling_config import TEXT

SHOWN, LEFT, RIGHT, LISTED = "goldloop_text", "goldloop_left", "goldloop_right", "goldloop_list"
COMMENTS = "comments on scores"
REASONS = "reasons for a preference"
STRENGTH = "how strongly something is preferred"
NEITHER = "that responses are equally good, or all bad"
Answer = Mapping[str, Any]


class Form(NamedTuple):
    """How one form goes out: its configuration, what its data holds beside the body, its results and its losses."""

    config: str
    data: Callable[[Row], dict[str, Any]]
    results: Callable[[Answer, Row], list[dict[str, Any]]]
    lost: Callable[[Answer], Iterator[str]]


def form_for(task: Task, ontology: Ontology) -> Form | None:
    """The form of a task's answers; None where they are none of these. Raises Invalid where no control can ask it."""
    body, labels, answer = task.sample()
    keys = frozenset(type(task).example().canonical(answer, body, labels))
    asked = [label for label in ontology.labels if label.selectable]
    if keys == {"ratings"}:
        return _rating(task, asked)
    make = {
        frozenset({"preferences", "why"}): _pairwise,
        frozenset({"rankings", "why"}): _ranking,
        frozenset({"label", "text"}): _writing,
    }.get(keys)
    if make is None:
        return None
    if len(asked) != 1:
        raise Invalid(
            "Label Studio asks this of one thing at a time",
            field="task",
            expected=f"{task.name} with one label",
            found=f"{task.name} with {len(asked)} labels",
        )
    return make(asked[0])


def _rating(task: Task, asked: list[Label]) -> Form:
    scale = getattr(task, "scale", None)
    low, high = getattr(scale, "low", 0), getattr(scale, "high", 0)
    if low != 1:
        raise Invalid(
            "Label Studio rates with stars, from 1",
            field="task",
            expected="a scale from 1",
            found=f"{task.name} from {low}",
        )
    controls = "".join(_control("Rating", one, TEXT, f' maxRating="{high}"') for one in asked)

    def results(answer: Answer, row: Row) -> list[dict[str, Any]]:
        return [_result(one["label"], "rating", one["score"], TEXT) for one in answer["ratings"]]

    def lost(answer: Answer) -> Iterator[str]:
        yield from (COMMENTS for one in answer["ratings"] if one["comment"])

    return Form(_view(_text(TEXT), controls), _shown, results, lost)


def _pairwise(label: Label) -> Form:
    texts = _text(TEXT) + _text("a", LEFT) + _text("b", RIGHT)

    def data(row: Row) -> dict[str, Any]:
        first, second = (_text_of(one) for one in row.body["responses"])
        return {**_shown(row), LEFT: first, RIGHT: second}

    def results(answer: Answer, row: Row) -> list[dict[str, Any]]:
        side = {"a": "left", "b": "right"}.get(answer["preferences"][0]["prefer"])
        return [_result(label.id, "pairwise", side, "a,b", "selected")] if side else []

    def lost(answer: Answer) -> Iterator[str]:
        one = answer["preferences"][0]
        if one["prefer"] not in ("a", "b"):
            yield NEITHER
        if one["strength"] > 1:
            yield STRENGTH
        if answer["why"]:
            yield REASONS

    return Form(_view(texts, _control("Pairwise", label, "a,b")), data, results, lost)


def _ranking(label: Label) -> Form:
    listed = f'  <List name="list" value="${LISTED}"/>\n'

    def data(row: Row) -> dict[str, Any]:
        return {**_shown(row), LISTED: [{"id": id_, "body": _text_of(one)} for id_, one in _ids(row)]}

    def results(answer: Answer, row: Row) -> list[dict[str, Any]]:
        ranks = answer["rankings"][0]["ranks"]
        order = [id_ for _, id_ in sorted(zip(ranks, (id_ for id_, _ in _ids(row)), strict=True))]
        return [_result(label.id, "ranker", {"rank": order}, "list")] if len(set(ranks)) == len(ranks) else []

    def lost(answer: Answer) -> Iterator[str]:
        ranks = answer["rankings"][0]["ranks"]
        if len(set(ranks)) < len(ranks):
            yield NEITHER
        if answer["why"]:
            yield REASONS

    return Form(_view(_text(TEXT) + listed, _control("Ranker", label, "list")), data, results, lost)


def _writing(label: Label) -> Form:
    def results(answer: Answer, row: Row) -> list[dict[str, Any]]:
        return [_result(label.id, "textarea", [answer["text"]], TEXT, "text")]

    return Form(_view(_text(TEXT), _control("TextArea", label, TEXT)), _shown, results, lambda answer: iter(()))


def _ids(row: Row) -> list[tuple[str, Any]]:
    """The responses by their own ids where all have one, else by their places."""
    listed = row.body["responses"]
    own = [str(one["id"]) for one in listed if isinstance(one, Mapping) and one.get("id") is not None]
    ids = own if len(set(own)) == len(listed) else [str(n) for n in range(len(listed))]
    return list(zip(ids, listed, strict=True))


def _shown(row: Row) -> dict[str, Any]:
    """The text that Label Studio shows: it has to stand under one name in all tasks."""
    found = (row.body.get(name) for name in ("text", "prompt", "response"))
    return {SHOWN: next((one for one in found if isinstance(one, str) and one), "")}


def _text_of(response: Any) -> Any:
    return response.get("text") if isinstance(response, Mapping) else response


def _view(objects: str, controls: str) -> str:
    return f"<View>\n{objects}{controls}</View>\n"


def _text(name: str, key: str = SHOWN) -> str:
    return f'  <Text name="{name}" value="${key}"/>\n'


def _control(tag: str, label: Label, about: str, more: str = "") -> str:
    """A control is named by the label's id; its name goes along, which Label Studio ignores and goldloop reads back."""
    head = f'  <Header value="{escape(label.name)}"/>\n'
    return head + f'  <{tag} name="{escape(label.id)}" toName="{about}"{more} goldloop-name="{escape(label.name)}"/>\n'


def _result(control: str, kind: str, value: Any, about: str, key: str = "") -> dict[str, Any]:
    to = about.partition(",")[0]
    return {"id": control, "from_name": control, "to_name": to, "type": kind, "value": {key or kind: value}}
