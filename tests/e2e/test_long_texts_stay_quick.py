"""Marks among 5,000 words and 300 marks; 20,000 words in one paragraph."""

from statistics import median

import pytest
from bench.browser import MARKING, MARKS, WORDS, stretched
from playwright.sync_api import BrowserContext, Page, expect

pytestmark = pytest.mark.browser

# The design asks for 50 ms from a key to its frame on an idle core, and the bench of the desk measures that. Here the
# machine is shared: what counts is the processor time that the page itself takes for a mark and the keys around it, of
# most of them: what a crowded processor does to one says nothing of the page.
LIMIT_MS = 100
KEYS = 20


def test_a_mark_costs_less_than_the_eye_notices(page: Page, context: BrowserContext, site, record_property) -> None:
    stretched(page, WORDS, 120)
    site.open(page, "spans/verify")
    assert page.locator("main .mark").count() >= MARKS
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent_ms() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration")

    costs = []
    for _ in range(KEYS):
        before = spent_ms()
        page.evaluate(MARKING, 1)
        costs.append(spent_ms() - before)
    record_property("processor time of a mark, ms", costs)
    assert median(costs) < LIMIT_MS, costs


def test_the_last_of_20_000_words_in_one_paragraph_is_marked_and_seen(page: Page, site) -> None:
    stretched(page, 20_000, 20_001)
    site.open(page, "spans/annotate")
    for key in ("End", "1"):
        page.keyboard.press(key)
    mark = page.locator("main .mark.human")
    expect(mark).to_have_text(f"word{19_999 % 97}")
    expect(mark).to_be_in_viewport()
    for key in ("Home", "2"):
        page.keyboard.press(key)
    expect(mark.first).to_be_in_viewport()
