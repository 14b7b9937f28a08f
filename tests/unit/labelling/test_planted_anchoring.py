"""Simulated people follow suggestions just so much: the interval says how much, and the forecast says what shows it.

A few seeds of `bench/anchored.py`, which runs hundreds; the numbers of the seeds here are always the same.
"""

import pytest
from bench.anchored import AGREE, POINTS, recommended, run

from goldloop.core.errors import Invalid
from goldloop.labelling.anchoring.rules import BARS, Line, effects, forecasts, profiles
from goldloop.stats.bias import anchoring, blind_share

ITEMS, SEEDS = 3000, range(5)
LINE = Line(
    hidden=False, chance=0.5, queue="q", person="ann", label="a", model="m 1", how="accept", agrees=True, active_ms=900
)  # fmt: skip


@pytest.mark.parametrize("planted", POINTS)
def test_the_interval_covers_what_was_planted(planted: float) -> None:
    share = recommended(ITEMS)
    runs = [run(planted, seed, items=ITEMS, share=share) for seed in SEEDS]
    assert sum(one.covers for one in runs) == len(SEEDS), [one.effect.value for one in runs]
    if planted == 0.05:
        assert sum(one.finds for one in runs) >= 3, "planned for 4 of 5"
    if planted == 0:
        assert sum(one.finds for one in runs) == 0


def test_a_larger_effect_needs_a_smaller_share_and_what_cannot_be_seen_is_said() -> None:
    small, large = (blind_share(effect, items=20_000, blind_rate=AGREE, people=8) for effect in (0.02, 0.05))
    assert small.share is not None
    assert large.share is not None
    assert 0 < large.share < small.share <= 0.5
    assert large.blind == round(large.share * 20_000)
    assert large.power >= 0.8
    nothing = blind_share(0.01, items=1000, blind_rate=AGREE, people=8)
    assert nothing.share is None
    assert nothing.items is not None
    assert nothing.items > 1000
    assert blind_share(0.01, items=nothing.items, blind_rate=AGREE, people=8).share is not None
    assert blind_share(0.01, items=1000, blind_rate=AGREE, people=2, between=0.2).items is None, (
        "people differ too much"
    )
    with pytest.raises(Invalid):
        blind_share(0.0, items=10, blind_rate=0.5)


def test_unequal_chances_weigh_what_was_hidden_oftener_less() -> None:
    """A hard batch hides half, an easy one a tenth: without weights their difference would pass for an effect."""
    agrees, shown, chance = [], [], []
    for share, rate, n in ((0.5, 0.5, 1000), (0.1, 0.9, 1000)):
        for k in range(n):
            hidden = k < share * n
            agrees.append((k % 10) < rate * 10)
            shown.append(not hidden)
            chance.append(share if hidden else 1 - share)
    plain, weighted = anchoring(agrees, shown).overall, anchoring(agrees, shown, probability=chance).overall
    assert plain.value is not None
    assert plain.value > 0.1
    assert weighted.value == pytest.approx(0)
    with pytest.raises(Invalid):
        anchoring(agrees, shown, probability=[0.0] * len(agrees))


def test_an_interval_over_people_who_are_all_alike_is_not_a_point() -> None:
    lines = [
        LINE._replace(hidden=hidden, agrees=not hidden, person=who) for who in "ab" for hidden in (True, False)
    ] * 5
    whole = effects(lines, eligible=20)[0]
    assert whole.value == 1.0
    assert whole.low is not None
    assert whole.low < 0.9


def test_what_the_reference_says_splits_help_from_harm() -> None:
    lines = [
        LINE._replace(hidden=hidden, agrees=agrees, wrong_suggestion=wrong, wrong_label=agrees is wrong)
        for hidden, agrees, wrong in (
            [(False, True, True)] * 10 + [(True, False, True)] * 10 + [(False, True, False)] * 20
            + [(True, True, False)] * 10 + [(True, False, False)] * 10
        )
    ]  # fmt: skip
    found = {one.form: one for one in effects(lines, eligible=60) if one.by == "all"}
    assert found["wrong_followed"].value == pytest.approx(1.0)
    assert found["right_kept"].value == pytest.approx(0.5)
    assert found["error"].value == pytest.approx(10 / 30 - 10 / 30)


def test_profiles_count_every_answer_and_measure_those_whose_time_is_known() -> None:
    lines = [LINE._replace(active_ms=ms) for ms in (500, 999, 1000, 130_000, None)]
    (whole, *_) = profiles(lines)
    assert (whole.n, whole.timed) == (5, 4)
    assert whole.bars == (2, 1, *[0] * (len(BARS) - 2), 1)
    assert whole.p50 == 999.5


def test_before_there_is_a_blind_arm_the_forecast_says_what_it_assumes() -> None:
    assert all(one.assumed.startswith("assumed: 0.9") for one in forecasts([LINE], items=10_000))
