"""Argilla's records: one line a record with its responses and suggestions, as JSONL or Parquet."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from pydantic import Field

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Said, Source, Task, source
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.sources.drafts import draft_of, fitted, free_id, task_of
from goldloop.sources.objects import Object, body_of, id_in, object_in, read_objects
from goldloop.sources.parquet import read_table
from goldloop.sources.results import form_of
from goldloop.sources.rows import confidence_of, moment, wrong

LOOKED_AT = 1000
_OURS = frozenset({"id", "_server_id", "status", "fields", "metadata", "responses", "suggestions", "vectors"})
_PARTS = (".responses", ".suggestion")


class Response(NamedTuple):
    """What one person answered to one question."""

    question: str
    user: str
    status: str
    value: Any
    at: Any = None


class Proposed(NamedTuple):
    """What a model proposed for one question."""

    question: str
    value: Any
    agent: Any
    score: Any


@source("argilla.v1")
class Argilla(Source):
    """Argilla's records (version 2), as JSON Lines or Parquet: by the SDK, the API, or flattened for `datasets`.

    The answers to one question are carried: labels, several labels, spans, a rating, or a text. A response that was
    submitted is its author's answer, one that was discarded a skip; drafts and the other questions are counted.
    Suggestions become those of a model, named by their agent.
    """

    suffixes: ClassVar[tuple[str, ...]] = (".argilla.jsonl", ".argilla.jsonl.gz", ".argilla.parquet")

    question: str | None = Field(default=None, description="name of the question that is carried; else the first")
    text: str | None = Field(default=None, description="field that is the item's text; else `text`, or the first")
    written: bool = Field(default=False, description="whether answers in words are texts, and no labels")

    def read(
        self, path: Path, *, task: Task | None = None, resume: str = "", max_line: int = 8 << 20
    ) -> Iterator[Record | Reject]:
        """Stream records and rejects. The token is that of the file's form: `offset:line`, or rows read."""
        form = form_of(None, task)
        for one in _rows(path, resume, max_line):
            if isinstance(one, Reject):
                yield one
                continue
            try:
                record = self._record(one)
            except Invalid as error:
                expected = error.expected or error.message
                yield Reject(one.line, error.field or "row", expected, error.found or "", one.resume)
                continue
            said = tuple(said._replace(answer=fitted(said.answer, form)) for said in record.said)
            yield record._replace(said=said)

    def ontology(self, path: Path) -> Ontology | None:
        """The labels that the answers use; where a scale or a text is asked for, the question itself."""
        asked = self.asks(path)
        if asked is None:
            return None
        if asked.name in ("rating.v1", "write.v1"):
            name = self._asked(path) or "answer"
            return Ontology(labels=(Label(id=free_id(name, ()), name=name[:200]),))
        records = (one for one in self.read(path) if isinstance(one, Record))
        return draft_of(said.answer for one in records for said in one.said)

    def asks(self, path: Path) -> Spec | None:
        """The task that the first answers are of."""
        first = list(islice((one for one in self.read(path) if isinstance(one, Record)), LOOKED_AT))
        answers = [said.answer for one in first for said in one.said if said.answer is not None]
        scores = [answer for answer in answers if type(answer) is int]
        if scores:
            scale = {"low": min(0, *scores) if min(scores) < 1 else 1, "high": max(5, *scores)}
            return Spec(name="rating.v1", params={"scale": scale, "comments": False})
        if any(isinstance(answer, str) for answer in answers):
            return Spec(name="write.v1")
        return task_of(answers)

    @classmethod
    def sample(cls) -> tuple[str, bytes]:
        """Three records: answered, suggested, discarded."""
        rows = [
            {
                "id": "1",
                "fields": {"text": "Where is it?"},
                "responses": {"intent": [{"value": "card", "user_id": "u1"}]},
            },
            {
                "id": "2",
                "fields": {"text": "How much?"},
                "suggestions": {"intent": {"value": "rate", "score": 0.7, "agent": "m1"}},
            },
            {
                "id": "3",
                "fields": {"text": "Hm"},
                "responses": [{"status": "discarded", "user_id": "u1", "values": {"intent": {"value": "card"}}}],
            },
        ]
        return "intents.argilla.jsonl", "".join(json.dumps(row) + "\n" for row in rows).encode()

    def _asked(self, path: Path) -> str | None:
        """The question that is carried."""
        if self.question is not None:
            return self.question
        for one in islice(_rows(path, "", 8 << 20), LOOKED_AT):
            names = _questions(one.row) if isinstance(one, Object) else []
            if names:
                return names[0]
        return None

    def _record(self, one: Object) -> Record:
        row = one.row
        fields = object_in(row, "fields") or _flat_fields(row)
        name = self.text or ("text" if "text" in fields else next(iter(fields), "text"))
        text = fields.get(name)
        if not isinstance(text, str) or not text:
            raise wrong(f"fields.{name}", "text", text)
        rest = {**fields, **object_in(row, "metadata")}
        body = body_of(text, {key: value for key, value in rest.items() if key != name})
        names = _questions(row)
        question = self.question or (names[0] if names else None)
        said: list[Said] = []
        lost: list[str] = []
        for n, proposed in enumerate(_proposed(row)):
            if proposed.question != question:
                lost.append(f"suggestions to the question {proposed.question}")
                continue
            agent = str(proposed.agent or "imported")
            score = proposed.score if isinstance(proposed.score, int | float) else None
            answer = self._answer(proposed.value, f"suggestions.{n}")
            said.append(Said(agent, answer, "model", "", confidence_of(score, f"suggestions.{n}.score")))
        for n, response in enumerate(_responses(row)):
            where = f"responses.{n}"
            if response.status == "discarded":
                if not any(one.stance == "skip" and one.actor == response.user for one in said):
                    at = moment(response.at, where)
                    said.append(Said(response.user, None, "person", at=at, stance="skip"))
            elif response.status == "draft":
                lost.append("drafts")
            elif response.question != question:
                lost.append(f"answers to the question {response.question}")
            else:
                answer = self._answer(response.value, where)
                said.append(Said(response.user, answer, "person", at=moment(response.at, where)))
        if row.get("vectors"):
            lost.append("vectors")
        external = id_in(row, "id", "_server_id")
        return Record(external, body, one.line, tuple(said), {}, one.resume, lost=tuple(lost), apart=True)

    def _answer(self, value: Any, where: str) -> Any:
        """A value of a question as an answer in the form of its task."""
        if type(value) is int or (isinstance(value, str) and self.written):
            return value
        if isinstance(value, str) and value:
            return {"labels": [value]}
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return {"labels": value}
        if isinstance(value, list) and all(isinstance(one, dict) and "start" in one for one in value):
            return {"spans": [{key: one.get(key) for key in ("start", "end", "label")} for one in value]}
        raise wrong(f"{where}.value", "labels, spans, a rating or a text", value)


