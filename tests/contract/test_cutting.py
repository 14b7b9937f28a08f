"""Cutting a release that is cancelled, killed or beside another: on record whole or not at all, on both databases."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.clock import SECOND
from goldloop.core.errors import Unavailable
from goldloop.jobs.running import Interrupted, Running
from goldloop.programmes.releases import cut as cutting
from goldloop.programmes.releases.cut import cut
from goldloop.programmes.sealed import verify_release
from goldloop.store import jobs
from goldloop.store.jobs import Job
from goldloop.store.open import Store
from goldloop.store.release_changes import holds
from goldloop.store.releases import newest_release
from goldloop.store.schema import decision, release_row
from goldloop.store.values import answers

NAME = "intents"


def labelled(store: Store, items: int = 5) -> Kernel:
    made = kernel(store, ANNOTATE, items=items)
    for _ in range(items):
        made.answer("ann", "answer", "a")
    return made


def claimed(made: Kernel) -> Job:
    with made.store.write() as connection:
        args = {"programme": made.programme, "name": NAME, "batches": made.batches(), "exports": [], "waive": None}
        jobs.enqueue(connection, "cut_release", args, programme=made.programme, asked_by=made.mona)
        job = jobs.claim(connection, ["cut_release"], runner="test", lease=60 * SECOND)
    assert job is not None
    return job


class Told(Running):
    """A running job that is asked to end once it says a note."""

    until: str | None = None

    def progress(self, *args: Any, note: str | None = None, **kwargs: Any) -> None:
        if note is not None and note == self.until:
            self.cancelled.set()
        super().progress(*args, note=note, **kwargs)


def run(made: Kernel, job: Job, *, until: str | None = None) -> dict[str, Any]:
    running = Told(made.store, job, runner="test", stop=threading.Event())
    running.until = until
    try:
        done = cut(running)
    finally:
        with made.store.write() as connection:
            jobs.end(connection, job.id, runner="test", state="cancelled" if until else "done")
    return done


def folders(made: Kernel) -> list[str]:
    return sorted(path.name for path in (made.store.home / "releases").iterdir())


def same_in_folder_and_history(made: Kernel, folder: Path) -> None:
    """The folder verifies, and the history of its name holds the labels that stand in it."""
    assert verify_release(folder).outcome == "intact, signer unknown"
    sealed = [json.loads(line) for line in (folder / "data/rows.jsonl").read_bytes().splitlines()]
    with made.store.read() as connection:
        row = newest_release(connection, made.programme, "dataset", NAME)
        assert row is not None
        kept = connection.execute(select(release_row.c.item_id, release_row.c.value_id).where(holds(row))).all()
        texts = answers(connection, [one.value_id for one in kept])
    held = {made.store.ids.show("item", one.item_id): json.loads(texts[one.value_id]) for one in kept}
    assert {one["item_id"]: one["answer"] for one in sealed} == held


@pytest.mark.parametrize("until", ["sealing", "noting rows"])
def test_a_cut_that_is_cancelled_leaves_nothing_and_the_next_one_is_whole(store: Store, until: str) -> None:
    made = labelled(store)
    with pytest.raises(Interrupted):
        run(made, claimed(made), until=until)
    assert not (made.store.home / "releases").exists() or folders(made) == []
    done = run(made, claimed(made))
    assert (done["number"], done["rows"]) == (1, 5)
    same_in_folder_and_history(made, Path(done["folder"]))


def test_what_a_killed_cut_left_does_not_stop_the_next_one(store: Store) -> None:
    made = labelled(store)
    releases = made.store.home / "releases"
    first = run(made, claimed(made))
    gone = Path(first["folder"])
    for left in (gone.with_name(gone.name.replace("-1", "-2")), releases / f".{gone.name[:-1]}2.sealing-00"):
        (left / "data").mkdir(parents=True)
    second = run(made, claimed(made))
    assert second["number"] == 2
    assert folders(made) == [gone.name, Path(second["folder"]).name]
    same_in_folder_and_history(made, Path(second["folder"]))


def test_two_cuts_of_a_name_come_one_after_the_other(store: Store) -> None:
    made = labelled(store)
    first, second = claimed(made), claimed(made)
    with pytest.raises(Unavailable, match="being sealed"):
        cut(Running(made.store, second, runner="test", stop=threading.Event()))
    with made.store.write() as connection:
        jobs.end(connection, first.id, runner="test", state="done")
    assert run(made, second)["number"] == 1


def test_the_history_is_that_of_the_folder_whatever_is_decided_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = labelled(store)
    sealed = cutting._keep_history

    def decided_anew(*given: Any) -> None:
        with made.store.write() as connection:
            connection.execute(update(decision).values(state=0, value_id=None))
        sealed(*given)

    monkeypatch.setattr(cutting, "_keep_history", decided_anew)
    done = run(made, claimed(made))
    assert done["rows"] == 5
    same_in_folder_and_history(made, Path(done["folder"]))
