"""Where and how a programme's items may be read: the `workspace` block of `protection`.

Declaring one marks the screen with who reads and when, keeps item bodies out of files, and records who saw which item.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from goldloop.core.networks import holds, network
from goldloop.core.nouns import Noun, Role

Stater = Literal["person", "manager"]
Kind = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]


class Devices(Noun):
    """What must be stated of somebody's device before they are handed work. It is recorded; nothing can check it."""

    kinds: tuple[Kind, ...] = Field(default=(), max_length=50, description="kinds of device; left out: any")
    by: tuple[Stater, ...] = Field(
        default=("person", "manager"), min_length=1, description="whose statement counts: the person's, a manager's"
    )
    days: float = Field(default=90, gt=0, le=3_660, description="for how long a statement may hold at most")


class Workspace(Noun):
    """A workspace that items are read in and not taken out of."""

    networks: tuple[Annotated[str, AfterValidator(network)], ...] = Field(
        default=(), max_length=200, description="networks that item bodies may be read from; left out: any"
    )
    devices: Devices | None = None
    download: tuple[Role, ...] = Field(
        default=(), description="roles that may take bodies out: files, CSV, API tokens, the command line"
    )

    def opens_from(self, address: str | None) -> bool:
        """True where item bodies may be read from an address."""
        return not self.networks or holds(self.networks, address)
