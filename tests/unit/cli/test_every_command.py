"""Every command of every noun speaks to machines as well as to people."""

from collections.abc import Iterator
from importlib import import_module

import pytest
import typer

from goldloop.cli.root import NOUNS


def commands() -> Iterator[tuple[str, typer.core.TyperCommand]]:
    for noun in NOUNS:
        found = typer.main.get_command(import_module(f"goldloop.cli.{noun.replace('-', '_')}_commands").app)
        yield from verbs(noun, found)


def verbs(name: str, found: object) -> Iterator[tuple[str, typer.core.TyperCommand]]:
    below = getattr(found, "commands", None)
    if below is None:
        yield name, found  # type: ignore[misc]
        return
    for verb, command in below.items():
        yield from verbs(f"{name} {verb}", command)


@pytest.mark.parametrize("asked", [pytest.param(one, id=name) for name, one in commands()])
def test_a_command_answers_in_json_where_it_is_asked_to(asked: typer.core.TyperCommand) -> None:
    assert any("--json" in option.opts for option in asked.params), asked.name
    assert (asked.help or "").strip(), asked.name
