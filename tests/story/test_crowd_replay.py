"""Real crowds, replayed with their authors: agreement and consensus as the data's own SOURCE.md gives them.

Who said what is read back through the API of the smallest set, item by item, and is what its file says; of the others
it is read from the file.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.realdata import folder
from tests.story.house import done, house

from goldloop.client import Client
from goldloop.client.batches import BatchView
from goldloop.core.nouns import Spec
from goldloop.stats.truth import Truth, dawid_skene, majority


class Set(NamedTuple):
    """What SOURCE.md says of a set: sizes, nominal alpha, accuracy of majority (ties split) and of Dawid-Skene."""

    items: int
    workers: int
    labels: int
    classes: int
    alpha: float
    majority: float
    dawid_skene: float


SETS = {
    "rte": Set(800, 164, 8000, 2, 0.241479, 0.896875, 0.927500),
    "bluebird": Set(108, 39, 4212, 2, 0.125501, 0.759259, 0.898148),
    "ms": Set(700, 44, 2945, 10, 0.301031, 0.704214, 0.765714),
    "cf": Set(300, 461, 1720, 5, 0.576837, 0.882222, 0.783333),
    "face": Set(584, 27, 5242, 4, 0.494920, 0.636701, 0.640411),
}
READ_BACK = "bluebird"
PROGRAMME = """
programme: crowd-{name}
title: A crowd, replayed
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
consensus: {{share: 1.0, because: the crowd said it twice, judgements: 2, limit: 2}}
ontology:
  labels: [{labels}]
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with house(tmp_path_factory.mktemp("crowd")) as one:
        yield one


@pytest.fixture(scope="module", params=SETS)
def replayed(request: pytest.FixtureRequest, client: Client) -> tuple[str, BatchView]:
    """A set in a programme of its own, its judgements settled and measured."""
    name, known = request.param, SETS[request.param]
    programme = f"crowd-{name}"
    labels = ", ".join(f'{{id: "{n}", name: "{n}"}}' for n in _classes(name))
    client.programmes.apply(PROGRAMME.format(name=name, labels=labels))
    file = folder("crowd-classification") / f"{name}.label.csv"
    tally = done(client, client.imports.add(programme, file, Spec(name="crowd.v1")))
    assert (tally["items"], tally["judgements"], tally["rejects"]) == (known.items, known.labels, 0)
    done(client, client.work.open(programme))
    (row,) = client.batches.all(programme)
    done(client, client.batches.measure(row.batch.id))
    return name, client.batches.get(row.batch.id)


def _classes(name: str) -> list[str]:
    place = folder("crowd-classification")
    with (place / f"{name}.label.csv").open() as said, (place / f"{name}.truth.csv").open() as true:
        values = {row["label"] for row in csv.DictReader(said)} | {row["truth"] for row in csv.DictReader(true)}
    return sorted(values)


def test_every_author_of_the_crowd_is_on_record(replayed: tuple[str, BatchView], client: Client):
    name, view = replayed
    assert len(view.people) == SETS[name].workers
    assert sum(one.judgements for one in view.people) == SETS[name].labels
    if name == READ_BACK:
        back = {one.external_id: _read(client, one.item_id) for one in client.batches.items(view.batch.id)}
        assert back == {item: sorted(said) for item, said in _with_authors(name).items()}


def _read(client: Client, item: str) -> list[tuple[str, str]]:
    return sorted((said.actor.name, said.answer["labels"][0]) for said in client.items.get(item).judgements)


def test_agreement_is_the_published_alpha(replayed: tuple[str, BatchView]):
    name, view = replayed
    agreement = view.measured("agreement.v1")
    assert agreement is not None and agreement.value is not None and agreement.interval is not None
    assert agreement.value == pytest.approx(SETS[name].alpha, abs=1e-6)
    assert agreement.interval.low < agreement.value < agreement.interval.high
    assert agreement.n <= agreement.eligible == SETS[name].items


def test_where_all_agree_the_item_is_decided_and_every_dispute_waits_for_a_ruling(replayed: tuple[str, BatchView]):
    name, view = replayed
    differ = [len({label for _, label in said}) > 1 for said in _with_authors(name).values()]
    unanimous = differ.count(False)  # 58 of `ms` were judged by one person only
    progress = view.progress
    assert progress.decided == unanimous
    rulings = sum(queue.ready for queue in view.queues if queue.queue == "review")
    assert rulings == progress.disputed == differ.count(True)


def test_consensus_is_as_good_as_published(replayed: tuple[str, BatchView]):
    name, _ = replayed
    rows = [(item, author, label) for item, said in _with_authors(name).items() for author, label in said]
    columns = tuple(map(list, zip(*rows, strict=True)))
    known, truth = SETS[name], _truth(name)
    assert _accuracy(majority(*columns), truth) == pytest.approx(known.majority, abs=1e-6)
    found = dawid_skene(*columns, tolerance=1e-9)
    assert _accuracy(found, truth) == pytest.approx(known.dawid_skene, abs=0.005)


def _with_authors(name: str) -> dict[str, list[tuple[str, str]]]:
    """(author, label) by item."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    with (folder("crowd-classification") / f"{name}.label.csv").open() as file:
        for row in csv.DictReader(file):
            found[row["item"]].append((row["worker"], row["label"]))
    return found


def _truth(name: str) -> dict[str, str]:
    path: Path = folder("crowd-classification") / f"{name}.truth.csv"
    with path.open() as file:
        return {row["item"]: row["truth"] for row in csv.DictReader(file)}


def _accuracy(found: Truth, truth: dict[str, str]) -> float:
    """Right answers over the items with a truth; a tie counts for its share."""
    right, counted = 0.0, 0
    classes = [str(one) for one in found.classes]
    for n, item in enumerate(found.items):
        true = truth.get(str(item))
        if true is None:
            continue
        counted += 1
        best = found.posterior[n] >= found.posterior[n].max() - 1e-9
        right += best[classes.index(true)] / best.sum() if true in classes else 0.0
    return right / counted
