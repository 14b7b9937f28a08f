"""What sealing a release promises."""

import base64
import errno
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError
from tests.unit.programmes.releases import SEALED_AT, SECRET, Lines, facts, judgement, rows, seal, verdict

from goldloop import kinds
from goldloop.core import families
from goldloop.core.errors import Conflict, Forbidden, Invalid, Unavailable
from goldloop.core.families import Exported, Row
from goldloop.core.nouns import Outcome, Spec, Waiver
from goldloop.core.pseudonym import pseudonym
from goldloop.programmes.sealed import Signer, layout, read_rows, verify_release
from goldloop.programmes.sealed.certificate import encoding
from goldloop.programmes.sealed.signing import fingerprint_of


def predicate(folder: Path) -> Any:
    envelope = json.loads((folder / layout.CERTIFICATE).read_bytes())
    return json.loads(base64.b64decode(envelope["payload"]))["predicate"]


def text(folder: Path) -> str:
    """Everything in a release folder, as one text."""
    return "\n".join(path.read_text(errors="replace") for path in folder.rglob("*") if path.is_file())


def test_an_untouched_folder_verifies_under_the_signers_key(tmp_path: Path) -> None:
    sealed = seal(tmp_path / "release", count=2001)
    found = verify_release(sealed.folder, key=sealed.fingerprint)
    assert (found.outcome, found.exit_code, found.problems) == ("verified", 0, ())
    assert found.counts["rows"] == sealed.rows == 2001
    assert found.counts["judgements"] == sealed.judgements
    assert found.counts["files"] == sealed.files
    assert found.release == "intents release 2"


def test_without_a_key_a_folder_is_intact_and_its_signer_unknown(tmp_path: Path) -> None:
    found = verify_release(seal(tmp_path / "release").folder)
    assert (found.outcome, found.exit_code) == ("intact, signer unknown", 1)


def test_another_key_is_not_the_signers(tmp_path: Path) -> None:
    found = verify_release(seal(tmp_path / "release").folder, key=fingerprint_of(bytes(32)))
    assert (found.outcome, found.exit_code) == ("tampered", 2)


def test_a_key_that_is_no_fingerprint_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="fingerprint"):
        verify_release(tmp_path, key="ed25519:abc")


def test_a_moved_folder_still_verifies(tmp_path: Path) -> None:
    sealed = seal(tmp_path / "release")
    moved = sealed.folder.rename(tmp_path / "elsewhere")
    assert verify_release(moved, key=sealed.fingerprint).outcome == "verified"


def test_a_release_by_simulated_actors_says_so_everywhere(tmp_path: Path) -> None:
    folder = seal(tmp_path / "release", facts=facts(simulated=True)).folder
    says = predicate(folder)["simulation"]["says"]
    assert says.startswith("SIMULATED: 23 of 25 rows")
    assert says in (folder / layout.DATASHEET).read_text()
    assert says in (folder / layout.CARD).read_text()
    assert says in json.loads((folder / layout.CROISSANT).read_text())["description"]
    assert says in verify_release(folder).notes


def test_a_release_by_people_says_that_nobody_was_simulated(tmp_path: Path) -> None:
    said = predicate(seal(tmp_path / "release").folder)
    assert said["simulation"] == {
        "actors": 0,
        "rows": 0,
        "says": "No judgement in this release was made by a simulated actor.",
    }


def test_every_row_counts_once_by_what_decided_it(tmp_path: Path) -> None:
    said = predicate(seal(tmp_path / "release", count=20).folder)
    assert {way: count["rows"] for way, count in said["authorship"].items()} == {
        "labelled": 12,
        "accepted": 6,
        "machine": 2,
        "unattributed": 0,
    }
    assert said["authors"]["people"] == 1


def test_rows_without_a_judgement_on_record_are_counted_as_such(tmp_path: Path) -> None:
    bare = (row._replace(judgements=()) for row in rows(5))
    sealed = seal(tmp_path / "release", rows=bare)
    assert predicate(sealed.folder)["authorship"]["unattributed"] == {"rows": 5, "simulated": 0}
    assert verify_release(sealed.folder, key=sealed.fingerprint).outcome == "verified"


def test_people_appear_under_pseudonyms_only(tmp_path: Path) -> None:
    content = text(seal(tmp_path / "release").folder)
    assert "act_dev" not in content
    assert "act_eve" not in content
    assert '"dev"' not in content
    assert pseudonym(SECRET, "act_dev") in content


def test_a_pseudonym_is_stable_within_a_programme_and_unlinkable_across(tmp_path: Path) -> None:
    again = seal(tmp_path / "again", facts=facts(number=3))
    assert pseudonym(SECRET, "act_dev") in text(again.folder)
    assert pseudonym(b"another programme's secret", "act_dev") not in text(again.folder)


