"""Seal a release: write everything into a folder beside the target, sign it, and rename it into place at the end."""

import errno
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, Unavailable
from goldloop.core.families import Exporter, Row, Task
from goldloop.core.ontology import Ontology
from goldloop.programmes.sealed import layout
from goldloop.programmes.sealed.authors import Authors
from goldloop.programmes.sealed.card import card, summary
from goldloop.programmes.sealed.certificate import predicate, seal, statement, verdict_json
from goldloop.programmes.sealed.croissant import croissant
from goldloop.programmes.sealed.cyclonedx import cyclonedx
from goldloop.programmes.sealed.datasheet import datasheet, guidelines
from goldloop.programmes.sealed.facts import ReleaseFacts
from goldloop.programmes.sealed.manifest import listing, manifest, pretty
from goldloop.programmes.sealed.ready import Ready
from goldloop.programmes.sealed.rows import Streamed, read_rows, write_rows
from goldloop.programmes.sealed.signing import Signer
from goldloop.programmes.sealed.spdx import spdx
from goldloop.programmes.sealed.training_summary import training_summary

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A release that stands in its folder. `digest` is the manifest's SHA-256 and names the release."""

    folder: Path
    digest: str
    fingerprint: str
    rows: int
    judgements: int
    root: str
    files: int
    size: int
    manifest: dict[str, Any]
    certificate: dict[str, Any]


def write_release(
    folder: Path,
    *,
    facts: ReleaseFacts,
    rows: Iterable[Row | Ready],
    exports: Sequence[Exporter],
    task: Task,
    ontology: Ontology,
    signer: Signer,
    secret: bytes,
    withheld: Mapping[str, int] = {},
) -> Sealed:
    """Seal a release into a new folder. Rows are read once, in flat memory; memory does not grow with them.

    `secret` keys the pseudonyms and belongs to the programme. `withheld` counts rows that were left out, by the reason;
    it is read when the last row is. Raises Conflict where the folder exists or a gate is
    not open, Invalid naming the row that cannot be written, Unavailable on a full disk. On any failure nothing is left.
    """
    if shut := facts.shut():
        raise Conflict(
            "a gate before this release is not open",
            field=f"gate {shut[0].gate}",
            expected="pass, or a waiver by a named person",
            found=f"{shut[0].outcome} on {shut[0].about}",
        )
    with _building(folder) as building:
        authors = Authors(facts.authors, secret=secret)
        salt = secrets.token_bytes(32)
        named = facts.splits.shares if facts.splits is not None else ()
        streamed = write_rows(building, rows, authors=authors, task=task, salt=salt, splits=named)
        _write_record(building, facts, authors, ontology)
        exported = [_export(building, one, task=task, ontology=ontology) for one in _distinct(exports)]
        return _seal(
            building,
            folder,
            facts=facts,
            streamed=streamed,
            authors=authors,
            exports=exported,
            ontology=ontology,
            signer=signer,
            salt=salt,
            withheld=withheld,
            modality=task.modality,
        )


@contextmanager
def _building(folder: Path) -> Iterator[Path]:
    """A temporary folder beside the target, gone again unless the block renamed it."""
    if folder.exists() or folder.is_symlink():
        raise Conflict(
            "a sealed folder is never overwritten", field=str(folder), expected="no such folder", found="one"
        )
    building = folder.parent / f".{folder.name}.sealing-{secrets.token_hex(6)}"
    try:
        building.mkdir(parents=True)
        yield building
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise Unavailable(
                "the disk is full: nothing was sealed", field=str(folder), expected="more space", found=str(error)
            ) from error
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            raise Conflict(
                "another release took this folder", field=str(folder), expected="no such folder", found=str(error)
            ) from error
        raise
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _write_record(building: Path, facts: ReleaseFacts, authors: Authors, ontology: Ontology) -> None:
    """Everything that says where the labels come from, beside the judgements themselves."""
    (building / layout.AUTHORS).write_bytes(pretty(authors.as_json()))
    (building / layout.ONTOLOGY).write_text(canonical(ontology.model_dump(mode="json")), encoding="utf-8")
    (building / layout.GUIDELINES).write_text(guidelines(facts.guidelines), encoding="utf-8", newline="")
    (building / layout.POLICY).write_text(facts.policy_yaml, encoding="utf-8", newline="")
    (building / layout.KEYS).write_bytes(pretty([one.model_dump(mode="json") for one in facts.keys]))
    (building / layout.EVIDENCE).mkdir()
    for evidence in facts.evidence:
        (building / layout.EVIDENCE / f"{evidence.id}.json").write_bytes(pretty(authors.hide_evidence(evidence)))
    (building / layout.VERDICTS).mkdir()
    for verdict in facts.verdicts:
        (building / layout.VERDICTS / f"{verdict.id}.json").write_bytes(pretty(verdict_json(verdict, authors)))


