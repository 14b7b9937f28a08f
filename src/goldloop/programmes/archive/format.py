"""The format of an archive: a zip of JSON Lines, one member a table, under a signed manifest.

    manifest.json            what is in it, with size and digest of every member, and the ledger's head
    signature.json           of the manifest, by the programme's key
    tables/<table>.jsonl     one row a line: a list in the order of the columns that the manifest names
    ledger/<n>/...           closed segments of the ledger and, as the last, the chain as it stood
    releases/<key>/...       the sealed folders of releases
    blobs/...                weights of models that were trained here

See docs/reference/archive-format.md.
"""

import re
from typing import Any

from pydantic import Field

from goldloop.core.nouns import Noun

FORMAT = "goldloop.archive.v1"
SCHEMA = "0001"
PAYLOAD_TYPE = "application/vnd.goldloop.archive+json"
MANIFEST, SIGNATURE = "manifest.json", "signature.json"
LARGEST_MANIFEST = 64 << 20
MOST_MEMBERS = 1_000_000
WORK = re.compile(r"(?:tables/[a-z_]+\.jsonl|ledger/[1-9]\d{0,5}/(?:events|blocks|carried)\.jsonl)")
_PART = r"[A-Za-z0-9_][A-Za-z0-9._ +@=,()-]*"
FILES = re.compile(rf"(?:releases/[1-9]\d{{0,18}}(?:/{_PART})+|blobs(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)+)")
COLUMNS: dict[str, tuple[str, ...]] = {
    "organisation": ("id", "name", "kind"),
    "actor": (
        "id", "kind", "name", "version", "organisation", "simulated", "created_at", "left_at", "employment",
        "started_at", "tiers", "skills", "languages", "sign_in", "seats", "public_id",
    ),
    "phrase": ("id", "text"),
    "value": ("id", "task_id", "answer", "labels"),
    "old_id": ("noun", "public", "key"),
}  # fmt: skip
"""The columns of members that are not simply the columns of a table."""
EVENT = ("id", "programme_id", "kind", "actor_id", "subject", "data", "happened_at", "block")
BLOCK = ("programme_id", "number", "previous", "root", "events", "leaves", "hash", "sealed_at")
CARRIED = ("noun", "first", "last", "shift")


class Member(Noun):
    """One file of an archive. `first` and `last` are the lowest and highest key of a table's rows."""

    name: str = Field(max_length=1000)
    size: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    rows: int | None = Field(default=None, ge=0)
    columns: tuple[str, ...] | None = None
    first: int | None = Field(default=None, ge=1, lt=1 << 62)
    last: int | None = Field(default=None, ge=1, lt=1 << 62)


class Segment(Noun):
    """A part of the programme's ledger: a segment that was closed before, or (the last) the chain as it stood."""

    number: int = Field(ge=1)
    name: str
    programme_key: int
    blocks: int = Field(ge=0)
    events: int = Field(ge=0)
    head: str | None = None
    fingerprint: str
    manifest: str | None = Field(default=None, description="digest of the archive that closed it; None: this one")
    closed_at: int
    key: int | None = Field(default=None, description="its row where the archive was made")


class Manifest(Noun):
    """What an archive says of itself."""

    format: str
    schema_version: str
    made_by: str
    made_at: int
    programme: str
    programme_key: int
    programme_id: str
    organisation: str
    organisation_kind: str
    created_at: int
    names: bool = Field(description="whether people stand in it by name")
    named: tuple[str, ...] = Field(default=(), description="whom the programme file itself names")
    fingerprint: str
    public_key: str
    counts: dict[str, int]
    masked: int = Field(description="tokens whose originals stay in the vault of where it was made")
    left: tuple[str, ...] = Field(description="what does not leave, in words")
    segments: tuple[Segment, ...]
    members: tuple[Member, ...] = Field(max_length=MOST_MEMBERS)

    def member(self, name: str) -> Member | None:
        """A member by name."""
        return next((one for one in self.members if one.name == name), None)

    def table(self, name: str) -> Member | None:
        """The member of a table."""
        return self.member(f"tables/{name}.jsonl")


class Checked(Noun):
    """What a check of an archive found. `signer`: whose key it is, as far as it was asked for."""

    outcome: str
    signer: str
    programme: str
    organisation: str
    made_at: int
    names: bool
    fingerprint: str
    counts: dict[str, int]
    blocks: int
    events: int
    unsealed: int
    head: str | None
    people: tuple[dict[str, Any], ...]
    problems: tuple[str, ...] = ()
