"""Who tells people what the demo does: the command line does, and so may a test."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol

from goldloop.client import Client, Job


class Narrator(Protocol):
    """Told what happens, stage by stage."""

    def stage(self, title: str) -> None:
        """A stage begins."""
        ...

    def fact(self, text: str) -> None:
        """A number or a reason that the stage found."""
        ...

    def job(self, client: Client, job: Job, title: str) -> Job:
        """Watch a job to its end."""
        ...

    def counting(self, title: str, total: int | None) -> AbstractContextManager[Callable[[int], None]]:
        """Watch something counted here."""
        ...
