"""Each page in each theme: nothing for axe to find, nothing on the console, nothing that the policy refuses."""

import pytest
from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
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
    "waived gate",
    "quality",
    "quality?tab=labels",
    "briefs",
    "briefs?tab=table",
    "brief",
    "who answers",
    "item",
    "judgement",
    "report on somebody",
    "report on me",
    "people",
    "settings",
    "me",
    "sla",
    "report",
    "calibration",
    "anchoring",
    "accuracy",
    "economics",
    "confidence",
    "models",
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


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_no_violation(browser: Browser, site, axe: str, name: str, scheme: str) -> None:
    with site.visit(browser, scheme=scheme) as page:
        site.open(page, name)
        page.evaluate(axe)
        found = page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
            ".map((v) => `${v.id}: ${v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | ')}`)",
            RULES,
        )
        assert found == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("keys", ["?", "Control+k"])
def test_no_violation_in_help_and_palette(browser: Browser, site, axe: str, keys: str, scheme: str) -> None:
    with site.visit(browser, scheme=scheme) as page:
        site.open(page, "choice/verify")
        page.keyboard.press(keys)
        page.get_by_role("dialog").wait_for()
        page.evaluate(axe)
        found = page.evaluate(
            "async (tags) => (await axe.run(document, {runOnly: {type: 'tag', values: tags}})).violations"
            ".map((v) => `${v.id}: ${v.nodes.map((n) => n.target + ' ' + n.failureSummary).join(' | ')}`)",
            RULES,
        )
        assert found == []
