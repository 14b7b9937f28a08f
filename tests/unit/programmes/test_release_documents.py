"""The documents of a release say what its record says: splits, sources and licences, in every format."""

import json
import re
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from tests.unit.programmes.releases import SEALED_AT, facts, rows, seal

from goldloop.core.clock import iso
from goldloop.core.families import Row
from goldloop.core.splits import SplitsDoc, Together
from goldloop.programmes.sealed import layout, verify_release
from goldloop.programmes.sealed.facts import Rights, Source
from goldloop.programmes.sealed.training_summary import FILL

RIGHTS = Rights(
    licence="CC-BY-4.0",
    holder="ACME",
    contact="rights@acme.example",
    sources=(
        Source(
            name="chats",
            title="Chats of 2026",
            kind="users",
            licence="CC-BY-4.0",
            consent="contract, GDPR art. 6(1)(b)",
            retention=730,
            contact="data@acme.example",
            items=20,
        ),
        Source(name="rewrites", origin="synthetic", licence="LicenseRef-Acme", items=5),
        Source(name="old", items=1),
    ),
)
SPLITS = SplitsDoc(shares={"train": 0.8, "test": 0.2}, seed=5, together=Together(slices=("customer",), text=0.7))


def split_rows(count: int = 25) -> Iterator[Row]:
    for n, row in enumerate(rows(count)):
        sources = ("rewrites", "chats") if n % 5 == 0 else ("chats",)
        licence = "CC-BY-4.0 AND LicenseRef-Acme" if n % 5 == 0 else "CC-BY-4.0"
        yield row._replace(split="test" if n % 5 == 0 else "train", sources=sources, licence=licence)


def release(folder: Path, **changes: Any) -> Path:
    given = {"facts": facts(rights=RIGHTS, splits=SPLITS), "rows": split_rows(), "withheld": {"withdrawn": 2}}
    return seal(folder, **(given | changes)).folder


def read(folder: Path, name: str) -> Any:
    return json.loads((folder / name).read_text(encoding="utf-8"))


def test_every_split_has_a_file_of_its_own_letter_by_letter(tmp_path: Path) -> None:
    folder = release(tmp_path / "release")
    lines = (folder / layout.ROWS).read_bytes().splitlines(keepends=True)
    for name, rest in (("test", [0]), ("train", [1, 2, 3, 4])):
        wanted = [line for n, line in enumerate(lines) if n % 5 in rest]
        assert (folder / layout.SPLITS / f"{name}.jsonl").read_bytes() == b"".join(wanted)
    manifest = read(folder, layout.MANIFEST)
    assert manifest["splits"] == {"train": 20, "test": 5}
    assert manifest["licences"] == {"CC-BY-4.0": 20, "CC-BY-4.0 AND LicenseRef-Acme": 5}
    assert manifest["withheld"] == {"withdrawn": 2}
    assert verify_release(folder).outcome == "intact, signer unknown"


def test_a_changed_split_is_named(tmp_path: Path) -> None:
    folder = release(tmp_path / "release")
    file = folder / layout.SPLITS / "test.jsonl"
    file.write_bytes(file.read_bytes().replace(b"Karte", b"karte", 1))
    found = verify_release(folder)
    assert found.outcome == "tampered"
    assert [one.file for one in found.problems] == ["splits/test.jsonl"]


def test_the_certificate_says_under_which_terms(tmp_path: Path) -> None:
    folder = release(tmp_path / "release")
    changed = read(folder, layout.MANIFEST)
    changed["rights"]["sources"][0]["licence"] = "CC0-1.0"
    (folder / layout.MANIFEST).write_text(json.dumps(changed))
    assert any("`rights` is not as certified" in str(one) for one in verify_release(folder).problems)


def test_croissant_validates_with_splits_and_sources(tmp_path: Path) -> None:
    import mlcroissant

    folder = release(tmp_path / "release")
    dataset = mlcroissant.Dataset(str(folder / layout.CROISSANT))
    assert not dataset.metadata.ctx.issues.errors
    found = list(dataset.records("row"))
    assert [one["row/split"].decode() for one in found] == [row.split for row in split_rows()]
    assert found[0]["row/licence"].decode() == "CC-BY-4.0 AND LicenseRef-Acme"
    splits = {one["splits/name"]: one["splits/rows"] for one in dataset.records("splits")}
    assert splits == {"train": 20, "test": 5}
    sources = {one["sources/name"]: one["sources/licence"] for one in dataset.records("sources")}
    assert sources == {"chats": "CC-BY-4.0", "old": "", "rewrites": "LicenseRef-Acme"}
    assert read(folder, layout.CROISSANT)["license"] == [
        "https://spdx.org/licenses/CC-BY-4.0.html",
        "CC-BY-4.0 AND LicenseRef-Acme",
    ]


