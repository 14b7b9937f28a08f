"""Newcomers who read a rule otherwise are told from newcomers who do not, without a reference."""

import dataclasses
import json

from tests.unit.measures.tables import Row, table

from goldloop.core.families import Measured, Table
from goldloop.core.ontology import Label, Ontology
from goldloop.quality.people.cohorts import read_alike
from goldloop.tasks.choice import Choice

NAMES = Ontology(labels=tuple(Label(id=one, name=one.title()) for one in ("fee", "rate", "card")))
LABELS = ("fee", "rate", "card")
MONTHS = {"old": "2026-01", "older": "2026-01", "new": "2026-03"}


def compared(rows: list[Row]) -> dict[str, Measured]:
    """What is said of each cohort; the months by who answered."""
    made: Table = table(rows)
    texts = tuple(json.dumps(one) for one in made.values)
    months = {code: MONTHS[name] for code, name in enumerate(made.actors)}
    found = read_alike(dataclasses.replace(made, values=texts), Choice(), NAMES, months)
    return {one.slice["month"]: one for one in found}


def answers(new_says: dict[str, str]) -> list[Row]:
    """Sixty items that all three answered; the newcomer puts some labels otherwise."""
    rows = []
    for n in range(60):
        label = LABELS[n % 3]
        rows += [Row(n, "old", label), Row(n, "older", label if n % 15 else "card")]
        rows.append(Row(n, "new", new_says.get(label, label)))
    return rows


def test_a_cohort_that_reads_a_rule_otherwise_is_named_with_what_it_says() -> None:
    found = compared(answers({"fee": "rate"}))["2026-03"]
    assert (found.n, found.eligible) == (30, 60), "one pair an item: every other one is kept for the others"
    assert found.value is not None
    assert found.low is not None
    assert found.low < found.value < 0.8
    assert found.because is not None
    assert "most often they say Rate where others say Fee (10 items)" in found.because
    assert "one of 2 cohorts looked at" in found.because
    assert found.details["others"] == 30


def test_a_cohort_that_reads_the_rules_alike_is_not_named() -> None:
    found = compared(answers({}))["2026-03"]
    assert found.value == 1.0
    assert found.because is None


def test_who_shares_no_item_with_others_is_unknown_with_the_reason() -> None:
    rows = [Row(n, "old", "fee") for n in range(5)] + [Row(n, "new", "fee") for n in range(5, 9)]
    found = compared(rows)["2026-03"]
    assert (found.value, found.n) == (None, 0)
    assert found.because == "no item was answered by one of them and one of the others"
    assert compared([Row(n, who, "fee") for n in range(5) for who in ("old", "older")]) == {}, "one cohort has no other"
