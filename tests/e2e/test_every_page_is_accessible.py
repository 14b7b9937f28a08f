"""Each page in each theme: nothing for axe to find, nothing on the console, nothing that the policy refuses."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.e2e.conftest import Site
from tests.e2e.waiting import findings, in_both_schemes

pytestmark = pytest.mark.browser

PAGES = [
    "signin",
    "programmes",
    "new",
    "programme",
    "programme?tab=batches",
    "programme?tab=items",
    "programme?tab=items&q=card&state=open",
    "programme?tab=labels",
    "programme?tab=imports",
    "programme?tab=models",
    "programme?tab=jobs",
    "programme?tab=people",
    "programme?tab=team",
    "programme?tab=releases",
    "programme?tab=ontology",
    "programme?tab=file",
    "protection",
    "batch",
    "batch?tab=agreement",
    "batch?tab=items",
    "batch?tab=routing",
    "batch?tab=people",
    "gate",
    "gate?tab=errors",
    "gate?tab=disagreements",
    "waived gate",
    "quality",
    "quality?tab=labels",
    "briefs",
    "briefs?tab=table",
    "brief",
    "who answers",
    "calendar",
    "health",
    "coverage",
    "digests",
    "my calendar",
    "item",
    "version",
    "judgement",
    "report on somebody",
    "report on me",
    "people",
    "person",
    "settings",
    "projects",
    "archives",
    "archive",
    "me",
    "sla",
    "report",
    "calibration",
    "anchoring",
    "accuracy",
    "economics",
    "human-only",
    "plan",
    "statement",
    "my statements",
    "confidence",
    "models",
    "sources",
    "lineage",
    "changes",
    "run",
    "questions",
    "questions?tab=precedents",
    "questions?tab=flagged",
    "work",
    "nothing left",
    "choice/verify",
    "choice/verify?view=many",
    "choice/annotate",
    "choice/review",
    "spans/verify",
    "spans/annotate",
    "spans/review",
]


@pytest.fixture(scope="module")
def visitor(browser: Browser, site: Site) -> Iterator[Page]:
    """One visit to every page: what the browser has fetched once it need not fetch again."""
    with site.visit(browser) as page:
        yield page


@pytest.mark.parametrize("name", PAGES)
def test_no_violation(visitor: Page, site: Site, axe: str, name: str) -> None:
    site.open(visitor, name)
    assert in_both_schemes(visitor, axe) == {}


@pytest.mark.parametrize("keys", ["?", "Control+k"])
def test_no_violation_in_help_and_palette(visitor: Page, site: Site, axe: str, keys: str) -> None:
    site.open(visitor, "choice/verify")
    visitor.keyboard.press(keys)
    visitor.get_by_role("dialog").wait_for()
    assert in_both_schemes(visitor, axe) == {}


@pytest.mark.parametrize("name", ["me", "choice/verify", "choice/verify?view=many"])
def test_a_narrow_or_magnified_page_is_read_without_scrolling_to_the_side(visitor: Page, site: Site, name: str) -> None:
    visitor.set_viewport_size({"width": 320, "height": 640})  # WCAG 1.4.10: also 1280 wide, four times as large
    site.open(visitor, name)
    wide = visitor.evaluate("document.documentElement.scrollWidth")
    visitor.set_viewport_size({"width": 1440, "height": 900})
    assert wide == 320


@pytest.mark.parametrize("name", ["programmes", "choice/verify"])
def test_who_comes_in_the_dark_sees_it_dark_from_the_start(browser: Browser, site: Site, axe: str, name: str) -> None:
    with site.visit(browser, scheme="dark") as page:
        site.open(page, name)
        expect(page.locator("html")).to_have_attribute("data-mantine-color-scheme", "dark")
        assert findings(page, axe) == []
