"""Near-duplicates against comparing every pair, and splits that stay what they were."""

import random

import numpy as np
import pytest

from goldloop.core.errors import Invalid
from goldloop.stats import overlap

WORDS = [f"w{n}" for n in range(400)]


def texts(count: int, *, copies: int, changed: int) -> list[list[str]]:
    """Random texts of 30 words, each followed by copies with some words changed."""
    chance = random.Random(11)
    out = []
    for _ in range(count):
        first = [chance.choice(WORDS) for _ in range(30)]
        out.append(first)
        for _ in range(copies):
            copy = list(first)
            for at in chance.sample(range(30), changed):
                copy[at] = chance.choice(WORDS)
            out.append(copy)
    return out


def signed(said: list[list[str]]) -> overlap.nearness.Signatures:
    return overlap.signatures([overlap.phrases(overlap.codes(words), 2) for words in said])


def test_minima_estimate_what_two_texts_have_in_common() -> None:
    said = texts(60, copies=1, changed=2)
    found = signed(said)
    for n in range(0, len(said), 2):
        one, other = (set(overlap.phrases(overlap.codes(words), 2).tolist()) for words in said[n : n + 2])
        common = len(one & other) / len(one | other)
        assert abs((found[n] == found[n + 1]).mean() - common) < 0.35, "within four standard errors of 32 minima"


def test_near_texts_hang_together_and_others_do_not() -> None:
    said = texts(80, copies=2, changed=1)
    groups = overlap.components(len(said), [overlap.near(signed(said), share=0.6)])
    for n in range(0, len(said), 3):
        assert len(set(groups[n : n + 3].tolist())) == 1
    assert len(set(groups.tolist())) == 80


def test_the_same_text_is_always_near_whatever_its_length() -> None:
    said = [["one"], ["one"], ["one", "two"], ["one", "two"], [], []]
    groups = overlap.components(6, [overlap.near(signed(said), share=1)]).tolist()
    assert groups == [0, 0, 1, 1, 2, 3], "a text without words is near nothing"


def test_members_with_a_key_in_common_are_one_group_however_long_the_chain() -> None:
    members = np.array([0, 1, 1, 2, 2, 3, 4], dtype=np.int64)
    keys = np.array([7, 7, 8, 8, 9, 9, 10], dtype=np.uint64)
    assert overlap.components(5, [overlap.joined(members, keys)]).tolist() == [0, 0, 0, 0, 1]


def allot(groups: list[int], had: list[int], *, seed: int = 3) -> overlap.Allotted:
    names = np.arange(100, 100 + len(groups), dtype=np.uint64)
    return overlap.allot(
        np.array(groups, dtype=np.int64), np.array(had, dtype=np.int64), names, shares=(0.8, 0.1, 0.1), seed=seed
    )


def test_shares_are_met_to_the_row_where_groups_allow_it() -> None:
    found = allot(list(range(1000)), [-1] * 1000)
    assert np.bincount(found.parts).tolist() == [800, 100, 100]
    assert (found.groups, found.largest, found.merged, found.moved) == (1000, 1, 0, 0)
    assert (found.parts == allot(list(range(1000)), [-1] * 1000).parts).all()
    assert (found.parts != allot(list(range(1000)), [-1] * 1000, seed=4).parts).any(), "another seed, another draw"


def test_a_member_keeps_its_part_when_others_come() -> None:
    first = allot(list(range(500)), [-1] * 500)
    second = allot(list(range(900)), [*first.parts.tolist(), *[-1] * 400])
    assert (second.parts[:500] == first.parts).all()
    assert np.bincount(second.parts).tolist() == [720, 90, 90]
    assert second.moved == 0


def test_where_two_parts_meet_in_a_group_it_takes_the_first_and_says_what_moved() -> None:
    found = allot([0, 0, 0, 1], [2, 0, -1, 1])
    assert found.parts.tolist() == [0, 0, 0, 1]
    assert (found.merged, found.moved) == (1, 1)


def test_nothing_is_near_where_there_is_nothing() -> None:
    assert overlap.components(1, [overlap.near(signed([["one"]]), share=0.7)]).tolist() == [0]
    assert overlap.components(0, [overlap.near(signed([]), share=0.7)]).tolist() == []


def test_nothing_is_allotted_where_there_is_nothing() -> None:
    found = allot([], [])
    assert (found.parts.size, found.groups, found.largest) == (0, 0, 0)


def test_a_share_outside_of_its_range_is_refused() -> None:
    with pytest.raises(Invalid, match="share"):
        overlap.near(signed([["one"]]), share=0)
