"""Gold sets: items with accepted answers sealed as a release, and which of them people have reason to doubt."""

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from pydantic import Field
from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core import families
from goldloop.core.canonical import canonical, digest
from goldloop.core.errors import GoldloopError, Invalid, NotFound
from goldloop.core.families import Task
from goldloop.core.ids import Ids
from goldloop.core.nouns import Noun
from goldloop.core.ontology import Ontology
from goldloop.core.policy import Policy
from goldloop.store import gold as store
from goldloop.store import ledger
from goldloop.store.actors import actor_key
from goldloop.store.codes import STANCE
from goldloop.store.gold import GoldRow, NewGold
from goldloop.store.gold_works import ItemTally, item_tallies
from goldloop.store.items import attributes, latch_human_only
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.person_record import answer_texts
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow, policy_in_force, programme_row
from goldloop.store.releases import ReleaseRow, add_release, newest_release, release_row_of
from goldloop.store.unrouted import drop_unrouted
from goldloop.store.values import NewValue, value_keys

AUTHOR = "gold"
MOST = 20_000
MOST_TOLD = 20
LEVEL = 0.95
DOUBTED = "an exact binomial test against the same people's error on the rest of the gold, Benjamini-Hochberg at 5%"


class GoldLine(Noun):
    """One row of a gold set: which item, what is right, how hard it is, and what it is about."""

    id: str = Field(min_length=1, max_length=1000, description="what the data's owner calls the item")
    answer: Any = Field(
        default=None, description="what is right; left out where gold was imported, or the set is made from a release"
    )
    difficulty: str | None = Field(default=None, min_length=1, max_length=60)
    concepts: tuple[str, ...] = Field(default=(), max_length=20, description="what somebody who misses it has to learn")
    explanation: str | None = Field(default=None, min_length=1, max_length=4000, description="shown after training")
    eval_only: bool = Field(default=False, description="kept for exams and hidden gold, never for training")


class _Found(NamedTuple):
    """A row with the item and the answer that it is about."""

    item_id: int
    body: dict[str, Any]
    answer: Any


def seal(
    connection: Connection,
    programme_id: int,
    name: str,
    rows: Sequence[GoldLine],
    *,
    source: str,
    dataset: ReleaseRow | None,
    seed: int,
    by: int,
    at: int,
) -> int:
    """Seal the next gold release of a name; its key.

    Rows name items of a source, or of a sealed dataset, whose labels are then what is right unless a row says
    otherwise; without rows it is all of that dataset. Raises Invalid for the first row that cannot be gold, with the
    row and its field, and up to 20 of them in its details. Nothing is sealed unless every row can be.
    """
    policy = policy_in_force(connection, programme_id)
    task, ontology = families.task.build(policy.policy.task), policy.policy.labels
    found = _in_release(connection, programme_id, dataset) if dataset is not None else {}
    lines = list(rows) or [GoldLine(id=key) for key in found]
    if dataset is None:
        named = store.items_named(connection, programme_id, source, [one.id for one in lines])
        found = {
            key: _Found(one.item_id, json.loads(one.body), json.loads(one.known) if one.known else None)
            for key, one in named.items()
        }
    if not lines:
        raise Invalid("a gold set needs items", field="rows", expected="at least one row", found="none")
    busy = store.open_decisions(connection, [one.item_id for one in found.values()])
    problems: list[Invalid] = []
    ready: list[tuple[GoldLine, _Found, NewValue]] = []
    seen: set[str] = set()
    for n, line in enumerate(lines, start=1):
        try:
            ready.append((line, *_row(line, found, busy, seen, task, ontology)))
        except GoldloopError as error:
            where = f"row {n}: {error.field or 'answer'}"
            problems.append(Invalid(error.message, field=where, expected=error.expected, found=error.found))
    if problems:
        first = problems[0]
        raise Invalid(
            first.message,
            field=first.field,
            expected=first.expected,
            found=first.found,
            problems=[one.as_json() for one in problems[:MOST_TOLD]],
            count=len(problems),
        )
    random.Random(seed).shuffle(ready)
    return _write(connection, policy, name, ready, dataset, by=by, at=at)


