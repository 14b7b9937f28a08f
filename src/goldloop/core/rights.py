"""Where a programme's items may come from, and under which terms: `sources` and `rights` of its file."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from goldloop.core.licence import Licence
from goldloop.core.nouns import Noun, Origin
from goldloop.core.protection import Days

SourceName = Annotated[str, Field(min_length=1, max_length=200)]
SourceKind = Literal["public", "licensed", "third_party", "crawled", "users", "synthetic", "other"]
Stated = Literal["licence", "consent", "residency", "retention", "contact"]


class SourceDoc(Noun):
    """One source of items: under which terms what comes from it may be used. Its key is the name that imports give."""

    title: str = Field(default="", max_length=200)
    origin: Origin = Field(default="real", description="human, real, semi_synthetic or synthetic")
    kind: SourceKind | None = Field(
        default=None, description="public, licensed, third_party, crawled, users, synthetic or other"
    )
    licence: Licence | None = Field(default=None, description="SPDX expression, such as `CC-BY-4.0`")
    consent: str | None = Field(
        default=None, min_length=1, max_length=500, description="basis on which people's data are in it"
    )
    residency: str | None = Field(
        default=None, min_length=1, max_length=100, description="where its items must stay, as they come in"
    )
    retention: Days | None = Field(default=None, description="days after which its items are erased")
    contact: str | None = Field(default=None, min_length=1, max_length=200, description="whom to ask about it")
    withdrawn: str | None = Field(
        default=None, min_length=10, max_length=2000, description="why nothing of it may leave any longer"
    )


class RightsDoc(Noun):
    """Who holds the rights in what the programme makes, and what every source has to state."""

    holder: str | None = Field(default=None, min_length=1, max_length=200)
    contact: str | None = Field(default=None, min_length=1, max_length=200)
    demand: tuple[Stated, ...] = Field(default=(), description="what a source must state before it is taken in")


def unstated(sources: Mapping[str, SourceDoc], demand: tuple[Stated, ...]) -> str | None:
    """What a source does not state although it is asked for, in words; None where all is stated."""
    for name, one in sources.items():
        for what in demand:
            if getattr(one, what) is None:
                return f"asks for {what}, and the source {name!r} states none"
    return None
