"""Whatever is done to a sealed folder, verifying it says what was done and where."""

import base64
import json
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from tests.unit.programmes.releases import facts, seal

from goldloop.core import merkle
from goldloop.programmes.sealed import Problem, Signer, layout, verify_release
from goldloop.programmes.sealed.certificate import seal as sign
from goldloop.programmes.sealed.manifest import pretty

ROWS = 2345
SIGNER, STRANGER = Signer(bytes(32)), Signer(bytes(31) + b"\1")


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seal(tmp_path_factory.mktemp("sealed") / "release", count=ROWS, signer=SIGNER).folder


@pytest.fixture
def folder(sealed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(sealed, tmp_path / "release"))


def lines(folder: Path, path: str = layout.ROWS) -> list[bytes]:
    return (folder / path).read_bytes().splitlines(keepends=True)


def put(folder: Path, parts: list[bytes], path: str = layout.ROWS) -> None:
    (folder / path).write_bytes(b"".join(parts))


def replace(folder: Path, path: str, old: bytes, new: bytes) -> None:
    content = (folder / path).read_bytes()
    assert old in content
    (folder / path).write_bytes(content.replace(old, new, 1))


def edit(folder: Path, path: str, change: Callable[[Any], None]) -> None:
    value = json.loads((folder / path).read_bytes())
    change(value)
    (folder / path).write_bytes(pretty(value))


def payload(folder: Path) -> Any:
    return json.loads(base64.b64decode(json.loads((folder / layout.CERTIFICATE).read_bytes())["payload"]))


def certify(folder: Path, signer: Signer, change: Callable[[Any], None] = lambda predicate: None) -> None:
    """A new certificate for the manifest as it stands, as only the holder of a key could make it."""
    said = payload(folder)
    said["subject"][0]["digest"]["sha256"] = sha256((folder / layout.MANIFEST).read_bytes()).hexdigest()
    said["predicate"]["signer"] = signer.fingerprint
    change(said["predicate"])
    (folder / layout.CERTIFICATE).write_bytes(pretty(sign(said, signer)))


def relist(folder: Path, *paths: str) -> None:
    """Bring the manifest's entries in line with the files."""

    def change(manifest: Any) -> None:
        for path in paths:
            content = (folder / path).read_bytes()
            manifest["files"][path] = {"size": len(content), "sha256": sha256(content).hexdigest()}

    edit(folder, layout.MANIFEST, change)


def change_a_label(folder: Path) -> None:
    rows = lines(folder)
    rows[1233] = rows[1233].replace(b'"answer":"fee"', b'"answer":"card"')
    put(folder, rows)


def change_a_text(folder: Path) -> None:
    replace(folder, layout.ROWS, b"Zeile 2000:", b"Zeile 2O00:")


def remove_a_row(folder: Path) -> None:
    rows = lines(folder)
    put(folder, rows[:1500] + rows[1501:])


def add_a_row(folder: Path) -> None:
    rows = lines(folder)
    put(folder, [*rows[:10], rows[10].replace(b"itm_00010", b"itm_99999"), *rows[10:]])


def repeat_a_row(folder: Path) -> None:
    rows = lines(folder)
    put(folder, [*rows, rows[0]])


def swap_two_rows(folder: Path) -> None:
    rows = lines(folder)
    rows[5], rows[2005] = rows[2005], rows[5]
    put(folder, rows)


def truncate_the_rows(folder: Path) -> None:
    content = (folder / layout.ROWS).read_bytes()
    (folder / layout.ROWS).write_bytes(content[:-20])


def turn_line_ends(folder: Path) -> None:
    rows = lines(folder)
    put(folder, [row[:-1] + b"\r\n" for row in rows])


def add_a_byte_order_mark(folder: Path) -> None:
    put(folder, [b"\xef\xbb\xbf", *lines(folder)])


def change_a_row_and_its_digest(folder: Path) -> None:
    change_a_label(folder)
    salt = bytes.fromhex(json.loads((folder / layout.MANIFEST).read_bytes())["salt"])
    leaves = b"".join(map(merkle.salted(salt), lines(folder)))
    (folder / layout.LEAVES).write_bytes(leaves)


def change_row_and_manifest(folder: Path) -> None:
    change_a_row_and_its_digest(folder)
    relist(folder, layout.ROWS, layout.LEAVES)


def change_an_author(folder: Path) -> None:
    replace(folder, layout.JUDGEMENTS, b'"author":"person-', b'"author":"nobody-')


