"""What a story waits for, where the page itself does not show it; and requests that wait for a story."""

import re
from re import Pattern
from typing import Literal

from playwright.sync_api import Page, Request, Route, expect

SUBMIT = re.compile(r"/api/work/[^/]+/submit")
CLAIM = "**/api/work/claim"
DRAFTS = """() => new Promise((told, failed) => {
  const opening = indexedDB.open("goldloop")
  opening.onerror = failed
  opening.onsuccess = () => {
    const reading = opening.result.transaction("drafts").objectStore("drafts").getAll()
    reading.onsuccess = () => {
      opening.result.close()
      told(reading.result.map((draft) => JSON.stringify(draft)).join())
    }
  }
})"""
AT_REST = "() => new Promise((done) => requestAnimationFrame(() => requestIdleCallback(done, {timeout: 1_000})))"
"""Told after a frame, when the page has nothing else to do."""

CALM = 3  # looks in a row
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"]}
SCHEMES: dict[Literal["light", "dark"], dict[str, list[str]]] = {"light": {}, "dark": COLOURS}
"""The rules that each scheme is looked at with: all of them, then those that a scheme can break on the same page."""

LOOK_AGAIN_MS, LOOKS = 50, 600


class OnTheirWay:
    """The requests of a page that have no answer yet."""

    def __init__(self, page: Page) -> None:
        self._open: set[Request] = set()
        self._made = 0
        page.on("request", self._begun)
        page.on("requestfinished", self._over)
        page.on("requestfailed", self._over)

    def _begun(self, request: Request) -> None:
        if request.is_navigation_request():
            self._open.clear()  # nobody waits for what the page before asked for
        self._open.add(request)
        self._made += 1

    def _over(self, request: Request) -> None:
        self._open.discard(request)

    def settle(self, page: Page) -> None:
        """Wait until everything has come that was asked for, and the page has shown it without asking for more."""
        calm = 0
        for _ in range(LOOKS):
            made = self._made
            page.evaluate(AT_REST)
            calm = calm + 1 if not self._open and made == self._made else 0
            if calm == CALM:
                return
            page.wait_for_timeout(LOOK_AGAIN_MS)
        raise AssertionError(f"{page.url} does not come to rest: {[one.url for one in self._open]}")


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


def draft_kept(page: Page, words: str = "") -> None:
    """The browser has what is being made on disk, with these words; it writes a moment after the last change."""
    for _ in range(LOOKS):
        if (kept := page.evaluate(DRAFTS)) and words in kept:
            return
        page.wait_for_timeout(LOOK_AGAIN_MS)
    raise AssertionError("the draft was not kept")


def findings(page: Page, axe: str, **only: list[str]) -> list[str]:
    """What axe finds wrong with the page as it is; `runOnly` names the rules, without it all of them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found: list[str] = page.evaluate(
        "async (how) => (await axe.run(how)).violations"
        ".map((v) => `${v.id}: ${v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | ')}`)",
        {"resultTypes": ["violations"], **only},
    )
    return found


def in_both_schemes(page: Page, axe: str) -> dict[str, list[str]]:
    """What axe finds, by scheme; empty where both are in order."""
    found = {}
    for scheme, only in SCHEMES.items():
        page.emulate_media(color_scheme=scheme)
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", scheme)
        found[scheme] = findings(page, axe, **only)
    return {scheme: violations for scheme, violations in found.items() if violations}
