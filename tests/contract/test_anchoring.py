"""What the record says of showing suggestions: both arms of the draw, their weights, and what is unknown."""

from dataclasses import replace

import pytest
from tests.contract.kernel import VERIFY, Kernel, kernel

from goldloop.labelling.anchoring import anchoring_of
from goldloop.store.open import Store

MODEL = "\nmodels: {oracle: {judge: choice_baseline.v1}}\n"
BLIND = MODEL + VERIFY + "blind: {share: 0.5}\n"
ITEMS = 40


def report(made: Kernel) -> dict:
    with made.store.read() as connection:
        return anchoring_of(connection, made.store.ids, made.contexts, made.programme)


def effect(found: dict, form: str, by: str = "all", name: str = "") -> dict:
    return next(one for one in found["effects"] if (one["form"], one["by"], one["name"]) == (form, by, name))


@pytest.fixture
def fixed(store: Store) -> Store:
    """The draw is keyed: the same items are hidden every time."""
    return replace(store, secret=b"the same every time")


def work_off(made: Kernel, *, who: tuple[str, ...] = ("ann", "ben")) -> None:
    """Everybody accepts what is shown, and says `b` where it is hidden."""
    left = True
    while left:
        left = False
        for name in who:
            for held in made.claim(name, 5):
                left = True
                if held.suggestion is not None:
                    made.say(name, held.work_id, "accept")
                else:
                    made.say(name, held.work_id, "answer", "b")


def test_who_follows_what_is_shown_and_says_otherwise_unseen_is_anchored_in_full(fixed: Store) -> None:
    made = kernel(fixed, BLIND, items={f"i{n}": "a" for n in range(ITEMS)})
    work_off(made)
    found = report(made)
    assert found["arms"]["suggested"] == found["arms"]["drawn"] == ITEMS
    assert (found["arms"]["shown"], found["arms"]["hidden"], found["arms"]["crossed"]) == (20, 20, 0)
    assert found["seen"] == {"never": 20, "before": 20, "after": 0}
    whole = effect(found, "agreement")
    assert (whole["value"], whole["shown"], whole["hidden"]) == (1.0, 1.0, 0.0)
    assert (whole["shown_n"], whole["hidden_n"], whole["n"], whole["eligible"]) == (20, 20, 40, 40)
    assert effect(found, "agreement", "label", "a")["value"] == 1.0
    assert effect(found, "agreement", "model", "oracle 1")["value"] == 1.0
    assert effect(found, "agreement", "queue", "suggested, tier 1")["value"] == 1.0
    assert {one["name"].split(" ")[0] for one in found["effects"] if one["by"] == "person"} == {"ann", "ben"}
    error = effect(found, "error")
    assert error["value"] is None
    assert "reference" in error["because"]


def test_without_a_blind_share_the_effect_is_unknown_and_never_nought(store: Store) -> None:
    made = kernel(store, MODEL + VERIFY, items={f"i{n}": "a" for n in range(8)})
    work_off(made)
    found = report(made)
    assert found["arms"]["suggested"] == 8
    assert found["arms"]["drawn"] == 0
    assert {one["value"] for one in found["effects"]} == {None}
    assert "blind.share" in effect(found, "agreement")["because"]
    assert all(one["share"] is None and "it takes" in one["because"] for one in found["forecasts"])


def test_before_anything_is_suggested_there_is_nothing_to_measure(store: Store) -> None:
    found = report(kernel(store, items=3))
    assert effect(found, "agreement")["value"] is None
    assert found["profiles"] == []


def test_a_mended_answer_counts_as_it_was_mended(fixed: Store) -> None:
    made = kernel(fixed, BLIND, items={f"i{n}": "a" for n in range(4)})
    held = next(one for one in made.claim("ann", 4) if one.suggestion is None)
    made.say("ann", held.work_id, "answer", "b")
    assert effect(report(made), "agreement")["hidden_n"] == 1
    made.undo("ann", held.work_id)
    assert effect(report(made), "agreement")["hidden_n"] == 0


def test_items_that_were_certain_of_their_arm_tell_nothing(store: Store) -> None:
    """Of one item a share is the whole: it could not have been shown."""
    made = kernel(store, BLIND, items={"i0": "a"})
    work_off(made)
    found = report(made)
    assert (found["arms"]["suggested"], found["arms"]["drawn"]) == (1, 0)