def remove_a_judgement(folder: Path) -> None:
    judgements = lines(folder, layout.JUDGEMENTS)
    put(folder, judgements[:1200] + judgements[1201:], layout.JUDGEMENTS)


def rewrite_what_someone_saw(folder: Path) -> None:
    replace(folder, layout.JUDGEMENTS, b'"shown":"before"', b'"shown":"never" ')


def link_a_file(folder: Path) -> None:
    (folder / layout.POLICY).rename(folder.parent / "elsewhere.yaml")
    (folder / layout.POLICY).symlink_to(folder.parent / "elsewhere.yaml")


def link_a_folder(folder: Path) -> None:
    (folder / "lineage").rename(folder.parent / "lineage")
    (folder / "lineage").symlink_to(folder.parent / "lineage")


def list_path(path: str) -> Callable[[Path], object]:
    def tamper(folder: Path) -> None:
        edit(
            folder, layout.MANIFEST, lambda manifest: manifest["files"].update({path: {"size": 1, "sha256": "0" * 64}})
        )

    return tamper


def edit_payload(folder: Path) -> None:
    said = payload(folder)
    said["predicate"]["human_only"]["items"] = 0
    encoded = base64.b64encode(json.dumps(said).encode()).decode()
    edit(folder, layout.CERTIFICATE, lambda envelope: envelope.update(payload=encoded))


def edit_signature(folder: Path) -> None:
    edit(folder, layout.CERTIFICATE, lambda envelope: envelope["signatures"][0].update(sig="A" * 86 + "=="))


def swap_public_key(folder: Path) -> None:
    key = base64.b64encode(STRANGER.public).decode()
    edit(folder, layout.CERTIFICATE, lambda envelope: envelope["signatures"][0].update(public_key=key))


def change_key_id(folder: Path) -> None:
    edit(folder, layout.CERTIFICATE, lambda envelope: envelope["signatures"][0].update(keyid=STRANGER.fingerprint))


def drop_signatures(folder: Path) -> None:
    edit(folder, layout.CERTIFICATE, lambda envelope: envelope.update(signatures=[]))


def other_payload_type(folder: Path) -> None:
    edit(folder, layout.CERTIFICATE, lambda envelope: envelope.update(payloadType="text/plain"))


def key_twice_in_certificate(folder: Path) -> None:
    replace(folder, layout.CERTIFICATE, b"{", b'{"payload": "",')


def reseal_by_a_stranger(folder: Path) -> None:
    change_row_and_manifest(folder)
    certify(folder, STRANGER)


def oversize_manifest(folder: Path) -> None:
    with (folder / layout.MANIFEST).open("r+b") as file:
        file.truncate(layout.MAX_JSON + 1)


def nested_manifest(folder: Path) -> None:
    (folder / layout.MANIFEST).write_bytes(b"[" * 200_000)


def remove(path: str) -> Callable[[Path], object]:
    return lambda folder: (folder / path).unlink()


def rename(path: str, to: str) -> Callable[[Path], object]:
    return lambda folder: (folder / path).rename(folder / to)


def write(path: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / path).write_bytes(content)


def swap(path: str, old: bytes, new: bytes) -> Callable[[Path], object]:
    return lambda folder: replace(folder, path, old, new)


