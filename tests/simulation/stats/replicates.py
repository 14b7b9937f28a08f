"""How many replicates a simulation takes: a part of them everywhere, all of them where GOLDLOOP_FULL=1."""

import os

FULL = os.environ.get("GOLDLOOP_FULL") == "1"


def replicates(full: int, part: int) -> int:
    """The number of replicates of this run."""
    return full if FULL else part


def slack(tests: int, *, level: float = 0.95) -> float:
    """Three Monte-Carlo standard errors of a coverage over `tests` intervals; none in the full run."""
    return 0.0 if FULL else 3 * (level * (1 - level) / tests) ** 0.5
