import csv

import numpy as np
import pytest
from tests.realdata import folder
from tests.unit.measures.tables import Row, table

from goldloop.measures.agreement import Agreement
from goldloop.stats.agreement import cohen, fleiss, gwet, krippendorff
from goldloop.tasks.choice import Choice
from goldloop.tasks.spans import Spans


def crowd(name: str) -> list[Row]:
    """A real crowd, exact repeats left out."""
    with (folder("crowd-classification") / f"{name}.label.csv").open(newline="") as file:
        rows = dict.fromkeys(map(tuple, csv.reader(file)))
    return [Row(int(item), f"w{worker}", label) for item, worker, label in rows if item.isdigit()]


@pytest.mark.parametrize(
    ("name", "alpha"), [("rte", 0.241479), ("bluebird", 0.125501), ("face", 0.494920), ("cf", 0.576837)]
)
def test_alpha_of_a_real_crowd_is_the_published_one(name, alpha):
    whole = Agreement().measure(table(crowd(name)), Choice())[0]
    assert whole.value == pytest.approx(alpha, abs=1e-6)
    assert whole.low < whole.value < whole.high


def test_two_people_of_a_real_crowd_have_the_kappa_of_the_statistic():
    rows = crowd("bluebird")
    pair = [row for row in rows if row.actor in {rows[0].actor, rows[1].actor}]
    whole = Agreement(statistic="cohen", per_label=False).measure(table(pair), Choice())[0]
    columns = [[row.item for row in pair], [row.actor for row in pair], [row.answer for row in pair]]
    assert whole.value == pytest.approx(cohen(*columns).value)


def test_fleiss_is_the_statistic_s():
    rows = crowd("bluebird")
    whole = Agreement(statistic="fleiss", per_label=False).measure(table(rows), Choice())[0]
    columns = [[row.item for row in rows], [row.actor for row in rows], [row.answer for row in rows]]
    assert whole.value == pytest.approx(fleiss(*columns).value)


def test_gwet_holds_where_one_label_is_rare_and_alpha_does_not():
    rows = [Row(n, actor, "rare" if n % 20 == (3 if actor == "dev" else 7) else "usual") for n in range(300)
            for actor in ("dev", "ann")]  # fmt: skip
    columns = [[row.item for row in rows], [row.actor for row in rows], [row.answer for row in rows]]
    found = {
        name: Agreement(statistic=name, per_label=False).measure(table(rows), Choice())[0] for name in ("gwet", "alpha")
    }
    assert found["gwet"].value == pytest.approx(gwet(*columns).value)
    assert found["gwet"].low < found["gwet"].value < found["gwet"].high
    assert found["gwet"].low > 0.8
    assert found["alpha"].value < 0.05


def test_cohen_of_three_people_is_no_number():
    rows = [Row(n, actor, "a" if n % 2 else "b") for n in range(9) for actor in ("dev", "ann", "tia")]
    (whole,) = Agreement(statistic="cohen", per_label=False).measure(table(rows), Choice())
    assert whole.value is None
    assert "3 annotators" in whole.because


def test_only_first_independent_answers_count():
    fair = [
        Row(n, actor, "a" if (n + shift) % 3 else "b")
        for n in range(60)
        for actor, shift in (("dev", 0), ("ann", n == 5))
    ]
    noise = [
        *(Row(n, "tia", "b", stance="reject") for n in range(60)),
        *(Row(n, "sen", "a", stance="adjudicate") for n in range(60)),
        *(Row(n, "max", "a", first=False) for n in range(60)),
        *(Row(n, "eve", None, stance="skip") for n in range(60)),
    ]
    assert Agreement().measure(table([*fair, *noise]), Choice())[0].value == pytest.approx(
        Agreement().measure(table(fair), Choice())[0].value
    )


def test_the_denominator_is_the_items_that_could_have_been_compared():
    rows = [Row(n, "dev", "a" if n % 2 else "b") for n in range(100)] + [Row(n, "ann", "a") for n in range(12)]
    whole = Agreement().measure(table(rows, items=150), Choice())[0]
    assert (whole.n, whole.eligible) == (12, 150)


def test_a_label_that_people_confuse_has_a_lower_value_of_its_own():
    rows = []
    for n in range(90):
        label = "abc"[n % 3]
        rows += [Row(n, "dev", label), Row(n, "ann", "b" if label == "a" and n % 2 else label)]
    found = {one.slice.get("label"): one.value for one in Agreement().measure(table(rows), Choice())}
    assert found["c"] == 1.0
    assert found["a"] < found["c"]


def test_sets_of_labels_agree_per_label():
    rows = []
    for n in range(30):
        answer = {"labels": ["x", "y"]} if n % 2 else {"labels": ["y"]}
        rows += [Row(n, "dev", answer), Row(n, "ann", {"labels": ["x"]} if n % 2 else answer)]
    found = {one.slice.get("label"): one for one in Agreement().measure(table(rows), Choice(multiple=True))}
    assert found["x"].value == 1.0
    assert found["y"].value < 1.0


def test_spans_are_compared_token_by_token_and_whole_items_are_resampled():
    text = "Ada Lovelace was born in London ."
    person, place = {"start": 0, "end": 12, "label": "per"}, {"start": 25, "end": 31, "label": "loc"}
    rows, bodies = [], {}
    for n in range(40):
        bodies[n] = {"text": text}
        rows += [Row(n, "dev", {"spans": [person, place]}), Row(n, "ann", {"spans": [person] if n % 4 else []})]
    found = Agreement().measure(table(rows, bodies=bodies), Spans())
    units = [(n, k) for n in range(40) for k in range(7)]
    dev = ["per", "per", "O", "O", "O", "loc", "O"]
    values = [dev[k] for _, k in units] + ["per" if n % 4 and k < 2 else "O" for n, k in units]
    places = [f"{n}:{k}" for n, k in units] * 2
    expected = krippendorff(places, ["dev"] * 280 + ["ann"] * 280, values, cluster=[n for n, _ in units] * 2)
    assert found[0].value == pytest.approx(expected.value)
    assert "clusters" in (found[0].interval_method or "")
    assert (found[0].n, found[0].details["ratings"]) == (40, 560)
    assert {one.slice["label"] for one in found[1:]} == {"per", "loc"}


def test_of_a_hundred_thousand_items_those_with_two_answers_count():
    r = np.random.default_rng(0)
    n, twice = 100_000, 10_000
    items = np.concatenate([np.arange(n), r.permutation(n)[:twice]])
    labels = [f"l{k}" for k in r.integers(20, size=n)]
    rows = [
        Row(int(item), f"p{item % 40}" if k < n else f"q{item % 7}", labels[item] if k < n or item % 9 else "l0")
        for k, item in enumerate(items)
    ]
    whole = Agreement().measure(table(rows), Choice())[0]
    assert whole.n == twice
