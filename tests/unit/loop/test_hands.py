"""What a lane asks for, and whose hands meet it."""

import pytest

from goldloop.store.lanes import Hands, Requirements

WORK = Requirements(programme=1, queue="annotate", tier=1)
ASKED = {
    "tier": 3,
    "skills": frozenset({"law"}),
    "languages": frozenset({"ja"}),
    "residency": "EU",
    "clearance": "secret",
    "content": frozenset({"violence"}),
    "modality": "lidar",
    "person": 7,
}
BROUGHT = {
    "tier": {"tiers": frozenset({3})},
    "modality": {"skills": frozenset({"lidar"})},
    "clearance": {"clearance": frozenset({"secret"})},
}
PLAIN = Hands(tiers=frozenset({1, 2}), languages=frozenset({"en"}), residency="US", person=6)


@pytest.mark.parametrize("what", ASKED)
def test_whatever_a_lane_asks_for_keeps_it_from_who_does_not_bring_it_and_only_from_them(what: str) -> None:
    wanted = WORK.model_copy(update={what: ASKED[what]})
    assert PLAIN.may_do(WORK)
    assert not PLAIN.may_do(wanted)
    assert PLAIN.model_copy(update=BROUGHT.get(what, {what: ASKED[what]})).may_do(wanted)
