"""Croissant 1.0 metadata of a release: what machines need to load it (http://mlcommons.org/croissant/1.0)."""

from collections import Counter, defaultdict
from typing import Any

from goldloop.core.clock import iso
from goldloop.programmes.release.facts import ReleaseFacts
from goldloop.programmes.release.layout import ROWS
from goldloop.programmes.release.rows import Streamed

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_SCALARS = {"str": "sc:Text", "bool": "sc:Boolean", "int": "sc:Integer", "float": "sc:Float"}
_FIXED = {
    "item_id": "public id of the item",
    "external_id": "id of the item where it came from",
    "batch": "public id of the batch that the item was decided in",
    "decided_by": "how the label was decided",
    "answer": "the accepted answer in the task's form, labels by id (see ontology.json)",
}


def croissant(facts: ReleaseFacts, streamed: Streamed, *, rows_file: dict[str, Any], summary: str) -> dict[str, Any]:
    """The JSON-LD document."""
    document: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": f"{facts.programme.name}-{facts.name}",
        "description": summary,
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "version": f"{facts.number}.0.0",
        "datePublished": iso(facts.sealed_at)[:10],
        "dateCreated": iso(facts.sealed_at)[:10],
        "creator": {"@type": "sc:Organization", "name": facts.programme.organisation},
        "license": _licence(facts, streamed),
        "url": f"urn:goldloop:{facts.release_id}",
        "citeAs": f"{facts.programme.title}: {facts.name}, release {facts.number} ({iso(facts.sealed_at)[:4]})",
        "isLiveDataset": False,
        "distribution": [
            {
                "@type": "cr:FileObject",
                "@id": "rows",
                "name": "rows.jsonl",
                "contentUrl": ROWS,
                "contentSize": f"{rows_file['size']} B",
                "encodingFormat": "application/jsonlines",
                "sha256": rows_file["sha256"],
            }
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "row",
                "name": "row",
                "description": f"One labelled item a row, {streamed.rows.count:,} rows.",
                "key": {"@id": "row/item_id"},
                "field": _fields(streamed),
            }
        ],
    }
    if facts.languages:
        document["inLanguage"] = list(facts.languages)
    return document


def _licence(facts: ReleaseFacts, streamed: Streamed) -> str:
    """The licence of the release, else those its rows carry, else that none is on record."""
    named = sorted(licence for licence in streamed.licences if licence)
    return facts.rights.licence or " and ".join(named) or "no licence on record"


def _fields(streamed: Streamed) -> list[dict[str, Any]]:
    fields = [_field(name, "sc:Text", meaning, {"column": name}) for name, meaning in _FIXED.items()]
    return fields + [
        _field(f"body/{key}", kind, f"`{key}` of the item's body", {"column": "body", "path": key})
        for key, kind in sorted(_body_columns(streamed.columns, streamed.rows.count).items())
    ]


def _field(name: str, kind: str, meaning: str, extract: dict[str, str]) -> dict[str, Any]:
    path = extract.pop("path", None)
    source: dict[str, Any] = {"fileObject": {"@id": "rows"}, "extract": extract}
    if path is not None:
        source["transform"] = {"jsonPath": f"$.{path}"}
    return {
        "@type": "cr:Field",
        "@id": f"row/{name}",
        "name": name.replace("/", "_"),
        "description": meaning,
        "dataType": kind,
        "source": source,
    }


def _body_columns(columns: Counter[tuple[str, str]], rows: int) -> dict[str, str]:
    """Body keys that every row has with one plain type: the ones that make a column."""
    types: dict[str, set[str]] = defaultdict(set)
    for (key, kind), n in columns.items():
        types[key].add(kind if n == rows else "")
    return {
        key: _SCALARS[next(iter(kinds))]
        for key, kinds in types.items()
        if len(kinds) == 1 and kinds <= _SCALARS.keys() and key.isidentifier()
    }
