"""Places that releases are delivered to: declared by the operator, used by name. Nobody else says where it writes."""

import re

from pydantic import Field, field_validator

from goldloop.core.nouns import Noun

_BUCKET = re.compile(r"s3://[a-z0-9][a-z0-9.-]{1,62}(/[A-Za-z0-9._-]+)*/?")


class Place(Noun):
    """A folder, or a prefix of an S3-compatible store, and the programmes whose releases go there."""

    to: str = Field(description="an absolute folder, or s3://bucket/prefix")
    programmes: tuple[str, ...] = Field(min_length=1, max_length=1000)

    @field_validator("to")
    @classmethod
    def _is_a_place(cls, value: str) -> str:
        if not value.startswith("/") and not _BUCKET.fullmatch(value):
            raise ValueError("a place is an absolute folder, or s3://bucket/prefix")
        return value

    @property
    def is_folder(self) -> bool:
        """True for a folder that this server reaches; False for an object store."""
        return self.to.startswith("/")
