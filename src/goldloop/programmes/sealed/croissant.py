"""Croissant 1.0 metadata of a release: what machines need to load it (http://mlcommons.org/croissant/1.0)."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from goldloop.core.clock import iso
from goldloop.core.spdx import LICENCES
from goldloop.programmes.sealed.facts import ReleaseFacts, Source
from goldloop.programmes.sealed.layout import ROWS, SPLITS
from goldloop.programmes.sealed.rows import Streamed

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
    "licence": "the licence of the row: an SPDX expression that holds for it and for everything it was made from",
    "sources": "where the row came from, see the record set `sources`",
}
SOURCE = ("name", "title", "licence", "origin", "kind", "consent", "residency", "retention", "contact", "items")


def croissant(
    facts: ReleaseFacts, streamed: Streamed, *, files: Mapping[str, Mapping[str, Any]], summary: str
) -> dict[str, Any]:
    """The JSON-LD document."""
    splits, sources = {name: rows for name, rows in streamed.splits.items() if rows}, facts.sources_by_name()
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
            _file("rows", ROWS, files[ROWS]),
            *(_file(f"split-{name}", f"{SPLITS}/{name}.jsonl", files[f"{SPLITS}/{name}.jsonl"]) for name in splits),
        ],
        "recordSet": [
            {
                "@type": "cr:RecordSet",
                "@id": "row",
                "name": "row",
                "description": f"One labelled item a row, {streamed.rows.count:,} rows.",
                "key": {"@id": "row/item_id"},
                "field": _fields(streamed, split=bool(splits)),
            },
            *(
                [_record_set("splits", "cr:Split", ("name", "rows"), [(name, splits[name]) for name in splits])]
                if splits
                else []
            ),
            *([_record_set("sources", None, SOURCE, [_source(one) for one in sources])] if sources else []),
        ],
    }
    if facts.languages:
        document["inLanguage"] = list(facts.languages)
    return document


def _licence(facts: ReleaseFacts, streamed: Streamed) -> str | list[str]:
    """The licences that rows carry, else that of the release, else that none is on record; by address where known."""
    named = sorted(licence for licence in streamed.licences if licence)
    found = [_address(one) for one in named or [facts.rights.licence or "no licence on record"]]
    return found[0] if len(found) == 1 else found


def _address(licence: str) -> str:
    return f"https://spdx.org/licenses/{licence}.html" if licence in LICENCES else licence


def _file(key: str, path: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": key,
        "name": path.rpartition("/")[2],
        "contentUrl": path,
        "contentSize": f"{entry['size']} B",
        "encodingFormat": "application/jsonlines",
        "sha256": entry["sha256"],
    }


def _record_set(
    name: str, kind: str | None, columns: Sequence[str], rows: Sequence[tuple[str | int, ...]]
) -> dict[str, Any]:
    """A table that stands in the document itself."""
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        **({"dataType": kind} if kind else {}),
        "key": {"@id": f"{name}/{columns[0]}"},
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{name}/{column}",
                "name": column,
                "dataType": "sc:Integer" if all(isinstance(row[n], int) for row in rows) else "sc:Text",
            }
            for n, column in enumerate(columns)
        ],
        "data": [{f"{name}/{column}": row[n] for n, column in enumerate(columns)} for row in rows],
    }


def _source(one: Source) -> tuple[str | int, ...]:
    told = dict(one.told())
    return one.name, one.title, one.licence or "", *(told.get(what, "") for what in SOURCE[3:-1]), one.items


def _fields(streamed: Streamed, *, split: bool) -> list[dict[str, Any]]:
    fixed = _FIXED | ({"split": "the split that the row is in, see the record set `splits`"} if split else {})
    fields = [_field(name, "sc:Text", meaning, {"column": name}) for name, meaning in fixed.items()]
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