SEALED_BLOCK_2 = "row 1,234 (of block 1,001-2,000)"
TAMPERINGS: dict[str, tuple[Callable[[Path], object], str, str, str]] = {
    "a label changed": (change_a_label, layout.ROWS, "row changed", SEALED_BLOCK_2),
    "a text changed": (change_a_text, layout.ROWS, "row changed", "row 2,001 "),
    "a row removed": (remove_a_row, layout.ROWS, "row removed", "row 1,501 "),
    "a row added": (add_a_row, layout.ROWS, "row added", "row 11 "),
    "a row repeated": (repeat_a_row, layout.ROWS, "row repeated", "row 2,346 "),
    "two rows swapped": (swap_two_rows, layout.ROWS, "row moved", "row 2,006 "),
    "rows truncated": (truncate_the_rows, layout.ROWS, "file truncated", ""),
    "rows truncated, by row": (truncate_the_rows, layout.ROWS, "row changed", "row 2,345 "),
    "line ends turned": (turn_line_ends, layout.ROWS, "file longer than sealed", ""),
    "byte order mark": (add_a_byte_order_mark, layout.ROWS, "row changed", "row 1 "),
    "rows missing": (remove(layout.ROWS), layout.ROWS, "file missing", ""),
    "rows renamed": (rename(layout.ROWS, "data/ROWS.jsonl"), layout.ROWS, "file renamed", ""),
    "row and its digest": (change_a_row_and_its_digest, layout.ROWS, "rows changed", "rows 1,001-2,000"),
    "row, digest and manifest": (change_row_and_manifest, layout.MANIFEST, "not the manifest", ""),
    "row, digest and manifest, by root": (change_row_and_manifest, layout.ROWS, "certified root", ""),
    "row digests changed": (write(layout.LEAVES, bytes(32)), layout.LEAVES, "file truncated", ""),
    "an author changed": (change_an_author, layout.JUDGEMENTS, "judgements changed", "judgements 1-1,000"),
    "a judgement removed": (remove_a_judgement, layout.JUDGEMENTS, "judgements changed", "judgements 1,001-2,000"),
    "what was seen rewritten": (
        rewrite_what_someone_saw,
        layout.JUDGEMENTS,
        "judgements changed",
        "judgements 1-1,000",
    ),
    "authors emptied": (write(layout.AUTHORS, b"[]\n"), layout.AUTHORS, "file truncated", ""),
    "evidence changed": (
        swap("evidence/evi_accuracy.json", b"0.94", b"0.99"),
        "evidence/evi_accuracy.json",
        "not as",
        "",
    ),
    "evidence missing": (remove("evidence/evi_none.json"), "evidence/evi_none.json", "file missing", ""),
    "verdict changed": (swap("verdicts/ver_one.json", b'"pass"', b'"fail"'), "verdicts/ver_one.json", "not as", ""),
    "ontology changed": (swap(layout.ONTOLOGY, b"Card lost", b"Card l0st"), layout.ONTOLOGY, "file changed", ""),
    "guidelines changed": (swap(layout.GUIDELINES, b"a fee", b"no fee"), layout.GUIDELINES, "longer", ""),
    "programme file changed": (swap(layout.POLICY, b"bank", b"tank"), layout.POLICY, "file changed", ""),
    "datasheet changed": (swap(layout.DATASHEET, b"No judgement", b"No j0dgement"), layout.DATASHEET, "simulated", ""),
    "croissant changed": (swap(layout.CROISSANT, b"2.0.0", b"3.0.0"), layout.CROISSANT, "file changed", ""),
    "card emptied": (write(layout.CARD, b""), layout.CARD, "file truncated", ""),
    "export changed": (swap("exports/lines.v1/rows.tsv", b"Fee", b"Fei"), "exports/lines.v1/rows.tsv", "changed", ""),
    "extra file": (write("data/more.jsonl", b"{}\n"), "data/more.jsonl", "file not in the manifest", ""),
    "hidden extra file": (write(".hidden", b"x"), ".hidden", "file not in the manifest", ""),
    "link in place of a file": (link_a_file, layout.POLICY, "unsafe file", ""),
    "link in place of a folder": (link_a_folder, "lineage", "unsafe file", ""),
    "dot-dot path": (list_path("../outside"), "../outside", "unsafe path", ""),
    "absolute path": (list_path("/etc/passwd"), "/etc/passwd", "unsafe path", ""),
    "drive path": (list_path("C:/x"), "C:/x", "unsafe path", ""),
    "backslash path": (list_path("data\\x"), "data\\x", "unsafe path", ""),
    "manifest count changed": (
        swap(layout.MANIFEST, b'"count": 2345', b'"count": 2344'),
        layout.MANIFEST,
        "`rows.count` is not as certified",
        "",
    ),
    "parent changed": (swap(layout.MANIFEST, b"rel_zero", b"rel_none"), layout.MANIFEST, "`parents` is not", ""),
    "ledger head changed": (swap(layout.MANIFEST, b"cdcd", b"dcdc"), layout.MANIFEST, "`ledger` is not", ""),
    "manifest missing": (remove(layout.MANIFEST), layout.MANIFEST, "there is no such file", ""),
    "manifest oversize": (oversize_manifest, layout.MANIFEST, "too large", ""),
    "manifest bottomless": (nested_manifest, layout.MANIFEST, "not strict JSON", ""),
    "manifest of another shape": (write(layout.MANIFEST, b"{}"), layout.MANIFEST, "another shape", ""),
    "certificate missing": (remove(layout.CERTIFICATE), layout.CERTIFICATE, "there is no such file", ""),
    "certificate no JSON": (write(layout.CERTIFICATE, b"\xff"), layout.CERTIFICATE, "not strict JSON", ""),
    "certificate with a key twice": (key_twice_in_certificate, layout.CERTIFICATE, "not strict JSON", ""),
    "claims edited": (edit_payload, layout.CERTIFICATE, "the signature is wrong", ""),
    "signature edited": (edit_signature, layout.CERTIFICATE, "the signature is wrong", ""),
    "signatures dropped": (drop_signatures, layout.CERTIFICATE, "not signed", ""),
    "key id changed": (change_key_id, layout.CERTIFICATE, "key id", ""),
    "public key swapped": (swap_public_key, layout.CERTIFICATE, "not signed by the trusted key", ""),
    "payload type changed": (other_payload_type, layout.CERTIFICATE, "no certificate", ""),
    "sealed again by a stranger": (reseal_by_a_stranger, layout.CERTIFICATE, "not signed by the trusted key", ""),
}


