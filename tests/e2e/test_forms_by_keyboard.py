"""Forms with the keyboard alone: ratings, preferences, rankings, writing, steps, conversations; and big trees."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Site
from tests.e2e.forms import forms_house
from tests.e2e.waiting import SUBMIT, in_both_schemes

pytestmark = pytest.mark.browser

LOOKED_AT = [
    "rating/annotate",
    "rating/review",
    "pairwise/annotate",
    "pairwise/review",
    "ranking/annotate",
    "write/verify",
    "write/review",
    "steps/annotate",
    "steps/review",
    "turns/verify",
    "turns/review",
    "taxonomy/annotate",
]


@pytest.fixture(scope="module")
def forms(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A house of forms; `site` says first whether there is an interface to look at."""
    with forms_house(tmp_path_factory.mktemp("forms") / "home") as about:
        yield Site(about)


@pytest.fixture
def desk(browser: Browser, forms: Site) -> Iterator[Page]:
    with forms.visit(browser) as page:
        yield page


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def send(page: Page, *keys: str) -> Any:
    """The last of these keys sends something, and the server takes it; what was sent."""
    press(page, *keys[:-1])
    with page.expect_response(SUBMIT) as answered:
        press(page, keys[-1])
    assert answered.value.ok
    return answered.value.request.post_data_json


def test_no_violation_in_any_form(browser: Browser, forms: Site, axe: str) -> None:
    with forms.visit(browser, width=1024) as page:
        for name in LOOKED_AT:
            forms.open(page, name)
            assert in_both_schemes(page, axe) == {}, name


def test_a_rubric_goes_on_by_itself_and_a_comment_explains_a_score(desk: Page, forms: Site) -> None:
    forms.work(desk, "rating", "annotate")
    press(desk, "Enter")
    expect(desk.locator(".notice")).to_contain_text("every criterion")
    press(desk, "4")
    expect(desk.locator(".form-row.at")).to_contain_text("Clear")
    press(desk, "ArrowRight", "ArrowRight", "o")
    desk.keyboard.type("too short")
    press(desk, "Escape")
    expect(desk.locator(".canvas [aria-pressed=true]")).to_have_text(["4", "2"])
    expect(desk.locator(".form-row.at q")).to_have_text("too short")
    said = send(desk, "Enter")["answer"]["ratings"]
    assert [(one["label"], one["score"], one["comment"]) for one in said] == [
        ("clear", 2, "too short"),
        ("correct", 4, ""),
    ]
    expect(desk.locator(".recent-row").first).to_contain_text("Clear 2, Correct 4")


def test_a_suggested_rating_is_accepted_with_one_key(desk: Page, forms: Site) -> None:
    forms.work(desk, "rating", "verify")
    expect(desk.locator(".rows.suggested")).to_be_visible()
    assert send(desk, "a")["stance"] == "accept"


def test_ratings_side_by_side_mark_what_differs(desk: Page, forms: Site) -> None:
    forms.work(desk, "rating", "review")
    expect(desk.locator(".other")).to_have_count(2)
    expect(desk.locator(".other .differs")).to_contain_text(["Correct", "Correct"])
    assert send(desk, "t", "m", "Enter")["stance"] == "adjudicate"


def test_a_preference_is_of_what_stands_there_and_no_model_is_named(desk: Page, forms: Site) -> None:
    sent: list[str] = []
    desk.on("response", lambda answer: sent.append(answer.text()) if "/work/claim" in answer.url else None)
    forms.work(desk, "pairwise", "annotate")
    press(desk, "ArrowRight")
    expect(desk.locator(".response.won header")).to_have_text("Response B")
    press(desk, "ArrowRight", "o")
    desk.keyboard.type("It says when.")
    press(desk, "Escape")
    better = desk.locator(".response.won p").first.inner_text()
    said = send(desk, "Enter")["answer"]
    assert sent
    assert not [text for text in sent if "secret-model" in text]
    (works,) = [json.loads(text)["works"] for text in sent[:1]]
    (preference,) = said["preferences"]
    assert preference["strength"] == 2
    assert said["why"] == "It says when."
    chosen = works[0]["body"]["responses"]["ab".index(preference["prefer"])]["text"]
    assert chosen.startswith(better)
    item = desk.request.get(f"{forms.about.url}/api/items/{works[0]['item_id']}").json()
    assert isinstance(item["judgements"][-1]["saw"]["order_seed"], int)


def test_a_ruling_on_a_preference_sees_both_reasons(desk: Page, forms: Site) -> None:
    forms.work(desk, "pairwise", "review")
    expect(desk.locator(".other .why")).to_have_count(2)
    expect(desk.locator(".other .differs-mark")).to_have_count(2)
    assert send(desk, "t", "m", "Enter")["stance"] == "adjudicate"


