"""Marks among 5,000 words and 300 marks; 20,000 words in one paragraph."""

import json
from statistics import median
from typing import Any

import pytest
from bench.browser import pressed
from bench.editors import LINE, MARKS, WORDS, places, text_of
from playwright.sync_api import BrowserContext, Page, Response, Route, expect

pytestmark = pytest.mark.browser

# The design asks for 50 ms from a key to its frame on an idle core, and the bench of the desk measures that. Here the
# machine is shared: what counts is the processor time that the page itself takes for a mark and the keys around it, of
# most of them: what a crowded processor does to one says nothing of the page.
LIMIT_MS = 100
TIMES = 20
KEYS = "ArrowRight 1 Escape ArrowRight ArrowRight ArrowRight"


def stretched(page: Page, words: int, line: int) -> None:
    """The next work that is claimed has so many words, so many a line, and is marked already."""

    def longer(work: dict[str, Any]) -> dict[str, Any]:
        label = work["suggestion"]["answer"]["spans"][0]["label"] if work["suggestion"] else "person"
        spans = [{"start": start, "end": end, "label": label} for start, end in places(words, line)]
        suggestion = {"id": "s", "answer": {"spans": spans}}
        return {**work, "body": {"text": text_of(words, line)}, "suggestion": suggestion, "cacheable": False}

    def stretch(route: Route) -> None:
        answer: Response = route.fetch()
        shape = answer.json()
        shape["works"] = [longer(work) for work in shape["works"][:1]]
        route.fulfill(response=answer, body=json.dumps(shape))

    page.route("**/api/work/claim", stretch)


def test_a_mark_costs_less_than_the_eye_notices(page: Page, context: BrowserContext, site, record_property) -> None:
    stretched(page, WORDS, LINE)
    site.open(page, "spans/verify")
    assert page.locator("main .mark").count() >= MARKS
    devtools = context.new_cdp_session(page)
    devtools.send("Performance.enable", {"timeDomain": "threadTicks"})

    def spent_ms() -> float:
        metrics = devtools.send("Performance.getMetrics")["metrics"]
        return next(1000 * one["value"] for one in metrics if one["name"] == "TaskDuration")

    costs = []
    for _ in range(TIMES):
        before = spent_ms()
        pressed(page, KEYS, 1)
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
