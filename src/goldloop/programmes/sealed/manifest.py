"""The manifest: every file of a release with size and digest, the counts and roots of its rows, and what it rests on.

Its first value is 32 random bytes. The certificate names the manifest's digest and nothing else that depends on
content, so once folder and manifest are erased, the certificate that remains opens for nobody.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.programmes.sealed.facts import ReleaseFacts
from goldloop.programmes.sealed.layout import BLOCK, FORMAT, GUIDELINES, MAX_FILES, ONTOLOGY, POLICY, walk
from goldloop.programmes.sealed.rows import Streamed

SHARED = ("release", "programme", "parents", "ontology", "guideline", "policy", "batches", "ledger", "rights")


def pretty(value: Any) -> bytes:
    """A value as JSON for people and machines: sorted, indented, UTF-8, ending in a newline. Raises Invalid for NaN."""
    try:
        return (json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n").encode()
    except ValueError as error:
        raise Invalid("this cannot stand in a release", expected="JSON without NaN", found=str(error)) from error


def listing(folder: Path, *, sync: bool = False) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of every file in a folder. `sync` also forces each to the disk. Raises Invalid for links."""
    files = {}
    for found in walk(folder):
        if found.unsafe:
            raise Invalid("only plain files can be sealed", field=found.path, expected="a file", found=found.unsafe)
        with (folder / found.path).open("rb") as file:
            files[found.path] = {"size": found.size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}
            if sync:
                os.fsync(file.fileno())
    if len(files) > MAX_FILES:
        raise Invalid("too many files for a release", expected=f"at most {MAX_FILES:,}", found=f"{len(files):,}")
    return files


def context(facts: ReleaseFacts, files: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What manifest and certificate both say of the release. Digests here are of documents, never of items."""
    guideline = facts.guideline
    return {
        "release": {
            "id": facts.release_id,
            "name": facts.name,
            "number": facts.number,
            "sealed_at": facts.sealed_at,
            "sealed_by": facts.sealed_by,
        },
        "programme": {
            "id": facts.programme.id,
            "name": facts.programme.name,
            "title": facts.programme.title,
            "organisation": facts.programme.organisation,
            "accountable": facts.accountable,
        },
        "parents": [parent.model_dump(mode="json") for parent in facts.parents],
        "ontology": facts.ontology.model_dump(mode="json") | {"sha256": files[ONTOLOGY]["sha256"]},
        "guideline": guideline.model_dump(mode="json") | {"sha256": files[GUIDELINES]["sha256"]} if guideline else None,
        "policy": {"number": facts.policy_number, "sha256": files[POLICY]["sha256"]},
        "batches": [
            {"id": one.id, "name": one.name, "purpose": one.purpose, "items": one.items, "state": one.state}
            for one in facts.batches
        ],
        "ledger": {
            "head": facts.ledger.model_dump(mode="json") if facts.ledger else None,
            "unsealed": facts.ledger_unsealed,
        },
        "rights": facts.rights.model_dump(mode="json"),
    }


def manifest(
    facts: ReleaseFacts,
    streamed: Streamed,
    *,
    files: dict[str, dict[str, Any]],
    exports: list[dict[str, Any]],
    withheld: Mapping[str, int],
    salt: bytes,
) -> dict[str, Any]:
    """The manifest over the files listed so far; documents made from it are added to `files` afterwards."""
    return {
        "format": FORMAT,
        "salt": salt.hex(),
        **context(facts, files),
        "rows": {
            "count": streamed.rows.count,
            "root": streamed.tree.root().hex(),
            "block": BLOCK,
            "blocks": streamed.rows.digests(),
        },
        "judgements": {
            "count": streamed.judgements.count,
            "block": BLOCK,
            "blocks": streamed.judgements.digests(),
        },
        "licences": dict(sorted(streamed.licences.items())),
        "sources": dict(sorted(streamed.sources.items())),
        "withheld": dict(sorted(withheld.items())),
        "splits": dict(streamed.splits),
        "exports": exports,
        "files": files,
    }
