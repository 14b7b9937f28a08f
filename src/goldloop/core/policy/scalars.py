"""The small values that the file is full of: a share, a tier, a name."""

from typing import Annotated

from pydantic import Field

Share = Annotated[float, Field(ge=0, le=1)]
Tier = Annotated[int, Field(ge=1, le=3)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")]