def test_lineage_says_who_judged_with_what_model_and_what_they_saw(tmp_path: Path) -> None:
    folder = seal(tmp_path / "release").folder
    row = list(read_rows(folder))[6]
    model, person = row.judgements
    assert (model["author"], model["decisive"], model["confidence"]) == ("model:max@7", False, 0.875)
    assert person["author"] == pseudonym(SECRET, "act_dev")
    assert person["saw"] == {"shown": "before", "suggestion_id": model["id"]}
    assert (person["row"], person["item_id"], person["batch"]) == (7, row.item_id, "bat_one")


def test_rows_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    folder = seal(tmp_path / "release").folder
    there, back = list(rows(25)), list(read_rows(folder))
    assert [row._replace(judgements=()) for row in back] == [row._replace(judgements=()) for row in there]
    assert [len(row.judgements) for row in back] == [len(row.judgements) for row in there]


def test_rows_are_read_once_and_exports_made_from_the_sealed_file(tmp_path: Path) -> None:
    sealed = seal(tmp_path / "release", rows=iter(list(rows(12))), exports=(Lines(), Lines()))
    first, second = sealed.manifest["exports"]
    assert (first["folder"], second["folder"]) == ("exports/lines.v1", "exports/lines.v1-2")
    assert first["losses"] == [{"what": "slices", "rows": 12}]
    assert len((sealed.folder / "exports/lines.v1/rows.tsv").read_text().splitlines()) == 12


def test_the_certificate_holds_no_digest_of_content_that_could_be_guessed(tmp_path: Path) -> None:
    one, two = seal(tmp_path / "one", count=1), seal(tmp_path / "two", count=1)
    assert (one.folder / layout.ROWS).read_bytes() == (two.folder / layout.ROWS).read_bytes()
    assert one.root != two.root
    assert one.digest != two.digest
    row_digest = one.manifest["files"][layout.ROWS]["sha256"]
    assert row_digest not in json.dumps(predicate(one.folder))


def test_the_signature_covers_the_dsse_encoding(tmp_path: Path) -> None:
    assert encoding("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"  # the protocol's own worked example
    )
    envelope = seal(tmp_path / "release").certificate
    entry = envelope["signatures"][0]
    message = encoding(envelope["payloadType"], base64.b64decode(envelope["payload"]))
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(entry["public_key"]))
    public.verify(base64.b64decode(entry["sig"]), message)


def test_croissant_validates_and_yields_the_rows(tmp_path: Path) -> None:
    import mlcroissant

    folder = seal(tmp_path / "release").folder
    dataset = mlcroissant.Dataset(str(folder / layout.CROISSANT))
    assert not dataset.metadata.ctx.issues.errors
    records = list(dataset.records("row"))
    assert [one["row/item_id"].decode() for one in records] == [row.item_id for row in rows(25)]
    assert records[3]["row/body/text"].decode() == next(row for row in rows(4) if row.external_id == "3").body["text"]


@pytest.mark.parametrize("outcome", ["fail", "unknown"])
def test_a_gate_that_is_not_open_stops_the_seal(tmp_path: Path, outcome: Outcome) -> None:
    with pytest.raises(Conflict, match="not open"):
        seal(tmp_path / "release", facts=facts(verdicts=(verdict(outcome),)))
    assert list(tmp_path.iterdir()) == []


def test_a_waiver_opens_the_gate_and_stays_on_the_certificate(tmp_path: Path) -> None:
    waiver = Waiver(by="mona", because="pilot only", at=SEALED_AT)
    sealed = seal(tmp_path / "release", facts=facts(verdicts=(verdict("fail", waiver=waiver),)))
    found = verify_release(sealed.folder, key=sealed.fingerprint)
    assert found.outcome == "verified"
    assert predicate(sealed.folder)["waivers"][0]["waiver"]["by"] == "mona"
    assert any("waived by mona" in note and "pilot only" in note for note in found.notes)
    assert "pilot only" in (sealed.folder / layout.DATASHEET).read_text()


def test_a_later_pass_heals_an_earlier_failure(tmp_path: Path) -> None:
    early = verdict("fail", key="ver_zero").model_copy(update={"decided_at": SEALED_AT - 1})
    sealed = seal(tmp_path / "release", facts=facts(verdicts=(verdict(), early)))
    assert verify_release(sealed.folder, key=sealed.fingerprint).outcome == "verified"


@pytest.mark.parametrize("there", ["folder", "file", "link"])
def test_nothing_is_ever_overwritten(tmp_path: Path, there: str) -> None:
    target = tmp_path / "release"
    if there == "folder":
        target.mkdir()
    elif there == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(Conflict, match="never overwritten"):
        seal(target)
    assert [path.name for path in tmp_path.iterdir()] == ["release"]


