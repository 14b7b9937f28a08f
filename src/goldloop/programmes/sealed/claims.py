"""Hold the certificate's claims against the files: context, evidence, verdicts, waivers, simulated actors."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.programmes.sealed import layout
from goldloop.programmes.sealed.authorship import simulation
from goldloop.programmes.sealed.certificate import authors_by_kind
from goldloop.programmes.sealed.datasheet import plain
from goldloop.programmes.sealed.manifest import SHARED
from goldloop.programmes.sealed.read import parse, read_bytes
from goldloop.programmes.sealed.recount import Recounted
from goldloop.programmes.sealed.verification import Problems

Reader = Callable[[str], Any]


class _Line(Noun, extra="allow"):
    outcome: str
    evidence_ids: tuple[str, ...]


class _Verdict(Noun, extra="allow"):
    id: str
    gate: str
    about: str
    outcome: str
    opens: bool
    results: tuple[_Line, ...]
    waiver: dict[str, Any] | None


class _Evidence(Noun, extra="allow"):
    id: str


class _Override(Noun, extra="allow"):
    about: str
    waiver: dict[str, Any]


class Certified(Noun, extra="allow"):
    """A predicate's shape, as far as verifying reads it."""

    format: str
    release: dict[str, Any]
    ontology: dict[str, Any]
    guideline: dict[str, Any] | None = None
    policy: dict[str, Any]
    rows: dict[str, Any]
    judgements: dict[str, Any]
    authorship: dict[str, dict[str, int]]
    authors: dict[str, Any]
    simulation: dict[str, Any]
    human_only: dict[str, Any]
    verdicts: tuple[_Verdict, ...]
    evidence: tuple[_Evidence, ...]
    waivers: tuple[_Override, ...]
    client: tuple[dict[str, Any], ...] = ()
    signer: str


def check_context(said: Mapping[str, Any], manifest: Mapping[str, Any], problems: Problems) -> None:
    """Manifest and certificate speak of the same release, made from the same things."""
    for key in SHARED:
        if said.get(key) != manifest.get(key):
            problems.add(
                layout.MANIFEST, f"`{key}` is not as certified", expected=said.get(key), found=manifest.get(key)
            )
    for part, fields in (("rows", ("count", "root")), ("judgements", ("count",))):
        for field in fields:
            expected, found = said[part].get(field), manifest[part].get(field)
            if expected != found:
                problems.add(layout.MANIFEST, f"`{part}.{field}` is not as certified", expected=expected, found=found)
    documents = [("ontology", layout.ONTOLOGY), ("policy", layout.POLICY)]
    if said.get("guideline") is not None:
        documents.append(("guideline", layout.GUIDELINES))
    for part, path in documents:
        entry = manifest["files"].get(path)
        expected, found = said[part].get("sha256"), entry["sha256"] if entry else "not listed"
        if expected != found:
            problems.add(path, "not the document that was certified", expected=expected, found=found)


def check_record(
    said: Certified, raw: Mapping[str, Any], present: Mapping[str, int], read: Reader, problems: Problems
) -> None:
    """Every certified piece of evidence and every verdict is in the folder, word for word.

    `raw` is the predicate as it was signed, which `said` is the checked form of.
    """
    for folder, nouns in ((layout.EVIDENCE, raw["evidence"]), (layout.VERDICTS, raw["verdicts"])):
        for noun in nouns:
            path = f"{folder}/{noun['id']}.json"
            if path not in present:
                problems.add(path, "certified, but not in the folder", expected=noun["id"], found="nothing")
            elif (found := read(path)) is not None and found != noun:
                expected, shown = _first_difference(noun, found)
                problems.add(path, "not as certified", expected=expected, found=shown)
    waivers = [one.waiver for one in said.waivers]
    for verdict in said.verdicts:
        _check_verdict(verdict, present, problems)
        if verdict.waiver is not None and verdict.waiver not in waivers:
            problems.add(layout.CERTIFICATE, "a waiver is not listed", expected=verdict.waiver, found="no such waiver")
    violations, outcome = said.human_only.get("violations"), said.human_only.get("outcome")
    if outcome != ("fail" if violations else "pass"):
        problems.add(
            layout.CERTIFICATE, "human-only outcome", expected=f"what {violations} violations mean", found=outcome
        )


def _check_verdict(verdict: _Verdict, present: Mapping[str, int], problems: Problems) -> None:
    """An outcome follows from its lines, and every line rests on evidence that is here."""
    name = f"{layout.VERDICTS}/{verdict.id}.json"
    outcomes = {line.outcome for line in verdict.results}
    follows = "fail" if "fail" in outcomes else "pass" if outcomes == {"pass"} else "unknown"
    opens = follows == "pass" or verdict.waiver is not None
    if verdict.outcome != follows:
        problems.add(name, "the outcome does not follow from its checks", expected=follows, found=verdict.outcome)
    if verdict.opens != opens:
        problems.add(name, "a gate opens on a pass or a waiver only", expected=opens, found=verdict.opens)
    for key in (key for line in verdict.results for key in line.evidence_ids):
        if f"{layout.EVIDENCE}/{key}.json" not in present:
            problems.add(name, "rests on evidence that is not in the folder", expected=key, found="nothing")


def check_authorship(
    said: Certified, recounted: Recounted, listed: Sequence[Mapping[str, Any]], problems: Problems
) -> None:
    """Who labelled what, and above all what simulated actors did, counted again from the judgements."""
    where = layout.CERTIFICATE
    if said.authorship != recounted.authorship:
        expected, found = _first_difference(said.authorship, recounted.authorship)
        problems.add(where, "authorship is not what the judgements say", expected=found, found=expected)
    made = {str(one["author"]): one.get("judgements") for one in listed}
    if made != recounted.judgements:
        expected, found = _first_difference(recounted.judgements, made)
        problems.add(layout.AUTHORS, "authors are not those of the judgements", expected=expected, found=found)
    if said.authors != authors_by_kind(listed):
        problems.add(where, "authors are not those listed", expected=authors_by_kind(listed), found=said.authors)
    truth = simulation(recounted.authorship, listed)
    if said.simulation != truth:
        claimed = said.simulation.get("says")
        problems.add(where, "the statement about simulated actors is wrong", expected=truth["says"], found=claimed)


def check_statement(said: Certified, folder: Path, present: Mapping[str, int], problems: Problems) -> None:
    """Datasheet and card repeat the statement about simulated actors."""
    says = plain(said.simulation.get("says"))
    for path in (layout.DATASHEET, layout.CARD):
        if path in present and says not in read_bytes(folder / path, limit=layout.MAX_TEXT).decode(errors="replace"):
            problems.add(path, "lacks the statement about simulated actors", expected=says, found="other words")


def reader(folder: Path, problems: Problems) -> Reader:
    """A function path -> JSON that names what cannot be read as a problem and gives None for it."""

    def read(path: str) -> Any:
        try:
            return parse(read_bytes(folder / path), name=path)
        except Invalid as error:
            problems.add(path, error.message, expected=error.expected, found=error.found)
            return None

    return read


def _first_difference(expected: Any, found: Any, at: str = "") -> tuple[str, str]:
    """Where two JSON values part, in words."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted(expected.keys() | found.keys()):
            if expected.get(key) != found.get(key):
                return _first_difference(expected.get(key), found.get(key), f"{at}.{key}" if at else key)
    return f"{at} {expected!r}".strip(), f"{at} {found!r}".strip()
