import csv

import numpy as np
import pytest
from tests.realdata import folder

from goldloop.core.errors import Invalid
from goldloop.core.ontology import Label, Ontology
from goldloop.judges.choice_baseline import ChoiceBaseline
from goldloop.tasks.choice import Choice

WORDS = {
    "card": ["lost card", "card arrived late", "my card"],
    "rate": ["exchange rate", "the rate today", "what rate"],
}
ONTOLOGY = Ontology(labels=tuple(Label(id=name, name=name) for name in (*WORDS, "other")))
ROWS = [
    ({"text": f"{text} {n}"}, {"labels": [label]})
    for n in range(20)
    for label, texts in WORDS.items()
    for text in texts
]


def predict(rows, texts, *, task=None, seed=0):
    weights = ChoiceBaseline.train(rows, task=task or Choice(), ontology=ONTOLOGY, seed=seed)
    return ChoiceBaseline.predictor(weights).predict([{"text": text} for text in texts])


def banking(part):
    with (folder("banking77") / f"{part}.csv").open(newline="") as file:
        # one of the 77 names ends in a question mark, which no label id may
        return [({"text": row["text"]}, {"labels": [row["category"].strip("?")]}) for row in csv.DictReader(file)]


def test_on_banking77_the_baseline_is_right_as_often_as_it_says():
    rows, test = banking("train"), banking("test")
    ontology = Ontology(labels=tuple(Label(id=name, name=name) for name in sorted({r[1]["labels"][0] for r in rows})))
    assert (len(rows), len(ontology.labels)) == (10_003, 77)
    weights = ChoiceBaseline.train(rows, task=Choice(), ontology=ontology)
    replies = ChoiceBaseline.predictor(weights).predict([body for body, _ in test])
    right = np.array([reply["answer"] == answer for reply, (_, answer) in zip(replies, test, strict=True)])
    sure = np.array([reply["confidence"] for reply in replies])
    assert right.mean() >= 0.90
    bins = np.minimum((sure * 15).astype(int), 14)
    error = sum((bins == k).mean() * abs(right[bins == k].mean() - sure[bins == k].mean()) for k in set(bins))
    assert error < 0.04, "expected calibration error over 15 bins"


def test_equal_rows_and_seed_make_equal_bytes():
    one, other = (ChoiceBaseline.train(ROWS, task=Choice(), ontology=ONTOLOGY, seed=3).packed for _ in range(2))
    assert one == other


def test_a_reply_says_the_answer_the_runners_up_and_how_sure():
    (reply,) = predict(ROWS, ["where is my lost card"])
    assert reply["answer"] == {"labels": ["card"]}
    assert [label for label, _ in reply["top"]] == ["card", "rate"]
    assert sum(share for _, share in reply["top"]) == pytest.approx(1)
    assert 0.9 < reply["confidence"] <= reply["top"][0][1] < 1
    assert reply["margin"] == pytest.approx(reply["top"][0][1] - reply["top"][1][1])


def test_several_labels_are_learnt_where_rows_have_several():
    rows = [
        *ROWS,
        *(({"text": f"card rate {n} lost card exchange rate"}, {"labels": ["card", "rate"]}) for n in range(30)),
        *(({"text": f"good morning {n}"}, {"labels": []}) for n in range(30)),
    ]
    both, one, none = predict(
        rows, ["lost card exchange rate", "my card", "good morning"], task=Choice(multiple=True, allow_none=True)
    )
    assert [reply["answer"]["labels"] for reply in (both, one, none)] == [["card", "rate"], ["card"], []]
    assert all(0 < reply["confidence"] < 1 for reply in (both, one, none))


def test_a_few_easy_rows_make_nobody_certain():
    replies = predict(ROWS, [f"lost card {n}" for n in range(50)])
    assert max(reply["confidence"] for reply in replies) <= (len(ROWS) + 1) / (len(ROWS) + 2)


@pytest.mark.parametrize("text", ["", "  "])
def test_an_item_without_text_is_refused(text):
    (reply,) = predict(ROWS, [text])
    assert reply == {"refused": "the item has no text"}


@pytest.mark.parametrize(
    ("rows", "field"),
    [
        (ROWS[:3], "rows"),
        ([(body, {"labels": ["card"]}) for body, _ in ROWS], "rows"),
        ([({"text": " "}, answer) for _, answer in ROWS], "rows.0.text"),
        ([(body, {"spans": []}) for body, _ in ROWS], "rows.0"),
        ([({"text": "x"}, {"labels": [label]}) for label in ("gone", "card") for _ in range(9)], "rows"),
    ],
)
def test_rows_that_teach_nothing_are_refused(rows, field):
    with pytest.raises(Invalid) as raised:
        ChoiceBaseline.train(rows, task=Choice(), ontology=ONTOLOGY)
    assert raised.value.field == field
