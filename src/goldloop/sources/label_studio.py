"""Label Studio's JSON: tasks with the annotations of people and the predictions of models."""

import json
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Task, source
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Ontology
from goldloop.sources.annotations import said_of
from goldloop.sources.columns import Columns
from goldloop.sources.compared_parts import comparing
from goldloop.sources.drafts import draft_of, task_of
from goldloop.sources.elements import Element, Parsed, read_objects
from goldloop.sources.labelling_config import (
    CONTROLS,
    MOST_BYTES,
    Config,
    Control,
    as_ontology,
    as_task,
    read_config,
)
from goldloop.sources.lines import Bytes, decode_problem, flat, opened, place, text_problem
from goldloop.sources.results import form_of, read_answer
from goldloop.sources.rows import Read, reader, shown

CONFIGS = ("label_config.xml", "config.xml")
LOOKED_AT = 1000  # tasks whose answers tell what was asked, where no configuration does
_BLANK = b" \t\r\n\xef\xbb\xbf"


@source("label_studio.v1")
class LabelStudio(Columns):
    """Label Studio's JSON export: one list of tasks, read without holding it, gzipped or not.

    The declared columns are keys of a task's `data`; a task without `data` is its own. Annotations become judgements
    of people, and gold as well where they are ground truth; a cancelled one is a skip. Predictions become judgements of
    models, and an annotation that began from one knows it. A review that accepts or fixes is a ruling of its author,
    one that rejects sends the item back. An annotation that cannot be read is rejected by itself, its task stays.

    The labelling configuration, in `label_config` or beside the file, names the text and the labels. Carried are the
    results of one control: choices, taxonomy, labels with their relations, ratings on one scale (each a criterion),
    pairwise, ranker, text area. What has no place here is counted by kind.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".json", ".json.gz")

    control: str | None = Field(default=None, description="name of the control whose results count; else the only one")
    config: str | None = Field(default=None, description="file of the labelling configuration, beside the export")
    label_config: str = Field(
        default="", max_length=MOST_BYTES, description="the labelling configuration itself, as XML"
    )

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects; a `line` is a task's number from 1. The token is `offset:number` of what is next.

        A reject of one annotation comes before its record and carries the token before it.
        """
        at, number = place(resume)
        reading = self._reading(path, task)
        before = resume
        with opened(path) as file:
            listed = _is_list(file, path)
            for element in read_objects(file, at=at, most=max_line, listed=listed):
                after = f"{element.end}:{number + 1}"
                value = _parsed(element, number, after, max_line)
                yield from [value] if isinstance(value, Reject) else _task(value, number, before, after, reading)
                before, number = after, number + 1

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the configuration offers; without one, those that the answers use."""
        config = self._config(path)
        control = self._control(config)
        if config is not None and control is not None:
            return as_ontology(control, config.relations, criteria=config.criteria(control))
        records = (record for record in self.read(path) if isinstance(record, Record))
        return draft_of(said.answer for record in records for said in record.said)

    def asks(self, path: Path) -> Spec | None:
        """The task of the control whose results count; without a configuration, that of the first answers."""
        config = self._config(path)
        control = self._control(config)
        if config is not None and control is not None:
            return as_task(control, config)
        records = (record for record in self.read(path) if isinstance(record, Record))
        return task_of(said.answer for record in islice(records, LOOKED_AT) for said in record.said)

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
        if self.label_config:
            return read_config(self.label_config.encode(), name="label_config")
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

    def _control(self, config: Config | None) -> Control | None:
        """The control whose results count. Raises Invalid where it is not there, or cannot be carried."""
        if config is None:
            return None
        found = config.control(self.control)
        if found is None and self.control is None and not config.controls:
            return None
        if found is None or not found.carried:
            kinds = ", ".join(sorted({f"{one.name} ({one.type})" for one in config.controls})) or "none"
            raise Invalid(
                "the configuration has no such control that can be carried",
                field="control",
                expected="one of " + ", ".join(CONTROLS),
                found=self.control or kinds[:200],
            )
        return found

    def _reading(self, path: Path, task: Task | None) -> "_Reading":
        config = self._config(path)
        control = self._control(config)
        key = config.keys.get(control.about) if config and control else None
        asked = config.criteria(control) if config and control else []
        parts = comparing(control, config) if config and control else None
        columns = self.model_copy(update={"text": self.text or (None if parts else key)})
        name = self.control or (control.name if self.label_config and control else None)
        return _Reading(
            data=reader(columns),
            parts=parts,
            name=name,
            control=control,
            criteria=frozenset(one.name for one in asked),
            form=form_of(control, task),
            tags={one.name: one.type for one in config.controls} if config else {},
        )


class _Reading(NamedTuple):
    """What reading a task needs all the way."""

    data: Read
    parts: Callable[[dict[str, Any]], dict[str, Any]] | None
    name: str | None
    control: Control | None
    criteria: frozenset[str]
    form: tuple[str, ...]
    tags: Mapping[str, str]

    def answer(self, said: Any, body: Mapping[str, Any]) -> Any:
        """The answer that some results give. Raises Invalid naming the result."""
        return read_answer(
            said, body=body, name=self.name, control=self.control, form=self.form, criteria=self.criteria
        )

    def left(self, results: Any) -> Iterator[str]:
        """What of some results has no place here, once a result."""
        for one in results if isinstance(results, list) else ():
            if not isinstance(one, dict):
                continue
            name = one.get("from_name")
            if one.get("type") == "relation":
                if self.name is not None and "relations" not in self.form:
                    yield "relations between regions"
            elif self.name is not None and name not in self.criteria and name != self.name:
                yield f"results of the control {name} ({self.tags.get(str(name), one.get('type'))})"
            if one.get("meta"):
                yield "notes on regions"


def _is_list(file: Bytes, path: Path) -> bool:
    """True for a list of tasks, False for tasks that follow each other. Raises Invalid for anything else."""
    first = file.read(4096).lstrip(_BLANK)[:1]
    if first not in (b"[", b"{"):
        raise Invalid("this is not a JSON list of tasks", field=path.name, expected="[", found=repr(first))
    return first == b"["


def _parsed(element: Parsed | Element, number: int, after: str, max_line: int) -> dict[str, Any] | Reject:
    """A task's object, or why it is none."""
    if isinstance(element, Parsed):
        task, escapes = element.value, element.escapes
    elif element.problem:
        return Reject(number, "task", f"a whole object of at most {max_line} bytes", element.problem, after)
    else:
        try:
            task, escapes = json.loads(element.data.decode()), b"\\u" in element.data
        except UnicodeDecodeError as error:
            return Reject(number, "task", *decode_problem(error), after)
        except (ValueError, RecursionError) as error:
            return Reject(number, "task", "a JSON object", str(error)[:80], after)
    if not isinstance(task, dict):
        return Reject(number, "task", "a JSON object", shown(task), after)
    if escapes and (problem := text_problem(flat(task))):
        return Reject(number, "task", *problem, after)
    return task


