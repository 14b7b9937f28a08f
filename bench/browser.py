"""What an annotator waits for, in a real browser: the next item after a submission, and the frame after a key."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.house import PASSWORD, House
from bench.report import Line
from bench.scale import Scale
from bench.server import Server
from bench.texts import fresh
from playwright.sync_api import Page, Response, Route, sync_playwright

from goldloop.core.nouns import Spec

FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
WORDS, MARKS = 5_000, 300
NEXT_MS, KEY_MS = 100, 50
WIDE, TALL = 1440, 900
LABELS = ("person", "place", "thing")

KEYS = """
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  const key = (key, code) =>
    document.body.dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }))
"""
MARKING = (
    """async (rounds) => {"""
    + KEYS
    + """
  const spent = []
  for (let round = 0; round < rounds; round++) {
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
)
"""Marks words of the text on the desk; from each digit to its frame, in milliseconds, the quickest first."""

SUBMITTING = (
    """async (rounds) => {"""
    + KEYS
    + """
  const spent = []
  const shown = () => document.querySelector(".card-text")?.textContent
  for (let round = 0; round < rounds; round++) {
    key("1", "Digit1")
    await pause(300)
    const before = shown()
    const began = performance.now()
    key("Enter", "Enter")
    do await frame()
    while (shown() === undefined || shown() === before)
    spent.push(performance.now() - began)
  }
  return spent.sort((a, b) => a - b)
}"""
)
"""Answers items, a third of a second each; from each submission to the next item in view, in milliseconds."""


def browser(folder: Path, scale: Scale) -> list[Line]:
    """Submissions in a programme of short texts, then marks in a long one that has hundreds already."""
    server = Server(folder / "home")
    server.start()
    try:
        house = House(server)
        short = _staffed(house, house.programme("short"))
        house.take_in(short, fresh(folder / "short.jsonl", 4 * scale.keys))
        house.route(short)
        long = _staffed(house, _spans(house))
        with _page(server) as page:
            nexts = _submitting(page, server.url, short, scale.keys)
            keys = _marking(page, server.url, long, scale.keys)
        house.close()
    finally:
        server.stop()
    return [
        Line("next item in view after a submission, p95", p95(nexts), "ms", NEXT_MS, note=f"{len(nexts)} items"),
        Line("the same, median", nexts[len(nexts) // 2], "ms"),
        Line("key to next frame, p95", p95(keys), "ms", KEY_MS, note=f"{WORDS:,} words, {MARKS} marks"),
        Line("the same, median", keys[len(keys) // 2], "ms"),
    ]


def p95(spent: Sequence[float]) -> float:
    """Of times in order."""
    return spent[int(len(spent) * 0.95)]


def _staffed(house: House, programme: str) -> str:
    """Mona works there herself."""
    house.client.programmes.staff(programme, house.client.me().actor.id, "annotator", tiers=(1,))
    return programme


def _spans(house: House) -> str:
    """A programme of marks with one item, whose text the browser is given."""
    document = {
        "programme": "long",
        "title": "long",
        "organisation": "Bench",
        "raci": {"accountable": "mona"},
        "task": {"spans.v1": {"allow_overlap": True}},
        "ontology": {"labels": list(LABELS)},
        "routing": {"rules": [{"rule": "all", "to": "annotate", "tier": 1}]},
    }
    applied = house.client.programmes.apply(json.dumps(document))
    assert applied.programme is not None
    file = house.server.home.with_name("long.jsonl")
    file.write_text(json.dumps({"id": "1", "text": "a text"}) + "\n")
    house.run(lambda: house.client.imports.add("long", file, Spec(name="jsonl.v1")))
    house.route("long")
    return applied.programme.id


@contextmanager
def _page(server: Server) -> Iterator[Page]:
    """A browser in which Mona is signed in."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        page = opened.new_page(viewport={"width": WIDE, "height": TALL})
        page.goto(f"{server.url}/signin")
        page.get_by_label("Sign-in name").fill("mona")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "/signin" not in url)
        yield page
        opened.close()


def _submitting(page: Page, url: str, programme: str, rounds: int) -> list[float]:
    page.goto(f"{url}/work?programme={programme}&queue=annotate")
    page.locator(".card-text").wait_for()
    spent: list[float] = page.evaluate(SUBMITTING, rounds)
    return spent


def _marking(page: Page, url: str, programme: str, rounds: int) -> list[float]:
    stretched(page, WORDS, 120)
    page.goto(f"{url}/work?programme={programme}&queue=annotate")
    page.locator("main .mark").first.wait_for()
    spent: list[float] = page.evaluate(MARKING, rounds)
    return spent


def stretched(page: Page, count: int, line: int) -> None:
    """The next work that is claimed has so many words, so many a line, and is marked already."""

    def stretch(route: Route) -> None:
        answer: Response = route.fetch()
        shape = answer.json()
        shape["works"] = [_stretch(work, count, line) for work in shape["works"][:1]]
        route.fulfill(response=answer, body=json.dumps(shape))

    page.route("**/api/work/claim", stretch)


def _stretch(work: dict[str, Any], count: int, line: int) -> dict[str, Any]:
    words = [f"word{n % 97}" + ("\n" if n % line == line - 1 else "") for n in range(count)]
    label = work["suggestion"]["answer"]["spans"][0]["label"] if work["suggestion"] else LABELS[0]
    spans, at = [], 0
    for n, word in enumerate(words):
        if n % (count // MARKS) == 0:
            spans.append({"start": at, "end": at + len(word.rstrip()), "label": label})
        at += len(word) + 1
    suggestion = {"id": "s", "answer": {"spans": spans}}
    return {**work, "body": {"text": " ".join(words)}, "suggestion": suggestion, "cacheable": False}
