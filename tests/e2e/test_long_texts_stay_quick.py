"""From a key to the next frame, with 5,000 words and 300 marks in the text; 20,000 words in one paragraph."""

import json

import pytest
from playwright.sync_api import Page, Response, Route, expect

pytestmark = pytest.mark.browser

WORDS, MARKS = 5_000, 300
# The design asks for 50 ms on an idle core; a shared machine gets twice that before the test says no.
LIMIT_MS = 100
ROUNDS = 4  # what else runs here only ever adds: the quickest round is what the page costs

MEASURE = """async () => {
  const spent = []
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
  const key = (key, code, shiftKey = false) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, shiftKey, bubbles: true, cancelable: true }))
  for (let round = 0; round < 40; round++) {
    key("ArrowRight", "ArrowRight")
    await frame()
    const began = performance.now()
    key(String((round % 3) + 1), `Digit${(round % 3) + 1}`)
    await frame()
    spent.push(performance.now() - began)
    key("Escape", "Escape")
    await frame()
    for (let step = 0; step < 3; step++) key("ArrowRight", "ArrowRight")
    await frame()
  }
  return spent.sort((a, b) => a - b)
}"""


def long_work(work: dict, count: int, line: int) -> dict:
    words = [f"word{n % 97}" + ("\n" if n % line == line - 1 else "") for n in range(count)]
    text = " ".join(words)
    label = work["suggestion"]["answer"]["spans"][0]["label"] if work["suggestion"] else "person"
    spans, at = [], 0
    for n, word in enumerate(words):
        if n % (count // MARKS) == 0:
            spans.append({"start": at, "end": at + len(word.rstrip()), "label": label})
        at += len(word) + 1
    suggestion = {"id": "s", "answer": {"spans": spans}, "confidence": None}
    return {**work, "body": {"text": text}, "suggestion": suggestion, "cacheable": False}


def stretched(page: Page, count: int, line: int) -> None:
    """The next work that is claimed has so many words, so many a line."""

    def stretch(route: Route) -> None:
        answer: Response = route.fetch()
        shape = answer.json()
        shape["works"] = [long_work(work, count, line) for work in shape["works"][:1]]
        route.fulfill(response=answer, body=json.dumps(shape))

    page.route("**/api/work/claim", stretch)


def test_a_mark_is_drawn_before_the_eye_notices(page: Page, site, record_property) -> None:
    stretched(page, WORDS, 120)
    site.open(page, "spans/verify")
    assert page.locator("main .mark").count() >= MARKS
    p95s: list[float] = []
    while len(p95s) < ROUNDS and min(p95s, default=LIMIT_MS) >= LIMIT_MS:
        spent = page.evaluate(MEASURE)
        p95s.append(spent[int(len(spent) * 0.95)])
    record_property("key to frame, p95 of each round, ms", p95s)
    assert min(p95s) < LIMIT_MS, p95s


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
