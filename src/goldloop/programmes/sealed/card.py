"""The README of a release folder: a dataset card that loads the rows and says in one screen what they are."""

from collections.abc import Mapping
from typing import Any

import yaml

from goldloop.programmes.sealed.authorship import WAYS, WORDS
from goldloop.programmes.sealed.datasheet import plain, share
from goldloop.programmes.sealed.facts import ReleaseFacts
from goldloop.programmes.sealed.layout import DATASHEET, ROWS, SPLITS
from goldloop.programmes.sealed.rows import Streamed

_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))


def summary(facts: ReleaseFacts, streamed: Streamed, statement: Mapping[str, Any]) -> str:
    """What the release is, in two or three sentences."""
    first = facts.description.strip() or f"{streamed.rows.count:,} labelled rows of {facts.programme.title}."
    return f"{first} {statement['simulation']['says']}"


def _files(streamed: Streamed) -> list[dict[str, str]]:
    """Which file is which split; a release without splits is all for training."""
    if not any(streamed.splits.values()):
        return [{"split": "train", "path": ROWS}]
    return [{"split": name, "path": f"{SPLITS}/{name}.jsonl"} for name, rows in streamed.splits.items() if rows]


def card(facts: ReleaseFacts, streamed: Streamed, *, statement: Mapping[str, Any]) -> str:
    """Markdown with the YAML head that dataset hubs read."""
    total = streamed.rows.count
    head: dict[str, Any] = {
        "pretty_name": f"{facts.programme.title}: {facts.name} release {facts.number}",
        "configs": [{"config_name": "default", "data_files": _files(streamed)}],
        "size_categories": [next((word for below, word in _SIZES if total < below), "n>1M")],
        "license": "other",
        "license_name": facts.rights.licence or "not-on-record",
    }
    if facts.languages:
        head["language"] = list(facts.languages)
    ways = [
        f"- {share(statement['authorship'][way]['rows'], total)} {WORDS[way]}"
        for way in WAYS
        if statement["authorship"][way]["rows"]
    ]
    lines = [
        "---",
        yaml.safe_dump(head, sort_keys=False, allow_unicode=True).rstrip(),
        "---",
        "",
        f"# {plain(head['pretty_name'])}",
        "",
        plain(summary(facts, streamed, statement)),
        "",
        *ways,
        "",
        f"[{DATASHEET}]({DATASHEET}) says who labelled it, how well, and under which terms.",
        "The folder is sealed: any change to any file shows.",
        "",
        f"    goldloop release verify . --key {statement['signer']}",
        "",
    ]
    return "\n".join(lines)
