"""Label Studio's JSON: tasks with the annotations of people and the predictions of models."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar, get_args

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Task, source
from goldloop.core.nouns import ActorKind
from goldloop.core.ontology import Ontology
from goldloop.sources.columns import Columns
from goldloop.sources.drafts import draft
from goldloop.sources.elements import Element, read_elements
from goldloop.sources.labelling_config import Config, as_ontology, read_config
from goldloop.sources.lines import Bytes, decode_problem, flat, opened, place, text_problem
from goldloop.sources.results import form_of, read_answer
from goldloop.sources.rows import Read, confidence_of, moment, reader, shown, wrong

CONFIGS = ("label_config.xml", "config.xml")
_BLANK = b" \t\r\n\xef\xbb\xbf"


@source("label_studio.v1")
class LabelStudio(Columns):
    """Label Studio's JSON export: one list of tasks, read without holding it, gzipped or not.

    The declared columns are keys of a task's `data`; a task without `data` is its own. Annotations become judgements
    of people (gold where they are ground truth), predictions judgements of models; cancelled annotations say nothing.
    Answers come from results of type choices, taxonomy and labels, and of type relation where the task has relations.
    One annotation that cannot be read is rejected by itself, its task stays. The labelling configuration, where it lies
    beside the file, names the text and the labels.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".json", ".json.gz")

    control: str | None = Field(default=None, description="name of the control whose results count; else the only one")
    config: str | None = Field(default=None, description="file of the labelling configuration, beside the export")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects; a `line` is a task's number from 1. The token is `offset:number` of what is next.

        A reject of one annotation comes before its record and carries the token before it.
        """
        at, number = place(resume)
        config = self._config(path)
        control = config.control(self.control) if config else None
        key = config.keys.get(control.about) if config and control else None
        read_data = reader(self.model_copy(update={"text": self.text or key}))
        form = form_of(control, task)

        def answer(said: Mapping[str, Any], text: str) -> Any:
            return read_answer(said.get("result"), text=text, name=self.control, control=control, form=form)

        before = resume
        with opened(path) as file:
            listed = _is_list(file, path)
            for element in read_elements(file, at=at, most=max_line, listed=listed):
                after = f"{element.end}:{number + 1}"
                value = _parsed(element, number, after, max_line)
                yield from (
                    [value] if isinstance(value, Reject) else _task(value, number, before, after, read_data, answer)
                )
                before, number = after, number + 1

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the configuration offers; without one, those that the answers use."""
        config = self._config(path)
        control = config.control(self.control) if config else None
        if control is not None:
            return as_ontology(control, config.relations if config else ())
        records = (record for record in self.read(path) if isinstance(record, Record))
        return draft(word for record in records for said in record.said for word in _words(said.answer))

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three tasks, one annotated and one predicted."""
        choice = {"from_name": "intent", "to_name": "text", "type": "choices", "value": {"choices": ["card"]}}
        tasks = [
            {"id": 1, "data": {"text": "Where is it?"}, "annotations": [{"completed_by": 7, "result": [choice]}]},
            {
                "id": 2,
                "data": {"text": "And now?"},
                "predictions": [{"model_version": "m1", "score": 0.8, "result": [choice]}],
            },
            {"id": 3, "data": {"text": "Thanks"}},
        ]
        return "tasks.json", json.dumps(tasks, indent=2).encode()

    def _config(self, path: Path) -> Config | None:
        names = (self.config,) if self.config else CONFIGS
        for name in names:
            beside = path.parent / name
            if beside.parent == path.parent and beside.is_file():
                return read_config(beside.read_bytes(), name=name)
        if self.config:
            raise Invalid(
                "there is no such configuration",
                field="config",
                expected=f"a file beside {path.name}",
                found=self.config,
            )
        return None


def _words(answer: Mapping[str, Any]) -> list[str]:
    return answer.get("labels") or [one["label"] for key in ("spans", "relations") for one in answer.get(key, ())]


def _is_list(file: Bytes, path: Path) -> bool:
    """True for a list of tasks, False for tasks that follow each other. Raises Invalid for anything else."""
    first = file.read(4096).lstrip(_BLANK)[:1]
    if first not in (b"[", b"{"):
        raise Invalid("this is not a JSON list of tasks", field=path.name, expected="[", found=repr(first))
    return first == b"["


def _parsed(element: Element, number: int, after: str, max_line: int) -> dict[str, Any] | Reject:
    """A task's object, or why it is none."""
    if element.problem:
        return Reject(number, "task", f"a whole object of at most {max_line} bytes", element.problem, after)
    try:
        task = json.loads(element.data.decode())
    except UnicodeDecodeError as error:
        return Reject(number, "task", *decode_problem(error), after)
    except (ValueError, RecursionError) as error:
        return Reject(number, "task", "a JSON object", str(error)[:80], after)
    if not isinstance(task, dict):
        return Reject(number, "task", "a JSON object", shown(task), after)
    if b"\\u" in element.data and (problem := text_problem(flat(task))):
        return Reject(number, "task", *problem, after)
    return task


