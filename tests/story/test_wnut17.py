"""WNUT-17: real posts come in whole, shipped systems score as published, and nothing is lost on the way back.

Every system is scored in tests/unit/sources/test_source_real_data.py; here some go the whole way.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.realdata import folder
from tests.story.house import done, house

from goldloop import kinds
from goldloop.client import Client
from goldloop.client.items import ItemRow
from goldloop.core import families
from goldloop.core.canonical import canonical, digest
from goldloop.core.families import Row
from goldloop.core.nouns import Spec
from goldloop.core.ontology import Label, Ontology
from goldloop.stats.spans import score

POSTS, TEXTS, ENTITIES = 1_287, 1_280, 1_079
OWN_TEXT = "mic-cis"  # it writes "get" for "gt", so its posts are other items than the gold's
F1 = {"arcada": 39.979, "flytxt": 38.355}
TYPES = ("corporation", "creative-work", "group", "location", "person", "product")
PROGRAMME = """
programme: {name}
title: Emerging entities
organisation: Harbour Bank
raci: {{accountable: mona}}
task: spans.v1
routing: {{rules: [{{rule: all, to: annotate, tier: 2}}]}}
ontology:
  labels: [{labels}]
"""


class Post(NamedTuple):
    """One post as the API gives it: its body, and its spans by who marked them."""

    body: dict
    said: dict[str, list[dict]]


def _posts(client: Client, programme: str) -> dict[str, Post]:
    said: dict[str, dict[str, list[dict]]] = defaultdict(dict)
    for row in client.reports.judgements(programme, limit="500"):
        said[row.external_id][row.by] = row.answer["spans"]
    rows = client.items.all(programme)
    return {row.external_id: Post(_body(client, row), said[row.external_id]) for row in rows}


def _body(client: Client, row: ItemRow) -> dict:
    """Its text and its words, where that comes to the same as the post; a list shows a long text's beginning only."""
    body = {"text": row.text, "tokens": [list(word.span()) for word in re.finditer(r"\S+", row.text)]}
    return body if digest(canonical(body)).hex() == row.digest else client.items.get(row.id).item.body


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    data = folder("wnut17-ner")
    with house(tmp_path_factory.mktemp("wnut")) as one:
        for name in ("wnut", "back"):
            one.programmes.apply(PROGRAMME.format(name=name, labels=", ".join(TYPES)))
        gold = Spec(name="conll2003.v1", params={"said": "gold", "actor": "gold"})
        tally = done(one, one.imports.add("wnut", data / "gold.test.conll", gold))
        assert (tally["items"], tally["rejects"], tally["same_content"]) == (POSTS, 0, POSTS - TEXTS)
        for system in F1:
            spec = Spec(name="conll2003.v1", params={"said": "model", "actor": system})
            again = done(one, one.imports.add("wnut", data / "submissions" / f"{system}.conll", spec))
            assert (again["items"], again["duplicates"], again["rejects"]) == (0, POSTS, 0), system
        yield one


@pytest.fixture(scope="module")
def posts(client: Client) -> dict[str, Post]:
    return _posts(client, "wnut")


def test_1287_posts_stay_1287(posts: dict[str, Post]):
    assert len(posts) == POSTS
    assert len({post.body["text"] for post in posts.values()}) == TEXTS
    assert sum(len(post.said["gold"]) for post in posts.values()) == ENTITIES


@pytest.mark.parametrize("system", F1)
def test_a_shipped_system_scores_as_published(posts: dict[str, Post], system: str):
    found = score(_columns(posts, "gold"), _columns(posts, system), documents=len(posts))
    assert 100 * found.f1.value == pytest.approx(F1[system], abs=5e-4)


def test_a_file_that_has_other_words_under_the_same_ids_is_rejected_row_by_row(client: Client):
    file = folder("wnut17-ner") / "submissions" / f"{OWN_TEXT}.conll"
    spec = Spec(name="conll2003.v1", params={"said": "model", "actor": OWN_TEXT})
    tally = done(client, client.imports.add("wnut", file, spec))
    assert tally["items"] == 0
    assert tally["rejects"] == POSTS - tally["duplicates"] > 0
    newest = max(client.imports.all("wnut"), key=lambda one: one.at)
    rejects = list(client.imports.rejects(newest.id))
    assert len(rejects) == tally["rejects"]
    assert {one.found for one in rejects} == {"different content"}


def test_out_through_label_studio_and_back_nothing_is_lost(client: Client, posts: dict[str, Post], tmp_path: Path):
    kinds.load()
    task = families.task.build(Spec(name="spans.v1"))
    ontology = Ontology(labels=tuple(Label(id=name, name=name) for name in TYPES))
    rows = [
        Row(f"itm_{name}", name, post.body, {"spans": post.said["gold"]}, {}, "", "gold", _listed(post))
        for name, post in posts.items()
    ]
    exporter = families.exporter.build(Spec(name="label_studio.v1"))
    there = exporter.write(rows, tmp_path, task=task, ontology=ontology)
    assert (there.rows, there.losses) == (POSTS, ())
    assert len(json.loads((tmp_path / "tasks.json").read_text())) == POSTS

    tally = done(client, client.imports.add("back", tmp_path / "tasks.json", Spec(name="label_studio.v1")))
    assert (tally["items"], tally["rejects"]) == (POSTS, 0)
    back = _posts(client, "back")
    assert {name: post.body for name, post in back.items()} == {name: post.body for name, post in posts.items()}
    for system in F1:
        assert {name: post.said[system] for name, post in back.items()} == {
            name: post.said[system] for name, post in posts.items()
        }
    marked: dict[str, set[str]] = defaultdict(set)
    for name, post in back.items():
        for actor, spans in post.said.items():
            if actor not in F1 and spans == posts[name].said["gold"]:
                marked[name].add(actor)
    assert len(marked) == POSTS, "the accepted answer of every post comes back too"


def _columns(posts: dict[str, Post], actor: str) -> tuple[list[int], list[int], list[int], list[str]]:
    """Document, first and last token, type of every entity."""
    rows = []
    for number in range(1, POSTS + 1):
        post = posts[str(number)]
        starts = {start: n for n, (start, _) in enumerate(post.body["tokens"])}
        ends = {end: n for n, (_, end) in enumerate(post.body["tokens"], 1)}
        rows += [(number - 1, starts[one["start"]], ends[one["end"]], one["label"]) for one in post.said[actor]]
    return tuple(map(list, zip(*rows, strict=True)))


def _listed(post: Post) -> list[dict]:
    return [
        {"actor": actor, "kind": "model", "stance": "answer", "answer": {"spans": spans}}
        for actor, spans in post.said.items()
        if actor in F1
    ]
