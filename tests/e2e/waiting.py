"""What a story waits for, where the page itself does not show it; and requests that wait for a story."""

import re
from re import Pattern
from typing import Literal

from playwright.sync_api import Page, Route, expect

SUBMIT = re.compile(r"/api/work/[^/]+/submit")
CLAIM = "**/api/work/claim"
DRAFTS = """() => new Promise((told, failed) => {
  const opening = indexedDB.open("goldloop")
  opening.onerror = failed
  opening.onsuccess = () => {
    const counting = opening.result.transaction("drafts").objectStore("drafts").count()
    counting.onsuccess = () => {
      opening.result.close()
      told(counting.result)
    }
  }
})"""
SCHEMES: tuple[Literal["light"], Literal["dark"]] = ("light", "dark")
LOOK_AGAIN_MS, LOOKS = 50, 600


class Held:
    """Requests that are held back until they are let go: those that have come, and from then on those that come."""

    def __init__(self, page: Page, what: str | Pattern[str]) -> None:
        self._free = False
        self._waiting: list[Route] = []
        page.route(what, self._came)

    def _came(self, route: Route) -> None:
        if self._free:
            route.continue_()
        else:
            self._waiting.append(route)

    def let_go(self) -> None:
        """Everything may go on."""
        self._free = True
        while self._waiting:
            self._waiting.pop(0).continue_()


def saved(page: Page) -> None:
    """Every answer is with the server."""
    expect(page.get_by_role("button", name="Saved")).to_be_visible()


def draft_kept(page: Page) -> None:
    """The browser has the answer that is being made on disk; it writes a moment after the last change."""
    for _ in range(LOOKS):
        if page.evaluate(DRAFTS):
            return
        page.wait_for_timeout(LOOK_AGAIN_MS)
    raise AssertionError("the draft was not kept")


def findings(page: Page, axe: str) -> list[str]:
    """What axe finds wrong with the page as it is."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[str] = page.evaluate(
        "async () => (await axe.run()).violations"
        ".map((v) => `${v.id}: ${v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | ')}`)"
    )
    return found


def in_both_schemes(page: Page, axe: str) -> dict[str, list[str]]:
    """What axe finds, by scheme; empty where both are in order."""
    found = {}
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        found[scheme] = findings(page, axe)
    return {scheme: violations for scheme, violations in found.items() if violations}
