"""The datasheet of a release, written from the record: what it is, who labelled it, how well, and its terms.

Sections follow "Datasheets for Datasets" (Gebru et al., 2021). Shares of rows are counted over every row, so they have
no interval; measured values carry theirs.
"""

import html
from collections.abc import Iterable, Mapping
from typing import Any

from goldloop.core.clock import iso
from goldloop.core.nouns import Evidence
from goldloop.core.ontology import Ontology
from goldloop.core.policy import Clause
from goldloop.programmes.sealed.authorship import WAYS, WORDS
from goldloop.programmes.sealed.facts import ReleaseFacts
from goldloop.programmes.sealed.rows import Streamed

_LABELS_SHOWN = 200


def plain(value: object) -> str:
    """Text that stays text inside a Markdown line or table cell."""
    text = html.escape(" ".join(str(value).split()), quote=False)
    return "".join("\\" + letter if letter in "\\`*_[]|#" else letter for letter in text)


def share(part: int, whole: int) -> str:
    """A count with its denominator."""
    return f"{part:,} of {whole:,} ({part / whole:.1%})" if whole else f"{part:,} of 0"


def table(head: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> list[str]:
    """A Markdown table; cells are escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return [*lines, *("| " + " | ".join(plain(cell) for cell in row) + " |" for row in rows), ""]


def datasheet(
    facts: ReleaseFacts,
    streamed: Streamed,
    *,
    statement: Mapping[str, Any],
    ontology: Ontology,
    withheld: Mapping[str, int],
) -> str:
    """The Markdown document. `statement` is the certificate's predicate: both say the same because one feeds both.

    `withheld`: rows that were left out, by the reason.
    """
    sections = [
        _opening(facts, streamed, statement),
        _composition(facts, streamed, ontology),
        _splits(facts, streamed),
        _labelling(streamed, statement),
        _quality(statement, facts.evidence, hidden=statement["evidence"]),
        _rights(facts, streamed, withheld),
        _lineage(facts, statement),
    ]
    return "\n".join(line for section in sections for line in section).rstrip() + "\n"


def guidelines(clauses: Iterable[Clause]) -> str:
    """The guidelines in force, clause by clause, as Markdown."""
    lines = ["# Guidelines", ""]
    for clause in clauses:
        about = f" (label {plain(clause.label)})" if clause.label else ""
        lines += [f"## {plain(clause.id)} {plain(clause.title)}{about}", ""]
        if clause.text:
            lines += [clause.text, ""]
        lines += [f"- do: {plain(example)}" for example in clause.do]
        lines += [f"- do not: {plain(example)}" for example in clause.dont]
        lines += [""] if clause.do or clause.dont else []
    return "\n".join(lines) + ("" if len(lines) > 2 else "No guidelines were in force.\n")


def _opening(facts: ReleaseFacts, streamed: Streamed, statement: Mapping[str, Any]) -> list[str]:
    programme = facts.programme
    return [
        f"# Datasheet: {plain(programme.title)}, {facts.name} release {facts.number}",
        "",
        *([plain(facts.description), ""] if facts.description else []),
        f"**{plain(statement['simulation']['says'])}**",
        "",
        f"- Programme: {plain(programme.name)} of {plain(programme.organisation)}",
        f"- Accountable: {plain(facts.accountable)}",
        f"- Sealed: {iso(facts.sealed_at)} by {plain(facts.sealed_by)}",
        f"- Rows: {streamed.rows.count:,}; judgements behind them: {streamed.judgements.count:,}",
        f"- Languages: {plain(', '.join(facts.languages) or 'not declared')}",
        "",
    ]


def _composition(facts: ReleaseFacts, streamed: Streamed, ontology: Ontology) -> list[str]:
    total = streamed.rows.count
    names = {batch.id: f"{batch.name} ({batch.purpose})" for batch in facts.batches}
    shown = streamed.labels.most_common(_LABELS_SHOWN)
    rest = len(streamed.labels) - len(shown)
    return [
        "## Composition",
        "",
        f"Labels come from {plain(facts.ontology.name)}, release {facts.ontology.number}. A row may carry several.",
        "",
        *table(("label", "rows"), ((ontology.name_of(label), share(n, total)) for label, n in shown)),
        *([f"{rest} rarer labels are not shown.", ""] if rest else []),
        *table(
            ("batch", "rows"), ((names.get(key, key), share(n, total)) for key, n in streamed.batches.most_common())
        ),
    ]


def _splits(facts: ReleaseFacts, streamed: Streamed) -> list[str]:
    """The splits of the rows, and what kept rows together."""
    if facts.splits is None:
        return []
    total, together = streamed.rows.count, facts.splits.together
    kept = [
        *(f"the slice {name}" for name in together.slices),
        *(f"the field {name} of the body" for name in together.fields),
        *([f"a text that is the same to {together.text:.0%} or more"] if together.text is not None else []),
        *(["the person whose answer decided them"] if together.authors else []),
    ]
    return [
        "## Splits",
        "",
        f"Drawn from seed {facts.splits.seed}. Rows stay in one split that have in common: "
        + plain(", ".join(kept) or "nothing but themselves")
        + ". An item keeps its split from release to release as long as its group does.",
        "",
        *table(
            ("split", "rows", "declared"),
            ((name, share(n, total), f"{facts.splits.shares[name]:.1%}") for name, n in streamed.splits.items()),
        ),
    ]


def _labelling(streamed: Streamed, statement: Mapping[str, Any]) -> list[str]:
    total, authorship, authors = streamed.rows.count, statement["authorship"], statement["authors"]
    ways = ((WORDS[way], share(authorship[way]["rows"], total), authorship[way]["simulated"]) for way in WAYS)
    proof = statement["human_only"]
    machines = ((one["author"], one["kind"], f"{one['judgements']:,}") for one in authors["machines"])
    return [
        "## Who labelled it",
        "",
        "Every row is counted once, by the judgements that decided it.",
        "",
        *table(("how", "rows", "of these resting on simulated actors"), ways),
        f"People on record: {authors['people']:,}. Simulated actors: {statement['simulation']['actors']:,}.",
        "",
        *table(("machine or rule", "kind", "judgements"), machines),
        *table(
            ("how the label was decided", "rows"),
            ((how, share(n, total)) for how, n in streamed.decided_by.most_common(50)),
        ),
        f"Human-only rows: {proof['items']:,}; violations: {proof['violations']:,} ({proof['outcome']}). "
        + plain(proof["because"]),
        "",
    ]


def _quality(
    statement: Mapping[str, Any], evidence: tuple[Evidence, ...], *, hidden: list[dict[str, Any]]
) -> list[str]:
    lines = ["## Quality", ""]
    if not hidden:
        lines += ["No measured evidence stands behind this release.", ""]
    else:
        lines += table(
            ("measure", "about", "slice", "value", "interval", "counted", "method"),
            (_evidence_cells(one) for one in hidden),
        )
        lines += [f"All {len(evidence)} pieces of evidence are in `evidence/`.", ""]
    if not statement["verdicts"]:
        lines += ["No gate stood before this release.", ""]
    for verdict in statement["verdicts"]:
        lines += [
            f"### Gate {plain(verdict['gate'])} on {plain(verdict['about'])}: {verdict['outcome']}",
            "",
            f"Owner: {plain(verdict['owner'])}; decided {iso(verdict['decided_at'])}.",
            "",
            *(
                f"- {plain(one['check']['name'])}: {one['outcome']} - {plain(one['because'])}"
                for one in verdict["results"]
            ),
            "",
        ]
    for one in statement["waivers"]:
        waiver = one["waiver"]
        lines.append(
            f"**Waived** by {plain(waiver['by'])} ({iso(waiver['at'])}): "
            f"{plain(one['about'])} - {plain(waiver['because'])}"
        )
    if statement["client"]:
        lines += ["", "### What the client said", ""]
    for one in statement["client"]:
        by = f" by {plain(one['by'])} of {plain(one['organisation'])} ({iso(one['at'])})" if one["by"] else ""
        lines.append(f"- {plain(one['batch'])}: {one['state']}{by} - {plain(one['because'])}")
    return [*lines, ""]


def _evidence_cells(one: Mapping[str, Any]) -> tuple[str, ...]:
    interval = one["interval"]
    return (
        one["measure"]["name"],
        one["about"],
        ", ".join(f"{key}={value}" for key, value in one["slice"].items()) or "all",
        f"none: {one['because']}" if one["value"] is None else f"{one['value']:.4g}",
        f"{interval['low']:.4g} to {interval['high']:.4g} ({interval['level']:.0%}, {interval['method']})"
        if interval
        else "none",
        share(one["n"], one["eligible"]),
        one["method"],
    )


def _rights(facts: ReleaseFacts, streamed: Streamed, withheld: Mapping[str, int]) -> list[str]:
    rights, unknown, total = facts.rights, "not on record", streamed.rows.count
    return [
        "## Rights and use",
        "",
        f"- Licence: {plain(rights.licence or unknown)}",
        f"- Rights holder: {plain(rights.holder or unknown)}",
        f"- Contact: {plain(rights.contact or unknown)}",
        f"- Residency: {plain(rights.residency or unknown)}",
        "",
        *table(
            ("licence of the row", "rows"),
            ((licence or unknown, share(n, total)) for licence, n in streamed.licences.most_common()),
        ),
        *table(
            ("source", "origin", "licence", "consent basis", "residency", "kept for", "contact", "items"),
            (
                (
                    f"{one.title} ({one.name})" if one.title else one.name,
                    one.origin,
                    one.licence or unknown,
                    one.consent or unknown,
                    one.residency or unknown,
                    f"{one.retention:g} days" if one.retention else unknown,
                    one.contact or unknown,
                    f"{one.items:,}",
                )
                for one in rights.sources
            ),
        ),
        *table(("rows rest on", "rows"), ((key, share(n, total)) for key, n in streamed.sources.most_common())),
        *(
            ["Left out of this release:", "", *table(("why", "rows"), ((key, f"{n:,}") for key, n in withheld.items()))]
            if withheld
            else []
        ),
    ]


def _lineage(facts: ReleaseFacts, statement: Mapping[str, Any]) -> list[str]:
    head = facts.ledger
    block = f"block {head.number}, {head.hash}" if head else "no block sealed yet"
    parents = ", ".join(
        f"{plain(one.name)} release {one.number} ({one.digest})"
        + (f", withdrawn: {plain(one.withdrawn)}" if one.withdrawn else "")
        for one in facts.parents
    )
    return [
        "## Lineage",
        "",
        f"- Made from: {parents or 'no earlier release'}",
        f"- Programme file: number {facts.policy_number} (sha256 {statement['policy']['sha256']})",
        f"- Ontology: {plain(facts.ontology.name)} release {facts.ontology.number}",
        f"- Ledger: {block}; {facts.ledger_unsealed:,} events not yet in a block",
        "- Every judgement: `lineage/judgements.jsonl`; who they are by: `lineage/authors.json` (people as pseudonyms)",
        f"- Check it: `goldloop release verify FOLDER --key {statement['signer']}`",
        "",
    ]
