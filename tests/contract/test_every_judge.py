"""What every judge promises, over the whole registry."""

import pytest

from goldloop import kinds
from goldloop.core.errors import Unavailable
from goldloop.core.families import Judge, ModelRef, Refusal, Suggestion, judge
from goldloop.tasks.choice import Choice

kinds.load()
EVERY = pytest.mark.parametrize("kind", list(judge), ids=lambda kind: kind.name)
BODY, ONTOLOGY, _ = Choice.sample()


class Says:
    """A model that gives one reply to every item."""

    fingerprint = "0" * 64

    def __init__(self, reply, *, times=None):
        self.reply, self.times = reply, times

    def say(self, items):
        return [self.reply] * (len(items) if self.times is None else self.times)


def judged(kind: type[Judge], reply, *, items=1):
    batch = [(str(n), BODY) for n in range(items)]
    return kind.example().judge(batch, Says(reply), task=Choice(), ontology=ONTOLOGY)


@EVERY
def test_a_spec_builds_the_judge_that_it_came_from(kind):
    assert judge.build(kind.example().spec) == kind.example()


@EVERY
def test_a_judge_is_documented_and_has_a_form(kind):
    assert len(kind.__doc__) > 60
    schema = kind.model_json_schema()
    assert schema["additionalProperties"] is False
    assert schema["type"] == "object"


@EVERY
def test_a_judge_names_the_model_it_needs(kind):
    needs = kind.example().needs()
    assert isinstance(needs, ModelRef)
    assert ModelRef.model_validate_json(needs.model_dump_json()) == needs


@EVERY
def test_a_sane_reply_becomes_a_suggestion_with_a_canonical_answer(kind):
    (said,) = judged(
        kind, {"answer": "Card arrival", "confidence": 0.75, "top": [["rate", 0.2], ["card.arrival", 0.75]]}
    )
    assert said == Suggestion(
        answer={"labels": ["card.arrival"]},
        confidence=0.75,
        top=(("card.arrival", 0.75), ("rate", 0.2)),
        margin=pytest.approx(0.55),
    )


@EVERY
@pytest.mark.parametrize(
    ("reply", "because"),
    [
        ({"answer": "Card arrival"}, "confidence"),
        ({"answer": "Card arrival", "confidence": float("nan")}, "confidence"),
        ({"answer": "Card arrival", "confidence": 1.5}, "0 to 1"),
        ({"answer": "Card arrival", "confidence": True}, "confidence"),
        ({"answer": "Card arrival", "confidence": "0.9"}, "confidence"),
        ({"answer": "Weather", "confidence": 0.9}, "Weather"),
        ({"answer": ["Card"], "confidence": 0.9}, "groups"),
        ({"answer": "Card arrival", "confidence": 0.9, "top": [["Weather", 0.9]]}, "Weather"),
        ({"answer": "Card arrival", "confidence": 0.9, "top": "much"}, "top"),
        ({"answer": {"spans": []}, "confidence": 0.9}, "choice.v1"),
        ({"confidence": 0.9}, "answer"),
        ({"refused": "too long"}, "too long"),
        ("an error page", "no JSON object"),
        (None, "no JSON object"),
    ],
)
def test_nonsense_from_a_model_is_a_refusal_with_the_reason(kind, reply, because):
    (said,) = judged(kind, reply)
    assert isinstance(said, Refusal)
    assert because in said.because


@EVERY
def test_a_model_that_is_certain_of_everything_is_refused(kind):
    said = judged(kind, {"answer": "Card arrival", "confidence": 1.0}, items=25)
    assert all(isinstance(one, Refusal) and "1.0 for all 25" in one.because for one in said)
    less = judged(kind, {"answer": "Card arrival", "confidence": 0.999}, items=25)
    assert all(isinstance(one, Suggestion) for one in less)


@EVERY
def test_a_model_that_answers_another_number_of_items_is_unavailable_for_good(kind):
    with pytest.raises(Unavailable) as raised:
        kind.example().judge([("1", BODY), ("2", BODY)], Says({}, times=1), task=Choice(), ontology=ONTOLOGY)
    assert raised.value.permanent


@EVERY
def test_no_items_are_no_suggestions(kind):
    assert kind.example().judge([], Says({}, times=3), task=Choice(), ontology=ONTOLOGY) == []
