"""Agreement where people give scores by criteria, and preferences."""

import random
from typing import Any

import pytest
from tests.unit.measures.tables import Row, table

from goldloop.measures.agreement import Agreement
from goldloop.stats.agreement import krippendorff
from goldloop.tasks.pairwise import Pairwise
from goldloop.tasks.rating import Rating


def scored(correct: int, clear: int) -> dict[str, Any]:
    said = (("clear", clear), ("correct", correct))
    return {"ratings": [{"label": label, "score": score, "comment": ""} for label, score in said]}


def crowd() -> list[Row]:
    """Two people who agree on `correct` up to a step and on `clear` not at all."""
    chance = random.Random(5)
    rows = []
    for item in range(80):
        true = chance.randint(1, 5)
        for actor in ("ann", "ben"):
            near = min(5, max(1, true + chance.choice((-1, 0, 0, 1))))
            rows.append(Row(item, actor, scored(near, chance.randint(1, 5))))
    return rows


def column(rows: list[Row], label: str) -> list[int]:
    return [next(one["score"] for one in row.answer["ratings"] if one["label"] == label) for row in rows]


def test_scores_are_agreed_on_by_order_and_every_criterion_has_its_own_value() -> None:
    rows = crowd()
    whole, clear, correct = Agreement().measure(table(rows), Rating())
    assert "ordinal" in whole.method
    assert (clear.slice, correct.slice) == ({"label": "clear"}, {"label": "correct"})
    for label, found in (("clear", clear), ("correct", correct)):
        items, actors = [row.item for row in rows], [row.actor for row in rows]
        expected = krippendorff(items, actors, column(rows, label), metric="ordinal")
        assert found.value == pytest.approx(expected.value)
        assert found.details["said"] == len(rows)
    assert correct.value > 0.6 > 0.2 > clear.value


def test_a_step_apart_is_less_than_four_and_a_number_can_be_one() -> None:
    rows = crowd()
    nominal = krippendorff(
        [row.item for row in rows], [row.actor for row in rows], column(rows, "correct"), metric="nominal"
    )
    ordinal = Agreement().measure(table(rows), Rating())[2]
    interval = Agreement().measure(table(rows), Rating(kind="interval"))[2]
    assert ordinal.value > nominal.value + 0.2
    assert "interval" in interval.method
    assert interval.value != ordinal.value


def test_a_preference_counts_which_and_not_how_much() -> None:
    def said(prefer: str, strength: int) -> dict[str, Any]:
        return {"preferences": [{"label": "better", "prefer": prefer, "strength": strength}], "why": ""}

    rows = [
        Row(item, actor, said("ab"[item % 2], 1 + (item + shift) % 2))
        for item in range(30)
        for actor, shift in (("ann", 0), ("ben", 1))
    ]
    whole, better = Agreement().measure(table(rows), Pairwise(strength=2))
    assert whole.value == better.value == pytest.approx(1.0)
