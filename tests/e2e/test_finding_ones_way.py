"""The palette, the cheat sheet, the colour scheme, changing keys, tables by keyboard."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.house import without_a_place

pytestmark = pytest.mark.browser


def test_who_comes_first_stands_before_the_door_and_nothing_on_the_console(browser: Browser, site) -> None:
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text))
    page.goto(f"{site.about.url}/work")
    page.get_by_label("Sign-in name").wait_for()
    page.close()
    assert said == []


def test_who_has_no_place_yet_is_told_how_one_gets_it_and_nothing_on_the_console(browser: Browser, site) -> None:
    without_a_place(site.about, "cleo")
    with site.visit(browser, name="cleo") as page:
        for path in ("/", "/work", "/me"):
            page.goto(f"{site.about.url}{path}")
            expect(page.get_by_text("No work for you right now")).to_be_visible()


def test_the_palette_goes_anywhere(page: Page, site) -> None:
    site.open(page, "programmes")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    page.keyboard.type("go to settings")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/settings$"))


def test_the_cheat_sheet_lists_the_keys_of_this_page(page: Page, site) -> None:
    site.open(page, "choice/verify")
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Accept")
    expect(dialog).to_contain_text("Escalate")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_two_strokes_go_to_a_place(page: Page, site) -> None:
    site.open(page, "settings")
    page.keyboard.type("gw")  # the second stroke has a second, and so is on its way with the first
    expect(page).to_have_url(re.compile("/work$"))


def test_dark_and_light_are_one_key_apart(page: Page, site) -> None:
    site.open(page, "programmes")
    body = page.locator("body")
    before = body.evaluate("(body) => getComputedStyle(body).backgroundColor")
    page.keyboard.press("Control+Shift+L")
    expect(body).not_to_have_css("background-color", before)


def test_a_changed_key_is_the_key(page: Page, site) -> None:
    site.open(page, "settings")
    page.get_by_role("button", name="Change the key of Accept A", exact=True).click()
    page.keyboard.press("q")
    site.open(page, "choice/verify")
    first = page.locator(".card-text").inner_text()
    page.keyboard.press("a")
    assert page.locator(".card-text").inner_text() == first
    page.keyboard.press("q")
    expect(page.locator(".recent-row").first).to_contain_text("accepted")
    expect(page.locator(".recent-row").first).to_contain_text(first)
    page.keyboard.press("?")
    skip = page.get_by_role("button", name=re.compile("^Change the key of Skip "))
    skip.click()
    page.keyboard.press("q")
    expect(page.locator(".notice")).to_have_text("Q is the key of “Accept”: change that one first.")
    skip.click()
    page.keyboard.press("v")
    expect(skip).to_have_text(re.compile("V$"))
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(".actions")).to_contain_text("SkipV")
    page.keyboard.press("v")
    expect(page.locator(".slip")).to_contain_text("Why skip it?")


def test_single_keys_can_be_switched_off(page: Page, site) -> None:
    site.open(page, "settings")
    page.get_by_label("Keys of a single character").uncheck()
    site.open(page, "choice/verify")
    first = page.locator(".card-text").inner_text()
    page.keyboard.press("a")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("dialog")).to_be_visible()  # later keys have been heard
    assert page.locator(".card-text").inner_text() == first


def test_a_row_is_opened_with_the_keyboard(page: Page, site) -> None:
    site.open(page, "programmes")
    page.locator("tbody tr").first.wait_for()
    page.keyboard.press("j")
    expect(page.locator("tbody tr").first).to_have_class(re.compile(r"\bat\b"))
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/p/"))


def test_filters_live_in_the_address(page: Page, site) -> None:
    site.open(page, "batch?tab=items")
    page.get_by_label("State").select_option("decided")
    expect(page).to_have_url(re.compile("state=decided"))
    page.reload()
    expect(page.get_by_label("State")).to_have_value("decided")


def test_no_percentage_stands_without_its_count(page: Page, site) -> None:
    for name in ("programmes", "programme", "batch", "batch?tab=routing"):
        site.open(page, name)
        for cell in page.locator("td:has-text('%'), .evidence-card:has-text('%'), .progress-line").all():
            words = cell.inner_text()
            assert re.search(r"n = \d|\d of \d", words), f"{name}: {words!r}"


def test_a_gate_that_somebody_opened_says_so_among_the_programmes(page: Page, site) -> None:
    site.open(page, "programmes")
    expect(page.get_by_role("row", name=re.compile("Archive"))).to_contain_text("waived")


def test_a_table_is_put_in_order_by_its_headings_and_the_address_says_so(page: Page, site) -> None:
    site.open(page, "programmes")
    names = page.locator("tbody tr td:first-child a")
    heading = page.get_by_role("button", name="Programme", exact=True)
    heading.click()
    expect(page).to_have_url(re.compile("sort=title"))
    expect(page.get_by_role("columnheader", name="Programme")).to_have_attribute("aria-sort", "ascending")
    upwards = names.all_inner_texts()
    assert upwards == sorted(upwards, key=str.lower)
    heading.click()
    expect(page.get_by_role("columnheader", name="Programme")).to_have_attribute("aria-sort", "descending")
    page.reload()
    expect(names.first).to_have_text(upwards[-1])


def test_items_are_put_in_order_by_the_server(page: Page, site) -> None:
    site.open(page, "programme?tab=items")
    heading = page.get_by_role("button", name="Item", exact=True)
    heading.click()
    expect(page).to_have_url(re.compile("sort=id"))
    with page.expect_response(re.compile("sort=id&order=desc")) as answer:
        heading.click()
    names = [row["external_id"] for row in answer.value.json()["rows"]]
    assert names == sorted(names, reverse=True)
    expect(page.locator("tbody tr td:first-child a")).to_have_text(names)
    expect(page.get_by_role("columnheader", name="Item", exact=True)).to_have_attribute("aria-sort", "descending")
