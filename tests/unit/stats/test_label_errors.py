"""Confident learning: the published sets with people's verdicts, a worked example, and what it refuses."""

import gzip
import json
from io import BytesIO

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.stats.confidence import LabelErrors, label_errors

FIVE = ["cat", "cat", "cat", "dog", "dog"]
SAID = [("cat", 0.9), ("cat", 0.8), ("dog", 0.9), ("dog", 0.7), ("cat", 0.6)]


def found(given: list[str], said: list[tuple[str, float]]) -> LabelErrors:
    """What a model that names one label an item, and leaves the rest to the other, doubts."""
    rows = [
        (n, name, share if name == label else 1 - share)
        for n, (label, share) in enumerate(said)
        for name in ("cat", "dog")
    ]
    return label_errors(given, *zip(*rows, strict=True))


def published(name: str) -> tuple[list[int], np.ndarray, dict[int, bool]]:
    """Given labels, a model's shares, and of those that five people looked at whether they found an error."""
    place = folder("label-errors")
    given, shares = (
        np.load(BytesIO(gzip.decompress((place / f"{name}.{part}.npy.gz").read_bytes()))) for part in ("given", "pyx")
    )
    looked = json.loads(gzip.decompress((place / f"{name}.mturk.json.gz").read_bytes()))
    return (
        given.tolist(),
        shares / shares.sum(axis=1, keepdims=True),
        {one["id"]: one["mturk"]["given"] < 3 for one in looked},
    )


def of_all(given: list[int], shares: np.ndarray) -> LabelErrors:
    row, label = np.indices(shares.shape)
    return label_errors(given, row.ravel(), label.ravel(), shares.ravel())


def test_a_label_is_doubted_where_another_reaches_its_own_line():
    one = found(FIVE, SAID)
    # cat's line: (.9 + .8 + .1) / 3 = .6; dog's: (.7 + .4) / 2 = .55
    assert one.items.tolist() == [2, 4]  # .1 - .9 before .4 - .6
    assert one.instead == ("dog", "cat")
    assert one.own.tolist() == pytest.approx([0.1, 0.4])
    assert one.other.tolist() == pytest.approx([0.9, 0.6])
    assert (one.n, one.eligible, one.expected) == (5, 5, pytest.approx(2.0))


@pytest.mark.parametrize(("name", "doubted", "expected"), [("20news", 55, 95), ("cifar10", 244, 284)])
def test_the_published_sets_give_what_the_reference_implementation_gives(name: str, doubted: int, expected: int):
    given, shares, verdicts = published(name)
    one = of_all(given, shares)
    assert len(one.items) == doubted
    assert one.expected == pytest.approx(expected, abs=1), "that one rounds cell by cell"
    wrong = [verdicts[int(item)] for item in one.items if int(item) in verdicts]
    unlooked = sum(verdicts.values()) / len(given)
    assert sum(wrong) / len(one.items) > 10 * unlooked, "what is doubted is far oftener wrong than the rest"


def test_order_and_names_of_labels_make_no_difference():
    given, shares, _ = published("20news")
    given, shares = given[:800], shares[:800]
    plain = of_all(given, shares)
    turned = np.random.default_rng(3).permutation(len(given))
    again = of_all([given[n] for n in turned], shares[turned])
    assert {int(turned[n]) for n in again.items} == set(plain.items.tolist())
    assert again.expected == pytest.approx(plain.expected)
    row, label = np.indices(shares.shape)
    named = label_errors([f"c{n}" for n in given], row.ravel(), [f"c{n}" for n in label.ravel()], shares.ravel())
    assert named.items.tolist() == plain.items.tolist()


def test_five_shares_an_item_find_nearly_what_all_of_them_do():
    given, shares, _ = published("20news")
    kept = np.argsort(-shares, axis=1)[:, :5]
    rows = np.repeat(np.arange(len(given)), 5)
    five = label_errors(given, rows, kept.ravel(), shares[rows, kept.ravel()])
    whole = set(of_all(given, shares).items.tolist())
    assert len(whole & set(five.items.tolist())) >= 0.9 * len(whole)


def test_nothing_said_is_nothing_doubted_with_its_reason():
    none = label_errors(["cat", "dog"], [], [], [])
    assert (none.n, none.eligible, none.expected, len(none.items)) == (0, 2, None, 0)
    assert none.because == "the model said nothing of any of these items"
    agreed = label_errors(["cat"] * 3, [0, 1, 2], ["cat"] * 3, [0.9, 0.8, 0.7])
    assert (len(agreed.items), agreed.expected) == (0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ((["a"], [1], ["a"], [0.5]), "item"),
        ((["a"], [0, 0], ["a", "a"], [0.5, 0.5]), "label"),
        ((["a"], [0], ["a"], [1.5]), "share"),
        ((["a"], [0, 0], ["a"], [0.5]), "item"),
        ((["a"], [0], [None], [0.5]), "given"),
    ],
)
def test_what_cannot_be_is_refused_by_its_argument(arguments, field: str):
    with pytest.raises(Invalid) as refused:
        label_errors(*arguments)
    assert refused.value.field == field
