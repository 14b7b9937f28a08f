"""The manager's pages by keyboard and by link: every number leads on, filters are kept, news is told."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser


def test_a_number_of_the_overview_leads_to_its_items(page: Page, site) -> None:
    site.open(page, "programme")
    page.get_by_text("The same as a table").click()
    row = page.get_by_role("row", name=re.compile("confident.*Open", re.I)).first
    number = row.get_by_role("link").last
    wanted = int(number.inner_text().replace(",", ""))
    number.click()
    expect(page).to_have_url(re.compile("tab=items.*rule=confident"))
    rows = page.get_by_role("region", name="Items").locator("tbody tr")
    expect(rows).to_have_count(min(wanted, 50))


def test_words_are_searched_by_keyboard_and_the_filter_is_kept(page: Page, site) -> None:
    site.open(page, "programme?tab=items")
    page.locator("tbody tr").first.wait_for()
    page.keyboard.press("/")
    page.keyboard.type("question 7 ")
    expect(page).to_have_url(re.compile("q=question"))
    expect(page.locator("tbody tr")).not_to_have_count(50)
    expect(page.locator("tbody tr").first).to_contain_text("Question 7")
    page.get_by_role("button", name="Save these filters").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Sevens")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("tbody tr")).to_have_count(50)
    page.get_by_label("Saved filters").select_option("Sevens")
    expect(page.locator("tbody tr").first).to_contain_text("Question 7")
    page.get_by_role("button", name=re.compile("Forget")).click()
    expect(page.get_by_label("Saved filters")).to_have_count(0)


def test_the_bell_tells_what_happened_and_leads_there(page: Page, site) -> None:
    site.open(page, "programmes")
    page.locator("tbody tr").first.wait_for()
    page.keyboard.type("gn")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("is imported")
    dialog.get_by_role("link", name=re.compile("is imported")).first.click()
    expect(page).to_have_url(re.compile("tab=imports"))


def test_a_label_is_renamed_only_after_its_difference_was_shown(page: Page, site) -> None:
    site.open(page, "programme?tab=labels")
    names = page.get_by_label("Name")
    names.first.fill("Another name")
    apply = page.get_by_role("button", name="Apply as a new version")
    expect(apply).to_be_disabled()
    page.get_by_role("button", name="Show what changes").click()
    expect(page.get_by_role("row", name=re.compile("ontology.labels.0.name"))).to_be_visible()
    expect(apply).to_be_enabled()
    page.get_by_role("button", name="Start over").click()
    expect(names.first).not_to_have_value("Another name")


def test_a_template_is_tried_with_its_keys_and_nothing_is_sent(page: Page, site) -> None:
    site.open(page, "new")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if "/work/" in one.url else None)
    trial = page.locator(".workbench-preview")
    page.keyboard.press("1")
    expect(trial.locator(".chosen .tag-big")).to_have_count(0)
    trial.locator(".actions .primary").wait_for()
    colour = "one => getComputedStyle(one).getPropertyValue('--c')"
    assert trial.locator(".label-row").first.evaluate(colour), "labels have their colours before any dialog was opened"
    trial.focus()
    page.keyboard.press("1")
    expect(trial.locator(".chosen .tag-big")).to_contain_text("Billing")
    page.keyboard.press("z")
    expect(trial.locator(".chosen .tag-big")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(trial.get_by_role("status")).to_contain_text("Choose a label first")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(trial.get_by_role("status")).to_contain_text("It would say: Technical problem")
    assert sent == []
    site.expect_failures = True  # of what is not a valid file
    file = page.get_by_label("Programme file")
    file.fill(file.input_value().replace('name: "Billing"', 'name: "Money"'))
    expect(trial).to_contain_text("Money")
    page.get_by_label("A model's predictions come with the items").check()
    expect(file).to_have_value(re.compile("predictions.v1"))
    expect(trial).to_contain_text("Billing")
    file.fill("programme: [")
    expect(page.locator(".columns")).to_contain_text("The preview appears when the file is valid")


def test_a_file_is_looked_at_with_its_columns_named_before_it_is_imported(page: Page, site) -> None:
    site.open(page, "programme?tab=imports")
    page.locator("tbody tr").first.wait_for()
    page.keyboard.press("i")
    dialog = page.get_by_role("dialog")
    content = b"question,ref\nWhere is my card?,a1\n,a2\n"
    given = {"name": "questions.csv", "mimeType": "text/csv", "buffer": content}
    dialog.locator("input[type=file]").set_input_files(given)
    for column, role in (("question", "text"), ("ref", "id")):
        dialog.locator(".mapping li", has_text=column).locator("select").select_option(role)
    dialog.get_by_role("button", name="Look at the first rows").click()
    expect(dialog.get_by_role("row", name=re.compile("a1"))).to_contain_text("Where is my card?")
    expect(dialog).to_contain_text("1 of the first 2 rows can be taken in, 1 cannot.")
