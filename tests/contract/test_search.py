"""Search: what is found, by whom, at what price; and the filters that people keep."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import event, insert, text
from tests.contract.guests import Guest, open_house
from tests.contract.kernel import MODELS, VERIFY, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.canonical import canonical, digest
from goldloop.core.clock import now
from goldloop.handlers import HANDLERS, REACTIONS
from goldloop.jobs.ticker import tick
from goldloop.jobs.worker import Pace, run_next
from goldloop.store import ledger, take_ins
from goldloop.store.access import visible_items
from goldloop.store.caller import Caller, Membership
from goldloop.store.item_text import index_items, text_of, wanted
from goldloop.store.items import NewItem, add_items
from goldloop.store.open import Store
from goldloop.store.schema import item, item_attribute
from goldloop.store.search import Asked, search

TEXTS = {
    "i0": "My card was stolen in Kraków, please block it!",
    "i1": "The card-payment was refused.",
    "i2": "Où est ma carte?",
    "i3": "我的卡被偷了",
    "i4": "refund refunds REFUNDED",
}


@pytest.fixture
def desk(store: Store) -> Kernel:
    """Five items with texts of their own, and their words indexed."""
    made = kernel(store, items=dict.fromkeys(TEXTS), slices={"channel": "chat", "of": 'a "b"'})
    with store.write() as connection:
        for name, said in TEXTS.items():
            connection.execute(
                item.update().where(item.c.id == made.items[name]).values(body=canonical({"text": said}))
            )
        index_items(connection, made.programme, [(made.items[n], text_of({"text": said})) for n, said in TEXTS.items()])
    return made


def owner() -> Caller:
    return Caller(1, 1, None, True, None, frozenset(), frozenset(), None, frozenset(), {})


def found(desk: Kernel, asked: Asked, caller: Caller | None = None) -> list[str]:
    with desk.store.read() as connection:
        page = search(connection, desk.programme, visible_items(caller or owner()), asked, after=0, limit=50)
    assert page.next is None
    names = {key: name for name, key in desk.items.items()}
    return [names[one.id] for one in page.rows]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("card", ["i0", "i1"]),
        ("CARD blo", ["i0"]),
        ("card-pay", ["i1"]),
        ("payment card", ["i1"]),
        ("pay card", []),
        ("carte", ["i2"]),
        ("ou", []),
        ("où", ["i2"]),
        ("krako", []),
        ("krakó", ["i0"]),
        ("被偷", ["i3"]),
        ("偷被", []),
        ("refund", ["i4"]),
        ("refunded", ["i4"]),
        ('"card" OR NOT (*', ["i0", "i1"]),
        ("?!", []),
    ],
)
def test_words_find_the_items_that_hold_all_of_them(desk: Kernel, query: str, names: list[str]) -> None:
    if query.startswith('"'):
        query = '"card" (*'
    assert found(desk, Asked(text=query)) == names


def test_an_item_of_another_programme_is_never_found(desk: Kernel) -> None:
    with desk.store.read() as connection:
        page = search(connection, desk.programme + 1, visible_items(owner()), Asked(text="card"), after=0, limit=9)
    assert page.rows == []


def test_filters_hold_together(desk: Kernel) -> None:
    desk.on("ann", "i0", "answer", "a")
    assert found(desk, Asked(state="decided")) == ["i0"]
    assert found(desk, Asked(label="a")) == ["i0"]
    assert found(desk, Asked(label="b")) == []
    assert found(desk, Asked(by=desk.people["ann"])) == ["i0"]
    assert found(desk, Asked(by=desk.people["ben"])) == []
    assert found(desk, Asked(state="open", text="card")) == ["i1"]
    assert found(desk, Asked(rule="all", queue="annotate")) == list(TEXTS)
    assert found(desk, Asked(queue="verify")) == []
    assert found(desk, Asked(slice=("channel", "chat"))) == list(TEXTS)
    assert found(desk, Asked(slice=("of", 'a "b"'))) == list(TEXTS)
    assert found(desk, Asked(slice=("channel", 'chat", "of'))) == []
    assert found(desk, Asked(open_in="annotate")) == ["i1", "i2", "i3", "i4"]


def test_what_waits_is_what_nobody_holds_and_a_batch_holds_its_own(desk: Kernel) -> None:
    (batch,) = desk.batches()
    desk.claim("ann")
    (held,) = found(desk, Asked(in_hand="annotate"))
    rest = [name for name in TEXTS if name != held]
    assert found(desk, Asked(waits_in="annotate", tier=1, batch=batch)) == rest
    assert found(desk, Asked(waits_in="any")) == rest
    assert found(desk, Asked(waits_in="annotate", tier=2)) == found(desk, Asked(waits_in="verify")) == []
    assert found(desk, Asked(batch=batch, state="open", rule="all")) == list(TEXTS)
    assert found(desk, Asked(batch=batch, text="card")) == ["i0", "i1"]
    assert found(desk, Asked(batch=batch + 1)) == found(desk, Asked(batch=batch + 1, text="card")) == []


def test_a_confidence_is_from_and_below(store: Store) -> None:
    made = kernel(store, MODELS + VERIFY, items={"i0": "a", "i1": None}, confidence=0.9)
    assert found(made, Asked(at_least=0.9)) == ["i0"]
    assert found(made, Asked(below=0.9)) == []
    assert found(made, Asked(at_least=0.5, below=0.91)) == ["i0"]


def test_people_who_differ_are_found_and_people_who_agree_are_not(store: Store) -> None:
    both = "consensus: {share: 1, because: looking for disagreement, judgements: 2, limit: 2}"
    policy = f"routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}\n{both}"
    made = kernel(store, policy, items=2)
    for name, says in (("ann", ("a", "a")), ("ben", ("a", "b"))):
        for one, said in zip(("i0", "i1"), says, strict=True):
            made.on(name, one, "answer", said)
    assert found(made, Asked(disagree=True)) == ["i1"]


def test_what_somebody_may_not_see_is_not_found(desk: Kernel) -> None:
    with desk.store.write() as connection:
        connection.execute(
            insert(item_attribute),
            {"item_id": desk.items["i0"], "number": 2, "slices": "{}", "access": "secret", "set_at": 0},
        )
    membership = {desk.programme: Membership(frozenset({"expert"}), frozenset({1}))}
    expert = Caller(1, 1, None, False, None, frozenset(), frozenset(), None, frozenset(), membership)
    assert found(desk, Asked(text="card"), expert) == ["i1"]
    assert found(desk, Asked(), expert) == ["i1", "i2", "i3", "i4"]


def test_an_import_is_indexed_behind_it_and_never_inside_it(store: Store) -> None:
    made = kernel(store, items=0)
    with store.write() as connection:
        source = take_ins.source_key(connection, made.programme, "default")
        new = take_ins.NewTakeIn(made.programme, source, "{}", "x", "", b"", "{}", made.mona, now())
        key = take_ins.begin(connection, new)
        rows = [NewItem(f"n{n}", body := canonical({"text": f"word{n} same"}), digest(body)) for n in range(450)]
        add_items(connection, made.programme, source, key, rows, at=now())
        ledger.record(
            connection, "take_in.finished", programme=made.programme, actor=None, subject=str(key), data={}, at=now()
        )
        assert connection.execute(text("SELECT count(*) FROM item_text")).scalar() == 0
    tick(store, REACTIONS)
    while run_next(store, {"index_text": HANDLERS["index_text"]}, _never(), pace=Pace(lease_s=20)):
        pass
    with store.read() as connection:
        first = search(connection, made.programme, visible_items(owner()), Asked(text="same"), after=0, limit=400)
        rest = search(
            connection, made.programme, visible_items(owner()), Asked(text="same"), after=first.next or 0, limit=400
        )
        (one,) = search(
            connection, made.programme, visible_items(owner()), Asked(text="word449"), after=0, limit=9
        ).rows
        (by_id,) = search(connection, made.programme, visible_items(owner()), Asked(text="n449"), after=0, limit=9).rows
    assert (len(first.rows), len(rest.rows), rest.next) == (400, 50, None)
    assert one.id == by_id.id


def _never() -> Any:
    import threading

    return threading.Event()


def test_a_page_looks_at_so_many_items_and_says_where_to_go_on(desk: Kernel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("goldloop.store.search.LOOK", 2)
    desk.on("ann", "i4", "answer", "a")
    after, seen = 0, []
    with desk.store.read() as connection:
        for _ in range(9):
            page = search(connection, desk.programme, visible_items(owner()), Asked(label="a"), after=after, limit=5)
            seen += [one.id for one in page.rows]
            if page.next is None:
                break
            after = page.next
    assert seen == [desk.items["i4"]]


def test_no_filter_reads_a_whole_table_of_fifty_thousand(desk: Kernel) -> None:
    """The plan of every statement of a search, with statistics that know of many rows."""
    with desk.store.write() as connection:
        source = take_ins.source_key(connection, desk.programme, "more")
        new = take_ins.NewTakeIn(desk.programme, source, "{}", "x", "", b"", "{}", desk.mona, now())
        key = take_ins.begin(connection, new)
        body = canonical({"text": "a card among many"})
        rows = [NewItem(f"m{n}", body, digest(body)) for n in range(50_000)]
        keys = add_items(connection, desk.programme, source, key, rows, at=now())
        words = [" ".join(f"{chr(97 + (n + k) % 26)}{n * k % 977}" for k in range(30)) for n in range(len(keys))]
        index_items(connection, desk.programme, list(zip(keys, words, strict=True)))
        connection.exec_driver_sql("ANALYZE")
    asked = Asked(
        text="w777 q5", label="a", by=1, slice=("a", "b"), state="open", rule="all", at_least=0.1, disagree=True,
        open_in="annotate",
    )  # fmt: skip
    there = Asked(batch=desk.batches()[0], waits_in="annotate", tier=1, state="open")
    for one in (asked, Asked(text="c55"), Asked(), asked._replace(text=None), there):
        for plan in _plans(desk, one):
            scans = [line for line in plan if _scans(line)]
            assert not scans, (one, scans, plan)


def _scans(line: str) -> bool:
    """A read of every row of a table that grows with the programme."""
    big = (
        "item",
        "judgement",
        "batch_item",
        "decision",
        "work",
        "value",
        "item_attribute",
        "item_text",
        "closed",
        "ready",
    )
    if "Seq Scan on" in line:
        return line.split("Seq Scan on ")[1].split()[0] in ("item", "item_text")
    if line.startswith("SCAN "):
        return line.split()[1] in big and "VIRTUAL TABLE INDEX" not in line
    return False


def _plans(desk: Kernel, asked: Asked) -> list[list[str]]:
    said: list[tuple[str, Any]] = []
    prefix = "EXPLAIN " if desk.store.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    with desk.store.read() as connection:

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            said.append((statement, parameters))

        event.listen(connection, "before_cursor_execute", note)
        search(connection, desk.programme, visible_items(owner()), asked, after=0, limit=50)
        event.remove(connection, "before_cursor_execute", note)
        return [
            [str(row[-1]).strip() for row in connection.exec_driver_sql(prefix + statement, parameters)]
            for statement, parameters in said
        ]


def test_what_a_query_wants() -> None:
    assert wanted("Card-payment  blo").phrases == (("card", "payment"), ("blo",))
    assert wanted("卡 a_b").phrases == (("卡",), ("a", "b"))


@pytest.fixture
def mona(desk: Kernel) -> Iterator[tuple[Guest, Guest]]:
    """The owner, and somebody with no part in the programme."""
    from sqlalchemy import select as choose
    from tests.contract.guests import PASSWORD

    from goldloop.store import accounts
    from goldloop.store.credentials import hash_password
    from goldloop.store.schema import account

    with desk.store.write() as connection:
        key = connection.execute(choose(account.c.id).where(account.c.name == "mona")).scalar_one()
        accounts.set_password(connection, key, hash_password(PASSWORD))
    with open_house(create_app(desk.store), desk.store) as house:
        owner_ = house.guest()
        owner_.sign_in("mona")
        yield owner_, house.invite(owner_, "eve")


def test_filters_are_kept_for_oneself_and_forgotten(mona: tuple[Guest, Guest]) -> None:
    owner_, eve = mona
    kept = {"place": "items", "name": "Lost & found", "query": {"q": "card", "state": "open"}}
    assert owner_.ask("PUT", "programmes/desk/filters", json=kept).status_code == 200
    owner_.ask("PUT", "programmes/desk/filters", json={**kept, "query": {"q": "carte"}})
    assert owner_.ask("GET", "programmes/desk/filters").json()["rows"] == [{**kept, "query": {"q": "carte"}}]
    assert eve.ask("GET", "programmes/desk/filters").status_code == 404
    assert owner_.ask("DELETE", "programmes/desk/filters/items/Lost%20%26%20found").status_code == 204
    assert owner_.ask("GET", "programmes/desk/filters").json()["rows"] == []


def test_a_wrong_filter_is_told_by_its_field(mona: tuple[Guest, Guest]) -> None:
    owner_, _ = mona
    for query, field in (("slice=x", "slice"), ("state=done", "state"), ("confidence_from=2", "confidence_from")):
        answer = owner_.ask("GET", f"programmes/desk/items?{query}")
        assert answer.status_code == 422, answer.text
        assert field in answer.json()["field"]
