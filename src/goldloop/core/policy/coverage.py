"""What the labelled data should hold of each slice."""

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun
from goldloop.core.policy.scalars import Share

MOST_TARGETS = 200


class CoverageDoc(Noun):
    """What the labelled data should hold: the share of each value of a slice, and how much less is a finding."""

    slices: dict[str, dict[str, Share]] = Field(min_length=1, description="slice, value, share: `language: {de: 0.6}`")
    gap: float = Field(
        default=0.05, gt=0, lt=1, description="a brief opens where a share lies further below its target"
    )
    least: int = Field(default=100, ge=1, description="a slice of fewer items closes no brief")

    @model_validator(mode="after")
    def _can_be_met(self) -> "CoverageDoc":
        if sum(len(values) for values in self.slices.values()) > MOST_TARGETS:
            raise ValueError(f"slices: at most {MOST_TARGETS} targets")
        for name, values in self.slices.items():
            total = sum(values.values())
            if not values or total > 1 + 1e-9:
                raise ValueError(f"slices.{name}: shares of at most 1 together; found {total:g}")
        return self
