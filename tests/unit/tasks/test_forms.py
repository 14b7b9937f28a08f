"""What the forms take and say: ratings, preferences, rankings, writing, steps of reasoning, conversations."""

from typing import Any

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Task
from goldloop.core.ontology import Label, Ontology
from goldloop.tasks.pairwise import Pairwise
from goldloop.tasks.ranking import Ranking
from goldloop.tasks.rating import Rating
from goldloop.tasks.scale import Scale
from goldloop.tasks.steps import Steps
from goldloop.tasks.turns import Turns
from goldloop.tasks.write import Write

ONE = Ontology(labels=(Label(id="good", name="Good"),))
TEXT = {"prompt": "Why?", "text": "Because."}
TWO = {"prompt": "Why?", "responses": [{"text": "Because.", "model": "m1"}, {"text": "No.", "model": "m2"}]}
CHAIN = {"steps": ["one", {"text": "two"}, "three"]}
TALK = {"turns": [{"role": "user", "text": "hi"}, {"role": "assistant", "text": "hello"}]}


def refusal(task: Task, answer: Any, body: dict[str, Any], ontology: Ontology = ONE) -> Invalid:
    with pytest.raises(Invalid) as caught:
        task.canonical(answer, body, ontology)
    assert caught.value.expected
    assert caught.value.found
    return caught.value


def scored(score: int, comment: str = "") -> dict[str, Any]:
    return {"ratings": [{"label": "good", "score": score, "comment": comment}]}


def test_a_score_alone_is_a_rating_by_one_criterion() -> None:
    for answer in (4, "4", {"Good": 4}, scored(4)):
        assert Rating().canonical(answer, TEXT, ONE) == scored(4)


def test_a_rubric_wants_every_criterion_and_says_which_is_missing() -> None:
    body, ontology, _ = Rating.sample()
    error = refusal(Rating(), {"Correct": 3}, body, ontology)
    assert (error.field, error.expected) == ("ratings", "Clear")
    twice = {"ratings": [{"label": "correct", "score": 1}, {"label": "Correct", "score": 2}]}
    assert refusal(Rating(), twice, body, ontology).field == "ratings.1.label"


@pytest.mark.parametrize("score", [0, 6, 2.5, True, None, "good"])
def test_a_score_outside_the_scale_is_refused_by_field(score: Any) -> None:
    assert refusal(Rating(), {"ratings": [{"label": "good", "score": score}]}, TEXT).field == "ratings.0.score"


def test_a_scale_needs_room_and_its_levels_lie_on_it() -> None:
    for wrong in ({"low": 5, "high": 5}, {"low": 0, "high": 500}, {"levels": {9: "great"}}):
        with pytest.raises(ValueError, match="scale"):
            Scale(**wrong)


def test_the_overall_score_is_the_mean_by_weight_and_ignored_when_read() -> None:
    body, ontology, _ = Rating.sample()
    task = Rating.model_validate({"criteria": {"correct": {"weight": 3}}})
    stored = task.canonical({"correct": 5, "clear": 1}, body, ontology)
    named = task.named(stored, ontology)
    assert named["overall"] == 4.0
    assert task.canonical({**named, "overall": 1.0}, body, ontology) == stored


def test_comments_never_make_two_ratings_differ() -> None:
    task = Rating()
    a, b = (task.canonical(scored(4, text), TEXT, ONE) for text in ("too long", "nice"))
    assert a != b
    assert task.bare(a) == task.bare(b)
    assert task.distance(a, b) == 0
    assert task.merge([b, a]) == task.merge([a, b]) == b


def test_ratings_are_apart_by_steps_of_the_scale() -> None:
    assert Rating().distance(scored(1), scored(5)) == 1
    assert Rating().distance(scored(4), scored(5)) == 0.25
    assert Rating().metric == "ordinal"
    assert [unit.label for unit in Rating().units(scored(3), TEXT)] == ["3"]


