"""The parts that forms read come in under their own names, with or without a text."""

import json
from pathlib import Path
from typing import Any

from goldloop.core.families import Record, Reject
from goldloop.sources.jsonl import Jsonl


def read(tmp_path: Path, *rows: dict[str, Any]) -> list[Record | Reject]:
    path = tmp_path / "items.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return list(Jsonl().read(path))


def test_a_row_with_responses_needs_no_text_and_the_rest_is_kept_aside(tmp_path: Path) -> None:
    responses = [{"text": "a", "model": "m"}, {"text": "b"}]
    (one,) = read(tmp_path, {"id": "q", "prompt": "Why?", "responses": responses, "winner": "m"})
    assert isinstance(one, Record)
    assert one.body == {"prompt": "Why?", "responses": responses, "meta": {"winner": "m"}}


def test_a_prompt_stands_beside_the_text_and_a_conversation_alone(tmp_path: Path) -> None:
    turns = [{"role": "user", "text": "hi"}]
    rated, talk = read(tmp_path, {"text": "Because.", "prompt": "Why?"}, {"turns": turns})
    assert isinstance(rated, Record)
    assert isinstance(talk, Record)
    assert rated.body == {"text": "Because.", "prompt": "Why?"}
    assert talk.body == {"turns": turns}


def test_a_row_with_neither_text_nor_part_is_still_a_reject(tmp_path: Path) -> None:
    (one,) = read(tmp_path, {"id": "q", "note": "nothing"})
    assert isinstance(one, Reject)
    assert one.field == "text"