def _rows(path: Path, resume: str, max_line: int) -> Iterator[Object | Reject]:
    """The records of a file: Parquet where it begins like one, else JSON Lines."""
    table = False
    if path.is_file():
        with path.open("rb") as file:
            table = file.read(4) == b"PAR1"
    if not table:
        yield from read_objects(path, resume=resume, max_line=max_line)
        return
    yield from read_table(path, resume=resume, max_line=max_line)


def _flat_fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a flattened record: what is neither ours nor part of a question."""
    asked = set(_questions(row))
    return {
        key: value
        for key, value in row.items()
        if key not in _OURS and key not in asked and not any(part in key for part in _PARTS)
    }


def _questions(row: Mapping[str, Any]) -> list[str]:
    """The questions that a record answers, in order."""
    names: dict[str, None] = {}
    names |= dict.fromkeys(one.question for one in _responses(row))
    names |= dict.fromkeys(one.question for one in _proposed(row))
    return [name for name in names if name]


def _responses(row: Mapping[str, Any]) -> Iterator[Response]:
    """Responses in any of the three forms."""
    found = row.get("responses")
    if isinstance(found, list):  # the API's: one entry a person, with the values of all questions
        for one in found:
            if not isinstance(one, dict):
                raise wrong("responses", "a list of responses", one)
            status, user = str(one.get("status") or "submitted"), id_in(one, "user_id") or "annotator"
            at = one.get("updated_at") or one.get("inserted_at")
            values = one.get("values")
            if status == "discarded" or not isinstance(values, dict) or not values:
                yield Response("", user, status if status != "submitted" else "draft", None, at)
                continue
            for name, value in values.items():
                yield Response(name, user, status, value.get("value") if isinstance(value, dict) else value, at)
    elif isinstance(found, dict):  # the SDK's: one entry a question
        for name, listed in found.items():
            for one in listed if isinstance(listed, list) else ():
                if not isinstance(one, dict):
                    raise wrong(f"responses.{name}", "a list of responses", one)
                status = str(one.get("status") or "submitted")
                yield Response(name, id_in(one, "user_id") or "annotator", status, one.get("value"))
    for key, listed in row.items():
        if key.endswith(".responses") and isinstance(listed, list):
            name = key.removesuffix(".responses")
            users, statuses = row.get(f"{key}.users") or [], row.get(f"{key}.status") or []
            for n, value in enumerate(listed):
                user = str(users[n]) if n < len(users) else "annotator"
                yield Response(name, user, str(statuses[n]) if n < len(statuses) else "submitted", value)


def _proposed(row: Mapping[str, Any]) -> Iterator[Proposed]:
    """Suggestions in any of the three forms."""
    found = row.get("suggestions")
    if isinstance(found, list):
        for one in found:
            if isinstance(one, dict) and one.get("value") is not None:
                name = str(one.get("question_name") or "")
                yield Proposed(name, one["value"], one.get("agent"), one.get("score"))
    elif isinstance(found, dict):
        for name, one in found.items():
            if isinstance(one, dict) and one.get("value") is not None:
                yield Proposed(name, one["value"], one.get("agent"), one.get("score"))
    for key, value in row.items():
        if key.endswith(".suggestion") and value is not None:
            yield Proposed(key.removesuffix(".suggestion"), value, row.get(f"{key}.agent"), row.get(f"{key}.score"))
