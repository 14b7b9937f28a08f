"""A draft of the public summary of training content that Article 53(1)(d) of Regulation (EU) 2024/1689 asks for.

It follows the sections of the template that the AI Office published in July 2025. What the record knows of this
dataset stands in it; what only a person can say is marked: the summary is of a model, and may cover more than this.
"""

from collections.abc import Mapping
from typing import Any

from goldloop.core.clock import iso
from goldloop.programmes.release.datasheet import plain, share, table
from goldloop.programmes.release.facts import ReleaseFacts, Source
from goldloop.programmes.release.rows import Streamed

FILL = "**[to be filled in by a person]**"
LETTERS = 4  # of a token, about
_SIZES = ((10**9, "less than 1 billion tokens"), (10**13, "1 billion to 10 trillion tokens"))
_SECTIONS = (
    ("2.1 Publicly available datasets", ("public",)),
    ("2.2.1 Datasets commercially licensed by rightsholders or their representatives", ("licensed",)),
    ("2.2.2 Private datasets obtained from other third parties", ("third_party",)),
    ("2.3 Data crawled and scraped from online sources", ("crawled",)),
    ("2.4 User data", ("users",)),
    ("2.5 Synthetic data", ("synthetic",)),
    ("2.6 Other sources of data", ("other", None)),
)


def training_summary(facts: ReleaseFacts, streamed: Streamed, *, statement: Mapping[str, Any], modality: str) -> str:
    """The Markdown document."""
    lines = [
        "# Public summary of training content: a draft",
        "",
        f"From the record of {plain(facts.programme.title)}, {facts.name} release {facts.number}.",
        f"It covers this dataset alone. Everything marked {FILL} is not on record.",
        "",
        "## 1. General information",
        "",
        "### 1.1 Provider identification",
        "",
        f"- Provider name and contact details: {FILL}",
        f"- Authorised representative: {FILL}",
        "",
        "### 1.2 Model identification",
        "",
        f"- Versioned model names: {FILL}",
        f"- Model dependencies: {FILL}",
        f"- Date of placement of the model on the Union market: {FILL}",
        "",
        "### 1.3 Modalities, overall size and other characteristics of the training data",
        "",
        *table(("modality", "size", "types of content"), (_size(streamed, modality, facts),)),
        f"- Latest date of acquisition or collection: {FILL} (the record was sealed on {iso(facts.sealed_at)[:10]})",
        f"- Languages: {plain(', '.join(facts.languages) or 'not declared')}",
        f"- Other relevant characteristics: {FILL}",
        "",
        "## 2. List of data sources",
        "",
    ]
    for title, kinds in _SECTIONS:
        lines += _section(title, [one for one in facts.sources_by_name() if _kind(one) in kinds], streamed)
    machines = [one for one in statement["authors"]["machines"] if one["kind"] == "model"]
    if machines:
        lines += [
            "Models whose suggestions stand behind labels of this dataset: "
            + plain(", ".join(str(one["author"]) for one in machines)),
            "",
        ]
    return "\n".join([*lines, *_processing(facts, streamed)]).rstrip() + "\n"


def _kind(one: Source) -> str | None:
    return "synthetic" if one.kind is None and one.origin == "synthetic" else one.kind


def _section(title: str, sources: list[Source], streamed: Streamed) -> list[str]:
    lines = [f"### {title}", ""]
    if not sources:
        return [*lines, f"None on record for this dataset; for the rest of the model's data: {FILL}", ""]
    cells = (
        (
            one.title or one.name,
            one.licence or "not on record",
            one.consent or "not on record",
            share(streamed.sources[one.name], streamed.rows.count),
            "the kind of source is not stated" if one.kind is None and one.origin != "synthetic" else one.origin,
        )
        for one in sources
    )
    return [
        *lines,
        *table(("source", "licence", "legal or consent basis", "rows", "remark"), cells),
        f"Description: {FILL}",
        "",
    ]


def _size(streamed: Streamed, modality: str, facts: ReleaseFacts) -> tuple[str, str, str]:
    if modality != "text":
        return modality, f"{streamed.rows.count:,} rows", FILL
    tokens = streamed.letters // LETTERS
    band = next((word for below, word in _SIZES if tokens < below), "more than 10 trillion tokens")
    return "text", f"{band} (about {tokens:,}, at {LETTERS} letters a token)", facts.programme.title


def _processing(facts: ReleaseFacts, streamed: Streamed) -> list[str]:
    total = streamed.rows.count
    unknown = streamed.licences.get("", 0)
    return [
        "## 3. Data processing aspects",
        "",
        "### 3.1 Respect of reservation of rights from the text and data mining exception or limitation",
        "",
        f"- Measures before and during collection: {FILL}",
        f"- On record: {share(total - unknown, total)} rows carry a licence; {share(unknown, total)} carry none.",
        "",
        "### 3.2 Removal of illegal content",
        "",
        f"- Measures taken: {FILL}",
        "",
        "### 3.3 Other information (optional)",
        "",
        f"- Rights holder of the dataset: {plain(facts.rights.holder or 'not on record')}",
        f"- Contact: {plain(facts.rights.contact or 'not on record')}",
        f"- {FILL}",
    ]
