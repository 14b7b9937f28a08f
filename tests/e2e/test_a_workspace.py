"""A programme whose items are read and not taken out, as the people in it meet it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect
from tests.e2e.house import ana_asks, apply, small
from tests.e2e.test_the_desk import TEXT, document
from tests.e2e.waiting import saved

pytestmark = pytest.mark.browser

SECRET = "the client's own words"


def test_items_are_read_under_a_mark_and_leave_by_no_way(page: Page, site) -> None:
    file = document("vault", protection={"workspace": {}})
    owner, programme = small(site.about, file, [f"{SECRET} {n}" for n in range(3)])
    ana_asks(site.about, owner, programme, "Whose words are these?")
    mark = page.locator(".watermark")

    def marked() -> None:
        """One mark, which leads to Mira."""
        expect(mark).to_have_count(1)
        expect(mark).to_have_attribute("data-mark-of", owner_mark)

    owner_mark = owner.get(f"/api/programmes/{programme}").json()["mark"]
    assert owner_mark.startswith("person-")
    site.sit_down(page, programme)
    marked()
    expect(page.locator(".top")).to_contain_text("Kept in memory only")
    page.keyboard.press("Control+c")
    expect(page.locator(".notice")).to_contain_text("nothing is copied")
    page.keyboard.press("e")
    page.keyboard.type("What do they mean?")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)
    expect(page.locator(".empty")).to_be_visible()
    expect(page.locator(".recent")).to_contain_text(SECRET)
    marked()
    site.open(page, "me")
    expect(page.locator(".question", has_text="What do they mean?")).to_contain_text(SECRET)
    marked()
    page.goto(f"{site.about.url}/p/vault/questions?state=open")
    row = page.locator("tr", has_text="Whose words are these?")
    expect(row).to_contain_text(SECRET)
    marked()
    with page.expect_response("**/take") as taken:
        row.get_by_role("button", name="Answer", exact=True).click()
    assert taken.value.json()["mark"] == owner_mark
    expect(page.locator(".asked")).to_contain_text("Whose words are these?")
    marked()
    seen = owner.get(f"/api/programmes/{programme}/seen").json()["rows"]
    assert {row["way"] for row in seen if row["mark"] == owner_mark} >= {"work", "list"}
    csv = owner.get(f"/api/programmes/{programme}/items", params={"format": "csv"})
    assert (csv.status_code, csv.json()["field"]) == (403, "protection.workspace.download")


def test_from_outside_its_networks_a_workspace_says_so_and_shows_nothing(page: Page, site) -> None:
    site.expect_failures = True
    kept = "what stays in the room"
    file: dict[str, Any] = document("away", protection={"workspace": {}})
    owner, programme = small(site.about, file, [f"{kept} {n}" for n in range(2)])
    site.sit_down(page, programme)
    expect(page.locator(TEXT)).to_contain_text(kept)
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    saved(page)
    apply(owner, file | {"protection": {"workspace": {"networks": ["10.0.0.0/8"]}}})
    page.reload()
    expect(page.locator(".bench")).to_contain_text("read from its own networks only")
    expect(page.locator("body")).not_to_contain_text(kept)
