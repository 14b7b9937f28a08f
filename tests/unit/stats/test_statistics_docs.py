"""The examples of docs/statistics run, and the methods and commands they name exist."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from goldloop.cli import stats_commands

PAGE = (Path(__file__).parents[3] / "docs" / "statistics" / "index.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: text.split("import ")[1].split()[0])
def test_an_example_of_the_page_runs(example):
    exec(compile(example, "docs/statistics/index.md", "exec"), {})


def test_every_method_and_command_of_the_table_exists():
    named = re.findall(r"`([a-z]+)\.([a-z_]+)`", PAGE)
    assert len(named) >= 11
    for area, method in named:
        assert hasattr(import_module(f"goldloop.stats.{area}"), method), (area, method)
    commands = set(re.findall(r"`goldloop stats ([a-z]+)`", PAGE))
    assert commands == {verb.__name__ for verb in stats_commands.VERBS}
