"""The release as a CycloneDX 1.6 bill in JSON: the dataset and its governance, its sources, and the models in it.

Source: https://cyclonedx.org/docs/1.6/json/ (component types `data` and `machine-learning-model`).
"""

import uuid
from collections.abc import Mapping
from typing import Any

from goldloop import __version__
from goldloop.core.clock import iso
from goldloop.core.licence import all_of
from goldloop.programmes.sealed.facts import Parent, ReleaseFacts, Source
from goldloop.programmes.sealed.rows import Streamed

VERSION = "1.6"


def cyclonedx(
    facts: ReleaseFacts,
    streamed: Streamed,
    *,
    statement: Mapping[str, Any],
    files: Mapping[str, Mapping[str, Any]],
    summary: str,
) -> dict[str, Any]:
    """The document."""
    dataset = _dataset(facts, streamed, files, summary)
    models = [one for one in statement["authors"]["machines"] if one["kind"] == "model"]
    components = [
        *(_source(one) for one in facts.sources_by_name()),
        *(_parent(one, facts.programme.name) for one in facts.parents),
        *(_machine(one) for one in models),
    ]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{facts.release_id}:{facts.sealed_at}')}",
        "version": 1,
        "metadata": {
            "timestamp": iso(facts.sealed_at)[:19] + "Z",
            "tools": {"components": [{"type": "application", "name": "goldloop", "version": __version__}]},
            "manufacturer": {"name": facts.programme.organisation},
            "component": dataset,
        },
        "components": components,
        "dependencies": [
            {"ref": dataset["bom-ref"], "dependsOn": [one["bom-ref"] for one in components]},
            *({"ref": one["bom-ref"]} for one in components),
        ],
    }


def _dataset(
    facts: ReleaseFacts, streamed: Streamed, files: Mapping[str, Mapping[str, Any]], summary: str
) -> dict[str, Any]:
    licence = all_of(sorted(one for one in streamed.licences if one))
    counts = {"rows": streamed.rows.count, **{f"split.{name}.rows": rows for name, rows in streamed.splits.items()}}
    return {
        "type": "data",
        "bom-ref": f"dataset:{facts.release_id}",
        "name": f"{facts.programme.name}-{facts.name}",
        "version": str(facts.number),
        "description": summary,
        **({"licenses": [{"expression": licence}]} if licence else {}),
        "hashes": [{"alg": "SHA-256", "content": files["data/rows.jsonl"]["sha256"]}],
        "data": [
            {
                "type": "dataset",
                "name": facts.name,
                "contents": {
                    "url": "data/rows.jsonl",
                    "properties": [{"name": name, "value": str(count)} for name, count in counts.items()],
                },
                "governance": {
                    "custodians": [{"organization": {"name": facts.programme.organisation}}],
                    "stewards": [{"contact": {"name": facts.accountable}}],
                    "owners": [{"organization": {"name": facts.rights.holder or facts.programme.organisation}}],
                },
            }
        ],
    }


def _parent(one: Parent, programme: str) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": f"release:{one.id}",
        "name": f"{programme}-{one.name}",
        "version": str(one.number),
        "hashes": [{"alg": "SHA-256", "content": one.digest}],
    }


def _machine(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "type": "machine-learning-model",
        "bom-ref": f"machine:{one['author']}",
        "name": one["name"],
        **({"version": one["version"]} if one.get("version") else {}),
        "description": f"made {one['judgements']:,} judgements that stand behind the rows",
    }


def _source(one: Source) -> dict[str, Any]:
    return {
        "type": "data",
        "bom-ref": f"source:{one.name}",
        "name": one.name,
        **({"description": one.title} if one.title else {}),
        **({"licenses": [{"expression": all_of([one.licence])}]} if one.licence else {}),
        "data": [
            {
                "type": "dataset",
                "name": one.name,
                **({"governance": {"owners": [{"contact": {"name": one.contact}}]}} if one.contact else {}),
            }
        ],
        "properties": [
            {"name": f"goldloop:{what}", "value": said} for what, said in (*one.told(), ("items", str(one.items)))
        ],
    }
