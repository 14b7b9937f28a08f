"""A programme file of which some entries are said anew: the rest stays as people wrote it."""

import json
from pathlib import Path

import pytest
import yaml

from goldloop.core.programme_file import read_policy, rewritten

FILE = """# who asked for it
programme: desk   # the name
title: Desk
organisation: Acme
raci: {accountable: mona}
task: choice.v1
ontology:
  labels:
    - a
    - {id: b, name: B, definition: "the \\"second\\""}

# how it is routed
routing:
  rules:
    - {rule: all, to: annotate, tier: 1}
"""
LABELS = {"labels": [{"id": "a", "name": "A: one"}, {"id": "ü", "name": "- # {x}"}]}
CLAUSES = [{"id": "g1", "title": "One", "text": "line\nline\t'\""}]


def test_only_what_was_said_anew_changes() -> None:
    new = rewritten(FILE, {"ontology": LABELS, "guidelines": CLAUSES})
    before, after = yaml.safe_load(FILE), yaml.safe_load(new)
    assert after == {**before, "ontology": LABELS, "guidelines": CLAUSES}
    for line in FILE.splitlines():
        if "- a" not in line and "id: b" not in line:
            assert line in new.splitlines()
    assert read_policy(new).labels.name_of("ü") == "- # {x}"


def test_it_can_be_said_anew_again_and_again() -> None:
    once = rewritten(FILE, {"ontology": LABELS, "guidelines": CLAUSES})
    assert rewritten(once, {"ontology": LABELS, "guidelines": CLAUSES}) == once
    without = rewritten(once, {"guidelines": []})
    assert yaml.safe_load(without)["guidelines"] == []


@pytest.mark.parametrize(
    "inline",
    [
        FILE.replace("ontology:\n  labels:\n    - a\n", "ontology: {labels: [a,\n").replace(
            '    - {id: b, name: B, definition: "the \\"second\\""}\n', "  b]}\n"
        ),
        json.dumps(yaml.safe_load(FILE)),
    ],
)
def test_inline_entries_and_json_are_files_too(inline: str) -> None:
    new = rewritten(inline, {"ontology": LABELS, "guidelines": CLAUSES})
    assert yaml.safe_load(new) == {**yaml.safe_load(inline), "ontology": LABELS, "guidelines": CLAUSES}


def test_the_demos_own_files_keep_their_comments_and_meaning() -> None:
    for file in Path("src/goldloop/demo").glob("*.yaml"):
        text = file.read_text()
        new = rewritten(text, {"ontology": LABELS})
        assert yaml.safe_load(new) == {**yaml.safe_load(text), "ontology": LABELS}