def test_responses_are_ranked_by_digits_with_ties_and_by_every_criterion(desk: Page, forms: Site) -> None:
    forms.work(desk, "ranking", "annotate")
    press(desk, "2", "1", "2")
    expect(desk.locator(".criteria [aria-pressed=true]")).to_contain_text("Shorter")
    press(desk, "Enter")
    expect(desk.locator(".notice")).to_contain_text("every response")
    press(desk, "[", "]")
    press(desk, *"jjkk", "1")
    press(desk, "2", "3")
    ranks = {one["label"]: one["ranks"] for one in send(desk, "Enter")["answer"]["rankings"]}
    assert sorted(ranks["better_overall"]) == [1, 2, 2]
    assert sorted(ranks["shorter"]) == [1, 2, 3]


def test_a_correction_starts_from_the_text_and_is_sent_from_inside_it(desk: Page, forms: Site) -> None:
    forms.work(desk, "write", "annotate")
    field = desk.locator(".writing textarea")
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile("Thank you for contacting us!"))
    press(desk, "Control+a")
    desk.keyboard.type("Too short.")
    press(desk, "Escape", "1")
    press(desk, "Control+Enter")
    expect(desk.locator(".notice")).to_contain_text("too short")
    press(desk, "o")
    desk.keyboard.type(" The second charge goes back in 3 days.")
    said = send(desk, "Control+Enter")["answer"]
    assert said == {"label": "correction", "text": "Too short. The second charge goes back in 3 days."}


def test_texts_side_by_side_mark_the_words_that_differ(desk: Page, forms: Site) -> None:
    forms.work(desk, "write", "review")
    expect(desk.locator(".other ins").first).to_be_visible()
    words = " ".join(desk.locator(".other ins").all_inner_texts())
    assert "duplicate" in words
    assert "second" in words
    assert "days" not in words
    assert send(desk, "t", "m", "Control+Enter")["stance"] == "adjudicate"


def test_steps_are_judged_by_letters_and_stop_at_the_first_wrong_one(desk: Page, forms: Site) -> None:
    forms.work(desk, "steps", "annotate")
    press(desk, "r", "b")
    expect(desk.locator(".step.unjudged")).to_have_count(2)
    press(desk, "1")
    expect(desk.locator(".step.wrong")).to_contain_text("Wrong sum")
    said = send(desk, "Enter")["answer"]["steps"]
    assert [one["verdict"] for one in said] == ["right", "wrong", "unjudged", "unjudged"]
    assert said[1]["label"] == "wrong_sum"
    expect(desk.locator(".recent-row").first).to_contain_text("First wrong step: 2")


def test_a_correction_of_suggested_steps_is_an_answer(desk: Page, forms: Site) -> None:
    forms.work(desk, "steps", "verify")
    expect(desk.locator(".step.right")).to_have_count(4)
    assert send(desk, "j", "b", "1", "Enter")["stance"] == "answer"


def test_a_conversation_is_judged_turn_by_turn_and_as_a_whole(desk: Page, forms: Site) -> None:
    forms.work(desk, "turns", "annotate")
    press(desk, "1", "2")
    expect(desk.locator(".turn.at")).to_contain_text("The whole conversation")
    press(desk, "Enter")
    expect(desk.locator(".notice")).to_contain_text("1 turn is not judged")
    said = send(desk, "2", "Enter")["answer"]
    assert said["turns"] == [{"turn": 1, "labels": ["helpful"]}, {"turn": 3, "labels": ["evasive"]}]
    assert said["whole"] == ["evasive"]


def test_a_wrong_suggestion_for_a_conversation_is_rejected_with_one_key(desk: Page, forms: Site) -> None:
    forms.work(desk, "turns", "verify")
    assert send(desk, "x")["stance"] == "reject"


def test_a_label_deep_in_a_tree_of_hundreds_is_four_digits_away(desk: Page, forms: Site) -> None:
    forms.work(desk, "taxonomy", "annotate")
    press(desk, "l", "2", "1", "3", "4")
    expect(desk.locator(".chosen")).to_contain_text("Transfers case 134")
    assert send(desk, "Enter")["answer"] == {"labels": ["t1.0.2.3"]}


def test_typing_finds_a_label_by_the_words_of_its_path(desk: Page, forms: Site) -> None:
    forms.work(desk, "taxonomy", "annotate")
    press(desk, "/")
    desk.keyboard.type("loans group 2 case 222")
    press(desk, "Enter")
    expect(desk.locator(".chosen")).to_contain_text("Loans case 222")
