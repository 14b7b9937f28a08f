"""The results of one Label Studio annotation or prediction as one answer."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from goldloop.core.families import Task
from goldloop.sources.form_results import READERS
from goldloop.sources.labelling_config import Control, word_of
from goldloop.sources.rows import wrong

FORMS = {"labels": "spans", "hypertextlabels": "spans", "choices": "labels", "taxonomy": "labels"}


def form_of(control: Control | None, task: Task | None) -> tuple[str, ...]:
    """The keys of the answer's form, `spans`, `labels` or `spans` and `relations`; none where nothing says it."""
    keys: tuple[str, ...] = ()
    if task is not None:
        body, ontology, answer = task.sample()
        canonical = type(task).example().canonical(answer, body, ontology)
        keys = tuple(canonical) if isinstance(canonical, dict) else ()
    if control is None:
        return keys
    own = FORMS.get(control.type, "")
    if not own:
        return ()
    return (own, *keys[1:]) if keys[:1] == (own,) else (own,)


def read_answer(
    results: Any,
    *,
    body: Mapping[str, Any],
    name: str | None,
    control: Control | None,
    form: tuple[str, ...],
    criteria: Collection[str] = (),
) -> Any:
    """The answer that the results of one control give. Raises Invalid naming `result.N.field`.

    `name` is the declared control: results of others are passed over. Where none is declared, all must be of one.
    `criteria` names the controls that are asked together with it.
    """
    if not isinstance(results, list) or not all(isinstance(result, dict) for result in results):
        raise wrong("result", "a list of results", results)
    if control is not None and control.type in READERS:
        asked = criteria or (control.name,)
        mine = [(n, one) for n, one in enumerate(results) if one.get("from_name") in asked]
        return READERS[control.type](mine, control, body)
    text = body.get("text")
    text = text if isinstance(text, str) else ""
    related, mine, names = [], [], set()
    for n, result in enumerate(results):
        if result.get("type") == "relation":
            related.append((n, result))
        elif name is None or result.get("from_name") == name:
            mine.append((n, result))
            names.add(str(result.get("from_name")))
    if related and name is None and "relations" not in form:
        raise wrong(f"result.{related[0][0]}.type", "a task with relations, or a declared `control`", "relation")
    if len(names) > 1:
        raise wrong("result", "results of one control; declare `control`", ", ".join(sorted(names)))
    if not mine and form:
        return {key: [] for key in form}
    if not mine:
        raise wrong("result", "a result", None)
    parts: list[Any] = []
    forms = set()
    places: dict[Any, list[int]] = {}
    for n, result in mine:
        kind, value = result.get("type"), result.get("value")
        if kind not in FORMS:
            raise wrong(f"result.{n}.type", " or ".join(FORMS), kind)
        if not isinstance(value, dict):
            raise wrong(f"result.{n}.value", "an object", value)
        forms.add(FORMS[kind])
        found = _spans(value, str(kind), text, n) if FORMS[kind] == "spans" else _words(value, str(kind), control, n)
        places[result.get("id")] = [len(parts) + at for at in range(len(found))]
        parts += found
    if len(forms) > 1:
        raise wrong("result", "results of one type", ", ".join(sorted(forms)))
    answer = {forms.pop(): parts}
    if "relations" in form:
        answer["relations"] = [one for n, result in related for one in _relations(result, places, n)]
    return answer


def _relations(result: dict[str, Any], places: dict[Any, list[int]], number: int) -> list[dict[str, Any]]:
    """One relation a label and a direction."""
    ends = []
    for name in ("from_id", "to_id"):
        found = places.get(result.get(name), [])
        if len(found) != 1:
            raise wrong(f"result.{number}.{name}", "the id of a result with one label", result.get(name))
        ends += found
    labels = result.get("labels")
    if not isinstance(labels, list) or not labels or not all(isinstance(label, str) for label in labels):
        raise wrong(f"result.{number}.labels", "a list of labels", labels)
    way = result.get("direction", "right")
    if way not in ("right", "left", "bi"):
        raise wrong(f"result.{number}.direction", "right, left or bi", way)
    ways = {"right": [ends], "left": [ends[::-1]], "bi": [ends, ends[::-1]]}[way]
    return [{"from": head, "to": tail, "label": label} for label in labels for head, tail in ways]


def _words(value: dict[str, Any], kind: str, control: Control | None, number: int) -> list[str]:
    chosen = value.get(kind)
    if type(chosen) is list and len(chosen) == 1 and type(chosen[0]) is str:  # nearly all there are
        return [word_of(control, chosen)]
    paths = [[one] if isinstance(one, str) else one for one in chosen] if isinstance(chosen, list) else None
    if not paths or not all(
        isinstance(path, list) and path and all(isinstance(w, str) for w in path) for path in paths
    ):
        raise wrong(f"result.{number}.value.{kind}", "a list of choices", chosen)
    return [word_of(control, path) for path in paths]


def _spans(value: dict[str, Any], kind: str, text: str, number: int) -> list[dict[str, Any]]:
    """One span a label. Hypertext gives its place in the plain text beside the one in the markup."""
    where = value
    if isinstance(value.get("globalOffsets"), dict) and type(value.get("start")) is not int:
        where = value["globalOffsets"]
    labels: Sequence[Any] | None = value.get(kind) or value.get("labels")
    if not isinstance(labels, list) or not labels:
        raise wrong(f"result.{number}.value.{kind}", "a list of labels", labels)
    span = {"start": where.get("start"), "end": where.get("end")}
    said = value.get("text")
    if isinstance(said, str) and not _is_escaped(said, span, text):
        span["text"] = said
    return [{**span, "label": label} for label in labels]


def _is_escaped(said: str, span: dict[str, Any], text: str) -> bool:
    """True where a span's text is right but for its line ends, which Label Studio writes as a backslash and an n."""
    if "\\n" not in said or type(span["start"]) is not int or type(span["end"]) is not int:
        return False
    return text[span["start"] : span["end"]] == said.replace("\\n", "\n")
