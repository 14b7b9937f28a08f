"""What a dataset holds beside what it should: gaps whose intervals hold together, briefs where there is too little."""

import pytest
from sqlalchemy import insert, update
from tests.contract import gates
from tests.contract.guests import PASSWORD, open_house
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel

from goldloop.app import create_app
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.programme_file import read_policy
from goldloop.programmes.coverage.measure import cover, measure
from goldloop.programmes.coverage.rules import Gap, counted, declared, gaps
from goldloop.stats.estimate import proportion
from goldloop.store import accounts
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.schema import item_attribute

TARGET = "\ncoverage: {slices: {language: {de: 0.5, en: 0.5}}, gap: 0.1, least: 20}\n"


def labelled(store: Store, *, german: int, english: int, target: str = TARGET) -> Kernel:
    """A programme whose items are labelled, so many of each language."""
    made = kernel(store, ANNOTATE + target, items=german + english, slices={"language": "en"})
    with store.write() as connection:
        for n in range(german):
            mine = item_attribute.c.item_id == made.items[f"i{n}"]
            connection.execute(update(item_attribute).where(mine).values(slices='{"language":"de"}'))
    for who in ("ann", "ben"):
        gates.work_off(made, who, lambda _: "a")
    return made


def found(made: Kernel, **asked: object) -> dict[str, Gap]:
    rows = measure(made.store, made.programme, "labels", asked.get("counts"), at=made.at + 1)  # type: ignore[arg-type]
    return {one.value: one for one in rows}


def opened(made: Kernel) -> dict[str, BriefRow]:
    with made.store.read() as connection:
        return {one.title: one for one in briefs(connection, made.programme) if one.source == "coverage"}


def test_a_slice_of_which_there_is_too_little_is_a_finding_until_there_is_enough(store: Store) -> None:
    made = labelled(store, german=8, english=72)
    rows = found(made)
    german = rows["de"]
    exact = proportion(8, 80, method="clopper-pearson", level=0.975)  # two slices: both hold together at 95 %
    assert exact.interval is not None
    assert (german.share, german.gap, german.healthy) == (0.1, -0.4, False)
    assert (german.low, german.high) == (exact.interval.low - 0.5, exact.interval.high - 0.5)
    assert (german.n, german.eligible, german.count) == (80, 80, 8)
    assert rows["en"].healthy is True, "more than enough is no lack"
    (row,) = opened(made).values()
    assert (row.title, row.state) == ("Too little of language de in what is labelled", "open")

    with store.write() as connection:  # another thirty turn out to be German: newer attributes count
        keys = [made.items[f"i{n}"] for n in range(8, 38)]
        values = [{"item_id": key, "number": 9, "slices": '{"language":"de"}', "set_at": 0} for key in keys]
        connection.execute(insert(item_attribute), values)
    measure(store, made.programme, "labels", None, at=made.at + 2)
    (row,) = opened(made).values()
    assert row.state == "closed"


def test_counts_of_production_are_a_sample_themselves(store: Store) -> None:
    made = labelled(store, german=40, english=40, target="")
    few, many = ({"language": {"de": 9 * n, "en": n}} for n in (1, 1000))
    unsure, sure = found(made, counts=few)["de"], found(made, counts=many)["de"]
    assert unsure.gap == sure.gap == pytest.approx(-0.4)
    assert (unsure.high or 0) - (unsure.low or 0) > (sure.high or 0) - (sure.low or 0)
    assert (unsure.healthy, sure.healthy) == (None, False)
    with pytest.raises(Conflict, match="declares no target"):
        measure(store, made.programme, "labels", None, at=made.at)


def test_what_no_item_says_is_not_known_and_never_nothing() -> None:
    (one,) = gaps({}, 50, declared({"region": {"north": 0.3}}), line=0.05, least=10)
    assert (one.share, one.gap, one.healthy, one.n, one.eligible) == (None, None, None, 0, 50)
    assert counted({"region": {"north": 0}}) == [], "no production is no target"


def test_the_job_is_asked_for_by_who_runs_gates_and_read_by_who_sees(store: Store) -> None:
    made = labelled(store, german=8, english=72)
    assert gates.run(made, "coverage", cover, {"programme": made.programme, "of": "labels", "counts": None}) == {
        "slices": 2,
        "short": 1,
    }
    with store.write() as connection:
        account = accounts.account_of_actor(connection, made.mona)
        assert account is not None
        accounts.set_password(connection, account.id, hash_password(PASSWORD))
    app = create_app(store)
    with open_house(app, store) as house:
        mona = house.guest()
        mona.sign_in("mona")
        path = "programmes/desk/coverage"
        shown = mona.ask("GET", path).json()
        assert [(one["value"], one["healthy"], one["count"]) for one in shown["rows"]] == [
            ("de", False, 8),
            ("en", True, 72),
        ]
        assert mona.ask("POST", path, json={"of": "labels"}).status_code == 202
        assert mona.ask("POST", path, json={"of": "nothing"}).status_code == 404
        assert mona.ask("POST", path, json={"counts": {"language": {"de": -1}}}).status_code == 422
        assert mona.ask("GET", path, params={"against": "production"}).json()["rows"] == []


@pytest.mark.parametrize(
    "wrong",
    ["slices: {}", "slices: {language: {}}", "slices: {language: {de: 0.7, en: 0.7}}", "slices: {a: {b: 1}}, gap: 0"],
)
def test_a_target_that_nothing_can_meet_is_refused_by_line(wrong: str) -> None:
    with pytest.raises(Invalid, match=r"p\.yaml"):
        read_policy(PROGRAMME + ANNOTATE + f"\ncoverage: {{{wrong}}}\n", name="p.yaml")