@pytest.mark.parametrize("kind", TAMPERINGS)
def test_every_kind_of_tampering_is_named_with_its_place(kind: str, folder: Path) -> None:
    tamper, file, what, rows = TAMPERINGS[kind]
    tamper(folder)
    found = verify_release(folder, key=SIGNER.fingerprint)
    assert found.outcome in ("tampered", "unreadable")
    assert found.exit_code == 2
    assert any(
        problem.file == file and what in problem.what and (problem.rows or "").startswith(rows)
        for problem in found.problems
    ), list(map(str, found.problems))
    assert all(problem.expected and problem.found is not None for problem in found.problems)


def test_a_changed_row_is_named_alone_and_with_its_item(folder: Path) -> None:
    change_a_label(folder)
    changed = [one for one in verify_release(folder).problems if one.what == "row changed"]
    assert [(one.rows, one.found) for one in changed] == [(SEALED_BLOCK_2, "item itm_01233")]


def test_a_missing_folder_is_unreadable(tmp_path: Path) -> None:
    assert verify_release(tmp_path / "none").outcome == "unreadable"


def forged(folder: Path, *, what: str) -> list[Problem]:
    """The problems of a folder whose own sealer lies in it: every signature and digest fits."""
    found = verify_release(folder)
    assert found.outcome == "tampered"
    assert not any("signature" in one.what or "manifest" in one.what for one in found.problems)
    return [one for one in found.problems if what in one.what]


@pytest.mark.parametrize(
    ("what", "change"),
    [
        ("statement about simulated actors", lambda said: said["simulation"].update(actors=1)),
        ("authorship", lambda said: said["authorship"]["labelled"].update(rows=ROWS)),
        ("authors are not those listed", lambda said: said["authors"].update(people=40)),
        ("does not follow from its checks", lambda said: said["verdicts"][0]["results"][0].update(outcome="fail")),
        ("opens on a pass or a waiver", lambda said: said["verdicts"][0].update(opens=False)),
        ("a waiver is not listed", lambda said: said["verdicts"][0].update(waiver={"by": "x", "because": "", "at": 1})),
        (
            "evidence that is not in the folder",
            lambda said: said["verdicts"][0]["results"][0]["evidence_ids"].append("e"),
        ),
        ("not as certified", lambda said: said["evidence"][0].update(n=200)),
        ("certified, but not in the folder", lambda said: said["evidence"][0].update(id="evi_other")),
        ("human-only outcome", lambda said: said["human_only"].update(violations=3)),
        ("another key than it says", lambda said: said.update(signer=STRANGER.fingerprint)),
        ("not the document that was certified", lambda said: said["ontology"].update(sha256="0" * 64)),
        ("not the document that was certified", lambda said: said["guideline"].update(sha256="0" * 64)),
    ],
)
def test_claims_that_contradict_the_folder_are_found_even_under_a_good_signature(
    what: str, change: Callable[[Any], None], folder: Path
) -> None:
    certify(folder, SIGNER, change)
    found = verify_release(folder, key=SIGNER.fingerprint)
    assert found.outcome == "tampered"
    assert any(what in one.what for one in found.problems), list(map(str, found.problems))


def test_a_sealer_cannot_relabel_simulated_authors_as_people(tmp_path: Path) -> None:
    folder = seal(tmp_path / "release", facts=facts(simulated=True), signer=SIGNER).folder
    edit(folder, layout.AUTHORS, lambda authors: authors[1].update(simulated=False))
    relist(folder, layout.AUTHORS)
    certify(folder, SIGNER)
    assert forged(folder, what="authorship")
    assert forged(folder, what="statement about simulated actors")
