"""From a raw file to a release that verifies, with a browser and nothing else."""

import json
import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from goldloop.programmes.sealed import verify_release

pytestmark = pytest.mark.browser
LONG_MS = 120_000  # for what a background job has to finish first
TEXTS = ("I was charged twice", "the app does not open", "what is on my invoice?", "it crashes on start")
LINES = [json.dumps({"id": f"r{n}", "text": text}) for n, text in enumerate(TEXTS)] + ['{"id": "r4"}']


def turn(page: Page, tab: str) -> None:
    page.get_by_label("Parts of the programme").get_by_text(tab, exact=True).click()


def test_a_raw_file_becomes_a_release_that_verifies(page: Page, site, tmp_path: Path) -> None:
    site.open(page, "programmes")
    page.get_by_role("link", name="New programme").first.click()
    file = page.get_by_label("Programme file")
    expect(file).to_have_value(re.compile("programme: intents"))
    mine = file.input_value().replace("programme: intents", "programme: by-browser")
    file.fill(mine.replace("share: 0.1", "share: 0"))
    page.get_by_role("button", name="Create the programme").click()
    expect(page).to_have_url(re.compile("/p/by-browser"))

    turn(page, "Members and roles")
    page.get_by_role("button", name="Add somebody").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Person").select_option(label="Mira")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(dialog).to_have_count(0)

    raw = tmp_path / "raw.jsonl"
    raw.write_text("\n".join(LINES) + "\n")
    page.get_by_role("button", name="Import").first.click()
    page.get_by_role("dialog").locator("input[type=file]").set_input_files(raw)
    page.get_by_role("dialog").get_by_role("button", name="Import").click()
    taken = page.get_by_role("row", name=re.compile(r"raw\.jsonl.* 4 0 0 1 0 done"))
    expect(taken).to_be_visible(timeout=LONG_MS)
    with page.expect_download() as rejects:
        taken.get_by_role("link", name="1", exact=True).click()
    assert "text" in Path(rejects.value.path()).read_text()

    page.get_by_role("button", name="Route").click()
    turn(page, "Batches")
    expect(page.get_by_role("row", name=re.compile("batch-1"))).to_be_visible(timeout=LONG_MS)
    turn(page, "Overview")
    page.get_by_role("link", name="Label these").first.click()
    site.at_desk(page)
    for slot in "1221":
        before = page.locator(".card-text").inner_text()
        page.keyboard.press(slot)
        page.keyboard.press("Enter")
        expect(page.get_by_text(before, exact=True).and_(page.locator(".card-text"))).to_have_count(0)
    expect(page.get_by_role("button", name="Saved")).to_be_visible(timeout=LONG_MS)

    page.goto(f"{site.about.url}/p/by-browser?tab=batches")
    page.get_by_role("link", name="batch-1").click()
    page.get_by_role("button", name="Run the gate").first.click()
    cut = page.get_by_role("button", name="Cut a release")
    expect(cut).to_be_enabled(timeout=LONG_MS)
    cut.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("csv.v1").check()
    dialog.get_by_role("button", name="Cut a release").click()
    expect(page).to_have_url(re.compile("tab=releases"))
    with page.expect_download(timeout=LONG_MS) as sealed:
        page.get_by_role("link", name="Download", exact=True).click(timeout=LONG_MS)
    folder = tmp_path / "release"
    with zipfile.ZipFile(sealed.value.path()) as packed:
        packed.extractall(folder)
    found = verify_release(folder, key=None)
    assert (found.outcome, found.counts["rows"]) == ("intact, signer unknown", len(TEXTS))
    assert list(folder.rglob("data.csv"))

    with page.expect_download() as now:
        page.get_by_role("link", name="Download labels").click()
    answers = {one["id"]: one["answer"] for one in map(json.loads, Path(now.value.path()).read_text().splitlines())}
    assert len(answers) == len(TEXTS)
