"""The release as an SPDX 3.0.1 bill in JSON-LD: the dataset, where it came from, its files, licences and machines.

Source: https://spdx.github.io/spdx-spec/v3.0.1/ (profiles core, software, dataset and simple licensing).
"""

from collections.abc import Iterable, Mapping
from typing import Any

from goldloop.core.clock import iso
from goldloop.core.licence import all_of, as_licence
from goldloop.programmes.release.facts import ReleaseFacts
from goldloop.programmes.release.rows import Streamed

CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld"
VERSION = "3.0.1"
_CREATION = "_:creation"
_NO_ASSERTION = "https://spdx.org/rdf/3.0.1/terms/Licensing/NoAssertion"
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
    base = f"urn:goldloop:{facts.release_id}#"
    sealed, kind = iso(facts.sealed_at)[:19] + "Z", _TYPES.get(modality, "other")
    organisation = _element(base, "Organization", "organisation", name=facts.programme.organisation)
    dataset = _element(
        base,
        "dataset_DatasetPackage",
        "dataset",
        name=f"{facts.programme.name}-{facts.name}",
        summary=summary,
        software_packageVersion=str(facts.number),
        software_primaryPurpose="data",
        software_downloadLocation=f"urn:goldloop:{facts.release_id}",
        originatedBy=[organisation["spdxId"]],
        builtTime=sealed,
        releaseTime=sealed,
        dataset_datasetType=[kind],
        dataset_datasetSize=streamed.rows.count,
        dataset_dataCollectionProcess=_collected(facts),
        dataset_dataPreprocessing=[f"labelled under {facts.ontology.name} release {facts.ontology.number}"],
        dataset_hasSensitivePersonalInformation="noAssertion",
    )
    held = [
        _element(
            base,
            "software_File",
            f"file-{n}",
            name=path,
            verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": files[path]["sha256"]}],
            software_primaryPurpose="data",
        )
        for n, path in enumerate(path for path in files if path in _MAIN or path.startswith("splits/"))
    ]
    sources = [_source(base, n, one, kind) for n, one in enumerate(facts.sources_by_name())]
    parents = [
        _element(
            base,
            "dataset_DatasetPackage",
            f"parent-{n}",
            name=f"{facts.programme.name}-{one.name}",
            software_packageVersion=str(one.number),
            verifiedUsing=[{"type": "Hash", "algorithm": "sha256", "hashValue": one.digest}],
            dataset_datasetType=[kind],
        )
        for n, one in enumerate(facts.parents)
    ]
    machines = [
        _element(base, "ai_AIPackage", f"machine-{n}", name=one["name"], software_packageVersion=one.get("version"))
        for n, one in enumerate(one for one in statement["authors"]["machines"] if one["kind"] == "model")
    ]
    relations = [
        *_relations(base, "contains", dataset, held),
        *_relations(base, "descendantOf", dataset, [*parents, *sources]),
        *_relations(base, "usesTool", dataset, machines),
    ]
    whole = all_of(sorted(one for one in streamed.licences if one))
    under = [(dataset, whole), *((one, None) for one in parents)]
    under += [(one, said.licence) for one, said in zip(sources, facts.sources_by_name(), strict=True)]
    licences = {
        text: _element(
            base,
            "simplelicensing_LicenseExpression",
            f"licence-{n}",
            simplelicensing_licenseExpression=as_licence(text),
        )
        for n, text in enumerate(sorted({text for _, text in under if text is not None}))
    }
    for element, text in under:
        to = licences[text] if text is not None else {"spdxId": _NO_ASSERTION}
        for relation in ("hasDeclaredLicense", "hasConcludedLicense"):
            relations += _relations(base, relation, element, [to])
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
        "created": sealed,
        "createdBy": [organisation["spdxId"]],
    }
    return {"@context": CONTEXT, "@graph": [creation, document, *everything]}


def _element(base: str, kind: str, key: str, /, **parts: Any) -> dict[str, Any]:
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


def _source(base: str, n: int, one: Any, kind: str) -> dict[str, Any]:
    return _element(
        base,
        "dataset_DatasetPackage",
        f"source-{n}",
        name=one.name,
        summary=one.title or None,
        dataset_datasetType=[kind],
        dataset_datasetSize=one.items,
        comment="; ".join(f"{what}: {said}" for what, said in one.told()) or None,
    )


def _collected(facts: ReleaseFacts) -> str:
    named = ", ".join(one.title or one.name for one in facts.rights.sources)
    return f"taken in from {named}" if named else "not on record"
