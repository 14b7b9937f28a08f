"""What an engineer's report says of each slice, and which of its lines say nothing."""

import json
import random

import pytest

from goldloop.programmes.evaluations.rules import WHOLE, Counted, groups, read_lines
from goldloop.stats.estimate import proportion


def rows(right: int, n: int, **slices: str) -> list[Counted]:
    return [Counted(f"{slices}{k}", k < right, slices) for k in range(n)]


def held(found: list[Counted], **asked: float) -> dict[str, bool | None]:
    terms = {"floor": 0.9, "level": 0.95, "least": 30} | asked
    return {one.name: one.healthy for one in groups(found, **terms)}  # type: ignore[arg-type]  # least is whole


def test_a_slice_is_unhealthy_only_where_all_of_its_interval_lies_below_the_floor() -> None:
    found = rows(60, 100, language="de") + rows(88, 100, language="en") + rows(97, 100, language="fr")
    assert held(found) == {WHOLE: False, "language=de": False, "language=en": None, "language=fr": True}
    assert held(rows(30, 30)) == {WHOLE: True}
    assert held(rows(29, 29)) == {WHOLE: None}, "too few to close anything"


def test_the_numbers_are_those_of_the_exact_interval() -> None:
    one = groups(rows(60, 100), floor=0.9, level=0.95, least=30)[0]
    exact = proportion(60, 100, method="clopper-pearson")
    assert exact.interval is not None
    assert (one.value, one.low, one.high) == (0.6, exact.interval.low, exact.interval.high)
    assert (one.n, one.eligible, one.right, len(one.wrong)) == (100, 100, 60, 40)
    assert "below the floor of 0.9" in one.because


def test_what_nobody_knows_the_truth_of_is_eligible_and_not_counted() -> None:
    (one,) = groups([Counted("a", None, {}), Counted("b", None, {})], floor=0.9, level=0.95, least=1)
    assert (one.value, one.healthy, one.n, one.eligible) == (None, None, 0, 2)


def test_chance_among_many_slices_opens_next_to_nothing() -> None:
    """300 slices whose true share is the floor: each alone would be found at 2.5 %, together at the level at most."""
    chance = random.Random(5)
    found = [Counted(f"{s}-{k}", chance.random() < 0.9, {"cell": f"{s:03}"}) for s in range(300) for k in range(50)]
    verdicts = held(found)
    assert list(verdicts.values()).count(False) == 0


def test_lines_that_say_nothing_are_told_by_line_and_field_and_the_rest_goes_on() -> None:
    lines = [
        {"id": "a", "prediction": "x", "truth": "y", "slices": {"language": "de"}},
        {"prediction": "x"},
        {"id": "b"},
        {"id": "a", "prediction": "x"},
        {"id": "c", "correct": True},
        {"id": "d", "correct": 0.5},
        {"id": "e", "prediction": "x", "slices": {"deep": {}}},
        {"id": "nul\x00", "prediction": "x"},
        ["id"],
    ]
    text = "\n".join([*(json.dumps(line) for line in lines), "{", "", "[" * 100_000])
    good, bad = read_lines(text, measure="accuracy")
    assert [(one.external_id, one.right) for one in good] == [("a", None), ("c", True)]
    assert good[0].slices == {"language": "de"}
    assert [(one.line, one.field) for one in bad] == [
        (2, "id"),
        (3, "prediction"),
        (4, "id"),
        (6, "correct"),
        (7, "slices"),
        (8, ""),
        (9, ""),
        (10, ""),
        (12, ""),
    ]
    assert bad[2].found == "a, as in 1"


@pytest.mark.parametrize(("doc", "id_"), [({"id": "q7", "question": "?"}, "q7"), ({"question": "?"}, "3")])
def test_an_lm_eval_log_of_samples_is_read_by_its_measure(doc: dict[str, str], id_: str) -> None:
    sample = {"doc_id": 3, "doc": doc, "target": "B", "filtered_resps": ["A"], "metrics": ["acc"], "acc": 0.0}
    good, bad = read_lines(json.dumps(sample), measure="acc")
    assert bad == []
    assert [(one.external_id, one.right) for one in good] == [(id_, False)]
    assert [one.field for one in read_lines(json.dumps(sample), measure="f1")[1]] == ["prediction"]
