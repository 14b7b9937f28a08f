"""Relations, chains, roles and opinions, made and checked with the keyboard alone."""

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Site
from tests.e2e.waiting import in_both_schemes

pytestmark = pytest.mark.browser

MARKS = ".side .mark-list:not(.link-list) .mark-row"
LINKS = ".link-list .mark-row"
KINDS = ("relations", "coreference", "roles", "aspects")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def mark(page: Page, first: int, words: int, digit: str) -> None:
    """Go to a word from the beginning, take some more, and say what they are."""
    press(page, "Home", *["ArrowRight"] * first, *["Shift+ArrowRight"] * (words - 1), digit)


def sent(page: Page, word: str) -> None:
    page.keyboard.press("Control+Enter")
    expect(page.locator(".recent-row").first).to_contain_text(word)


@pytest.mark.parametrize("kind", KINDS)
def test_a_suggestion_is_accepted_with_one_key(page: Page, site, kind: str) -> None:
    site.work(page, kind, "verify")
    expect(page.locator("main .mark.suggested").first).to_be_visible()
    page.keyboard.press("a")
    expect(page.locator(".recent-row").first).to_contain_text("accepted")


@pytest.mark.parametrize("kind", KINDS)
def test_answers_lie_side_by_side_with_their_differences_and_one_is_taken(page: Page, site, kind: str) -> None:
    site.work(page, kind, "review")
    expect(page.locator(".other")).to_have_count(2)
    expect(page.locator(".other .differs").first).to_be_visible()
    press(page, "n", "t", "m")
    expect(page.locator(MARKS).first).to_be_visible()
    sent(page, "ruled")


def test_two_marks_are_related_with_r_and_a_digit(page: Page, site) -> None:
    site.work(page, "relations", "annotate")
    mark(page, 0, 2, "1")
    mark(page, 3, 3, "2")
    press(page, "k", "r", "j")
    expect(page.locator(".joining")).to_contain_text("Amara Okafor")
    page.keyboard.press("1")
    expect(page.locator(LINKS)).to_contain_text(["Amara Okafor" + "works for" + "St Brigid's Hospital"])
    expect(page.locator(".arcs text")).to_have_text("works for")
    # Only "knows" may join an organisation to a person: the digit in its place says that.
    press(page, "Shift+J", "Shift+R")
    expect(page.locator(LINKS).locator("q").first).to_have_text("St Brigid's Hospital")
    press(page, "z", "Shift+J", "x")
    expect(page.locator(LINKS)).to_have_count(0)
    page.keyboard.press("z")
    expect(page.locator(LINKS)).to_have_count(1)
    # A mark takes its relations with it.
    press(page, "j", "Delete")
    expect(page.locator(LINKS)).to_have_count(0)
    page.keyboard.press("z")
    sent(page, "answered")


def test_suggested_relations_are_checked_one_by_one(page: Page, site) -> None:
    site.work(page, "relations", "verify")
    press(page, "Shift+J", "a", "Shift+J", "x", "Shift+A")
    expect(page.locator(LINKS)).to_have_count(1)
    expect(page.locator("main .mark.suggested")).to_have_count(0)
    sent(page, "answered")


def test_a_chain_is_extended_joined_and_split(page: Page, site) -> None:
    site.work(page, "coreference", "annotate")
    chains = page.locator(".chain-list h3")
    mark(page, 0, 2, "1")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("one mention")
    press(page, "Home", *["ArrowRight"] * 10, "Enter")
    expect(chains).to_have_text(["Person 1 · 2"])
    mark(page, 12, 2, "2")
    expect(chains).to_have_count(2)
    press(page, "r", "j", "Enter")
    expect(chains).to_have_text(["Person 1 · 3"])
    page.keyboard.press("Shift+R")
    expect(chains).to_have_count(2)
    page.keyboard.press("z")
    sent(page, "answered")


def test_a_predicate_gets_its_arguments(page: Page, site) -> None:
    site.work(page, "roles", "annotate")
    mark(page, 6, 1, "1")
    expect(page.locator(".joining")).to_contain_text("sent")
    mark(page, 0, 2, "1")
    mark(page, 8, 2, "2")
    expect(page.locator(LINKS)).to_contain_text(["sent" + "agent" + "Amara Okafor", "sent" + "theme" + "the papers"])
    page.keyboard.press("3")
    expect(page.locator(LINKS).last).to_contain_text("recipient")
    # Without its predicate an argument is none.
    press(page, "Escape", "j", "j", "x")
    expect(page.locator(MARKS)).to_have_count(0)
    page.keyboard.press("z")
    sent(page, "answered")


def test_an_opinion_needs_its_polarity_and_may_be_of_the_whole(page: Page, site) -> None:
    site.work(page, "aspects", "annotate")
    page.keyboard.press("2")
    expect(page.locator(MARKS)).to_contain_text(["the item as a whole"])
    page.keyboard.press("Control+Enter")
    expect(page.locator(".notice")).to_contain_text("says nothing yet")
    press(page, "p", "p", "p", "y")
    expect(page.locator(MARKS)).to_contain_text(["Speed negative 1 ironic"])
    mark(page, 11, 1, "1")
    press(page, "p", "i")
    expect(page.locator("main .name-tag")).to_have_text("Service positive 2")
    sent(page, "answered")


def test_the_desks_are_accessible(browser: Browser, site: Site, axe: str) -> None:
    with site.visit(browser, width=1024) as page:
        for kind in KINDS:
            for queue in ("verify", "review"):
                site.work(page, kind, queue)
                page.keyboard.press("t" if queue == "review" else "j")
                assert in_both_schemes(page, axe) == {}, f"{kind} {queue}"
