"""Choosing labels with the keyboard alone, in all three queues."""

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.waiting import draft_kept, saved

pytestmark = pytest.mark.browser

TEXT = ".card-text"


def text_of(page: Page) -> str:
    return page.locator(TEXT).inner_text()


def test_one_key_accepts_a_suggestion_and_the_next_item_is_there(page: Page, site) -> None:
    site.work(page, "choice", "verify")
    expect(page.locator(".chosen.suggested")).to_be_visible()
    first = text_of(page)
    page.keyboard.press("a")
    expect(page.locator(TEXT)).not_to_have_text(first)
    saved(page)
    expect(page.locator(".recent-row").first).to_contain_text("accepted")


def test_a_rejection_never_asks_for_the_right_answer(page: Page, site) -> None:
    site.work(page, "choice", "verify")
    first = text_of(page)
    page.keyboard.press("x")
    expect(page.locator(TEXT)).not_to_have_text(first)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".recent-row").first).to_contain_text("rejected")


def test_a_correction_found_by_typing_is_sent_with_enter(page: Page, site) -> None:
    site.work(page, "choice", "verify")
    first = text_of(page)
    page.keyboard.press("/")
    page.keyboard.type("failed loan" if site.label_words in first else site.label_words)
    page.keyboard.press("Enter")
    expect(page.locator(".chosen h2")).to_contain_text("Your answer")
    expect(page.locator(".chosen s")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).not_to_have_text(first)
    expect(page.locator(".recent-row").first).to_contain_text("answered")


def test_undo_goes_back_across_items_with_the_answer(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    first = text_of(page)
    choose(page, site.label_words)
    page.keyboard.press("Enter")
    expect(page.locator(TEXT)).not_to_have_text(first)
    saved(page)
    page.keyboard.press("z")
    expect(page.locator(TEXT)).to_have_text(first)
    expect(page.locator(".chosen .tag-big")).to_be_visible()


def test_nothing_chosen_is_not_submitted(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    first = text_of(page)
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("Choose a label first")
    assert text_of(page) == first


def test_undo_within_an_item_takes_the_choice_back(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    choose(page, site.label_words)
    expect(page.locator(".chosen .tag-big")).to_be_visible()
    page.keyboard.press("z")
    expect(page.locator(".chosen .tag-big")).to_have_count(0)
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator(".chosen .tag-big")).to_be_visible()


def test_a_draft_survives_a_reload(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    choose(page, site.label_words)
    draft_kept(page)
    page.reload()
    expect(page.locator(".chosen .tag-big")).to_be_visible()


def test_a_skip_gives_its_reason_by_digit(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    first = text_of(page)
    page.keyboard.press("s")
    expect(page.locator(".slip")).to_contain_text("Why skip it?")
    page.keyboard.press("3")
    expect(page.locator(TEXT)).not_to_have_text(first)
    expect(page.locator(".recent-row").first).to_contain_text("skipped")


def test_an_escalation_carries_a_question(page: Page, site) -> None:
    site.work(page, "choice", "annotate")
    first = text_of(page)
    page.keyboard.press("e")
    page.keyboard.type("Is a lost card stolen?")
    page.keyboard.press("Control+Enter")
    expect(page.locator(TEXT)).not_to_have_text(first)
    expect(page.locator(".recent-row").first).to_contain_text("escalated")


def test_a_ruling_takes_an_answer_over_and_names_the_mistake(page: Page, site) -> None:
    site.work(page, "choice", "review")
    expect(page.locator(".other")).to_have_count(2)
    expect(page.locator(".differs-mark").first).to_be_visible()
    first = page.locator(".bench").inner_text()
    page.keyboard.press("n")
    page.keyboard.press("t")
    page.keyboard.press("Enter")
    expect(page.locator(".notice")).to_contain_text("kind of mistake")
    page.keyboard.press("m")
    page.keyboard.press("Enter")
    expect(page.locator(".recent-row").first).to_contain_text("ruled")
    assert page.locator(".bench").inner_text() != first


def choose(page: Page, words: str) -> None:
    page.keyboard.press("/")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