def test_a_preference_is_of_the_items_own_responses_and_its_strength_is_bounded() -> None:
    stored = Pairwise(strength=2).canonical({"preferences": {"Good": "a"}, "why": " short "}, TWO, ONE)
    assert stored == {"preferences": [{"label": "good", "prefer": "a", "strength": 1}], "why": "short"}
    said = {"preferences": [{"label": "good", "prefer": "a", "strength": 3}]}
    assert refusal(Pairwise(strength=2), said, TWO).field == "preferences.0.strength"
    tie = {"preferences": [{"label": "good", "prefer": "tie", "strength": 1}]}
    assert refusal(Pairwise(), tie, TWO).field == "preferences.0.strength"


def test_ties_and_neither_are_answers_only_where_allowed() -> None:
    assert "tie" not in str(refusal(Pairwise(tie=False), "tie", TWO).expected)
    assert refusal(Pairwise(neither=False), "neither", TWO).field == "preferences.prefer"
    assert refusal(Ranking(ties=False), [1, 1], TWO).field == "rankings.ranks"


def test_a_reason_is_asked_for_or_not() -> None:
    assert refusal(Pairwise(why="required"), "a", TWO).field == "why"
    assert refusal(Ranking(why="none"), {"rankings": {"good": [1, 2]}, "why": "x"}, TWO).field == "why"


def test_preferences_lie_on_a_line_and_neither_lies_off_it() -> None:
    task = Pairwise(strength=2)

    def said(prefer: str, strength: int) -> dict[str, Any]:
        return {"preferences": [{"label": "good", "prefer": prefer, "strength": strength}], "why": ""}

    assert task.distance(said("a", 2), said("b", 2)) == 1
    assert task.distance(said("a", 1), said("tie", 0)) == 0.25
    assert task.distance(said("tie", 0), said("neither", 0)) == 1


@pytest.mark.parametrize("task", [Pairwise(), Ranking()])
def test_who_wrote_a_response_is_never_shown(task: Task) -> None:
    body = {**TWO, "meta": {"winner": "m1"}, "model": "m1", "source": "m1/m2"}
    shown = task.shown(body)
    assert shown == {"prompt": "Why?", "responses": [{"text": "Because."}, {"text": "No."}]}
    assert task.parts(body) == 2


def test_ranks_with_gaps_are_ranks_without() -> None:
    body = {"responses": ["a", "b", "c"]}
    assert Ranking().canonical([1, 3, 3], body, ONE)["rankings"][0]["ranks"] == [1, 2, 2]
    for wrong in ([1, 2], [0, 1, 2], [1, 2, "3"], [1.0, 2.0, 3.0]):
        assert refusal(Ranking(), {"good": wrong}, body).field == "rankings.good.ranks"


def test_a_circle_of_majorities_is_no_ranking() -> None:
    circle = [
        {"rankings": [{"label": "good", "ranks": ranks}], "why": ""} for ranks in ([1, 2, 3], [3, 1, 2], [2, 3, 1])
    ]
    assert Ranking().merge(circle) is None


