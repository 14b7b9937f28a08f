"""The release as an SPDX 3.0.1 bill in JSON-LD: the dataset, where it came from, its files, licences and machines.

Source: https://spdx.github.io/spdx-spec/v3.0.1/ (profiles core, software, dataset and simple licensing).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from goldloop.core.clock import iso
from goldloop.core.licence import all_of, as_licence
from goldloop.programmes.sealed.facts import Parent, ReleaseFacts, Source
from goldloop.programmes.sealed.rows import Streamed

Element = dict[str, Any]
CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
VERSION = "3.0.1"
_CREATION = "_:creation"
_NO_ASSERTION = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"
_TYPES = {"text": "text", "image": "image", "audio": "audio", "video": "video", "tabular": "structured"}
_MAIN = ("data/rows.jsonl", "lineage/judgements.jsonl", "ontology.json", "guidelines.md", "programme.yaml")


def spdx(
    facts: ReleaseFacts,
    streamed: Streamed,
    *,
    statement: Mapping[str, Any],
    files: Mapping[str, Mapping[str, Any]],
    summary: str,
    modality: str,
) -> dict[str, Any]:
    """The document."""
    base, kind = f"urn:goldloop:{facts.release_id}#", _TYPES.get(modality, "other")
    organisation = _element(base, "Organization", "organisation", name=facts.programme.organisation)
    dataset = _dataset(base, facts, streamed, kind, summary=summary, by=organisation)
    held = _files(base, files)
    sources = [_source(base, n, one) for n, one in enumerate(facts.sources_by_name())]
    parents = [_parent(base, n, facts, one) for n, one in enumerate(facts.parents)]
    machines = [
        _package(base, f"machine-{n}", "model", name=one["name"], software_packageVersion=one.get("version"))
        for n, one in enumerate(one for one in statement["authors"]["machines"] if one["kind"] == "model")
    ]
    under = [(dataset, all_of(sorted(one for one in streamed.licences if one)))]
    under += [(one, None) for one in parents]
    under += [(one, said.licence) for one, said in zip(sources, facts.sources_by_name(), strict=True)]
    licences = _licences(base, {text for _, text in under if text is not None})
    relations = [
        *_relations(base, "contains", dataset, held),
        *_relations(base, "descendantOf", dataset, [*parents, *sources]),
        *_relations(base, "usesTool", dataset, machines),
        *_licensed(base, under, licences),
    ]
    everything = [organisation, dataset, *held, *licences.values(), *sources, *parents, *machines, *relations]
    document = _element(
        base,
        "SpdxDocument",
        "document",
        name=f"{facts.programme.title}: {facts.name} release {facts.number}",
        profileConformance=["core", "software", "dataset", "simpleLicensing"],
        rootElement=[dataset["spdxId"]],
        element=[one["spdxId"] for one in everything],
    )
    creation = {
        "type": "CreationInfo",
        "@id": _CREATION,
        "specVersion": VERSION,
        "created": _sealed(facts),
        "createdBy": [organisation["spdxId"]],
    }
    return {"@context": CONTEXT, "@graph": [creation, document, *everything]}


def _sealed(facts: ReleaseFacts) -> str:
    """When the release was sealed, to the second, as SPDX has times."""
    return iso(facts.sealed_at)[:19] + "Z"


def _dataset(base: str, facts: ReleaseFacts, streamed: Streamed, kind: str, *, summary: str, by: Element) -> Element:
    """The release itself."""
    return _element(
        base,
        "dataset_DatasetPackage",
        "dataset",
        name=f"{facts.programme.name}-{facts.name}",
        summary=summary,
        software_packageVersion=str(facts.number),
        software_primaryPurpose="data",
        software_downloadLocation=f"urn:goldloop:{facts.release_id}",
        originatedBy=[by["spdxId"]],
        builtTime=_sealed(facts),
        releaseTime=_sealed(facts),
        dataset_datasetType=[kind],
        dataset_datasetSize=streamed.rows.count,
        dataset_dataCollectionProcess=_collected(facts),
        dataset_dataPreprocessing=[f"labelled under {facts.ontology.name} release {facts.ontology.number}"],
        dataset_hasSensitivePersonalInformation="noAssertion",
    )


def _files(base: str, files: Mapping[str, Mapping[str, Any]]) -> list[Element]:
    """The files that hold the data, by what they are in the manifest."""
    return [
        _element(
            base,
            "software_File",
            f"file-{n}",
            name=path,
            verifiedUsing=[_sha256(files[path]["sha256"])],
            software_primaryPurpose="data",
        )
        for n, path in enumerate(path for path in files if path in _MAIN or path.startswith("splits/"))
    ]


def _package(base: str, key: str, purpose: str, /, **parts: Any) -> Element:
    """Something of which less is on record than a profile of its own would ask for."""
    return _element(base, "software_Package", key, software_primaryPurpose=purpose, **parts)


def _parent(base: str, n: int, facts: ReleaseFacts, one: Parent) -> Element:
    """A release that this one was made after."""
    return _package(
        base,
        f"parent-{n}",
        "data",
        name=f"{facts.programme.name}-{one.name}",
        software_packageVersion=str(one.number),
        verifiedUsing=[_sha256(one.digest)],
        comment=f"withdrawn: {one.withdrawn}" if one.withdrawn else None,
    )


def _sha256(digest: str) -> dict[str, str]:
    return {"type": "Hash", "algorithm": "sha256", "hashValue": digest}


def _licences(base: str, texts: Iterable[str]) -> dict[str, Element]:
    """Every licence expression once."""
    return {
        text: _element(
            base,
            "simplelicensing_LicenseExpression",
            f"licence-{n}",
            simplelicensing_licenseExpression=as_licence(text),
        )
        for n, text in enumerate(sorted(texts))
    }


def _licensed(
    base: str, under: Iterable[tuple[Element, str | None]], licences: Mapping[str, Element]
) -> list[dict[str, Any]]:
    """Which licence everything is under; where none is on record, that nothing is asserted."""
    out: list[dict[str, Any]] = []
    for element, text in under:
        to = licences[text] if text is not None else {"spdxId": _NO_ASSERTION}
        for relation in ("hasDeclaredLicense", "hasConcludedLicense"):
            out += _relations(base, relation, element, [to])
    return out


def _element(base: str, kind: str, key: str, /, **parts: Any) -> Element:
    known = {part: value for part, value in parts.items() if value is not None}
    return {"type": kind, "spdxId": base + key, "creationInfo": _CREATION, **known}


def _relations(
    base: str, kind: str, one: Mapping[str, Any], others: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    to = [other["spdxId"] for other in others]
    if not to:
        return []
    name = f"{one['spdxId'].rpartition('#')[2]}-{kind}"
    return [{**_element(base, "Relationship", name), "from": one["spdxId"], "relationshipType": kind, "to": to}]


def _source(base: str, n: int, one: Source) -> Element:
    told = (*one.told(), ("items", str(one.items)))
    comment = "; ".join(f"{what}: {said}" for what, said in told)
    return _package(base, f"source-{n}", "data", name=one.name, summary=one.title or None, comment=comment)


def _collected(facts: ReleaseFacts) -> str:
    named = ", ".join(one.title or one.name for one in facts.rights.sources)
    return f"taken in from {named}" if named else "not on record"
