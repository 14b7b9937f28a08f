"""Handlers by the name of their job, loaded with the first job of each.

A runner that takes in a file need not have loaded what plans a programme first: it starts a third sooner.
"""

from collections.abc import Iterator, Mapping
from importlib import import_module

from goldloop.jobs.running import Handler


class Named(Mapping[str, Handler]):
    """`places`: where the handler of each job is, as MODULE:NAME."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places

    def __getitem__(self, kind: str) -> Handler:
        module, _, name = self._places[kind].partition(":")
        handler: Handler = getattr(import_module(module), name)
        return handler

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
