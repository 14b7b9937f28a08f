"""A draft of the public summary of training content that Article 53(1)(d) of Regulation (EU) 2024/1689 asks for.

It has the sections and the questions of the Commission's template of 24 July 2025 (C(2025) 5235), in their order and
under their titles. What the record knows of this dataset answers them; what only a person can say is marked: the
summary is of a model, and may cover more than this.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from goldloop.core.clock import iso
from goldloop.programmes.sealed.datasheet import plain, share, table
from goldloop.programmes.sealed.facts import ReleaseFacts, Source
from goldloop.programmes.sealed.rows import Streamed

Asked = Callable[..., list[str]]
"""A question of the template, and the kinds of source that answer it."""
FILL = "**[to be filled in by a person]**"
LETTERS = 4  # of a token, about
_SIZES = ((10**9, "Less than 1 billion tokens"), (10**13, "1 billion to 10 trillion tokens"))
_COMMENTS = f"- Additional comments (optional): {FILL}"


def training_summary(facts: ReleaseFacts, streamed: Streamed, *, statement: Mapping[str, Any], modality: str) -> str:
    """The Markdown document."""
    lines = [
        "# Public summary of training content for general-purpose AI models: a draft",
        "",
        f"From the record of {plain(facts.programme.title)}, {facts.name} release {facts.number}.",
        f"It covers this dataset alone. Everything marked {FILL} is not on record.",
        "",
        f"- Version of the summary, with links to earlier ones: {FILL}",
        f"- Last update: {iso(facts.sealed_at)[:10]}",
        "",
        *_general(facts, streamed, modality),
        *_sources(facts, streamed, statement, modality),
        *_processing(facts, streamed),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _general(facts: ReleaseFacts, streamed: Streamed, modality: str) -> list[str]:
    day = iso(facts.sealed_at)
    sealed = f"{day[5:7]}/{day[:4]}"
    return [
        "## 1. General information",
        "",
        "### 1.1. Provider identification",
        "",
        f"- Provider name and contact details: {FILL}",
        f"- Authorised representative name and contact details, where the provider is outside the Union: {FILL}",
        "",
        "### 1.2. Model identification",
        "",
        f"- Versioned model name(s): {FILL}",
        f"- Model dependencies: {FILL}",
        f"- Date of placement of the model on the Union market: {FILL}",
        "",
        "### 1.3. Modalities, overall training data size and other characteristics",
        "",
        *table(("Modality", "Training data size", "Types of content"), (_size(streamed, modality, facts),)),
        f"- Latest date of data acquisition/collection for model training (MM/YYYY): {FILL} (sealed in {sealed})",
        f"- Whether the model is continuously trained on new data after that date: {FILL}",
        "- Description of the linguistic characteristics of the overall training data: "
        + plain(", ".join(facts.languages) or "not declared"),
        f"- Other relevant characteristics of the overall training data: {FILL}",
        _COMMENTS,
        "",
    ]


def _sources(facts: ReleaseFacts, streamed: Streamed, statement: Mapping[str, Any], modality: str) -> list[str]:
    def of(*kinds: str | None) -> list[Source]:
        return [one for one in facts.sources_by_name() if _kind(one) in kinds]

    def asked(question: str, *kinds: str | None) -> list[str]:
        return _asked(question, of(*kinds), streamed, modality)

    return ["## 2. List of data sources", "", *_obtained(asked), *_gathered(asked), *_made(asked, statement["authors"])]


def _obtained(asked: Asked) -> list[str]:
    return [
        "### 2.1. Publicly available datasets",
        "",
        *asked("Have you used publicly available datasets to train the model?", "public"),
        f"- List of large publicly available datasets, of all that the model was trained on: {FILL}",
        f"- General description of other publicly available datasets not listed above: {FILL}",
        _COMMENTS,
        "",
        "### 2.2. Private non-publicly available datasets obtained from third parties",
        "",
        "#### 2.2.1. Datasets commercially licensed by rightsholders or their representatives",
        "",
        *asked(
            "Have you concluded transactional commercial licensing agreement(s) with rightsholder(s) or with their "
            "representatives?",
            "licensed",
        ),
        "",
        "#### 2.2.2. Private datasets obtained from other third parties",
        "",
        *asked(
            "Have you obtained private datasets from third parties that are not licensed as described in Section "
            "2.2.1, such as data obtained from providers of private databases, or data intermediaries?",
            "third_party",
        ),
        f"- List of private datasets that are publicly known: {FILL}",
        f"- General description of private datasets that are not publicly known: {FILL}",
        _COMMENTS,
        "",
    ]


def _gathered(asked: Asked) -> list[str]:
    return [
        "### 2.3. Data crawled and scraped from online sources",
        "",
        *asked("Were crawlers used by the provider or on behalf of?", "crawled"),
        f"- Crawler name(s)/identifier(s): {FILL}",
        f"- Purposes of the crawler(s): {FILL}",
        f"- General description of crawler behaviour (robots.txt, captchas, paywalls): {FILL}",
        f"- Period of data collection (MM/YYYY to MM/YYYY): {FILL}",
        f"- Comprehensive description of the type of content and online sources crawled: {FILL}",
        f"- Summary of the most relevant domain names crawled: {FILL}",
        _COMMENTS,
        "",
        "### 2.4. User data",
        "",
        "- Was data from user interactions with the AI model (e.g. user input and prompts) used to train the model? "
        + FILL,
        *asked(
            "Was data collected from user interactions with the provider's other services or products used to train "
            "the model?",
            "users",
        ),
        f"- General description of the provider's services or products that were used to collect the user data: {FILL}",
        _COMMENTS,
        "",
    ]


def _made(asked: Asked, authors: Mapping[str, Any]) -> list[str]:
    machines = ", ".join(str(one["author"]) for one in authors["machines"] if one["kind"] == "model")
    return [
        "### 2.5. Synthetic data",
        "",
        *asked(
            "Was synthetic AI-generated data created by the provider or on their behalf to train the model?",
            "synthetic",
        ),
        f"- General-purpose AI model(s) used to generate the synthetic data, if available on the market: {FILL}",
        f"- Information about other AI models used to generate synthetic data: {FILL}",
        f"- On record: models whose suggestions stand behind labels of this dataset: {plain(machines or 'none')}",
        _COMMENTS,
        "",
        "### 2.6. Other sources of data",
        "",
        *asked(
            "Have data sources other than those described in Sections 2.1 to 2.5 been used to train the model?",
            "other",
            None,
        ),
        f"- Narrative description of these data sources and the data: {FILL}",
        f"- On record: the labels of this dataset rest on judgements of {authors['people']:,} people",
        _COMMENTS,
        "",
    ]


def _asked(question: str, sources: list[Source], streamed: Streamed, modality: str) -> list[str]:
    """A question of the template with what the record answers to it, and the sources that are the answer."""
    if not sources:
        return [f"- {question} None on record for this dataset; for the rest of the model's data: {FILL}"]
    return [
        f"- {question} Yes",
        f"- Modality(ies) of the content covered: {modality}",
        "",
        *table(("source", "licence", "legal or consent basis", "rows", "remark"), _rows(sources, streamed)),
    ]


def _rows(sources: Iterable[Source], streamed: Streamed) -> Iterable[tuple[str, ...]]:
    for one in sources:
        stated = one.kind is not None or one.origin == "synthetic"
        yield (
            one.title or one.name,
            one.licence or "not on record",
            one.consent or "not on record",
            share(streamed.sources[one.name], streamed.rows.count),
            one.origin if stated else "the kind of source is not stated",
        )


def _kind(one: Source) -> str | None:
    return "synthetic" if one.kind is None and one.origin == "synthetic" else one.kind


def _size(streamed: Streamed, modality: str, facts: ReleaseFacts) -> tuple[str, str, str]:
    if modality != "text":
        return modality, f"{streamed.rows.count:,} rows", FILL
    tokens = streamed.letters // LETTERS
    band = next((word for below, word in _SIZES if tokens < below), "More than 10 trillion tokens")
    return "Text", f"{band} (about {tokens:,}, at {LETTERS} letters a token)", facts.programme.title


def _processing(facts: ReleaseFacts, streamed: Streamed) -> list[str]:
    total = streamed.rows.count
    unknown = streamed.licences.get("", 0)
    return [
        "## 3. Data processing aspects",
        "",
        "### 3.1. Respect of reservation of rights from text and data mining exception or limitation",
        "",
        (
            "- Are you a Signatory to the Code of Practice for general-purpose AI models that includes commitments to "
            f"respect reservations of rights from the TDM exception or limitation? {FILL}"
        ),
        (
            "- Measures implemented before model training to respect reservations of rights from the TDM exception or "
            f"limitation before and during data collection, including the opt-out protocols honoured: {FILL}"
        ),
        f"- On record: {share(total - unknown, total)} rows carry a licence; {share(unknown, total)} carry none.",
        _COMMENTS,
        "",
        "### 3.2. Removal of illegal content",
        "",
        f"- General description of measures taken: {FILL}",
        "",
        "### 3.3. Other information (optional)",
        "",
        f"- Rights holder of the dataset: {plain(facts.rights.holder or 'not on record')}",
        f"- Contact: {plain(facts.rights.contact or 'not on record')}",
        f"- Other relevant information about data processing: {FILL}",
    ]
