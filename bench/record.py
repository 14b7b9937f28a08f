"""What is read of a long record: reports on people, and what a change of the ontology would touch. On SQLite."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from bench.repeated import filled, repeat
from bench.report import Line
from bench.scale import Scale
from bench.texts import LABELS, File
from sqlalchemy import Connection, func, select, text

from goldloop.core.migration import Step
from goldloop.core.settings import Settings
from goldloop.programmes.governance.propose import impact_of
from goldloop.quality.people import reports
from goldloop.quality.people.drifting import drifting
from goldloop.store.open import Store, open_store
from goldloop.store.schema import batch_item, decision, gold, item, judgement, programme

PEOPLE_BAR_S, IMPACT_BAR_S = 3.0, 3.0
GOLD = 100  # one item of so many is gold: what accuracy is counted on
TIMES = 3  # each is read so often; the best counts


def people(folder: Path, scale: Scale) -> list[Line]:
    """The report on everybody, and on one person, where many people have said much."""
    store = _record(folder / "people", scale.people, scale.said)
    try:
        with store.read() as connection:
            key = connection.execute(select(programme.c.id)).scalar_one()
            who = connection.execute(select(judgement.c.actor_id).limit(1)).scalar_one()
            said = connection.execute(select(func.count()).select_from(judgement)).scalar_one()
            team = _best(lambda: reports.team(connection, store.ids, key))
            assert len(team.found["people"]) == scale.people, len(team.found["people"])
            one = _best(lambda: reports.person_report(connection, store.ids, key, who))
            assert one.found is not None
            drift = _best(lambda: list(drifting(connection, store.ids, key)))
    finally:
        store.close()
    name = f"{scale.people:,} people, {said:,} judgements"
    return [
        Line(f"report on everybody: {name}", team.took, "s", None if scale.small else PEOPLE_BAR_S),
        Line(f"report on one of them: {name}", one.took, "s", None if scale.small else PEOPLE_BAR_S),
        Line(f"nightly look for drift: {name}, 1 in {GOLD} checked", drift.took, "s", None),
    ]


def impact(folder: Path, scale: Scale) -> list[Line]:
    """What a plan touches that maps a label and has another looked at again, over as many accepted labels."""
    store = _record(folder / "impact", scale.people, scale.said)
    steps = [Step(label=LABELS[0], to=LABELS[1]), Step(label=LABELS[2], review=True, into=LABELS[3:])]
    try:
        with store.read() as connection:
            key = connection.execute(select(programme.c.id)).scalar_one()
            labels = connection.execute(select(func.count()).select_from(decision)).scalar_one()
            found = _best(lambda: impact_of(connection, key, steps))
            touched = found.found.mapped + found.found.reviewed
            assert touched * len(LABELS) == labels * len(steps), (touched, labels)
    finally:
        store.close()
    name = f"impact of a change of two of {len(LABELS)} labels over {labels:,} labels"
    return [Line(name, found.took, "s", None if scale.small else IMPACT_BAR_S)]


class _Read(NamedTuple):
    took: float
    found: Any


def _best(read: Callable[[], Any]) -> _Read:
    took, found = float("inf"), None
    for _ in range(TIMES):
        begun = time.perf_counter()
        found = read()
        took = min(took, time.perf_counter() - begun)
    return _Read(took, found)


def _record(home: Path, people: int, said: int) -> Store:
    """So many people who have answered as many items in turn, every hundredth of them gold."""
    count = people * len(LABELS)
    filled(home, "record", _answered(home.parent, count, people))
    store = open_store(Settings(home=home))
    with store.write(durable=False) as connection:
        _repeated(connection, said // count - 1)
        _gold(connection)
    return store


def _answered(folder: Path, count: int, people: int) -> File:
    path = folder / "record.jsonl"
    folder.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as out:
        for n in range(count):
            row = {"id": f"t{n}", "text": f"text number {n}", "said": LABELS[n % len(LABELS)], "by": f"p{n % people}"}
            out.write(json.dumps(row) + "\n")
    return File(path, {"name": "jsonl.v1", "params": {"annotation": "said", "annotator": "by"}}, count)


def _repeated(connection: Connection, times: int) -> None:
    step, said = (int(connection.execute(select(func.max(table.c.id))).scalar_one()) for table in (item, judgement))
    there = f"item_id + n * {step}"
    repeat(connection, item, times, id=f"id + n * {step}", external_id="external_id || '-' || n")
    repeat(connection, batch_item, times, item_id=there)
    repeat(connection, decision, times, item_id=there)
    repeat(connection, judgement, times, id=f"id + n * {said}", item_id=there)


def _gold(connection: Connection) -> None:
    rows = f"SELECT item_id, id, 0 FROM judgement WHERE id % {GOLD} = 0"
    connection.execute(text(f"INSERT INTO {gold.name} (item_id, judgement_id, set_at) {rows}"))
