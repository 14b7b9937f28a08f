"""Verify a release folder with no server and no database: who signed it, and whether anything is not as it was sealed.

Nothing in the folder is believed before it is checked: files are bounded, links and paths that lead outside are
refused, JSON is read strictly.
"""

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.programmes.sealed import layout
from goldloop.programmes.sealed.authorship import WAYS, WORDS, Deciding
from goldloop.programmes.sealed.certificate import PREDICATE_TYPE, STATEMENT_TYPE, Signature, encoding, opened
from goldloop.programmes.sealed.chain import Named, listed_in, place_of, read_list, way, withdrawal_of
from goldloop.programmes.sealed.claims import (
    Certified,
    check_authorship,
    check_context,
    check_record,
    check_statement,
    reader,
)
from goldloop.programmes.sealed.compare import Entry, compare_files
from goldloop.programmes.sealed.facts import LedgerHead
from goldloop.programmes.sealed.read import parse, read_bytes
from goldloop.programmes.sealed.recount import Listed, Recounted, recount_judgements, recount_rows
from goldloop.programmes.sealed.signing import read_fingerprint, signed
from goldloop.programmes.sealed.verification import Problem, Problems, Verification

__all__ = ["Problem", "Verification", "verify_release"]

_HEX = "^[0-9a-f]{64}$"


class _Rows(Listed, extra="allow"):
    root: str = Field(pattern=_HEX)


class _Manifest(Noun, extra="allow"):
    format: str
    salt: str = Field(pattern=_HEX)
    rows: _Rows
    judgements: Listed
    files: dict[str, Entry]


class _Certificate(NamedTuple):
    said: Certified
    predicate: dict[str, Any]
    manifest_sha256: str
    signers: tuple[str, ...]
    by_way_of: tuple[str, ...]


class _Trust(NamedTuple):
    """Whom the reader trusts: a fingerprint, and a list of keys that they were given beside it."""

    key: str | None
    listed: Named | None


def verify_release(folder: Path, *, key: str | None = None, keys: Path | None = None) -> Verification:
    """Check everything in a release folder. `key` is the fingerprint of a key one trusts, `ed25519:<hex>`.

    Where another key of the programme signed, trust goes from key to key as they vouch for each other (`keys.json` of
    the folder). `keys` is a list that the newest key signed: it leads back to older keys, and says which are withdrawn.
    Without `key` the best outcome is "intact, signer unknown": anyone can seal a folder under a key of their own.
    Raises Invalid only for `key` and `keys`; everything found in the folder is a result.
    """
    trusted = _Trust(read_fingerprint(key) if key is not None else None, read_list(keys) if keys is not None else None)
    problems = Problems()
    try:
        certificate = _certificate(folder, trusted, problems)
        manifest, shape = _manifest(folder, certificate, problems)
        counts = _contents(folder, certificate, manifest, shape, problems)
    except Invalid as error:
        file = error.details.get("file", layout.CERTIFICATE)
        return _unreadable(file, error.message, problems, expected=error.expected, found=error.found)
    except OSError as error:
        return _unreadable(str(error.filename), "not readable", problems, expected="a readable file", found=str(error))
    return _result(certificate, problems, counts, trusted)


def _unreadable(file: str, why: str, problems: Problems, *, expected: str | None, found: str | None) -> Verification:
    problems.add(file, why, expected=expected, found=found)
    return Verification(
        outcome="unreadable",
        because=f"{file} cannot be read: {why}",
        problems=tuple(problems.found),
        more_problems=problems.more,
    )


def _certificate(folder: Path, trusted: _Trust, problems: Problems) -> _Certificate:
    """The certificate's claims, its signatures checked. Raises Invalid where there is none to read."""
    if not folder.is_dir():
        raise Invalid("there is no release folder", expected="a folder", found=str(folder), file=str(folder))
    envelope = parse(read_bytes(folder / layout.CERTIFICATE), name=layout.CERTIFICATE)
    payload, signatures = opened(envelope)
    _check_signatures(payload, envelope["payloadType"], signatures, problems)
    by_way_of = _check_signers(folder, [one.fingerprint for one in signatures], trusted, problems)
    statement = parse(payload, name="payload")
    if not isinstance(statement, dict) or statement.get("_type") != STATEMENT_TYPE:
        raise Invalid("this is no in-toto statement", expected=STATEMENT_TYPE, found=str(statement)[:80])
    if statement.get("predicateType") != PREDICATE_TYPE:
        raise Invalid(
            "this certifies something else", expected=PREDICATE_TYPE, found=str(statement.get("predicateType"))
        )
    try:
        said = Certified.model_validate(statement.get("predicate"))
        ((subject),) = statement["subject"]
        name, digest = subject["name"], str(subject["digest"]["sha256"])
    except (ValidationError, KeyError, TypeError, ValueError) as error:
        raise Invalid(
            "the certificate has another shape", expected="subject and predicate", found=str(error)[:160]
        ) from error
    if said.format != layout.FORMAT or name != layout.MANIFEST:
        raise Invalid("this certificate is of another format", expected=layout.FORMAT, found=f"{said.format} of {name}")
    signers = tuple(one.fingerprint for one in signatures)
    if said.signer not in signers:
        problems.add(layout.CERTIFICATE, "signed by another key than it says", expected=said.signer, found=signers)
    return _Certificate(said, statement["predicate"], digest, signers, by_way_of)