@pytest.mark.parametrize(
    ("task", "body", "field"),
    [
        (Pairwise(), {"responses": [{"text": "one"}]}, "body.responses"),
        (Pairwise(), {"prompt": "no responses"}, "body.responses"),
        (Ranking(), {"responses": [{"text": "one"}, {"model": "m"}]}, "body.responses.1.text"),
        (Pairwise(), {**TWO, "prompt": 3}, "body.prompt"),
        (Rating(), {"prompt": "nothing to rate"}, "body.text"),
        (Write(start="response"), {"prompt": "x"}, "body.response"),
        (Steps(), {"steps": []}, "body.steps"),
        (Steps(), {"steps": ["one", ""]}, "body.steps.1.text"),
        (Turns(), {"turns": [{"text": "whose?"}]}, "body.turns.0.role"),
        (Turns(roles=("assistant",)), {"turns": [{"role": "user", "text": "hi"}]}, "body.turns"),
    ],
)
def test_an_item_that_cannot_be_judged_is_refused_by_field(task: Task, body: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        task.check_body(body)
    assert caught.value.field == field


def test_writing_has_a_length_in_letters_and_a_kind() -> None:
    task = Write(least=2, most=4)
    assert task.canonical("  ab🙂 ", TEXT, ONE) == {"label": "good", "text": "ab🙂"}
    for text in ("a", "abcde", "   "):
        assert refusal(task, text, TEXT).field == "text"
    assert refusal(task, {"label": "good", "text": "a\x00b"}, TEXT).field == "text"
    assert refusal(task, {"label": "good", "text": "a\ud800b"}, TEXT).field == "text"
    with pytest.raises(ValueError, match="below"):
        Write(least=9, most=3)


def test_texts_are_apart_by_the_share_of_words_to_change() -> None:
    said = [
        {"label": "good", "text": text} for text in ("one two three four", "one two three five", "one two three four")
    ]
    assert Write().distance(said[0], said[1]) == 0.25
    assert Write().merge(said) == said[0]
    assert Write().merge(said[:2]) is None


def test_a_list_of_verdicts_is_an_answer_and_the_first_wrong_step_is_named() -> None:
    stored = Steps().canonical(["right", "wrong", "wrong"], CHAIN, ONE)
    assert Steps().named(stored, ONE)["first_wrong"] == 2
    assert refusal(Steps(), ["right"], CHAIN).field == "steps"
    assert refusal(Steps(), ["right", "maybe", "right"], CHAIN).field == "steps.1.verdict"


def test_only_a_wrong_step_has_a_kind_of_mistake() -> None:
    right = [{"verdict": "right", "label": "Good"}, "right", "right"]
    assert refusal(Steps(), right, CHAIN).field == "steps.0.label"
    assert refusal(Steps(classes="required"), ["right", "wrong", "right"], CHAIN).field == "steps.1.label"
    wrong = ["right", {"verdict": "wrong", "label": "Good"}, "right"]
    assert Steps().labels(Steps().canonical(wrong, CHAIN, ONE)) == ("good",)
    assert refusal(Steps(classes="none"), wrong, CHAIN).field == "steps.1.label"


def test_behind_the_first_wrong_step_nothing_is_judged_where_the_task_stops_there() -> None:
    task = Steps(after_wrong=False)
    stored = task.canonical(["right", "wrong", "unjudged"], CHAIN, ONE)
    assert task.merge([stored, stored]) == stored
    assert refusal(task, ["right", "wrong", "right"], CHAIN).field == "steps.2.verdict"
    assert refusal(task, ["right", "unjudged", "right"], CHAIN).field == "steps.1.verdict"


def test_turns_are_judged_by_role_and_the_whole_if_asked() -> None:
    task = Turns(roles=("assistant",))
    assert task.canonical(["Good"], TALK, ONE) == {"turns": [{"turn": 1, "labels": ["good"]}]}
    assert refusal(task, ["Good", "Good"], TALK).field == "turns"
    assert refusal(Turns(roles=("assistant",), whole=True), ["Good"], TALK).field == "whole"
    assert refusal(task, {"turns": [{"turn": 0, "labels": ["good"]}]}, TALK).field == "turns.0.turn"


def test_turns_on_a_scale_are_ordinal_scores() -> None:
    task = Turns(scale=Scale(high=3), whole=True)
    stored = task.canonical({"turns": [1, 3], "whole": 2}, TALK, ONE)
    assert stored == {"turns": [{"turn": 0, "score": 1}, {"turn": 1, "score": 3}], "whole": 2}
    assert task.metric == "ordinal"
    assert task.labels(stored) == ()
    assert task.distance(stored, {**stored, "whole": 3}) == pytest.approx(0.5 / 3)
    assert refusal(task, {"turns": [1, 4], "whole": 2}, TALK).field == "turns.1.score"