def _row(
    line: GoldLine, found: Mapping[str, _Found], busy: set[int], seen: set[str], task: Task, ontology: Ontology
) -> tuple[_Found, NewValue]:
    """A row that can be gold. Raises Invalid with the field for one that cannot."""
    one = found.get(line.id)
    if line.id in seen:
        raise Invalid("this item stands twice", field="id", expected="each item once", found=line.id[:60])
    seen.add(line.id)
    if one is None:
        raise Invalid("there is no such item", field="id", expected="an item that was imported", found=line.id[:60])
    if one.item_id in busy:
        raise Invalid("people are at work on this item", field="id", expected="a decided item", found=line.id[:60])
    said = one.answer if line.answer is None else line.answer
    if said is None:
        raise Invalid("nothing says what is right", field="answer", expected="an answer, or imported gold")
    try:
        answer = task.canonical(said, one.body, ontology)
    except GoldloopError as error:
        inner = f"answer.{error.field}" if error.field and error.field != "answer" else "answer"
        raise Invalid(error.message, field=inner, expected=error.expected, found=error.found) from error
    if len(set(line.concepts)) != len(line.concepts) or not all(one.strip() for one in line.concepts):
        raise Invalid("concepts are words, each once", field="concepts", found=", ".join(line.concepts)[:60])
    return one, NewValue(canonical(answer), task.labels(answer))


def _in_release(connection: Connection, programme_id: int, dataset: ReleaseRow) -> dict[str, _Found]:
    if dataset.kind != "dataset" or dataset.programme_id != programme_id:
        raise Invalid("gold is made from a dataset", field="release", expected="a dataset of this programme")
    rows = store.accepted_in(connection, programme_id, dataset.name, dataset.number)
    return {one.external_id: _Found(one.item_id, json.loads(one.body), json.loads(one.answer)) for one in rows}


def _write(
    connection: Connection,
    policy: PolicyRow,
    name: str,
    ready: Sequence[tuple[GoldLine, _Found, NewValue]],
    dataset: ReleaseRow | None,
    *,
    by: int,
    at: int,
) -> int:
    programme_id, doc = policy.programme_id, policy.policy
    spec = canonical(doc.task.model_dump(mode="json"))
    task_id = phrase_key(connection, spec)
    organisation = programme_row(connection, programme_id).organisation_id
    author = actor_key(connection, "rule", AUTHOR, "1", organisation, at=at)
    values = value_keys(connection, task_id, [value for _, _, value in ready])
    keys = add_judgements(
        connection,
        [
            NewJudgement(
                item_id=one.item_id,
                actor_id=author,
                task_id=task_id,
                stance=STANCE["adjudicate"],
                said_at=at,
                value_id=values[value.answer],
                ontology_id=policy.ontology_id,
            )
            for _, one, value in ready
        ],
    )
    lines = [
        canonical({"item": one.item_id, **line.model_dump(mode="json", exclude={"answer"}), "answer": value.answer})
        for line, one, value in ready
    ]
    body = {
        "task": json.loads(spec),
        "ontology": release_row_of(connection, policy.ontology_id).number,
        "items": len(ready),
        "eval_only": sum(line.eval_only for line, _, _ in ready),
        "rows": digest("\n".join(sorted(lines))).hex(),
    }
    before = newest_release(connection, programme_id, "gold", name)
    parents = [one.id for one in (before, dataset) if one is not None]
    key = add_release(connection, programme_id, "gold", name, canonical(body), by=by, at=at, parents=parents)
    rows = [
        NewGold(one.item_id, judgement_id, line.difficulty, line.concepts, line.explanation, line.eval_only)
        for (line, one, _), judgement_id in zip(ready, keys, strict=True)
    ]
    store.add_gold(connection, key, rows)
    drop_unrouted(connection, programme_id, [one.item_id for _, one, _ in ready])
    latch_human_only(connection, _latched(connection, doc, ready), at=at)
    ledger.record(
        connection,
        "gold.sealed",
        programme=programme_id,
        actor=by,
        subject=str(key),
        data={"name": name, "items": len(ready), "digest": release_row_of(connection, key).digest.hex()},
        at=at,
    )
    return key


