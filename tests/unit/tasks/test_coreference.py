"""What coreference.v1 takes and says."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.coreference import Coreference

ONTOLOGY = Ontology(labels=(Label(id="per", name="Person"), Label(id="obj", name="Thing")))
BODY = {"text": "Ada met Bob. She saw him. He ran."}
ADA, SHE, BOB, HIM, HE = [0, 3], [13, 16], [8, 11], [21, 24], [26, 28]


def chains(*each: list[list[int]], label: str = "per") -> dict[str, Any]:
    return {"chains": [{"label": label, "mentions": mentions} for mentions in each]}


BOTH = chains([ADA, SHE], [BOB, HIM, HE])


def test_chains_and_mentions_are_put_in_order() -> None:
    given = [
        {"label": "Person", "mentions": [HE, {"start": 8, "end": 11, "text": "Bob"}, HIM]},
        {"label": "per", "mentions": [SHE, ADA, ADA]},
    ]
    assert Coreference().canonical(given, BODY, ONTOLOGY) == BOTH


@pytest.mark.parametrize(
    ("bad", "field"),
    [
        (chains([ADA]), "chains.0.mentions"),
        (chains([]), "chains.0.mentions"),
        (chains([ADA, SHE], [ADA, BOB]), "chains.1.mentions.0"),
        (chains([ADA, [13, 99]]), "chains.0.mentions.1.end"),
        (chains([ADA, [13]]), "chains.0.mentions.1"),
        (chains([ADA, [13, "x"]]), "chains.0.mentions.1.end"),
        (chains([ADA, SHE], label="animal"), "chains.0.label"),
        ([{"mentions": [ADA, SHE]}], "chains.0.label"),
        ([{"label": "per"}], "chains.0.mentions"),
        ([{"label": "per", "mentions": [ADA, SHE], "x": 1}], "chains.0.x"),
        ([3], "chains.0"),
    ],
)
def test_a_bad_chain_is_refused_by_field(bad: object, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        Coreference().canonical(bad, BODY, ONTOLOGY)
    assert caught.value.field == field
    assert caught.value.expected and caught.value.found


def test_a_mention_alone_is_a_chain_only_where_it_may() -> None:
    assert Coreference(singletons=True).canonical(chains([ADA]), BODY, ONTOLOGY) == chains([ADA])


def test_distance_is_that_of_b_cubed() -> None:
    """Seven mentions in chains of 5, 2; held as 5+2 in one: precision 1, recall (5*5/7 + 2*2/7) / 7."""
    words = [[n, n + 1] for n in range(7)]
    parted, joined = chains(words[:5], words[5:]), chains(words)
    recall = (5 * 5 / 7 + 2 * 2 / 7) / 7
    assert Coreference().distance(parted, joined) == pytest.approx(1 - 2 * recall / (1 + recall))
    assert Coreference().distance(joined, parted) == pytest.approx(Coreference().distance(parted, joined))
    assert Coreference().distance(chains(), joined) == 1
    assert Coreference().distance(chains(), chains()) == 0
    assert Coreference().distance(joined, chains(words, label="obj")) == 1


def test_a_mention_says_what_it_goes_back_to() -> None:
    labels = [unit.label for unit in Coreference().units(BOTH, BODY)]
    assert labels == ["per", "O", "per", "O", "per|per^0", "O", "per|per^8", "O", "per|per^21", "O", "O"]


def test_chains_are_what_most_hold_together() -> None:
    short = chains([ADA, SHE], [BOB, HIM])
    assert Coreference().merge([BOTH, BOTH, short]) == BOTH
    assert Coreference().merge([BOTH, short, short]) == short
    assert Coreference().merge([BOTH, short]) is None


def test_pairs_that_do_not_add_up_to_chains_are_a_dispute() -> None:
    a, b, c = chains([ADA, SHE, BOB]), chains([ADA, SHE], [BOB, HIM]), chains([SHE, BOB], [ADA, HIM])
    assert Coreference().merge([a, a, b, c, chains([ADA, SHE], [BOB, HE])]) is None
