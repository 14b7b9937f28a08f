"""How a programme's releases are split, and what must be apart from them: `splits` and `contamination` of its file."""

import math
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field, model_validator

from goldloop.core.nouns import Noun

SplitName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
ReleaseName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class Together(Noun):
    """What keeps rows in one split: rows that have any of it in common are a group, and a group is never divided."""

    slices: tuple[str, ...] = Field(default=(), description="slices whose value rows have in common")
    fields: tuple[str, ...] = Field(default=(), description="fields of the body, such as `thread` or `meta.customer`")
    text: float | None = Field(
        default=None, ge=0.5, le=1, description="share of phrases in common from which texts are near-duplicates"
    )
    authors: bool = Field(default=False, description="rows that the same person's answer decided")


class SplitsDoc(Noun):
    """The splits of every release: their shares of the rows, drawn from a seed, groups kept together."""

    shares: dict[SplitName, Annotated[float, Field(gt=0, lt=1)]] = Field(min_length=2, max_length=20)
    seed: int = Field(default=1, ge=0, le=2**63 - 1)
    together: Together = Together(text=0.7)

    @model_validator(mode="after")
    def _is_whole(self) -> "SplitsDoc":
        total = math.fsum(self.shares.values())
        if not math.isclose(total, 1, abs_tol=1e-9):
            raise ValueError(f"shares add to {total:g}, not to 1")
        return self


class ContaminationDoc(Noun):
    """Evaluation sets that a release must not hold; more in common than `most` holds the cut."""

    releases: tuple[ReleaseName, ...] = Field(default=(), description="datasets of the programme; the newest of each")
    gold: tuple[ReleaseName, ...] = Field(default=(), description="gold sets, or what of one is `eval_only`")
    eval_only: bool = Field(default=False, description="of gold sets only what is never handed out as training")
    words: int = Field(default=8, ge=3, le=50, description="words of a phrase that nobody writes twice by chance")
    splits: tuple[SplitName, ...] = Field(default=(), description="only rows of these splits are held against them")
    most: float = Field(default=0, ge=0, lt=1, description="largest share of rows that may collide")

    @model_validator(mode="after")
    def _names_a_set(self) -> "ContaminationDoc":
        if not (self.releases or self.gold):
            raise ValueError("names no evaluation set: give `releases` or `gold`")
        return self


def field_of(body: Mapping[str, Any], path: str) -> Any:
    """What a body has under a path such as `meta.customer`; None where it has nothing there."""
    at: Any = body
    for part in path.split("."):
        at = at.get(part) if isinstance(at, Mapping) else None
    return at
