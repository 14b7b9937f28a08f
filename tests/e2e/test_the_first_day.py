"""The first day of an installation: the link of the terminal, a sample to look around in, and each next step said."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.house import PASSWORD, first_served

pytestmark = pytest.mark.browser


def test_a_sample_programme_is_made_with_one_button_and_says_what_to_do_next(browser: Browser, tmp_path: Path) -> None:
    with first_served(tmp_path / "home") as (url, token):
        context = browser.new_context()
        page = context.new_page()
        page.goto(f"{url}/setup?token={token}")
        for field, value in (("Organisation", "Acme"), ("Your name", "Mona"), ("Sign-in name", "mona")):
            page.get_by_label(field).fill(value)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_role("button", name="Set up").click()
        page.get_by_role("button", name="Look around with a sample programme").click()
        expect(page).to_have_url(re.compile("/p/sample"))
        step = page.locator("[aria-current=step]")
        expect(step).to_contain_text("Give people a role")
        step.get_by_role("link").click()
        page.get_by_role("button", name="Add somebody").first.click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Person").select_option(label="Mona")
        dialog.get_by_role("button", name="Add", exact=True).click()
        expect(dialog).to_have_count(0)
        page.get_by_label("Parts of the programme").get_by_role("link", name="Overview").click()
        expect(step).to_contain_text("Route the items")
        step.get_by_role("button", name="Route").click()
        expect(step).to_contain_text("Label the batch")
        step.get_by_role("link").click()
        page.locator(".actions .primary").wait_for()
        expect(page.locator(".card-text")).to_be_visible()
        context.close()
