"""Keeping under an endpoint's limits: so many requests, and so many tokens, in any minute."""

from collections import deque

MINUTE = 60.0


class Pace:
    """What was asked in the last minute; None is no limit. Times are seconds of any clock that only goes forward."""

    def __init__(self, *, requests: int | None, tokens: int | None) -> None:
        self._requests, self._tokens = requests, tokens
        self._begun: deque[float] = deque()
        self._used: deque[tuple[float, int]] = deque()

    def wait(self, at: float) -> float:
        """Seconds until the next request may begin; 0 is now."""
        self._forget(at)
        due = 0.0
        if self._requests is not None and len(self._begun) >= self._requests:
            due = self._begun[-self._requests] + MINUTE - at
        if self._tokens is not None and sum(tokens for _, tokens in self._used) >= self._tokens:
            due = max(due, self._used[0][0] + MINUTE - at)
        return max(0.0, due)

    def begin(self, at: float) -> None:
        """A request begins."""
        self._begun.append(at)

    def use(self, tokens: int, at: float) -> None:
        """A request was answered, and took so many tokens."""
        self._used.append((at, tokens))

    def _forget(self, at: float) -> None:
        while self._begun and self._begun[0] <= at - MINUTE:
            self._begun.popleft()
        while self._used and self._used[0][0] <= at - MINUTE:
            self._used.popleft()
