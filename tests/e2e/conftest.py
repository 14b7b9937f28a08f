"""A real server, a real browser, and what every story needs of them."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from tests.e2e.house import PASSWORD, House, house
from tests.e2e.waiting import OnTheirWay

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"]
LOUD = ("error", "warning")
TIMEOUT_MS = 30_000  # patience, not a bar: the machine may be busy with other tests
expect.set_options(timeout=TIMEOUT_MS)


def _skip(why: str) -> None:
    """Skips loudly on a laptop; in CI a missing browser is a failure."""
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


class Site:
    """The interface as a person meets it."""

    password = PASSWORD
    label_words = "pending transfer"

    def __init__(self, about: House) -> None:
        self.about = about
        self.expect_failures = False
        self._signed_in: dict[str, Any] = {}
        self._on_their_way: WeakKeyDictionary[Page, OnTheirWay] = WeakKeyDictionary()

    def path(self, name: str) -> str:
        """`batch?tab=items` or `choice/verify` as an address."""
        head, _, query = name.partition("?")
        if "/" in head:
            kind, queue = head.split("/")
            more = f"&{query}" if query else ""
            return f"/work?programme={self.about.programmes[kind]}&queue={queue}{more}"
        about = self.about
        places = {
            "programmes": "/",
            "programme": "/p/banking",
            "questions": "/p/banking/questions",
            "sla": "/p/banking/sla",
            "report": "/p/banking/report",
            "protection": "/p/banking/protection",
            "calibration": "/p/banking/calibration",
            "anchoring": "/p/banking/anchoring",
            "accuracy": "/p/banking/accuracy",
            "economics": "/p/banking/economics",
            "human-only": "/p/banking/human-only",
            "plan": "/p/banking/plan",
            "statement": "/p/banking/statement",
            "my statements": "/me/statements",
            "confidence": "/p/banking/confidence",
            "models": "/p/banking/models",
            "batch": f"/b/{about.batch}",
            "item": f"/i/{about.item}",
            "version": f"/v/{about.version}",
            "gate": f"/b/{about.batch}/gate",
            "waived gate": f"/b/{about.waived}/gate",
            "quality": "/p/banking/quality",
            "briefs": "/p/banking/briefs",
            "brief": f"/brief/{about.brief}",
            "who answers": "/p/banking/raci",
            "calendar": "/p/banking/calendar",
            "health": "/p/banking/health",
            "coverage": "/p/banking/coverage",
            "digests": "/p/banking/digests",
            "my calendar": "/me/calendar",
            "judgement": f"/j/{about.judgement}",
            "person": f"/people/{about.person}",
            "report on somebody": f"/p/banking/people/{about.person}",
            "report on me": "/me/report",
            "sources": "/p/traced/sources",
            "archive": "/p/traced/archive",
            "lineage": "/p/traced/lineage",
            "changes": f"/releases/{about.release}/changes",
            "run": f"/runs/{about.run}",
            "nothing left": f"/work?programme={about.programmes.get('archive')}&queue=review",
        }
        return places.get(head, f"/{head}") + (f"?{query}" if query else "")

    def open(self, page: Page, name: str) -> None:
        """Go there and wait until it stands."""
        page.goto(self.about.url + self.path(name))
        page.locator("main").first.wait_for()
        if "/" in name:
            self.at_desk(page)
        else:
            page.locator("h1").first.wait_for()  # its words are fetched before a page is
            self._on_their_way[page].settle(page)

    def work(self, page: Page, kind: str, queue: str) -> None:
        """Sit down at a queue."""
        self.open(page, f"{kind}/{queue}")

    def sit_down(self, page: Page, programme: str, queue: str = "annotate") -> None:
        """The same in a programme of one's own."""
        page.goto(f"{self.about.url}/work?programme={programme}&queue={queue}")
        self.at_desk(page)

    def at_desk(self, page: Page) -> None:
        """Wait until the keys are listened to: an item is seen a moment before, this button a moment after."""
        page.locator(".actions .primary").wait_for()

    def sign_in(self, page: Page, name: str = "mira") -> None:
        """As the owner or somebody else, through the form."""
        page.goto(f"{self.about.url}/signin")
        page.get_by_label("Sign-in name").fill(name)
        page.get_by_label("Password", exact=True).fill(self.password)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/signin" not in url)

    def lose_session(self, page: Page) -> None:
        """As when the session has run out."""
        page.context.clear_cookies()

    @contextmanager
    def visit(
        self, browser: Browser, *, scheme: str = "light", width: int = 1440, name: str = "mira"
    ) -> Iterator[Page]:
        """A fresh browser profile, signed in: by the form once, then with that session.

        At the end nothing may stand on the console.
        """
        self.expect_failures = False
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme="dark" if scheme == "dark" else "light",
            storage_state=self._signed_in.get(name),
        )
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        self._on_their_way[page] = OnTheirWay(page)
        if not context.request.get(f"{self.about.url}/api/me").ok:
            self.sign_in(page, name)
            self._signed_in[name] = context.storage_state()
        said: list[str] = []
        page.on("console", lambda one: said.append(f"{page.url}: {one.text}") if one.type in LOUD else None)
        page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
        yield page
        context.close()
        loud = [text for text in said if not (self.expect_failures and "Failed to load resource" in text)]
        assert loud == []


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    if not (ROOT / "src" / "goldloop" / "static" / "index.html").is_file():
        _skip("the interface is not built: run `make ui`")
    with house(tmp_path_factory.mktemp("house") / "home") as about:
        yield Site(about)


@pytest.fixture(scope="session")
def axe() -> str:
    script = ROOT / "ui" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.is_file():
        _skip("axe-core is not installed: run `npm ci` in ui/")
    return script.read_text()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = shutil.which("chromium")
    if path is None:
        _skip("there is no chromium on this machine")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with site.visit(browser) as opened:
        yield opened


@pytest.fixture
def context(page: Page) -> BrowserContext:
    return page.context
