"""What people are measured on: an exam, hidden gold, planted errors."""

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Name, Share, Tier


class Exam(Noun):
    """Gold items that a person answers before live work. An interval decides, never a handful of answers.

    After every `size` items it is looked at, the j-th time with an interval that leaves out a tail of
    (1 - level) / 2 / (j (j + 1)) on each side, so that all looks together err no more often than one would.
    Passed where its lower end reaches `floor`, failed only where its upper end lies below; between the two more items
    follow, up to `limit`, and then a senior decides.
    """

    size: int = Field(le=1000, description="items to answer before the exam is looked at, each time")
    limit: int | None = Field(
        default=None, le=5000, description="most items of one exam; three times `size` if left out"
    )
    floor: float = Field(ge=0.001, le=0.999, description="share of right answers that has to be proved")
    level: float = Field(default=0.9, ge=0.5, lt=1, description="level of the interval over all looks together")

    @property
    def most(self) -> int:
        """Most items of one exam."""
        return 3 * self.size if self.limit is None else self.limit

    def tail(self, look: int) -> float:
        """What the interval of the j-th look leaves out on each side."""
        return (1 - self.level) / 2 / (look * (look + 1))

    def passes_at(self) -> int:
        """The fewest items after which somebody without a mistake passes, however many an exam may have."""
        return self._decided_at(self.floor)

    def fails_at(self) -> int:
        """The fewest items after which somebody who gets everything wrong fails."""
        return self._decided_at(1 - self.floor)

    def _decided_at(self, share: float) -> int:
        """Exact limits of n of n are tail ** (1 / n)."""
        look = 1
        while self.tail(look) ** (1 / (look * self.size)) < share:
            look += 1
        return look * self.size

    @model_validator(mode="after")
    def _can_decide(self) -> "Exam":
        if self.size < 2:
            least = max(self._once(self.floor), self._once(1 - self.floor))
            raise ValueError(
                f"an exam with {self.size} item{'s' * (self.size != 1)} decides nothing: "
                f"at floor {self.floor:g} and level {self.level:g} it needs at least {least}"
            )
        if self.most < self.size:
            raise ValueError(f"limit {self.most} is below the {self.size} items that are looked at first")
        needed = max(self.passes_at(), self.fails_at())
        if needed > self.most:
            raise ValueError(
                f"no exam of at most {self.most} items can decide floor {self.floor:g} at level {self.level:g}: "
                f"limit has to be at least {needed} with size {self.size}"
            )
        return self

    def _once(self, share: float) -> int:
        """The size with which a single look could decide."""
        n = 2
        while self.tail(1) ** (1 / n) < share:
            n += 1
        return n


class Probes(Noun):
    """Planted errors: works to verify whose suggestion is known to be wrong, on gold whose answer is known."""

    share: float = Field(default=0.0, ge=0, le=0.5, description="share of handed-out verification that is planted")
    floor: Share = Field(
        default=0.8, description="a brief opens where fewer are caught: by all together, or by a person"
    )


class Calibration(Noun):
    """Which gold people are measured on: an exam before live work, and hidden gold in the queue after it."""

    gold: Name = Field(description="name of the gold release; its newest is used")
    exam: Exam
    hidden: float = Field(default=0.0, ge=0, le=0.5, description="share of handed-out annotation that is hidden gold")
    probes: Probes = Probes()
    items: int = Field(default=50_000, ge=1, le=50_000, description="works after which somebody is examined again")
    days: float = Field(default=90, gt=0, le=366, description="days after which somebody is examined again")
    training: int = Field(default=3, ge=0, le=50, description="training items for every concept that was missed")
    tiers: tuple[Tier, ...] = Field(default=(1, 2, 3), min_length=1, description="tiers whose work asks for it")