def _latched(connection: Connection, doc: Policy, ready: Sequence[tuple[GoldLine, _Found, NewValue]]) -> dict[int, str]:
    """Gold is human-only by the rules that live items are, so that nothing tells the two apart."""
    facts = attributes(connection, [one.item_id for _, one, _ in ready])
    people = {label.id for label in doc.ontology.labels if label.human_only}
    out: dict[int, str] = {}
    for _, one, value in ready:
        slices = facts[one.item_id].slices if one.item_id in facts else {}
        for rule in doc.human_only.rules:
            asked = {key: (said,) if isinstance(said, str) else said for key, said in rule.slice.items()}
            sliced = bool(asked) and all(slices.get(key) in said for key, said in asked.items())
            if rule.every_item or sliced or set(rule.suspects) & set(value.labels):
                out.setdefault(one.item_id, f"{rule.rule}: gold")
        if people & set(value.labels):
            out.setdefault(one.item_id, "human-only label: gold")
    return out


class Doubt(NamedTuple):
    """How an item of gold fares with the people who are good on the rest."""

    item_id: int
    answers: int
    wrong: int
    good: int
    good_wrong: int
    expected: float | None
    p: float | None
    adjusted: float | None
    suspected: bool
    because: str
    instead: int | None
    instead_n: int


def doubts(rows: Sequence[ItemTally], *, floor: float, least: int) -> list[Doubt]:
    """Every item of gold beside what good people say of it: those right on at least `floor` of `least` other items.

    An item is suspected where more of them disagree with it than their own error on the rest explains.
    """
    totals: dict[int, list[int]] = {}
    by_item: dict[int, list[ItemTally]] = {}
    for row in rows:
        total = totals.setdefault(row.person_id, [0, 0])
        total[0] += row.right
        total[1] += 1
        by_item.setdefault(row.item_id, []).append(row)
    out = []
    for item_id, said in sorted(by_item.items()):
        good: list[ItemTally] = []
        wrong_elsewhere = answers_elsewhere = 0
        for row in said:
            right, n = totals[row.person_id][0] - row.right, totals[row.person_id][1] - 1
            if n >= least and right >= floor * n:
                good.append(row)
                wrong_elsewhere += n - right
                answers_elsewhere += n
        against = sum(not row.right for row in good)
        instead = Counter(row.value_id for row in good if not row.right and row.value_id is not None)
        top = max(instead.items(), key=lambda one: (one[1], -one[0]), default=(None, 0))
        expected = p = None
        if good:
            expected = (wrong_elsewhere + 1) / (answers_elsewhere + 2)  # never 0: somebody errs some day
            p = statistics.bias.binomial_at_least(against, len(good), expected)
        wrong = sum(not row.right for row in said)
        out.append(Doubt(item_id, len(said), wrong, len(good), against, expected, p, None, False, "", top[0], top[1]))
    tested = [one for one in out if one.p is not None]
    adjusted = [float(value) for value in statistics.paired.adjust([one.p or 0.0 for one in tested], method="bh")]
    by_key = dict(zip((one.item_id for one in tested), adjusted, strict=True))
    return [_judged(one, by_key.get(one.item_id)) for one in out]


def _judged(one: Doubt, adjusted: float | None) -> Doubt:
    if adjusted is None or one.expected is None:
        return one._replace(because="nobody who is good on the rest has answered it")
    suspected = adjusted <= 1 - LEVEL
    because = (
        f"{one.good_wrong} of {one.good} people who are good on the rest disagree with it; "
        f"their error elsewhere explains {one.expected * one.good:.2g}"
    )
    return one._replace(adjusted=adjusted, suspected=suspected, because=because)


