"""What groups of an identity provider mean here: the organisation of who is new, and roles in programmes."""

from typing import Annotated, Literal

from pydantic import Field

from goldloop.core.nouns import Noun


class MappedSeat(Noun):
    """A role that comes with a group. Nobody becomes an owner by a group: that is given by name."""

    programme: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    role: Literal["manager", "expert", "engineer", "annotator", "procurement", "client", "auditor"]
    tiers: tuple[Literal[1, 2, 3], ...] = ()


class Group(Noun):
    """What a group of the provider means here: the organisation of who is new, and roles in programmes."""

    organisation: str | None = Field(default=None, min_length=1, max_length=200)
    seats: Annotated[tuple[MappedSeat, ...], Field(max_length=200)] = ()
