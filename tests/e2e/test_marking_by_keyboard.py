"""Marking stretches of text with the keyboard alone, in all three queues."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

MARKS = ".mark-list .mark-row"


def test_one_key_accepts_all_suggested_marks(page: Page, site) -> None:
    site.work(page, "spans", "verify")
    expect(page.locator("main .mark.suggested").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator(".recent-row").first).to_contain_text("accepted")


def test_marks_are_checked_one_by_one(page: Page, site) -> None:
    site.work(page, "spans", "verify")
    expect(page.locator("main .mark.suggested").first).to_be_visible()
    before = page.locator(MARKS).count()
    page.keyboard.press("j")
    expect(page.locator("main .mark.selected").first).to_be_visible()
    page.keyboard.press("x")
    expect(page.locator(MARKS)).to_have_count(before - 1)
    page.keyboard.press("Shift+A")
    expect(page.locator("main .mark.suggested")).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".recent-row").first).to_contain_text("answered")


def test_unchecked_marks_are_not_sent_by_mistake(page: Page, site) -> None:
    site.work(page, "spans", "verify")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("main .mark.suggested")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("not checked")


def test_words_are_marked_with_the_word_cursor(page: Page, site) -> None:
    site.work(page, "spans", "annotate")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("2")
    expect(page.locator(MARKS)).to_have_count(1)
    expect(page.locator("main .mark.human").first).to_be_visible()
    page.keyboard.press("3")
    expect(page.locator(MARKS)).to_have_count(1)
    page.keyboard.press("z")
    page.keyboard.press("z")
    expect(page.locator(MARKS)).to_have_count(0)
    page.keyboard.press("Control+Shift+Z")
    expect(page.locator(MARKS)).to_have_count(1)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".recent-row").first).to_contain_text("answered")


def test_words_are_joined_to_a_mark_and_cut_out_of_it(page: Page, site) -> None:
    site.work(page, "spans", "annotate")
    mark = page.locator(f"{MARKS} q")
    for key in ("ArrowRight", "1", "ArrowRight", "ArrowRight", "ArrowRight", "+"):
        page.keyboard.press(key)
    expect(mark).to_have_text("Dr … Okafor")
    page.keyboard.press("z")
    for key in ("Home", "Shift+ArrowRight", "Shift+ArrowRight", "2", "Home", "ArrowRight", "-"):
        page.keyboard.press(key)
    expect(mark.first).to_have_text("Dr. … Okafor")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".recent-row").first).to_contain_text("answered")


def test_an_edge_moves_by_one_character(page: Page, site) -> None:
    site.work(page, "spans", "annotate")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("1")
    mark = page.locator(f"{MARKS} q")
    expect(mark).to_have_text(re.compile(r"\w"))
    before = str(mark.text_content())
    page.keyboard.press("]")
    expect(mark).not_to_have_text(before)
    page.keyboard.press("[")
    expect(mark).to_have_text(before)


def test_a_mouse_selection_marks_whole_words(page: Page, site) -> None:
    site.work(page, "spans", "annotate")
    box = page.locator(".doc p").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 3, box["y"] + 18)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 18, steps=5)
    page.mouse.up()
    expect(page.locator(MARKS)).to_have_count(1)
    words = str(page.locator(f"{MARKS} q").text_content())
    assert words == words.strip()


def test_a_ruling_on_marks_starts_from_either_answer(page: Page, site) -> None:
    site.work(page, "spans", "review")
    expect(page.locator(".other")).to_have_count(2)
    page.keyboard.press("t")
    expect(page.locator(f".side {MARKS}").first).to_be_visible()
    page.keyboard.press("m")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".recent-row").first).to_contain_text("ruled")


def test_tab_leaves_the_text(page: Page, site) -> None:
    site.work(page, "spans", "annotate")
    page.keyboard.press("ArrowRight")
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(
            page.evaluate("document.activeElement.tagName + (document.activeElement.textContent || '').slice(0, 20)")
        )
    assert len(seen) > 5