def test_the_cards_head_names_a_file_for_every_split(tmp_path: Path) -> None:
    folder = release(tmp_path / "release")
    head = yaml.safe_load((folder / layout.CARD).read_text(encoding="utf-8").split("---\n")[1])
    (config,) = head["configs"]
    assert config["data_files"] == [
        {"split": "train", "path": "splits/train.jsonl"},
        {"split": "test", "path": "splits/test.jsonl"},
    ]
    assert all((folder / one["path"]).is_file() for one in config["data_files"])


def test_the_datasheet_says_splits_sources_and_what_was_left_out(tmp_path: Path) -> None:
    text = (release(tmp_path / "release") / layout.DATASHEET).read_text(encoding="utf-8")
    assert "| train | 20 of 25 (80.0%) | 80.0% |" in text
    assert "the slice customer" in text
    assert "Chats of 2026 (chats)" in text
    assert "730 days" in text
    assert "| withdrawn | 2 |" in text
    assert "Rights holder: ACME" in text


SPDX_REQUIRED = {
    "dataset_DatasetPackage": {
        "name",
        "dataset_datasetType",
        "originatedBy",
        "releaseTime",
        "builtTime",
        "software_downloadLocation",
        "software_primaryPurpose",
    },
    "software_Package": {"name", "software_primaryPurpose"},
    "software_File": {"name", "verifiedUsing"},
    "Relationship": {"from", "relationshipType", "to"},
    "simplelicensing_LicenseExpression": {"simplelicensing_licenseExpression"},
    "Organization": {"name"},
    "SpdxDocument": {"profileConformance", "rootElement", "element"},
}
"""By the SHACL shapes of the model 3.0.1; of a DatasetPackage also by the dataset profile that the bill claims."""


def test_the_spdx_bill_has_what_the_specification_asks_for(tmp_path: Path) -> None:
    folder = release(tmp_path / "release")
    bill = read(folder, layout.SPDX)
    assert bill["@context"] == "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
    creation, *elements = bill["@graph"]
    assert (creation["type"], creation["specVersion"]) == ("CreationInfo", "3.0.1")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", creation["created"])
    ids = [one["spdxId"] for one in elements]
    assert len(set(ids)) == len(ids)
    known = {*ids, "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"}
    for one in elements:
        assert SPDX_REQUIRED[one["type"]] <= one.keys(), one
        assert one["creationInfo"] == creation["@id"]
        assert {one["from"], *one["to"]} <= known if one["type"] == "Relationship" else True
    packages = [one for one in elements if one["type"] == "dataset_DatasetPackage"]
    purposes = Counter(one["software_primaryPurpose"] for one in elements if one["type"] == "software_Package")
    assert purposes == {"data": 4, "model": 1}, "three sources and a parent, and the model that suggested"
    related = [(one["relationshipType"], one["from"]) for one in elements if one["type"] == "Relationship"]
    for package in packages:
        for kind in ("hasDeclaredLicense", "hasConcludedLicense"):
            assert related.count((kind, package["spdxId"])) == 1, "exactly one, says the dataset profile"
    (dataset,) = packages
    assert (dataset["dataset_datasetSize"], dataset["software_packageVersion"]) == (25, "2")
    files = {one["name"]: one["verifiedUsing"][0]["hashValue"] for one in elements if one["type"] == "software_File"}
    listed = read(folder, layout.MANIFEST)["files"]
    assert files == {name: listed[name]["sha256"] for name in files}
    assert {"data/rows.jsonl", "splits/train.jsonl", "splits/test.jsonl"} <= files.keys()
    expressions = {
        one["simplelicensing_licenseExpression"] for one in elements if "simplelicensing_licenseExpression" in one
    }
    assert expressions == {"CC-BY-4.0 AND LicenseRef-Acme", "CC-BY-4.0", "LicenseRef-Acme"}