def _check_signatures(payload: bytes, payload_type: str, signatures: list[Signature], problems: Problems) -> None:
    message = encoding(payload_type, payload)
    for one in signatures:
        if not signed(one.public, message, one.value):
            problems.add(
                layout.CERTIFICATE, "the signature is wrong", expected=f"one by {one.fingerprint}", found="no match"
            )
        if one.keyid != one.fingerprint:
            problems.add(
                layout.CERTIFICATE, "the key id is not that of the key", expected=one.fingerprint, found=one.keyid
            )


def _check_signers(folder: Path, signers: list[str], trusted: _Trust, problems: Problems) -> tuple[str, ...]:
    """The keys from the trusted one to one that signed, both with it; none, and a problem, where no way leads there.

    A list that was given beside the key can only take trust away where the trusted key does not lead to who signed it.
    """
    given = trusted.listed.keys if trusted.listed is not None else ()
    for one in signers:
        if (gone := withdrawal_of(given, one)) is not None:
            problems.add(layout.CERTIFICATE, "signed by a withdrawn key", expected="a key that stands", found=gone)
    if trusted.key is None:
        return ()
    if trusted.key in signers:
        return (trusted.key,)
    ends = ""
    for listed in (listed_in(folder, layout.KEYS), given):
        for one in signers if listed else ():
            found = way(listed, trusted.key, one)
            if found.keys:
                return found.keys
            ends = found.because
    if trusted.listed is not None and any(one.fingerprint in signers for one in given):
        newest = trusted.listed.signer
        found = way(given, trusted.key, newest)
        if found.keys:
            return (*found.keys, next(one.fingerprint for one in given if one.fingerprint in signers))
        ends = found.because
    found_signers = ", ".join(signers)
    problems.add(layout.CERTIFICATE, "not signed by the trusted key", expected=trusted.key, found=found_signers)
    if ends:
        where = layout.KEYS if trusted.listed is None else layout.CERTIFICATE
        problems.add(
            where, "the trusted key does not lead to the signer", expected="each vouching for the next", found=ends
        )
    return ()


def _manifest(folder: Path, certificate: _Certificate, problems: Problems) -> tuple[dict[str, Any], _Manifest]:
    """The manifest as found. Raises Invalid where there is none to read; a changed one is a problem."""
    try:
        content = read_bytes(folder / layout.MANIFEST)
        manifest = parse(content, name=layout.MANIFEST)
        shape = _Manifest.model_validate(manifest)
    except Invalid as error:
        raise Invalid(error.message, expected=error.expected, found=error.found, file=layout.MANIFEST) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            "the manifest has another shape", expected=f"{where}: {first['msg']}", found="", file=layout.MANIFEST
        ) from error
    found = hashlib.sha256(content).hexdigest()
    if found != certificate.manifest_sha256:
        expected = f"sha256 {certificate.manifest_sha256}"
        problems.add(layout.MANIFEST, "not the manifest that was certified", expected=expected, found=f"sha256 {found}")
    return manifest, shape


