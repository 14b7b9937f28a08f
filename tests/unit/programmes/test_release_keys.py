"""Who trusts one key of a programme is led to the others offline, and told where the way ends."""

import json
from base64 import b64encode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.unit.programmes.releases import facts, seal
from tests.unit.programmes.test_verifier_page import looked_at

from goldloop.core.errors import Invalid
from goldloop.programmes.sealed import Signer, Verification, layout, verify_release
from goldloop.programmes.sealed.chain import sign_list, vouching
from goldloop.programmes.sealed.facts import Key, Withdrawn

FIRST, SECOND, THIRD, STRANGER = (Signer(bytes(31) + bytes([n])) for n in range(4))
AT = 1_790_000_000_000_000
WHY = "the disk is five years old; ключ"


def chain(*signers: Signer, lost: Signer | None = None, withdrawn: Signer | None = None) -> tuple[Key, ...]:
    """The keys of a programme, each vouched for by the one before it, as long as that is there and trusted."""
    out: list[Key] = []
    for n, one in enumerate(signers):
        before = signers[n - 1] if n else None
        vouches = before is not None and before is not lost and before is not withdrawn
        said = before.sign(vouching(before.fingerprint, one.fingerprint, WHY)) if before and vouches else None
        out.append(
            Key(
                fingerprint=one.fingerprint,
                public_key=b64encode(one.public).decode(),
                made_at=AT,
                because=WHY,
                vouched=b64encode(said).decode() if said else None,
                withdrawn=Withdrawn(at=AT, because="somebody copied it") if one is withdrawn else None,
            )
        )
    return tuple(out)


def sealed(folder: Path, signer: Signer, keys: Sequence[Key]) -> Path:
    return seal(folder, signer=signer, facts=facts(keys=tuple(keys))).folder


def given(file: Path, keys: Sequence[Key], signer: Signer) -> Path:
    """The list of keys as a reader was handed it."""
    file.write_text(json.dumps(sign_list(keys, signer)), encoding="utf-8")
    return file


def ends(found: Verification) -> str:
    """Why the trusted key leads nowhere."""
    assert (found.outcome, found.exit_code) == ("tampered", 2)
    (unsigned, no_way) = found.problems
    assert (unsigned.file, unsigned.what) == (layout.CERTIFICATE, "not signed by the trusted key")
    assert (no_way.file, no_way.what) == (layout.KEYS, "the trusted key does not lead to the signer")
    return no_way.found


def test_the_first_key_leads_to_the_one_that_signed(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "release", THIRD, chain(FIRST, SECOND, THIRD))
    for trusted in (FIRST, SECOND, THIRD):
        found = verify_release(folder, key=trusted.fingerprint)
        assert found.outcome == "verified", found.because
    assert verify_release(folder, key=FIRST.fingerprint).notes[0] == (
        f"from key to key: {FIRST.fingerprint}, then {SECOND.fingerprint}, then {THIRD.fingerprint}"
    )
    told = looked_at(folder, key=FIRST.fingerprint)["release"]
    ours = verify_release(folder, key=FIRST.fingerprint)
    assert (told["outcome"], told["because"], tuple(told["notes"])) == ("verified", ours.because, ours.notes)


def test_a_lost_key_vouches_for_nothing_and_a_withdrawn_one_is_not_believed(tmp_path: Path) -> None:
    lost = sealed(tmp_path / "lost", THIRD, chain(FIRST, SECOND, THIRD, lost=FIRST))
    gone = sealed(tmp_path / "gone", THIRD, chain(FIRST, SECOND, THIRD, withdrawn=SECOND))
    for folder, words in (
        (lost, f"{FIRST.fingerprint[:24]}... was lost and vouches for no other key"),
        (
            gone,
            f"{SECOND.fingerprint[:24]}... was withdrawn on 2026-09-21 (somebody copied it) and vouches for nothing",
        ),
    ):
        found = verify_release(folder, key=FIRST.fingerprint)
        assert ends(found) == words
        told = looked_at(folder, key=FIRST.fingerprint)[folder.name]["problems"]
        assert told == [one.model_dump() for one in found.problems], "the page says the same"
    assert verify_release(lost, key=SECOND.fingerprint).outcome == "verified"


