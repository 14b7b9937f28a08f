"""The release as a CycloneDX 1.6 bill in JSON: the dataset and its governance, its sources, and the models in it.

Source: https://cyclonedx.org/docs/1.6/json/ (component types `data` and `machine-learning-model`).
"""

import uuid
from collections.abc import Mapping
from typing import Any

from goldloop import __version__
from goldloop.core.clock import iso
from goldloop.core.licence import all_of
from goldloop.programmes.sealed.facts import ReleaseFacts, Source
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
    dataset, holder = f"dataset:{facts.release_id}", facts.rights.holder or facts.programme.organisation
    licence = all_of(sorted(one for one in streamed.licences if one))
    sources = [_source(one) for one in facts.sources_by_name()]
    parents = [
        {
            "type": "data",
            "bom-ref": f"release:{one.id}",
            "name": f"{facts.programme.name}-{one.name}",
            "version": str(one.number),
            "hashes": [{"alg": "SHA-256", "content": one.digest}],
        }
        for one in facts.parents
    ]
    machines = [
        {
            "type": "machine-learning-model",
            "bom-ref": f"machine:{one['author']}",
            "name": one["name"],
            **({"version": one["version"]} if one.get("version") else {}),
            "description": f"made {one['judgements']:,} judgements that stand behind the rows",
        }
        for one in statement["authors"]["machines"]
        if one["kind"] == "model"
    ]
    components = [*sources, *parents, *machines]
    contents = [{"name": f"split.{name}.rows", "value": str(rows)} for name, rows in streamed.splits.items()]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": VERSION,
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{facts.release_id}:{facts.sealed_at}')}",
        "version": 1,
        "metadata": {
            "timestamp": iso(facts.sealed_at)[:19] + "Z",
            "tools": {"components": [{"type": "application", "name": "goldloop", "version": __version__}]},
            "manufacturer": {"name": facts.programme.organisation},
            "component": {
                "type": "data",
                "bom-ref": dataset,
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
                            "properties": [{"name": "rows", "value": str(streamed.rows.count)}, *contents],
                        },
                        "governance": {
                            "custodians": [{"organization": {"name": facts.programme.organisation}}],
                            "stewards": [{"contact": {"name": facts.accountable}}],
                            "owners": [{"organization": {"name": holder}}],
                        },
                    }
                ],
            },
        },
        "components": components,
        "dependencies": [
            {"ref": dataset, "dependsOn": [one["bom-ref"] for one in components]},
            *({"ref": one["bom-ref"]} for one in components),
        ],
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