def _task(task: dict[str, Any], number: int, before: str, after: str, reading: _Reading) -> Iterator[Record | Reject]:
    """One task as its record, behind a reject for everything said of it that cannot be read."""
    data = task.get("data", task)
    if not isinstance(data, dict) or not data:
        yield Reject(number, "data", "an object", shown(data), after)
        return
    row = {key: value for key, value in data.items() if data is not task or key not in ("annotations", "predictions")}
    own = _extension(task.get("meta"))
    try:
        row = row if own or reading.parts is None else reading.parts(row)
    except Invalid as error:
        yield Reject(number, error.field or "data", error.expected or error.message, error.found or "", after)
        return
    record = _own_record(own, data, number, after) if own else reading.data(row, number, after)
    if isinstance(record, Reject):
        yield record
        return
    spoken, rejects, lost = said_of(task, record.body, reading)
    for field, bad in rejects:
        where = f"{field}.{bad.field}".removesuffix(".None")
        yield Reject(number, where, bad.expected or bad.message, bad.found or "", before)
    external = record.external_id or (str(task["id"]) if task.get("id") is not None else None)
    yield record._replace(said=(*record.said, *spoken), external_id=external, lost=lost, apart=True)


def _extension(value: Any) -> dict[str, Any]:
    """What goldloop's own exporter added to something, else nothing."""
    own = value.get("goldloop") if isinstance(value, dict) else None
    return own if isinstance(own, dict) else {}


def _own_record(own: dict[str, Any], data: dict[str, Any], number: int, after: str) -> Record:
    slices = own.get("slices")
    words = {str(key): str(value) for key, value in slices.items()} if isinstance(slices, dict) else {}
    external, licence = own.get("external_id"), own.get("licence")
    added = own.get("added")
    if isinstance(added, list) and added:  # what Label Studio had to find beside the body
        data = {key: value for key, value in data.items() if key not in added}
    return Record(
        str(external) if external else None, data, number, (), words, after, licence=str(licence) if licence else None
    )