@pytest.mark.parametrize("forge", ["another signature", "another key", "no keys", "no list"])
def test_a_way_that_somebody_made_up_leads_nowhere(tmp_path: Path, forge: str) -> None:
    """A stranger seals a folder and writes a list in which the trusted key seems to vouch for theirs."""
    (first, theirs) = chain(FIRST, STRANGER, lost=FIRST)
    made_up: dict[str, Any] = {
        "another signature": [first, theirs.model_copy(update={"vouched": b64encode(bytes(64)).decode()})],
        "another key": [
            first.model_copy(update={"public_key": b64encode(STRANGER.public).decode()}),
            theirs.model_copy(
                update={
                    "vouched": b64encode(STRANGER.sign(vouching(FIRST.fingerprint, STRANGER.fingerprint, WHY))).decode()
                }
            ),
        ],
        "no keys": [],
        "no list": None,
    }[forge]
    folder = sealed(tmp_path / "release", STRANGER, made_up or [])
    if made_up is None:
        (folder / layout.KEYS).write_text("{", encoding="utf-8")
    found = verify_release(folder, key=FIRST.fingerprint)
    assert found.outcome == "tampered"
    assert "not signed by the trusted key" in {one.what for one in found.problems}


def test_a_list_that_a_newer_key_signed_leads_back_and_says_what_was_withdrawn(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "release", FIRST, chain(FIRST))
    said = ends(verify_release(folder, key=SECOND.fingerprint))
    assert said == f"{SECOND.fingerprint[:24]}... is none of the keys that are listed"
    keys = given(tmp_path / "keys.json", chain(FIRST, SECOND), SECOND)
    found = verify_release(folder, key=SECOND.fingerprint, keys=keys)
    assert found.outcome == "verified"
    assert found.because == f"every file is as {FIRST.fingerprint} sealed it, to which {SECOND.fingerprint} leads"
    assert found.notes[1] == (
        f"{FIRST.fingerprint[:24]}... sealed it, key 1 of 2 of the list that {SECOND.fingerprint[:24]}... signed: "
        f"replaced on 2026-09-21 by {SECOND.fingerprint[:24]}... ({WHY})"
    )
    told = looked_at(folder, key=SECOND.fingerprint, keys=keys)["release"]
    assert (told["outcome"], told["because"], tuple(told["notes"])) == ("verified", found.because, found.notes)
    assert verify_release(folder, key=FIRST.fingerprint, keys=keys).outcome == "verified"

    gone = given(tmp_path / "gone.json", chain(FIRST, SECOND, withdrawn=FIRST), SECOND)
    for trusted in (FIRST, SECOND):
        found = verify_release(folder, key=trusted.fingerprint, keys=gone)
        assert found.outcome == "tampered"
        (problem,) = found.problems
        assert (problem.what, problem.found) == (
            "signed by a withdrawn key",
            f"{FIRST.fingerprint[:24]}... was withdrawn on 2026-09-21 (somebody copied it)",
        )
    told = looked_at(folder, key=SECOND.fingerprint, keys=gone)["release"]
    assert told["problems"] == [problem.model_dump()]
    stray = given(tmp_path / "stray.json", chain(FIRST, STRANGER), STRANGER)
    found = verify_release(folder, key=THIRD.fingerprint, keys=stray)
    assert found.outcome == "tampered"
    told = looked_at(folder, key=THIRD.fingerprint, keys=stray)["release"]
    assert told["problems"] == [one.model_dump() for one in found.problems]


def test_a_list_that_its_newest_key_did_not_sign_is_refused(tmp_path: Path) -> None:
    folder = sealed(tmp_path / "release", FIRST, chain(FIRST))
    keys = chain(FIRST, SECOND)
    refused = ("the newest key of the list did not sign it", "another file")
    for file in (given(tmp_path / "old.json", keys, FIRST), tmp_path / "none.json", folder / layout.CERTIFICATE):
        with pytest.raises(Invalid):
            verify_release(folder, key=SECOND.fingerprint, keys=file)
        if file.exists():
            assert looked_at(folder, keys=file)["refused"] in refused
