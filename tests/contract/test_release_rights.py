"""Rights that rows inherit, and the splits that items keep, in the store: on both databases."""

import threading

import pytest
from sqlalchemy import Connection, update
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel, owner

from goldloop.core.clock import DAY, SECOND, now
from goldloop.core.errors import Conflict
from goldloop.jobs.running import Running
from goldloop.programmes.file.apply import apply
from goldloop.programmes.releases.rights import ERASED, Rights, RowRights
from goldloop.protection.erase import retain
from goldloop.store import jobs
from goldloop.store.erased import forget, is_erased
from goldloop.store.items import attributes
from goldloop.store.open import Store
from goldloop.store.parents import add_parents, ancestors, known_in_programme, parents_of_items
from goldloop.store.release_rows import Held, decided, end_rows, keep_rows, rows_of_items, splits_of
from goldloop.store.schema import item, item_attribute
from goldloop.store.take_ins import source_key

SOURCES = """
licence: CC0-1.0
sources:
  default: {licence: CC-BY-4.0}
"""


def labelled(store: Store, items: int = 5) -> Kernel:
    made = kernel(store, ANNOTATE + SOURCES, items=items)
    for _ in range(items):
        made.answer("ann", "answer", "a")
    return made


def rights(connection: Connection, made: Kernel) -> dict[str, RowRights]:
    names = {key: name for name, key in made.items.items()}
    (page,) = decided(connection, made.batches())
    about = attributes(connection, [one.item_id for one in page])
    return {names[key]: one for key, one in Rights(connection, made.programme).of(page, about).items()}


def applied(made: Kernel, more: str) -> None:
    with made.store.write() as connection:
        apply(connection, owner(connection, made), PROGRAMME + ANNOTATE + more, at=now())


def test_a_row_is_under_the_licences_of_everything_behind_it(store: Store) -> None:
    made = labelled(store)
    at = made.items
    with store.write() as connection:
        add_parents(connection, [(at["i1"], at["i0"]), (at["i2"], at["i1"]), (at["i2"], at["i3"])])
        add_parents(connection, [(at["i1"], at["i0"])])
        for name, licence in (("i0", "MIT"), ("i3", "our own terms")):
            row = {"item_id": at[name], "number": 1, "slices": "{}", "licence": licence, "set_at": made.at}
            connection.execute(item_attribute.insert().values(**row))
        other = source_key(connection, made.programme, "elsewhere")
        assert known_in_programme(connection, made.programme, ["i0", "nothing"]) == {"i0": [at["i0"]]}
        assert parents_of_items(connection, [at["i2"], at["i0"]]) == {at["i2"]: {at["i1"], at["i3"]}}
        assert ancestors(connection, [at["i2"], at["i0"]]) == {at["i2"]: {at["i0"], at["i1"], at["i3"]}}
        assert other
    with store.read() as connection:
        found = rights(connection, made)
    assert found["i0"] == RowRights(("default",), "MIT", None), "an item's own licence stands before its source's"
    assert found["i1"].licence == "CC-BY-4.0 AND MIT"
    assert found["i2"].licence == "CC-BY-4.0 AND LicenseRef-our-own-terms AND MIT"
    assert found["i3"].licence == "our own terms"
    assert found["i4"] == RowRights(("default",), "CC-BY-4.0", None)


def test_what_was_made_from_something_erased_is_withheld(store: Store) -> None:
    made = labelled(store, 3)
    with store.write() as connection:
        add_parents(connection, [(made.items["i1"], made.items["i0"]), (made.items["i2"], made.items["i1"])])
        forget(connection, made.programme, [made.items["i0"]], because="asked for", by=made.mona, at=now())
    with store.read() as connection:
        found = rights(connection, made)
        (page,) = decided(connection, made.batches())
        withheld = Rights(connection, made.programme).withheld(page)
    assert {name: one.withheld for name, one in found.items()} == {"i1": ERASED, "i2": ERASED}
    assert withheld == {made.items["i1"], made.items["i2"]}


def test_a_withdrawn_source_withholds_its_rows(store: Store) -> None:
    made = labelled(store, 2)
    applied(made, "\nsources: {default: {withdrawn: the owner took it back}}\n")
    with store.read() as connection:
        found = rights(connection, made)
    assert {one.withheld for one in found.values()} == {"its source default was withdrawn"}


def test_a_row_without_a_licence_is_refused_where_one_is_demanded(store: Store) -> None:
    made = labelled(store, 1)
    applied(made, "\nsources: {another: {licence: MIT}}\nrights: {demand: [licence]}\n")
    with store.read() as connection:
        (one,), mine = next(decided(connection, made.batches())), Rights(connection, made.programme)
        with pytest.raises(Conflict, match="no licence") as caught:
            mine.checked(one, mine.of([one], {})[one.item_id])
    assert caught.value.field == "item i0"


def test_an_item_that_stands_behind_itself_stops_the_cut(store: Store) -> None:
    made = labelled(store, 2)
    with store.write() as connection:
        add_parents(connection, [(made.items["i1"], made.items["i0"]), (made.items["i0"], made.items["i1"])])
    with store.read() as connection, pytest.raises(Conflict, match="made from itself"):
        rights(connection, made)


def test_an_item_keeps_its_split_when_it_leaves_and_comes_back(store: Store) -> None:
    made = labelled(store, 3)
    with store.write() as connection:
        (page,) = decided(connection, made.batches())
        keys = [one.item_id for one in page]

        def kept(number: int, *splits: str | None, first: int = 0) -> int:
            rows = [
                Held(one.item_id, one.batch_id, one.value_id, to) for one, to in zip(page[first:], splits, strict=True)
            ]
            return keep_rows(connection, made.programme, "d", number, rows)

        assert kept(1, "train", "test", None) == 3
        assert splits_of(connection, "d", keys) == {keys[0]: "train", keys[1]: "test"}
        assert splits_of(connection, "e", keys) == {}
        end_rows(connection, rows_of_items(connection, "d", keys[:1]), 2)
        assert kept(2, "train", "test", first=1) == 0, "a split is no change"
        assert splits_of(connection, "d", keys) == dict(zip(keys, ("train", "train", "test"), strict=True))
        assert kept(3, "train", "train", "test") == 1
        assert splits_of(connection, "d", keys)[keys[0]] == "train"


def test_a_sources_items_are_kept_for_as_long_as_it_says(store: Store) -> None:
    made = kernel(store, ANNOTATE + "\nsources: {default: {retention: 30}}\n", items=3)
    with store.write() as connection:
        old = now() - 31 * DAY
        connection.execute(update(item).where(item.c.id == made.items["i0"]).values(created_at=old))
    with store.write() as connection:
        jobs.enqueue(connection, "retain", {"programme": made.programme}, programme=made.programme, asked_by=None)
        job = jobs.claim(connection, ["retain"], runner="test", lease=60 * SECOND)
    assert job is not None
    assert retain(Running(store, job, runner="test", stop=threading.Event()))["items"] == 1
    with store.read() as connection:
        assert is_erased(connection, made.items["i0"])
        assert not is_erased(connection, made.items["i1"])
