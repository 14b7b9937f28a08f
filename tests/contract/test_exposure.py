"""Harmful content is handed only to who agreed to it, so many a day, and can be refused without a trace."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select, update
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.clock import DAY
from goldloop.store import accounts
from goldloop.store.credentials import hash_password
from goldloop.store.nobody_left import stuck
from goldloop.store.open import Store
from goldloop.store.schema import event, exposed, judgement

HARM = """
protection:
  content:
    daily: 3
    classes: [{id: violence, title: Violence, slice: {kind: fight}}]
"""


@pytest.fixture
def one(store: Store) -> Kernel:
    return kernel(store, ANNOTATE + HARM, items=6, slices={"kind": "fight"})


@pytest.fixture
def house(store: Store, one: Kernel) -> Iterator[House]:
    with store.write() as connection:
        accounts.add_account(
            connection, one.people["ann"], "ann", password=hash_password(PASSWORD), owner=False, at=one.at
        )
    with open_house(create_app(store), store) as opened:
        yield opened


@pytest.fixture
def ann(house: House) -> Guest:
    guest = house.guest()
    guest.sign_in("ann")
    return guest


def claim(guest: Guest, count: int = 4) -> list[dict]:
    answer = guest.ask("POST", "work/claim", json={"count": count})
    assert answer.status_code == 200, answer.text
    return answer.json()["works"]


def agree(guest: Guest, *, yes: bool = True) -> None:
    asked = {"programme_id": "desk", "content": "violence", "agree": yes}
    assert guest.ask("PUT", "work/content", json=asked).status_code == 200


def test_it_is_handed_only_to_who_agreed_and_named_where_nobody_did(ann: Guest, one: Kernel):
    assert claim(ann) == []
    with one.store.read() as connection:
        (found,) = stuck(connection, one.programme)
    assert (found.works, found.because) == (6, "nobody on the roster has agreed to see violence")
    agree(ann)
    works = claim(ann, 2)
    assert [(work["content"], work["blur"]) for work in works] == [
        ([{"id": "violence", "title": "Violence"}], True)
    ] * 2
    (row,) = ann.ask("GET", "work/content").json()["rows"]
    assert (row["agreed"], row["handed"], row["daily"]) == (True, 2, 3)
    with one.store.read() as connection:
        assert stuck(connection, one.programme) == []
    unknown = {"programme_id": "desk", "content": "spiders", "agree": True}
    assert ann.ask("PUT", "work/content", json=unknown).status_code == 404


def test_a_day_has_so_many_of_a_kind_and_no_more(ann: Guest, one: Kernel):
    agree(ann)
    seen = set()
    for _ in range(3):
        for work in claim(ann, 4):
            seen.add(work["work_id"])
            answer = {
                "key": f"00000000-0000-4000-8000-{len(seen):012d}",
                "stance": "answer",
                "answer": {"labels": ["a"]},
            }
            assert ann.ask("POST", f"work/{work['work_id']}/submit", json=answer).status_code == 200
    assert len(seen) == 3
    assert claim(ann) == []
    with one.store.write() as connection:
        connection.execute(update(exposed).values(handed_at=exposed.c.handed_at - DAY))
    assert len(claim(ann, 1)) == 1


def test_refusing_gives_everything_of_the_kind_back_and_says_nothing_of_anybody(ann: Guest, one: Kernel):
    agree(ann)
    works = claim(ann, 3)
    with one.store.read() as connection:
        before = connection.execute(select(func.count()).select_from(event)).scalar_one()
    done = ann.ask("POST", f"work/{works[0]['work_id']}/refuse").json()
    assert done["content"] == ["violence"] and sorted(done["work_ids"]) == sorted(work["work_id"] for work in works)
    assert claim(ann) == []
    assert ann.ask("POST", f"work/{works[0]['work_id']}/refuse").status_code == 404
    with one.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(event)).scalar_one() == before
        assert connection.execute(select(judgement)).first() is None
    agree(ann)
    assert len(claim(ann, 1)) == 1  # whenever one agrees again


def test_items_that_hold_none_of_it_are_everybodys(store: Store):
    plain = kernel(store, ANNOTATE + HARM, items=2)
    assert len(plain.claim("ann", 2)) == 2
