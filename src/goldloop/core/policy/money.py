"""What work costs, and what it may cost."""

from datetime import date

from pydantic import Field

from goldloop.core.nouns import Noun


class TierDoc(Noun):
    """What an hour of a tier costs, for people without a rate of their own."""

    rate: int = Field(ge=0, description="minor units an hour")


class Budget(Noun):
    """What a programme's work may cost, in minor units: 500000 are 5,000.00. It warns; it stops nobody's work."""

    amount: int = Field(gt=0, le=10**15, description="minor units of the currency")
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    until: date | None = Field(default=None, description="the day it has to last to, such as 2026-12-31")
