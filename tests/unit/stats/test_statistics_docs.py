"""The examples of docs/statistics run, the plots are the code's, and the methods and commands they name exist."""

import importlib.util
import re
from importlib import import_module
from pathlib import Path

import pytest

from goldloop.cli import stats_commands

DOCS = Path(__file__).parents[3] / "docs"
PAGES = {page.name: page.read_text(encoding="utf-8") for page in sorted((DOCS / "statistics").glob("*.md"))}
AREAS = {"agreement", "spans", "truth", "estimate", "sampling", "confidence"}
AREAS |= {"bias", "drift", "ranking", "paired", "diversity", "retrieval"}
EXAMPLES = [
    pytest.param(name, text, id=f"{name}-{k}")
    for name, page in PAGES.items()
    for k, text in enumerate(re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE))
]


def _plots():
    spec = importlib.util.spec_from_file_location("plots", DOCS / "plots.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.PLOTS


PLOTS = _plots()


@pytest.mark.parametrize(("page", "example"), EXAMPLES)
def test_an_example_of_a_page_runs(page, example):
    exec(compile(example, f"docs/statistics/{page}", "exec"), {})


@pytest.mark.parametrize("area", sorted(AREAS))
def test_every_area_says_when_to_trust_it_how_many_labels_it_needs_and_where_its_formulas_come_from(area):
    page = PAGES[f"{area}.md"]
    assert "**When to trust it.**" in page
    assert "**How many labels.**" in page
    assert "## Formulas" in page
    assert re.search(r"!\[[^\]]{20,}\]\(plots/\w+\.svg\)", page)
    assert f"({area}.md" in PAGES["index.md"]


@pytest.mark.parametrize("plot", PLOTS)
def test_a_plot_is_what_the_code_draws(plot):
    stored = (DOCS / "statistics" / "plots" / plot).read_text(encoding="utf-8")
    assert stored == PLOTS[plot](), f"docs/statistics/plots/{plot} is stale: run `make docs`"


def test_every_plot_is_shown_on_a_page():
    shown = set(re.findall(r"\(plots/(\w+\.svg)\)", "".join(PAGES.values())))
    assert shown == set(PLOTS) == {path.name for path in (DOCS / "statistics" / "plots").iterdir()}


def test_every_method_and_command_of_the_table_exists():
    page = PAGES["index.md"]
    named = re.findall(r"`([a-z]+)\.([a-z_]+)`", page)
    assert len(named) >= 11
    for area, method in named:
        assert hasattr(import_module(f"goldloop.stats.{area}"), method), (area, method)
    commands = set(re.findall(r"`goldloop stats ([a-z]+)`", page))
    assert commands == {verb.__name__ for verb in stats_commands.VERBS}
