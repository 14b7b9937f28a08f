"""Public ids: a permutation of 64-bit keys, one by one and many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core.errors import NotFound
from goldloop.core.ids import PREFIXES, Ids

IDS, OTHERS = Ids(bytes(range(32))), Ids(bytes(range(1, 33)))
KEYS = st.integers(0, 2**63 - 1)


@given(noun=st.sampled_from(sorted(PREFIXES)), keys=st.lists(KEYS, max_size=40))
def test_many_ids_are_those_of_one_after_the_other_and_lead_back(noun: str, keys: list[int]) -> None:
    shown = IDS.show_many(noun, keys)
    assert shown == [IDS.show(noun, key) for key in keys]
    assert [IDS.key(noun, one) for one in shown] == keys


def test_neighbours_have_nothing_in_common_across_nouns_and_installations() -> None:
    keys = range(1, 3001)
    letters = [one.partition("_")[2] for noun in ("item", "judgement") for one in IDS.show_many(noun, keys)]
    letters += [one.partition("_")[2] for one in OTHERS.show_many("item", keys)]
    assert len(set(letters)) == len(letters)
    places = [set(column) for column in zip(*letters, strict=True)]
    assert len(places[0]) == 16
    assert all(len(column) == 32 for column in places[1:]), "every letter stands in every place"


@pytest.mark.parametrize("public", [IDS.show("batch", 7), "itm_", "itm_" + "z" * 13, "itm_" + "é" * 13, "7"])
def test_what_is_no_id_of_the_noun_is_not_found(public: str) -> None:
    with pytest.raises(NotFound):
        IDS.key("item", public)


def test_threads_do_not_meet_in_one_cipher() -> None:
    def there_and_back(first: int) -> bool:
        keys = range(first, first + 2000)
        return [IDS.key("item", one) for one in IDS.show_many("item", keys)] == list(keys)

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(there_and_back, range(0, 16000, 2000)))
