"""How a programme stands on one page: the numbers of the pages behind it, and what is not known said so."""

from tests.contract import gates
from tests.contract.guests import PASSWORD, open_house
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.clock import DAY
from goldloop.loop.brief import Reading, heard
from goldloop.quality.accuracy.programme import accuracy_of
from goldloop.rhythm.health import Vital, against, health_of
from goldloop.store import accounts
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store

GATED = """
batches: {gate: release, size: 10, due_days: 3}
tiers: {1: {rate: 1500}, 2: {rate: 2000}, 3: {rate: 3000}}
budget: {amount: 100, currency: EUR}
gates:
  release: {owner: mona, sample: {size: 8, tier: 3, minimum: 0}, checks: [{floor.v1: {of: accuracy.v1, at: 0.9}}]}
sla: {client: Northwind, terms: {right: {promise: accuracy, owner: mona, at: 0.85}}}
"""


def vitals(made: Kernel, *, after: int = 0) -> dict[str, Vital]:
    with made.store.read() as connection:
        found = health_of(connection, made.contexts, made.store.ids, made.programme, at=made.at + after)
    assert all(one.value is not None or one.because for one in found), "what is unknown says why"
    return {one.key: one for one in found}


def test_a_programme_of_which_nothing_is_known_is_unknown_and_not_healthy(store: Store) -> None:
    found = vitals(kernel(store, ANNOTATE, items=2))
    for key in ("accuracy", "agreement", "gates_failed", "gates_waived", "promises", "calibrated", "cost", "finish"):
        assert (found[key].value, found[key].state) == (None, "unknown"), key
    assert found["promises"].because == "nothing is promised in the programme file"
    assert (found["briefs_open"].value, found["briefs_open"].state) == (0, "healthy")
    assert (found["queue_old"].value, found["queue_old"].n, found["queue_old"].eligible) == (0, 2, 2)


def test_every_number_is_that_of_the_page_behind_it_held_against_its_bar(store: Store) -> None:
    made = kernel(store, ANNOTATE + GATED, items=10)
    (batch,) = made.batches()
    gates.work_off(made, "ann", lambda _: "b")
    gates.gate(made, batch)
    gates.work_off(made, "sue", lambda _: "a")
    assert gates.gate(made, batch)["outcome"] == "fail"
    with store.write() as connection:
        for key, title in (("k", "First"), ("k2", "Second")):
            heard(connection, Reading(made.programme, key, "evaluation", title, False, "0.7 of 9"), at=made.at)
        heard(connection, Reading(made.programme, "k2", "evaluation", "Second", True, "0.9 of 9"), at=made.at + 1)
        heard(connection, Reading(made.programme, "k2", "evaluation", "Second", False, "0.7 of 9"), at=made.at + 2)
    found = vitals(made, after=20 * DAY)
    with store.read() as connection:
        behind = accuracy_of(connection, made.contexts, made.programme)["accuracy"]
    same = next(row for row in behind if (row["by"], row["stage"]) == ("all", "now"))
    accuracy = found["accuracy"]
    assert (accuracy.value, accuracy.low, accuracy.high, accuracy.n) == tuple(
        same[name] for name in ("value", "low", "high", "n")
    )
    assert (accuracy.bar, accuracy.state, accuracy.href) == (0.9, "unhealthy", "/p/desk/accuracy")
    assert (found["gates_failed"].value, found["gates_failed"].n, found["gates_failed"].state) == (1, 1, "unhealthy")
    assert (found["gates_waived"].value, found["gates_waived"].state) == (0, "healthy")
    assert found["briefs_open"].value == found["briefs_overdue"].value == found["briefs_overdue"].n
    assert (found["briefs_relapsed"].value, found["briefs_relapsed"].because) == (1, "Second")
    assert (found["lapsed"].state, found["lapsed"].href) == ("unhealthy", "/p/desk/calendar?state=lapsed")


def test_a_number_whose_interval_reaches_over_its_bar_is_in_doubt() -> None:
    assert against(0.95, 0.92, 0.97, 0.9) == "healthy"
    assert against(0.95, 0.88, 0.97, 0.9) == "in doubt"
    assert against(0.89, 0.80, 0.95, 0.9) == "unhealthy"
    assert against(None, None, None, 0.9) == "unknown"


def test_the_page_and_its_file_are_for_who_sees_the_programme(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=1)
    with store.write() as connection:
        for name in ("mona", "ann"):
            if name == "ann":
                accounts.add_account(connection, made.people["ann"], "ann", password=None, at=made.at)
            actor = accounts.actor_of_account(connection, name)
            account = accounts.account_of_actor(connection, actor)
            assert account is not None
            accounts.set_password(connection, account.id, hash_password(PASSWORD))
    app = create_app(store)
    with open_house(app, store) as house:
        mona, ann = house.guest(), house.guest()
        mona.sign_in("mona")
        ann.sign_in("ann")
        shown = mona.ask("GET", "programmes/desk/health").json()
        assert shown["counts"]["unknown"] == sum(one["state"] == "unknown" for one in shown["rows"]) > 0
        file = mona.ask("GET", "programmes/desk/health", params={"format": "csv"})
        assert file.text.splitlines()[0].startswith("key,about,unit,value,low,high,level,n,eligible,bar,state")
        assert ann.ask("GET", "programmes/desk/health").status_code == 404
