"""What changed between releases, against two dictionaries compared by hand, for every pair of a random history."""

import random
from itertools import combinations

from sqlalchemy import insert
from tests.contract.kernel import ANNOTATE, kernel

from goldloop.core.nouns import Spec
from goldloop.store.open import Store
from goldloop.store.phrases import phrase_key
from goldloop.store.release_changes import (
    ADDED,
    CHANGES,
    CONFIRMED,
    RELABELLED,
    REMOVED,
    Change,
    Place,
    changes,
    count_changes,
    count_rows,
)
from goldloop.store.release_rows import Held, end_rows, keep_rows, left_out
from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import batch, decision
from goldloop.store.values import NewValue, value_keys

NAME = "intents"
RELEASES = 5


def _release(programme: int, number: int) -> ReleaseRow:
    return ReleaseRow(number, programme, "dataset", NAME, number, b"", "{}", 0, 0)


def _by_hand(a: dict[int, tuple[int, int]], b: dict[int, tuple[int, int]]) -> set[tuple[str, int]]:
    """(change, item) between two releases, each item -> (batch, value)."""
    out = {(ADDED, key) for key in b.keys() - a.keys()} | {(REMOVED, key) for key in a.keys() - b.keys()}
    for key in a.keys() & b.keys():
        if a[key][1] != b[key][1]:
            out.add((RELABELLED, key))
        elif a[key] != b[key]:
            out.add((CONFIRMED, key))
    return out


def test_changes_are_those_that_comparing_by_hand_finds(store: Store) -> None:
    one = kernel(store, ANNOTATE, items=9)
    chance, items = random.Random(7), sorted(one.items.values())
    (first,) = one.batches()
    with store.write() as connection:
        task = phrase_key(connection, Spec(name="choice.v1").model_dump_json())
        values = list(value_keys(connection, task, [NewValue(f'"{n}"', ()) for n in range(3)]).values())
        row = dict(connection.execute(batch.select().where(batch.c.id == first)).mappings().one())
        row.pop("id")
        second = connection.execute(insert(batch).returning(batch.c.id), {**row, "name": "again"}).scalar_one()
    history: list[dict[int, tuple[int, int]]] = []
    for number in range(1, RELEASES + 1):
        held = {key: (chance.choice((first, second)), chance.choice(values)) for key in items if chance.random() < 0.7}
        rows = [Held(key, at, value, None) for key, (at, value) in held.items()]
        with store.write() as connection:
            connection.execute(decision.delete())
            connection.execute(
                insert(decision),
                [
                    {"batch_id": at, "item_id": key, "state": 2, "value_id": value}
                    | {"judgements": "[]", "because": "", "changes": 0, "changed_at": 0}
                    for key, (at, value) in held.items()
                ],
            )
            keep_rows(connection, one.programme, NAME, number, rows)
            end_rows(connection, left_out(connection, one.programme, NAME, [first, second]), number)
            assert keep_rows(connection, one.programme, NAME, number, rows) == 0, "kept twice, nothing is new"
        history.append(held)
    kinds = set()
    with store.read() as connection:
        for number, held in enumerate(history, 1):
            assert count_rows(connection, _release(one.programme, number)) == len(held)
        for a, b in combinations(range(RELEASES), 2):
            before, after = _release(one.programme, a + 1), _release(one.programme, b + 1)
            wanted = _by_hand(history[a], history[b])
            found: list[Change] = []
            while page := changes(
                connection, before, after, only=None, place=found[-1].place if found else Place(), limit=2
            ):
                found += page
            assert {(row.change, row.item_id) for row in found} == wanted
            assert len(found) == len(wanted), "no row comes twice"
            counted = count_changes(connection, before, after)
            for kind in CHANGES:
                mine = {key for change, key in wanted if change == kind}
                only = changes(connection, before, after, only=kind, place=Place(), limit=100)
                assert {row.item_id for row in only} == mine
                assert sum(row.rows for row in counted if row.change == kind) == len(mine)
                kinds |= {kind for _ in mine}
            for row in found:
                assert row.before_value == history[a].get(row.item_id, (None, None))[1]
                assert row.after_value == history[b].get(row.item_id, (None, None))[1]
    assert kinds == set(CHANGES), "the history holds every kind of change"