def _task(
    task: dict[str, Any],
    number: int,
    before: str,
    after: str,
    read_data: Read,
    answer: Callable[[Mapping[str, Any], str], Any],
) -> Iterator[Record | Reject]:
    """One task as its record, behind a reject for everything said of it that cannot be read."""
    data = task.get("data", task)
    if not isinstance(data, dict) or not data:
        yield Reject(number, "data", "an object", shown(data), after)
        return
    row = {key: value for key, value in data.items() if data is not task or key not in ("annotations", "predictions")}
    own = _extension(task.get("meta"))
    record = _own_record(own, data, number, after) if own else read_data(row, number, after)
    if isinstance(record, Reject):
        yield record
        return
    text = record.body.get("text")
    said: list[Said] = list(record.said)
    for field, read in (("annotations", _annotation), ("predictions", _prediction)):
        for n, one in enumerate(task.get(field) or ()):
            try:
                if not (isinstance(one, dict) and one.get("was_cancelled") is True):
                    said.append(read(one, answer, text if isinstance(text, str) else ""))
            except Invalid as error:
                where = f"{field}.{n}.{error.field}".removesuffix(".None")
                yield Reject(number, where, error.expected or error.message, error.found or "", before)
    external = record.external_id or (str(task["id"]) if task.get("id") is not None else None)
    yield record._replace(said=tuple(said), external_id=external)


def _extension(value: Any) -> dict[str, Any]:
    """What goldloop's own exporter added to something, else nothing."""
    own = value.get("goldloop") if isinstance(value, dict) else None
    return own if isinstance(own, dict) else {}


def _own_record(own: dict[str, Any], data: dict[str, Any], number: int, after: str) -> Record:
    slices = own.get("slices")
    words = {str(key): str(value) for key, value in slices.items()} if isinstance(slices, dict) else {}
    external, licence = own.get("external_id"), own.get("licence")
    return Record(
        str(external) if external else None, data, number, (), words, after, licence=str(licence) if licence else None
    )


def _annotation(one: Any, answer: Callable[[Mapping[str, Any], str], Any], text: str) -> Said:
    if not isinstance(one, dict):
        raise wrong("result", "an annotation", one)
    own = _extension(one)
    seconds = one.get("lead_time")
    active = round(seconds * 1000) if isinstance(seconds, int | float) and 0 <= seconds < 1e9 else None
    at = moment(own.get("said_at") or one.get("updated_at") or one.get("created_at"), "updated_at")
    gold = one.get("ground_truth") is True
    kind = _kind(own.get("kind", "person"))
    return Said(
        _author(own.get("actor") or one.get("completed_by")),
        answer(one, text),
        kind,
        at=at,
        active_ms=active,
        gold=gold,
    )


def _prediction(one: Any, answer: Callable[[Mapping[str, Any], str], Any], text: str) -> Said:
    if not isinstance(one, dict):
        raise wrong("result", "a prediction", one)
    own = _extension(one)
    version = str(one.get("model_version") or "")
    actor = str(own.get("actor") or version or "imported")
    score = confidence_of(one.get("score"), "score")
    at = moment(own.get("said_at") or one.get("created_at"), "created_at")
    return Said(actor, answer(one, text), _kind(own.get("kind", "model")), version, score, at)


def _kind(value: Any) -> Any:
    if value not in get_args(ActorKind):
        raise wrong("goldloop.kind", "person, model or rule", value)
    return value


def _author(value: Any) -> str:
    """Who annotated: Label Studio writes a number, an address, or an object with both."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    return "annotator" if value is None else str(value)