def _distinct(exports: Sequence[Exporter]) -> Iterator[tuple[str, Exporter]]:
    """Exporters with the folder each writes into; one used twice gets a number."""
    used: dict[str, int] = {}
    for exporter in exports:
        used[exporter.name] = used.get(exporter.name, 0) + 1
        n = used[exporter.name]
        yield (exporter.name if n == 1 else f"{exporter.name}-{n}"), exporter


def _export(building: Path, named: tuple[str, Exporter], *, task: Task, ontology: Ontology) -> dict[str, Any]:
    name, exporter = named
    to = building / layout.EXPORTS / name
    to.mkdir(parents=True)
    done = exporter.write(read_rows(building), to, task=task, ontology=ontology)
    return {
        "folder": f"{layout.EXPORTS}/{name}",
        "exporter": exporter.spec.model_dump(mode="json"),
        "rows": done.rows,
        "losses": [loss._asdict() for loss in done.losses],
    }


def _seal(
    building: Path,
    folder: Path,
    *,
    facts: ReleaseFacts,
    streamed: Streamed,
    authors: Authors,
    exports: list[dict[str, Any]],
    ontology: Ontology,
    signer: Signer,
    salt: bytes,
    withheld: Mapping[str, int],
    modality: str,
) -> Sealed:
    """Documents, manifest, certificate, rename."""
    files = listing(building, sync=True)
    listed = manifest(facts, streamed, files=files, exports=exports, withheld=withheld, salt=salt)
    said = predicate(
        facts, listed, authors=authors, authorship=streamed.authorship.as_json(), fingerprint=signer.fingerprint
    )
    about = summary(facts, streamed, said)
    documents = {
        layout.DATASHEET: datasheet(facts, streamed, statement=said, ontology=ontology, withheld=withheld).encode(),
        layout.CARD: card(facts, streamed, statement=said).encode(),
        layout.CROISSANT: pretty(croissant(facts, streamed, files=files, summary=about)),
        layout.SPDX: pretty(spdx(facts, streamed, statement=said, files=files, summary=about, modality=modality)),
        layout.CYCLONEDX: pretty(cyclonedx(facts, streamed, statement=said, files=files, summary=about)),
        layout.SUMMARY: training_summary(facts, streamed, statement=said, modality=modality).encode(),
    }
    for path, content in documents.items():
        _put(building / path, content)
        files[path] = {"size": len(content), "sha256": sha256(content).hexdigest()}
    content = pretty(listed)
    digest = sha256(content).hexdigest()
    envelope = seal(statement(said, manifest_sha256=digest), signer)
    _put(building / layout.MANIFEST, content)
    _put(building / layout.CERTIFICATE, pretty(envelope))
    _sync_folders(building)
    building.rename(folder)
    _sync(folder.parent)
    return Sealed(
        folder=folder,
        digest=digest,
        fingerprint=signer.fingerprint,
        rows=streamed.rows.count,
        judgements=streamed.judgements.count,
        root=listed["rows"]["root"],
        files=len(files) + len(layout.UNLISTED),
        size=sum(entry["size"] for entry in files.values()),
        manifest=listed,
        certificate=envelope,
    )


def _put(file: Path, content: bytes) -> None:
    """Write a file and force it to the disk."""
    with file.open("wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync_folders(folder: Path) -> None:
    """Force the names of all files to the disk, so that a sealed folder survives a power loss whole."""
    for path, _, _ in os.walk(folder):
        _sync(Path(path))


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
