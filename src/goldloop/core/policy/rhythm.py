"""When things happen by themselves: batches that form, briefs that fall due, the nightly look, the digest."""

from typing import Literal

from pydantic import Field

from goldloop.core.nouns import Noun
from goldloop.core.working_time import Day, Zone


class Batches(Noun):
    """How arriving items form batches by themselves."""

    size: int = Field(default=10_000, ge=1, le=100_000)
    due_days: float | None = Field(default=None, gt=0, le=3660)
    gate: str | None = None
    open: Literal["asked", "arrival"] = Field(
        default="asked", description="arrival: what an import brings is routed and opened as work by itself"
    )


class Briefs(Noun):
    """How findings become briefs: how long their owner has before a brief is overdue."""

    due_days: float = Field(default=14, gt=0, le=365, description="two weeks: a label is reviewed and measured again")


class Rhythm(Noun):
    """The clock on which a programme's days and weeks are read, the hour of its nightly look, and the digest's day."""

    zone: Zone | None = Field(default=None, description="IANA time zone; that of `sla.calendar` if left out, else UTC")
    hour: int = Field(default=4, ge=0, le=23, description="hour of the day at which it is looked for what has lapsed")
    digest: Day = Field(default="mon", description="the day on which the digest of the week before it is made")
