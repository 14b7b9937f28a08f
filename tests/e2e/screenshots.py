"""`python -m tests.e2e.screenshots`: every page in both themes, 1440 and 1024 wide, into `shots/`, to be looked at.

`--only WORD` takes the pages whose name holds the word. `--images` instead takes the pictures of the README and the
guides from a fresh demo, into `docs/images/`.
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from tests.e2e.conftest import FLAGS, ROOT, Site
from tests.e2e.forms import forms_house
from tests.e2e.house import House, house, served
from tests.e2e.stretches import STRETCHES
from tests.e2e.test_every_page_is_accessible import PAGES
from tests.e2e.test_forms_by_keyboard import LOOKED_AT

SHOTS, IMAGES = ROOT / "shots", ROOT / "docs" / "images"
WIDTHS, SCHEMES = (1440, 1024), ("light", "dark")
IMAGES_OF = {  # who looks at what, and what is there once it is whole
    "workbench": ("tia", "/work?programme=support-intents&queue=verify", "Suggested"),
    "programmes": ("mona", "/", "On time"),
    "programme": ("mona", "/p/support-intents", "From rule to outcome"),
    "batch": ("mona", "/b/{batch}", "Evidence"),
}
DESKS = [f"{kind}/{queue}" for kind in STRETCHES for queue in ("verify", "annotate", "review")]


def main(arguments: Sequence[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.screenshots", description=__doc__)
    parser.add_argument("--only", default="", help="a word of the page's name")
    parser.add_argument("--images", action="store_true", help="the pictures of README and guides, from the demo")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder, _browser() as browser:
        if asked.images:
            with _demo(Path(folder)) as (site, passwords):
                _images(browser, site, passwords)
            return 0
        pages = {house: [*PAGES, *DESKS], forms_house: LOOKED_AT}
        for number, (make, names) in enumerate(pages.items()):
            chosen = [name for name in names if asked.only in name]
            if not chosen:
                continue
            with make(Path(folder) / str(number)) as about:
                _every(browser, Site(about), chosen)
    print(f"Look at them: {SHOTS}")
    return 0


@contextmanager
def _browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield opened
        opened.close()


def _every(browser: Browser, site: Site, names: Sequence[str]) -> None:
    for scheme in SCHEMES:
        for width in WIDTHS:
            with site.visit(browser, scheme=scheme, width=width) as page:
                for name in names:
                    site.open(page, name)
                    _take(page, SHOTS / f"{scheme}-{width}" / f"{re.sub(r'[^a-z0-9]+', '-', name)}.png")


def _take(page: Page, to: Path) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(150)  # fonts and charts come a moment after the data
    to.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=to)


@contextmanager
def _demo(folder: Path) -> Iterator[tuple[Site, dict[str, str]]]:
    """The demo's data folder, served; the passwords of its people."""
    home = folder / "demo"
    demo = [sys.executable, "-c", "from goldloop.cli import main; main()", "demo", "--no-serve", "--json"]
    done = subprocess.run([*demo, "--home", str(home)], check=True, capture_output=True)
    people = {one["name"]: one["password"] for one in json.loads(done.stdout)["sign_ins"]}
    with served(home) as (url, _):
        yield Site(House(url, {}, "", "")), people


def _images(browser: Browser, site: Site, passwords: Mapping[str, str]) -> None:
    """Each as small as its colours allow: a picture of an interface needs no more than 256."""
    for image, (name, place, whole) in IMAGES_OF.items():
        site.password = passwords[name]
        with site.visit(browser, name=name) as page:
            if "{batch}" in place:
                rows = page.request.get(f"{site.about.url}/api/programmes/support-intents/batches").json()["rows"]
                place = place.format(batch=next(one["batch"]["id"] for one in rows if one["outcome"]))
            page.goto(site.about.url + place)
            page.get_by_text(whole).first.wait_for()
            _take(page, IMAGES / f"{image}.png")
        drawn = Image.open(IMAGES / f"{image}.png").convert("RGB")
        drawn.quantize(256).save(IMAGES / f"{image}.png", optimize=True)


if __name__ == "__main__":
    sys.exit(main())