def test_the_cyclonedx_bill_has_what_the_specification_asks_for(tmp_path: Path) -> None:
    folder = release(tmp_path / "release")
    bill = read(folder, layout.CYCLONEDX)
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert uuid.UUID(bill["serialNumber"].removeprefix("urn:uuid:"))
    about = bill["metadata"]["component"]
    assert about["type"] == "data"
    assert about["licenses"] == [{"expression": "CC-BY-4.0 AND LicenseRef-Acme"}]
    assert about["hashes"] == [
        {"alg": "SHA-256", "content": read(folder, layout.MANIFEST)["files"][layout.ROWS]["sha256"]}
    ]
    (data,) = about["data"]
    assert data["type"] == "dataset"
    properties = {one["name"]: one["value"] for one in data["contents"]["properties"]}
    assert properties == {"rows": "25", "split.train.rows": "20", "split.test.rows": "5"}
    for parties in data["governance"].values():
        assert all(one.keys() in ({"organization"}, {"contact"}) for one in parties), "one of the two"
    components = {one["bom-ref"]: one for one in bill["components"]}
    assert components["machine:model:max@7"]["type"] == "machine-learning-model"
    assert components["source:chats"]["licenses"] == [{"expression": "CC-BY-4.0"}]
    refs = {*components, about["bom-ref"]}
    assert {one["ref"] for one in bill["dependencies"]} == refs
    assert set(bill["dependencies"][0]["dependsOn"]) == set(components)
    assert bill["metadata"]["timestamp"] == iso(SEALED_AT)[:19] + "Z"


TEMPLATE = [
    "1. General information",
    "1.1. Provider identification",
    "1.2. Model identification",
    "1.3. Modalities, overall training data size and other characteristics",
    "2. List of data sources",
    "2.1. Publicly available datasets",
    "2.2. Private non-publicly available datasets obtained from third parties",
    "2.2.1. Datasets commercially licensed by rightsholders or their representatives",
    "2.2.2. Private datasets obtained from other third parties",
    "2.3. Data crawled and scraped from online sources",
    "2.4. User data",
    "2.5. Synthetic data",
    "2.6. Other sources of data",
    "3. Data processing aspects",
    "3.1. Respect of reservation of rights from text and data mining exception or limitation",
    "3.2. Removal of illegal content",
    "3.3. Other information (optional)",
]
"""The titles of the Commission's template of 24 July 2025 (C(2025) 5235), in its order."""


def test_the_draft_for_the_ai_act_places_sources_and_marks_what_is_not_on_record(tmp_path: Path) -> None:
    text = (release(tmp_path / "release") / layout.SUMMARY).read_text(encoding="utf-8")
    parts = {part.split("\n", 1)[0]: part for part in re.split(r"\n#+ ", text)}
    assert list(parts)[1:] == TEMPLATE
    assert "Chats of 2026" in parts["2.4. User data"]
    assert "25 of 25" in parts["2.4. User data"]
    assert "rewrites" in parts["2.5. Synthetic data"]
    assert "old" in parts["2.6. Other sources of data"]
    assert "train the model? None on record" in parts["2.1. Publicly available datasets"]
    assert FILL in parts["1.1. Provider identification"]
    assert "Less than 1 billion tokens" in parts[TEMPLATE[3]]
    assert "25 of 25 (100.0%) rows carry a licence" in text
    assert "model:max@7" in text.replace("\\", "")


def test_a_release_without_sources_or_splits_has_all_documents_too(tmp_path: Path) -> None:
    import mlcroissant

    bare = (row._replace(licence=None) for row in rows(3))
    folder = seal(tmp_path / "release", facts=facts(rights=Rights(), parents=()), rows=bare).folder
    assert not mlcroissant.Dataset(str(folder / layout.CROISSANT)).metadata.ctx.issues.errors
    assert not (folder / layout.SPLITS).exists()
    expressions = [one for one in read(folder, layout.SPDX)["@graph"] if "simplelicensing_licenseExpression" in one]
    assert expressions == []
    assert "licenses" not in read(folder, layout.CYCLONEDX)["metadata"]["component"]
    assert "3 of 3 (100.0%) carry none" in (folder / layout.SUMMARY).read_text(encoding="utf-8")
