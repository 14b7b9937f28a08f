"""What an annotator waits for, in a real browser: the next item after a submission, and the frame after a key."""

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.editors import EDITORS, MARKS, WORDS, LongWork
from bench.house import PASSWORD, House
from bench.report import Line
from bench.scale import Scale
from bench.server import Server
from bench.texts import fresh
from playwright.sync_api import Page, sync_playwright

from goldloop.core.nouns import Spec

FLAGS = ("--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking")
NEXT_MS, KEY_MS = 100, 50
LONG = 20_000
SMALL = ("spans", "reasoning steps")
"""What a small bench presses the keys of."""
WIDE, TALL = 1440, 900

KEYS = """
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
  const pause = (ms) => new Promise((done) => setTimeout(done, ms))
  const press = (written) => {
    if (written.startsWith("type:")) return document.execCommand("insertText", false, written.slice(5))
    const parts = written.split("+")
    const key = parts.pop()
    const code = /\\d/.test(key) ? `Digit${key}` : /^[a-z]$/.test(key) ? `Key${key.toUpperCase()}` : key
    const held = { shiftKey: parts.includes("shift"), ctrlKey: parts.includes("mod") }
    const about = { key, code, ...held, bubbles: true, cancelable: true }
    return (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", about))
  }
"""
PRESSING = (
    """async ([keys, rounds]) => {"""
    + KEYS
    + """
  const spent = []
  for (let round = 0; round < rounds; round++)
    for (const key of keys.split(" ")) {
      await frame()
      const began = performance.now()
      press(key)
      await frame()
      spent.push(performance.now() - began)
    }
  return spent
}"""
)
"""Presses these keys, round after round; from each key to its frame, in milliseconds."""

SUBMITTING = (
    """async (rounds) => {"""
    + KEYS
    + """
  const spent = []
  const shown = () => document.querySelector(".card-text")?.textContent
  for (let round = 0; round < rounds; round++) {
    press("1")
    await pause(300)
    const before = shown()
    const began = performance.now()
    press("Enter")
    do await frame()
    while (shown() === undefined || shown() === before)
    spent.push(performance.now() - began)
  }
  return spent
}"""
)
"""Answers items, a third of a second each; from each submission to the next item in view, in milliseconds."""

OPENING = (
    """async () => {"""
    + KEYS
    + """
  const held = document.querySelector(".doc")
  const began = performance.now()
  press("mod+Enter")
  do await frame()
  while (document.querySelector(".doc") === held || !document.querySelector(".doc [data-at]"))
  return performance.now() - began
}"""
)
"""Submits a marked text; how long until the next is in view."""
MOVING = "End Home ArrowRight shift+ArrowRight mod+ArrowRight 1 Escape ArrowLeft"


def browser(folder: Path, scale: Scale) -> list[Line]:
    """Submissions in a programme of short texts, the keys of every editor on long ones, and texts of 20,000 words."""
    server = Server(folder / "home")
    server.start()
    try:
        house = House(server)
        short = _staffed(house, house.programme("short"))
        house.take_in(short, fresh(folder / "short.jsonl", 4 * scale.keys))
        house.route(short)
        with _page(server) as page:
            nexts = _submitting(page, server.url, short, scale.keys)
            note = f"{len(nexts)} items"
            lines = [
                Line("next item in view after a submission, p95", p95(nexts), "ms", NEXT_MS, note=note),
                Line("the same, median", median(nexts), "ms"),
            ]
            for name in SMALL if scale.small else EDITORS:
                work = EDITORS[name]
                desk(page, house, name, work, WORDS)
                keys = pressed(page, work.keys, scale.rounds)
                note = f"{WORDS:,} words" + (f", {MARKS} marks" if work.suggested else "")
                lines += [
                    Line(f"{name}: key to next frame, p95", p95(keys), "ms", KEY_MS, note=note),
                    Line("the same, median", median(keys), "ms"),
                ]
            lines += _very_long(page, house, scale.rounds)
        house.close()
    finally:
        server.stop()
    return lines


def pressed(page: Page, keys: str, rounds: int) -> list[float]:
    """Rounds of keys on the desk that stands there."""
    spent: list[float] = page.evaluate(PRESSING, [keys, rounds])
    return spent


def p95(spent: Sequence[float]) -> float:
    """95 of 100 are no longer."""
    return sorted(spent)[int(len(spent) * 0.95)]


def median(spent: Sequence[float]) -> float:
    """Half are no longer."""
    return sorted(spent)[len(spent) // 2]


def _staffed(house: House, programme: str) -> str:
    """Mona works there herself."""
    house.client.programmes.staff(programme, house.client.me().actor.id, "annotator", tiers=(1, 2, 3))
    return programme


def desk(page: Page, house: House, name: str, work: LongWork, words: int, *, items: int = 1) -> None:
    """A programme with such items, and the first of them on the desk."""
    slug = name.replace(" ", "-") + f"-{words}"
    queue = "verify" if work.suggested else "annotate"
    document: dict[str, Any] = {"task": dict(work.task), "ontology": {"labels": list(work.labels)}}
    if not work.suggested:
        document |= {"models": {}, "routing": {"rules": [{"rule": "all", "to": queue, "tier": 1}]}}
    programme = _staffed(house, house.programme(slug, **document))
    file = house.server.home.with_name(f"{slug}.jsonl")
    said = {"prediction": work.suggested(words), "confidence": 0.9} if work.suggested else {}
    rows = [{"id": str(n), "body": work.body(words), **said} for n in range(items)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    house.run(lambda: house.client.imports.add(programme, file, Spec(name="jsonl.v1")))
    house.route(programme)
    page.goto(f"{house.server.url}/work?programme={programme}&queue={queue}")
    page.locator(".actions .primary").wait_for()
    if work.suggested:
        page.locator("main .mark").first.wait_for()


def _very_long(page: Page, house: House, rounds: int) -> list[Line]:
    """Texts of 20,000 words without a mark: opened one after the other, and moved through."""
    spans = EDITORS["spans"]._replace(suggested=None)
    desk(page, house, "spans", spans, LONG, items=rounds + 1)
    opened, keys = [], []
    for _ in range(rounds):
        keys += pressed(page, MOVING, 1)
        opened.append(page.evaluate(OPENING))
    note = f"{LONG:,} words"
    return [
        Line("next item in view after a submission, p95", p95(opened), "ms", NEXT_MS, note=note),
        Line("the same, median", median(opened), "ms"),
        Line("moving and marking: key to next frame, p95", p95(keys), "ms", KEY_MS, note=note),
        Line("the same, median", median(keys), "ms"),
    ]


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
