"""A regression traced: which new labels went into a training run, and whose they are.

Two training runs differ in the labels they were trained on, in code and parameters. The labels that only the later one
met are parted by everything that may lie behind a label: person, cohort, organisation, guideline and ontology version,
the model that pre-labelled, batch, import. A part stands out where audits found more of its labels wrong than of the
other new labels, and where it gave more of the labels that the evaluation got worse at.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.clock import iso
from goldloop.core.errors import Invalid
from goldloop.core.ids import Ids
from goldloop.store.changed_labels import WRONG, Group, authors, changed_labels, labels_of, named
from goldloop.store.releases import ReleaseRow, release_row_of
from goldloop.store.schema import batch, release, take_in
from goldloop.store.training_runs import Result, RunRow, results_of

LEVEL = 0.95
NOBODY = "-"
MOST = 200
METHOD = (
    "Fisher's exact test of each part against the other new labels, one-sided: wrong by audits or gold, and share of "
    "the labels that got worse; Benjamini-Yekutieli over all of them"
)


class Facet(NamedTuple):
    """One way to part labels: a name, and what a group of labels is called in it."""

    name: str
    of: Callable[[Group], tuple[str, str | None]]


class Part(NamedTuple):
    """The new labels that have one thing in common."""

    facet: str
    name: str
    id: str | None
    groups: tuple[Group, ...]


def answer(connection: Connection, ids: Ids, before: RunRow, after: RunRow) -> dict[str, Any]:
    """What lies between two training runs, and which parts of the new labels stand out."""
    if before.id == after.id:
        raise Invalid("a run is not compared with itself", field="since", expected="another run", found=before.name)
    found = results_of(connection, [before.id, after.id])
    worse = got_worse(found[before.id], found[after.id])
    pairs = _pairs(connection, before, after)
    groups = [one for a, b in pairs for one in changed_labels(connection, a, b)]
    scope = {str(one["label"]) for one in worse if one["worse"] and one["label"] is not None}
    said = labels_of(connection, sorted({one.value_id for one in groups}))
    inside = {key for key, labels in said.items() if labels & scope}
    parts = list(_parts(groups, _facets(connection, ids, after.programme_id, groups)))
    return {
        "before": ids.show("run", before.id),
        "after": ids.show("run", after.id),
        "releases": [{"before": _release(ids, a), "after": _release(ids, b)} for a, b in pairs],
        "other_changes": _other_changes(before, after),
        "results": worse,
        "new_labels": sum(one.rows for one in groups),
        "audited": sum(one.rows for one in groups if one.audited is not None),
        "wrong": sum(one.rows for one in groups if one.audited == WRONG),
        "parts": judged(parts, groups, inside),
        "method": METHOD,
        "because": _because(pairs, groups),
    }


def got_worse(before: Sequence[Result], after: Sequence[Result]) -> list[dict[str, Any]]:
    """The numbers of the same evaluation, measure and slice in both runs; `worse` where their intervals lie apart."""
    earlier = {(one.evaluation, one.measure, tuple(sorted(one.slice.items()))): one for one in before}
    out = []
    for one in after:
        was = earlier.get((one.evaluation, one.measure, tuple(sorted(one.slice.items()))))
        if was is None:
            continue
        apart = one.high is not None and was.low is not None and one.high < was.low
        out.append(
            {
                "evaluation": one.evaluation,
                "measure": one.measure,
                "slice": dict(one.slice),
                "label": one.slice.get("label"),
                "before": was.value,
                "after": one.value,
                "change": one.value - was.value,
                "n_before": was.n,
                "n_after": one.n,
                "worse": apart,
            }
        )
    return sorted(out, key=lambda one: (not one["worse"], one["change"]))


def judged(parts: Sequence[Part], groups: Sequence[Group], inside: set[int]) -> list[dict[str, Any]]:
    """Every part with its numbers, what stands out first. `inside`: values with a label that got worse.

    A part that holds all the new labels is compared with nothing: it has no p.
    """
    rows = sum(one.rows for one in groups)
    whole = _count(groups, inside)
    out: list[dict[str, Any]] = []
    tests: list[float] = []
    for part in parts:
        mine = _count(part.groups, inside)
        tested = 0 < mine.rows < rows
        wrong = (
            statistics.bias.hypergeometric_at_least(mine.wrong, mine.audited, whole.wrong, whole.audited)
            if tested
            else 1.0
        )
        among = (
            statistics.bias.hypergeometric_at_least(mine.inside, mine.rows, whole.inside, rows)
            if tested and inside
            else 1.0
        )
        tests += [wrong, among]
        share = (
            statistics.estimate.proportion(mine.wrong, mine.audited, method="clopper-pearson", level=LEVEL)
            if mine.audited
            else None
        )
        out.append(
            {
                "facet": part.facet,
                "name": part.name,
                "id": part.id,
                "rows": mine.rows,
                "share": mine.rows / rows,
                "audited": mine.audited,
                "wrong": mine.wrong,
                "error": share.value if share is not None else None,
                "low": share.low if share is not None else None,
                "high": share.high if share is not None else None,
                "got_worse": mine.inside if inside else None,
                "got_worse_of": whole.inside if inside else None,
            }
        )
    adjusted = statistics.paired.adjust(tests, method="by").tolist() if tests else []
    for n, one in enumerate(out):
        one["adjusted_wrong"], one["adjusted_got_worse"] = adjusted[2 * n], adjusted[2 * n + 1]
        one["found"] = min(adjusted[2 * n : 2 * n + 2]) <= 1 - LEVEL
    out.sort(key=lambda one: (one["adjusted_wrong"], one["adjusted_got_worse"], -one["rows"]))
    return out[:MOST]


class _Counts(NamedTuple):
    rows: int
    audited: int
    wrong: int
    inside: int


def _count(groups: Iterable[Group], inside: set[int]) -> _Counts:
    rows = audited = wrong = among = 0
    for one in groups:
        rows += one.rows
        audited += one.rows if one.audited is not None else 0
        wrong += one.rows if one.audited == WRONG else 0
        among += one.rows if one.value_id in inside else 0
    return _Counts(rows, audited, wrong, among)


def _parts(groups: Sequence[Group], facets: Sequence[Facet]) -> Iterable[Part]:
    for facet in facets:
        held: dict[tuple[str, str | None], list[Group]] = defaultdict(list)
        for one in groups:
            held[facet.of(one)].append(one)
        for (name, public), mine in held.items():
            if name != NOBODY:
                yield Part(facet.name, name, public, tuple(mine))


def _facets(connection: Connection, ids: Ids, programme_id: int, groups: Sequence[Group]) -> list[Facet]:
    keys = {key for one in groups for key in (one.actor_id, one.model_id) if key is not None}
    who = authors(connection, programme_id, sorted(keys))
    numbers = named(connection, release, "number", _keys(groups, "guideline_id") | _keys(groups, "ontology_id"))
    batches = named(connection, batch, "name", _keys(groups, "batch_id"))
    files = named(connection, take_in, "file", _keys(groups, "take_in_id"))

    def cohort(one: Group) -> tuple[str, str | None]:
        at = who[one.actor_id].joined_at if one.actor_id is not None else None
        return (iso(at)[:7] if at is not None else NOBODY), None

    def organisation(one: Group) -> tuple[str, str | None]:
        return (who[one.actor_id].organisation or NOBODY if one.actor_id is not None else NOBODY), None

    def actor(noun: str) -> Callable[[Group], tuple[str, str | None]]:
        def of(one: Group) -> tuple[str, str | None]:
            key = getattr(one, noun)
            if key is None:
                return NOBODY, None
            name = who[key].name if who[key].version is None else f"{who[key].name} {who[key].version}"
            return name, ids.show("actor", key)

        return of

    def version(noun: str) -> Callable[[Group], tuple[str, str | None]]:
        def of(one: Group) -> tuple[str, str | None]:
            key = getattr(one, noun)
            return (NOBODY, None) if key is None else (str(numbers[key]), ids.show("release", key))

        return of

    return [
        Facet("person", actor("actor_id")),
        Facet("cohort", cohort),
        Facet("organisation", organisation),
        Facet("guideline", version("guideline_id")),
        Facet("ontology", version("ontology_id")),
        Facet("model", actor("model_id")),
        Facet("batch", lambda one: (batches[one.batch_id], ids.show("batch", one.batch_id))),
        Facet("import", lambda one: (files[one.take_in_id] or NOBODY, ids.show("take_in", one.take_in_id))),
    ]


def _keys(groups: Sequence[Group], noun: str) -> set[int]:
    return {key for one in groups if (key := getattr(one, noun)) is not None}


def _pairs(connection: Connection, before: RunRow, after: RunRow) -> list[tuple[ReleaseRow | None, ReleaseRow]]:
    """The later run's releases, each with the newest one of its name that the earlier run was trained on."""
    earlier: dict[str, ReleaseRow] = {}
    for key in before.releases:
        row = release_row_of(connection, key)
        earlier[row.name] = max(earlier.get(row.name, row), row, key=lambda one: one.number)
    return [(earlier.get(row.name), row) for row in (release_row_of(connection, key) for key in after.releases)]


def _other_changes(before: RunRow, after: RunRow) -> list[dict[str, Any]]:
    """Code and parameters that differ: data is not the only thing that can make a model worse."""
    pairs: dict[str, tuple[Any, Any]] = {"code": (before.code, after.code)}
    for name in sorted({*before.params, *after.params}):
        pairs[f"params.{name}"] = (before.params.get(name), after.params.get(name))
    return [{"what": name, "before": a, "after": b} for name, (a, b) in pairs.items() if a != b]


def _because(pairs: Sequence[tuple[ReleaseRow | None, ReleaseRow]], groups: Sequence[Group]) -> str | None:
    """Why nothing can be said of the data, where that is so."""
    if groups:
        return None
    if all(a is not None and a.id == b.id for a, b in pairs):
        return "both runs were trained on the same releases: look at the code and the parameters"
    return "the later releases hold no label that the earlier ones did not hold"


def _release(ids: Ids, row: ReleaseRow | None) -> Mapping[str, Any] | None:
    return None if row is None else {"id": ids.show("release", row.id), "name": row.name, "number": row.number}
