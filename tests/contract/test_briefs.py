"""A finding becomes a brief, and only a healthy number on newer data ends it, on both databases."""

import json
import threading

from sqlalchemy import select
from tests.contract.kernel import Kernel, kernel

from goldloop.core.clock import DAY, SECOND
from goldloop.core.families import Measured
from goldloop.core.nouns import Spec
from goldloop.loop.brief import MOST_ITEMS, Reading, heard
from goldloop.store import briefs
from goldloop.store.briefs import BriefRow, Word
from goldloop.store.evidence import add_evidence
from goldloop.store.open import Store
from goldloop.store.schema import event

KEY = "cluster:a>b"


def read(made: Kernel, healthy: bool | None, because: str, *, after: int, data_after: int | None = None) -> int | None:
    """A reading so many seconds after the start, on evidence of its own."""
    at = made.at + after * SECOND
    value = {True: 0.99, False: 0.71, None: None}[healthy]
    with made.store.write() as connection:
        (evidence,) = add_evidence(
            connection,
            made.store.ids,
            made.programme,
            None,
            Spec(name="accuracy.v1"),
            [Measured(value=value, n=100, eligible=400, method="a count", because="none" if value is None else None)],
            at=at,
        )
        reading = Reading(
            made.programme,
            KEY,
            "cluster",
            "a is taken for b",
            healthy,
            because,
            evidence_ids=(made.store.ids.key("evidence", str(evidence.id)),),
            scope={"labels": ["a", "b"], "items": [f"i{n}" for n in range(MOST_ITEMS + 5)]},
            data_at=None if data_after is None else made.at + data_after * SECOND,
        )
        return heard(connection, reading, at=at)


def standing(made: Kernel) -> tuple[BriefRow, list[Word]]:
    with made.store.read() as connection:
        (row,) = briefs.briefs(connection, made.programme)
        return row, briefs.brief_words(connection, [row.id])[row.id]


def test_a_finding_has_an_owner_a_due_date_and_its_numbers(store: Store) -> None:
    made = kernel(store)
    assert read(made, True, "0.99 of 400", after=0) is None, "what is healthy opens nothing"
    assert read(made, None, "too few", after=0) is None, "what is unknown opens nothing"
    key = read(made, False, "0.71 of 400", after=1)
    row, (word,) = standing(made)
    assert (row.id, row.state, row.owner_id, row.relapses) == (key, "open", made.mona, 0)
    assert row.due_at - row.opened_at == 14 * DAY
    assert len(json.loads(row.scope)["items"]) == MOST_ITEMS
    assert (word.kind, word.because, word.healthy, len(word.evidence)) == ("opened", "0.71 of 400", False, 1)


def test_it_is_closed_by_newer_data_alone_and_a_relapse_reopens_it(store: Store) -> None:
    made = kernel(store)
    key = read(made, False, "0.71", after=1)
    assert read(made, False, "0.70", after=2) is None
    assert read(made, None, "nothing judged", after=3) is None
    assert read(made, True, "0.99 on what was there", after=4, data_after=1) is None
    assert standing(made)[0].state == "open"
    assert read(made, True, "0.99", after=5, data_after=4) == key
    assert standing(made)[0].state == "closed"
    assert read(made, True, "0.99", after=6) is None
    assert read(made, False, "0.60", after=7) == key
    row, words = standing(made)
    assert (row.state, row.relapses, row.since_at, row.opened_at) == (
        "open",
        1,
        made.at + 7 * SECOND,
        made.at + SECOND,
    )
    assert [one.kind for one in words] == ["opened", "heard", "heard", "heard", "closed", "reopened"]
    assert words[4].evidence
    assert row.due_at == row.since_at + 14 * DAY


def test_the_same_reading_again_adds_nothing(store: Store) -> None:
    made = kernel(store)
    for after in range(3):
        read(made, False, "0.71", after=after)
    assert len(standing(made)[1]) == 1


def test_every_step_is_an_event_of_its_transaction(store: Store) -> None:
    made = kernel(store)
    read(made, False, "0.71", after=1)
    read(made, True, "0.99", after=2)
    with made.store.read() as connection:
        rows = connection.execute(
            select(event.c.kind, event.c.data).where(event.c.kind.like("brief.%")).order_by(event.c.id)
        )
        found = [(kind, json.loads(data)["because"]) for kind, data in rows]
    assert found == [("brief.opened", "0.71"), ("brief.closed", "0.99")]


def test_two_that_find_the_same_at_once_open_one_brief(store: Store) -> None:
    made = kernel(store)
    threads = [threading.Thread(target=read, args=(made, False, f"seen by {n}"), kwargs={"after": 1}) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _, words = standing(made)
    assert sorted(one.because for one in words) == [f"seen by {n}" for n in range(4)]
    assert [one.kind for one in words].count("opened") == 1
