"""Scales: whole numbers from low to high, with words for as many of them as have one."""

from typing import Any

from pydantic import Field, model_validator

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun

MOST = 101


class Scale(Noun):
    """Scores from `low` to `high`."""

    low: int = Field(default=1, ge=-100, le=100, description="the lowest score")
    high: int = Field(default=5, ge=-100, le=1000, description="the highest score")
    levels: dict[int, str] = Field(default={}, description="score -> what it means; at least its ends, for people")

    @model_validator(mode="after")
    def _is_one(self) -> "Scale":
        if not self.low < self.high < self.low + MOST:
            raise ValueError(f"a scale has 2 to {MOST} scores: high {self.high} does not fit low {self.low}")
        if outside := [score for score in self.levels if not self.low <= score <= self.high]:
            raise ValueError(f"levels.{outside[0]} is not on the scale from {self.low} to {self.high}")
        return self

    def check(self, value: Any, field: str) -> int:
        """A score as a number; a file may write it as text. Raises Invalid."""
        if isinstance(value, str) and value.lstrip("-").isdecimal():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not self.low <= value <= self.high:
            expected = f"a whole number from {self.low} to {self.high}"
            raise Invalid("this is no score of the scale", field=field, expected=expected, found=repr(value)[:80])
        return value

    def apart(self, a: int, b: int) -> float:
        """How far two scores are apart, as a share of the scale."""
        return abs(a - b) / (self.high - self.low)