class Full(Lines):
    """An exporter that meets a full disk."""

    def write(self, *args: Any, **kwargs: Any) -> Exported:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_is_a_clear_error_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="disk is full"):
        seal(tmp_path / "release", exports=(Full(),))
    assert list(tmp_path.iterdir()) == []


def test_rows_that_break_off_leave_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[Row]:
        yield from rows(3)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        seal(tmp_path / "release", rows=broken())
    assert list(tmp_path.iterdir()) == []


def test_no_rows_make_no_release(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="without rows"):
        seal(tmp_path / "release", rows=())
    assert list(tmp_path.iterdir()) == []


def one_row(**changes: Any) -> list[Row]:
    said = judgement(0, "act_dev", "answer", "card") | changes
    return [next(rows(1))._replace(judgements=(said,))]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"actor": "act_stranger"}, "act_stranger"),
        ({"comment": "call me at 555"}, "comment"),
        ({"said_at": None}, "said_at"),
        ({"saw": {"whom": "dev"}}, "whom"),
        ({"answer": float("nan")}, "canonical JSON"),
    ],
)
def test_a_judgement_that_cannot_be_sealed_is_named_by_row(tmp_path: Path, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(Invalid) as caught:
        seal(tmp_path / "release", rows=one_row(**changes))
    assert named in str(caught.value)
    assert "row 1 (itm_00000)" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_facts_that_contradict_themselves_are_refused() -> None:
    with pytest.raises(ValidationError, match="evi_accuracy"):
        facts(evidence=())
    with pytest.raises(ValidationError, match="id of its own"):
        facts(verdicts=(verdict(key="../out"),))
    with pytest.raises(ValidationError, match="own parent"):
        facts(release_id="rel_zero")


def test_two_authors_under_one_name_are_refused(tmp_path: Path) -> None:
    twin = facts().authors[2].model_copy(update={"id": "act_twin"})
    with pytest.raises(Invalid, match=r"model:max@7"):
        seal(tmp_path / "release", facts=facts(authors=(*facts().authors, twin)))


def test_a_signing_key_is_kept_from_others_and_comes_back_the_same(tmp_path: Path) -> None:
    made = Signer.create(tmp_path / "key")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600
    assert Signer.load(tmp_path / "key").fingerprint == made.fingerprint
    assert made.fingerprint == fingerprint_of(made.public)
    with pytest.raises(Conflict):
        Signer.create(tmp_path / "key")


def test_a_signing_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    Signer.create(tmp_path / "key")
    (tmp_path / "key").chmod(0o644)
    with pytest.raises(Forbidden, match="0600"):
        Signer.load(tmp_path / "key")


def test_what_is_no_signing_key_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("ssh-ed25519 AAAA")
    (tmp_path / "key").chmod(0o600)
    with pytest.raises(Invalid, match="no signing key"):
        Signer.load(tmp_path / "key")


def test_a_rows_reason_names_people_by_pseudonym(tmp_path: Path) -> None:
    ruled = (row._replace(decided_by="ruling by act_dev") for row in rows(2))
    folder = seal(tmp_path / "release", rows=ruled).folder
    assert [row.decided_by for row in read_rows(folder)] == [f"ruling by {pseudonym(SECRET, 'act_dev')}"] * 2


def test_the_same_facts_and_rows_give_the_same_data_files(tmp_path: Path) -> None:
    one, two = seal(tmp_path / "one"), seal(tmp_path / "two")
    salted = {layout.LEAVES}
    assert {path: entry for path, entry in one.manifest["files"].items() if path not in salted} == {
        path: entry for path, entry in two.manifest["files"].items() if path not in salted
    }


@pytest.mark.parametrize("exporter", ["jsonl.v1", "csv.v1", "parquet.v1", "huggingface.v1"])
def test_the_shipped_exporters_write_into_a_release_that_verifies(tmp_path: Path, exporter: str) -> None:
    kinds.load()
    task = families.task.build(Spec(name="choice.v1"))
    chosen = (
        row._replace(
            answer={"labels": [row.answer]},
            judgements=[said | {"answer": {"labels": [said["answer"]]}} for said in row.judgements],
        )
        for row in rows(30)
    )
    sealed = seal(tmp_path / "release", rows=chosen, task=task, exports=(families.exporter.build(Spec(name=exporter)),))
    assert sealed.manifest["exports"][0]["rows"] == 30
    assert any(path.startswith(f"exports/{exporter}/") for path in sealed.manifest["files"])
    assert verify_release(sealed.folder, key=sealed.fingerprint).outcome == "verified"