def tell_of_suspects(connection: Connection, programme_id: int, *, at: int) -> int:
    """Tell of the items of the gold in use that people have come to disagree with since it was told last; how many."""
    doc = policy_in_force(connection, programme_id).policy.calibration
    release = newest_release(connection, programme_id, "gold", doc.gold) if doc is not None else None
    if doc is None or release is None:
        return 0
    found = doubts(item_tallies(connection, release.id), floor=doc.exam.floor, least=doc.exam.size)
    standing = {one.item_id for one in store.gold_rows(connection, release.id) if one.withdrawn_at is None}
    told = {key for data in ledger.data_of(connection, "gold.suspected", str(release.id)) for key in data["items"]}
    new = sorted({one.item_id for one in found if one.suspected} & standing - told)
    if new:
        ledger.record(
            connection,
            "gold.suspected",
            programme=programme_id,
            actor=None,
            subject=str(release.id),
            data={"items": new, "count": len(new)},
            at=at,
        )
    return len(new)


def gold_page(connection: Connection, ids: Ids, policy: PolicyRow, name: str) -> dict[str, Any]:
    """A gold release as managers read it: what it holds, and every item with what people made of it."""
    row = newest_release(connection, policy.programme_id, "gold", name)
    if row is None:
        raise NotFound("there is no such gold release", field="name", found=name[:60])
    doc = policy.policy.calibration
    floor, least = (doc.exam.floor, doc.exam.size) if doc is not None else (0.8, 10)
    rows = store.gold_rows(connection, row.id)
    found = {one.item_id: one for one in doubts(item_tallies(connection, row.id), floor=floor, least=least)}
    task, ontology = families.task.build(policy.policy.task), policy.policy.labels
    texts = answer_texts(connection, [one.instead for one in found.values() if one.instead is not None])
    lines = [_line(ids, one, found.get(one.item_id), task, ontology, texts) for one in rows]
    lines.sort(key=lambda one: (not one["suspected"], one["adjusted_p"] is None, one["adjusted_p"] or 0, -one["wrong"]))
    count = store.gold_count(connection, row.id)
    return {
        "release_id": ids.show("release", row.id),
        "name": row.name,
        "number": row.number,
        "digest": row.digest.hex(),
        "sealed_at": row.sealed_at,
        **count._asdict(),
        "suspected": sum(one["suspected"] for one in lines),
        "method": DOUBTED,
        "good": f"right on at least {floor:g} of at least {least} other items of gold",
        "rows": lines,
    }


def _line(
    ids: Ids, row: GoldRow, doubt: Doubt | None, task: Task, ontology: Ontology, texts: Mapping[int, str]
) -> dict[str, Any]:
    def named(text: str) -> str:
        return ", ".join(ontology.name_of(label) for label in task.labels(json.loads(text))) or text[:80]

    withdrawn = row.withdrawn_at is not None
    instead = texts.get(doubt.instead) if doubt is not None and doubt.instead is not None else None
    return {
        "item_id": ids.show("item", row.item_id),
        "external_id": row.external_id,
        "answer": named(row.answer),
        "difficulty": row.difficulty,
        "concepts": list(row.concepts),
        "explained": row.explanation is not None,
        "eval_only": row.eval_only,
        "answers": doubt.answers if doubt else 0,
        "wrong": doubt.wrong if doubt else 0,
        "good": doubt.good if doubt else 0,
        "good_wrong": doubt.good_wrong if doubt else 0,
        "instead": named(instead) if instead else None,
        "instead_n": doubt.instead_n if doubt else 0,
        "p": doubt.p if doubt else None,
        "adjusted_p": doubt.adjusted if doubt else None,
        "suspected": bool(doubt and doubt.suspected and not withdrawn),
        "because": doubt.because if doubt else "nobody has answered it yet",
        "withdrawn_at": row.withdrawn_at,
        "withdrawn_by": row.withdrawn_by,
        "withdrawn_because": row.withdrawn_because,
    }