def _contents(
    folder: Path, certificate: _Certificate, manifest: dict[str, Any], shape: _Manifest, problems: Problems
) -> dict[str, int]:
    """Everything that the certificate vouches for, held against the folder."""
    said = certificate.said
    check_context(certificate.predicate, manifest, problems)
    present = compare_files(folder, shape.files, problems)
    counts = {"files": len(present) + len(layout.UNLISTED), "bytes": sum(present.values())}
    salt = bytes.fromhex(shape.salt)
    if layout.ROWS in present:
        root, leaves = str(said.rows.get("root")), layout.LEAVES in present
        counts["rows"] = recount_rows(folder, shape.rows, root=root, salt=salt, leaves=leaves, problems=problems)
    read = reader(folder, problems)
    check_record(said, certificate.predicate, present, read, problems)
    check_statement(said, folder, present, problems)
    listed = _authors(read(layout.AUTHORS), problems) if layout.AUTHORS in present else None
    if listed is not None and layout.JUDGEMENTS in present:
        recounted = _recount(folder, shape, listed, salt, problems)
        counts["judgements"] = sum(recounted.judgements.values()) if recounted else 0
        if recounted is not None:
            check_authorship(said, recounted, listed, problems)
    return counts


def _recount(
    folder: Path, shape: _Manifest, listed: list[dict[str, Any]], salt: bytes, problems: Problems
) -> Recounted | None:
    authors = {str(one["author"]): Deciding(str(one["kind"]), "", bool(one["simulated"])) for one in listed}
    return recount_judgements(
        folder, shape.judgements, rows=shape.rows.count, authors=authors, salt=salt, problems=problems
    )


def _authors(value: Any, problems: Problems) -> list[dict[str, Any]] | None:
    """The list of authors, or None and a problem where it is none."""
    fits = isinstance(value, list) and all(
        isinstance(one, dict) and {"author", "kind", "simulated", "judgements"} <= one.keys() for one in value
    )
    if fits:
        listed: list[dict[str, Any]] = value
        return listed
    if value is not None:
        problems.add(layout.AUTHORS, "not a list of authors", expected="authors with kind and count", found="others")
    return None


def _result(certificate: _Certificate, problems: Problems, counts: dict[str, int], trusted: _Trust) -> Verification:
    said = certificate.said
    name = f"{said.release.get('name')} release {said.release.get('number')}"
    signers = ", ".join(certificate.signers)
    if problems:
        first = problems.found[0]
        outcome, because = "tampered", f"{len(problems.found) + problems.more} problems, the first: {first}"
    elif trusted.key is None:
        outcome = "intact, signer unknown"
        because = f"every file is as {signers} sealed it; give --key to say whom you trust"
    elif len(certificate.by_way_of) > 1:
        signer = certificate.by_way_of[-1]
        outcome, because = "verified", f"every file is as {signer} sealed it, to which {trusted.key} leads"
    else:
        outcome, because = "verified", f"every file is as {trusted.key} sealed it"
    return Verification(
        outcome=outcome,
        because=because,
        release=name,
        signers=certificate.signers,
        problems=tuple(problems.found),
        more_problems=problems.more,
        notes=(*_way(certificate.by_way_of), *_places(trusted.listed, certificate.signers), *_notes(said)),
        counts=counts,
        ledger=_head(certificate.predicate),
    )


def _head(predicate: dict[str, Any]) -> LedgerHead | None:
    """The block of the ledger that the certificate names; None where it names none that can be read."""
    try:
        return LedgerHead.model_validate(predicate["ledger"]["head"])
    except (ValidationError, KeyError, TypeError):
        return None


def _way(keys: tuple[str, ...]) -> tuple[str, ...]:
    return (f"from key to key: {', then '.join(keys)}",) if len(keys) > 1 else ()


def _places(listed: Named | None, signers: tuple[str, ...]) -> tuple[str, ...]:
    """Which key of a list that was handed over sealed the folder, and whether it was replaced since."""
    return tuple(place_of(listed, one) for one in signers) if listed is not None else ()


def _notes(said: Certified) -> tuple[str, ...]:
    """What the certificate says that a reader must not miss."""
    declared = said.human_only.get("declared")
    rows = {way: said.authorship.get(way, {}).get("rows", 0) for way in WAYS}
    gates = [f"gate {one.gate} on {one.about}: {one.outcome}" for one in said.verdicts]
    return (
        str(said.simulation.get("says")),
        *(f"{n:,} rows {WORDS[way]}" for way, n in rows.items() if n),
        f"human-only: {said.human_only.get('items')} rows, {said.human_only.get('violations')} violations"
        + (f", {declared} labelled elsewhere, as their source declares" if declared else ""),
        *(gates or ["no gate stood before this release"]),
        *(f"waived by {one.waiver.get('by')}: {one.about} - {one.waiver.get('because')}" for one in said.waivers),
        *(f"the client on {one.get('batch')}: {one.get('state')} - {one.get('because')}" for one in said.client),
    )
