"""Every kind there is: a module dropped into a family's folder, or offered by an installed and allowed package."""

from collections.abc import Collection
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from pkgutil import iter_modules

from goldloop import checks, exporters, judges, measures, sources, tasks

GROUP = "goldloop.kinds"


@cache
def load() -> None:
    """Import the built-in kinds; importing is registering."""
    for family in (sources, tasks, judges, measures, checks, exporters):
        for module in iter_modules(family.__path__, family.__name__ + "."):
            import_module(module.name)


def load_all(allowed: str) -> None:
    """The built-in kinds and the installed ones of a comma-separated list (`allow_kinds`): every process needs both."""
    load()
    load_installed(frozenset(filter(None, allowed.split(","))))


def load_installed(allowed: Collection[str]) -> list[str]:
    """Import the kinds of installed packages that the operator allows by entry-point name; what was loaded."""
    if not allowed:
        return []  # what packages offer stands in a file of each: many to read before a start
    points = [point for point in entry_points(group=GROUP) if point.name in allowed]
    for point in points:
        point.load()
    return [point.name for point in points]
