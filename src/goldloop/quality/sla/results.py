"""What a service level agreement is judged on, and what came of it: the record of a period, a line, a term, a credit.

kept       the promise holds; while its period runs, so far
at risk    it holds, and what is measured or forecast leaves doubt that it will
breached   it does not hold
unknown    nothing can be said yet, and why
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple

from goldloop.core.nouns import Evidence, Noun
from goldloop.loop.forecast import Forecast
from goldloop.store.sla_record import Question, Ruled

State = Literal["kept", "at_risk", "breached", "unknown"]

CENSUS = "counted, all of them; no interval"


class Line(Noun):
    """One thing that a term speaks of: a batch, a failure, a question, or the whole period."""

    about: str
    state: State
    value: float | None = None
    low: float | None = None
    high: float | None = None
    level: float | None = None
    n: int = 0
    eligible: int = 0
    method: str = CENSUS
    because: str
    due_at: int | None = None
    remedy: str | None = None


class Credit(Noun):
    """One credit: which step of which term, of which price, and why."""

    term: str
    about: str
    share: float
    price: int
    amount: int
    because: str


class TermResult(Noun):
    """What became of one promise in a period: its number with denominator and interval, line by line."""

    term: str
    promise: str
    owner: str
    says: str
    state: State
    value: float | None
    low: float | None
    high: float | None
    level: float | None
    n: int
    eligible: int
    method: str
    because: str
    forecast: bool = False
    remedy: str | None = None
    lines: tuple[Line, ...] = ()
    credit: int = 0


class Failure(NamedTuple):
    """One failure of a batch by the contract's line: from the verdict that said so to the one that took it back."""

    batch_id: int
    name: str
    items: int
    failed_at: int
    ended_at: int | None
    finish: Forecast | None = None


class Record(NamedTuple):
    """What a period is judged on. `at` is the as-of; `floors` is evidence by term and batch.

    `begun` is where the agreement begins to count in it: later than `start` where it is younger than the period.
    """

    start: int
    begun: int
    end: int
    at: int
    decided: Sequence[Ruled]
    failures: Sequence[Failure]
    floors: Mapping[str, Mapping[int, Evidence]]
    undecided: Mapping[int, str]
    firsts: Mapping[date, int]
    questions: Sequence[Question]

    @property
    def over(self) -> bool:
        """True where the period has ended."""
        return self.at >= self.end


class Outcome(NamedTuple):
    """Every term's result, the credits line by line, and the price they are shares of."""

    terms: tuple[TermResult, ...]
    credits: tuple[Credit, ...]
    price: int
    credited: int
    capped: bool
