"""Where a batch stands with the client: the last word counts, and a dispute holds until it is signed off or waived."""

from itertools import product

import pytest

from goldloop.core.sla import Hold
from goldloop.loop.sign_off_rules import is_held, standing
from goldloop.store.sign_offs import Kind, SignOff


def words(*kinds: Kind) -> list[SignOff]:
    """Words of these kinds, in order."""
    return [
        SignOff(
            n, 1, 1, kind, f"word {n}", (n,) if kind == "disputed" else (), None if kind == "asked" else "Noor", None, n
        )
        for n, kind in enumerate(kinds)
    ]


def test_what_nobody_spoke_of_waits_for_the_client() -> None:
    assert standing([]).state == "asked"
    assert standing([]).said is None


def test_the_last_word_is_how_a_batch_stands_and_who_said_it_is_known_when_it_is_asked_again() -> None:
    assert standing(words("asked", "signed")).state == "signed"
    again = standing(words("asked", "disputed", "asked"))
    assert (again.state, again.disputed) == ("asked", True)
    assert again.said is not None
    assert (again.said.by, again.said.kind) == ("Noor", "disputed")
    assert not standing(words("asked", "disputed", "asked", "signed")).disputed


@pytest.mark.parametrize(
    ("kinds", "disputed", "unsigned"),
    [
        ((), False, True),
        (("asked",), False, True),
        (("asked", "signed"), False, False),
        (("asked", "signed", "asked"), False, True),
        (("asked", "disputed"), True, True),
        (("asked", "disputed", "asked"), True, True),
        (("asked", "disputed", "asked", "signed"), False, False),
    ],
)
def test_what_the_agreement_holds_back(kinds: tuple[Kind, ...], disputed: bool, unsigned: bool) -> None:
    one = standing(words(*kinds))
    held = {hold: is_held(hold, one) for hold in ("disputed", "unsigned", "nothing")}
    assert held == {"disputed": disputed, "unsigned": unsigned, "nothing": False}


def test_a_dispute_that_was_waived_by_name_holds_nothing_up() -> None:
    holds: tuple[Hold, ...] = ("disputed", "unsigned", "nothing")
    for hold, kinds in product(holds, (("asked", "disputed"), ("asked", "disputed", "asked"))):
        assert not is_held(hold, standing(words(*kinds), waived=True))  # type: ignore[arg-type]  # kinds of words
    assert is_held("unsigned", standing(words("asked"), waived=True)), "there is no dispute to be waived"
