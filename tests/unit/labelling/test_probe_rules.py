"""Catch rates of planted errors: exact, by part, and a finding only where a whole interval lies below the floor."""

import pytest

from goldloop.labelling.anchoring.probe_rules import NONE_ANSWERED, NONE_DECLARED, Probe, caught, judge


def probes(person: str, caught_: int, missed: int) -> list[Probe]:
    said = [True] * caught_ + [False] * missed
    return [Probe(person, "sure, tier 1", "a", "m 1", one) for one in said]


def test_every_part_has_its_exact_interval_and_its_denominator() -> None:
    rows = {(one.by, one.name): one for one in caught(probes("ann", 9, 1), planted=14, declared=True)}
    whole = rows["all", ""]
    assert (whole.value, whole.n, whole.eligible) == (0.9, 10, 14)
    assert (whole.low, whole.high) == (pytest.approx(0.5550, abs=1e-4), pytest.approx(0.9975, abs=1e-4))
    assert {by for by, _ in rows} == {"all", "person", "queue", "label", "model"}
    assert rows["person", "ann"].unseen is None, "nobody else was asked"


def test_nothing_planted_is_unknown_and_says_why() -> None:
    for planted, declared, because in ((0, False, NONE_DECLARED), (0, True, NONE_ANSWERED), (3, False, NONE_ANSWERED)):
        (row,) = caught([], planted=planted, declared=declared)
        assert (row.value, row.n, row.because) == (None, 0, because)


def test_who_misses_more_than_the_others_is_one_family() -> None:
    found = caught([*probes("ann", 20, 0), *probes("ben", 5, 15), *probes("cid", 19, 1)], planted=60, declared=True)
    rows = {one.name: one for one in found if one.by == "person"}
    assert rows["ben"].adjusted is not None and rows["ben"].adjusted < 0.001
    assert rows["cid"].adjusted == 1.0
    assert rows["ben"].unseen == pytest.approx(1 - 0.25 / (39 / 40))


@pytest.mark.parametrize(
    ("said", "healthy", "names"),
    [
        ([], None, NONE_ANSWERED),
        (probes("ann", 9, 1), True, "all together"),
        ([*probes("ann", 60, 0), *probes("ben", 0, 10)], False, "ben: 0.0%"),
        ([*probes("ann", 3, 3)], True, "all together"),
        ([*probes("ann", 30, 30)], False, "ann: 50.0%"),
    ],
)
def test_a_finding_is_an_interval_below_the_floor(said: list[Probe], healthy: bool | None, names: str) -> None:
    found = judge(said, floor=0.8)
    assert found.healthy is healthy
    assert names in found.because
