"""What a version of a model would say, on a few items, before it speaks of all: nothing it says is kept."""

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from goldloop.core import families
from goldloop.core.clock import now
from goldloop.core.families import Refusal, Suggestion
from goldloop.core.headline import headline
from goldloop.core.ids import Ids
from goldloop.labelling.models.talk import affordable, external_ids, used_by
from goldloop.labelling.models.tally import Tally
from goldloop.labelling.models.versions import Speaker, speaker
from goldloop.loop.draw import seed_of
from goldloop.store.items import bodies
from goldloop.store.models import begin_run, note_run
from goldloop.store.open import Store
from goldloop.store.programmes import PolicyRow
from goldloop.store.schema import erased, gold, item, judgement

ITEMS, AGAIN = 20, 5
HASTE_S = 20.0  # the longest that somebody at a screen waits for one answer of an endpoint
PAUSE_S = 5.0
LONGEST = 300  # letters of a text that are shown


def preview(
    store: Store, policy: PolicyRow, name: str, *, version: int | None, visible: ColumnElement[bool], seed: int
) -> dict[str, Any]:
    """Ask a version about 20 items it has not spoken of, and about 5 of them once more.

    What it used is written down, because it was paid for. Raises what connecting and asking raise.
    """
    asked = speaker(store, policy, name, version=version, wait=_briefly, hasty=HASTE_S)
    with store.read() as connection:
        affordable(connection, asked)
        keys, waiting = _drawn(connection, store, policy, asked.row.actor_id, visible, seed)
        texts, names = bodies(connection, keys), external_ids(connection, keys)
    task, ontology = families.task.build(policy.policy.task), policy.policy.labels
    items = [(names[key], texts[key]) for key in keys]

    def say(some: Sequence[tuple[str, families.Body]]) -> list[Suggestion | Refusal]:
        out: list[Suggestion | Refusal] = []
        for start in range(0, len(some), asked.judge.batch_size):
            chunk = some[start : start + asked.judge.batch_size]
            out += asked.judge.judge(chunk, asked.model, task=task, ontology=ontology)
        return out

    first: list[Suggestion | Refusal] = []
    try:
        began = time.monotonic()
        first = say(items)
        seconds = time.monotonic() - began
        cost = used_by(asked).cost
        again = say(items[:AGAIN])
    finally:
        _note(store, policy, asked, first)
    tally = Tally({"declared": asked.declared} if asked.declared is not None else {})
    tally.add(first)
    said = sum(isinstance(one, Suggestion) for one in first)
    changed = sum(_answer(one) != _answer(two) for one, two in zip(first, again, strict=False))
    warnings = [one.says for one in tally.warnings(said, len(first) - said)]
    if said >= 2 and tally.counts.get("certain", 0) == said and not warnings:
        warnings.append(f"{said:,} of {said:,} answers claim confidence 1.0: that measures nothing")
    if changed:
        warnings.append(f"{changed} of {len(again)} items got another answer when they were asked about once more")
    per_item = 1 / len(items) if items else 0.0
    return {
        "version": asked.row.version,
        "fingerprint": asked.row.fingerprint,
        "rows": [
            _row(store.ids, key, names[key], texts[key], one, policy, task)
            for key, one in zip(keys, first, strict=True)
        ],
        "said": said,
        "refused": len(first) - said,
        "reasons": tally.counts.get("reasons", {}),
        "confidence_from": tally.counts.get("from", {}),
        "asked_again": len(again),
        "changed": changed,
        "warnings": warnings,
        "seconds": seconds,
        "cost": cost,
        "currency": used_by(asked).currency,
        "waiting": waiting,
        "estimate": {
            "items": waiting,
            "seconds": seconds * per_item * waiting if items else None,
            "cost": None if cost is None or not items else cost * per_item * waiting,
            "because": None if items else "there is no item that it has not spoken of",
        },
    }


def _briefly(seconds: float) -> None:
    """A pause that somebody at a screen bears; who wants a longer one is asked too early, and says so."""
    time.sleep(min(seconds, PAUSE_S))


def _drawn(
    connection: Connection, store: Store, policy: PolicyRow, actor_id: int, visible: ColumnElement[bool], seed: int
) -> tuple[list[int], int]:
    """Some items at random that the version has not spoken of, and how many of those there are."""
    spoken = select(judgement.c.id).where(judgement.c.item_id == item.c.id, judgement.c.actor_id == actor_id)
    known = select(gold.c.item_id).where(gold.c.item_id == item.c.id)
    gone = select(erased.c.item_id).where(erased.c.item_id == item.c.id)
    of = (item.c.programme_id == policy.programme_id, ~spoken.exists(), ~known.exists(), ~gone.exists())
    waiting = int(connection.execute(select(func.count()).select_from(item).where(*of)).scalar_one())
    low, high = connection.execute(
        select(func.min(item.c.id), func.max(item.c.id)).where(item.c.programme_id == policy.programme_id)
    ).one()
    if low is None:
        return [], 0
    chance = int(seed_of(store.secret, "preview", policy.programme_id, seed)[:12], 16)
    start = low + chance % (high - low + 1)
    found: list[int] = []
    for edge in (item.c.id >= start, item.c.id < start):  # from a place on, and around the end
        rows = select(item.c.id).where(*of, visible, edge).order_by(item.c.id).limit(ITEMS - len(found))
        found += connection.execute(rows).scalars()
    return found, waiting


def _note(store: Store, policy: PolicyRow, asked: Speaker, answers: Sequence[Suggestion | Refusal]) -> None:
    refused = sum(isinstance(one, Refusal) for one in answers)
    use = used_by(asked)._replace(said=len(answers) - refused, refused=refused)
    with store.write(durable=False) as connection:
        key = begin_run(connection, policy.programme_id, asked.row.actor_id, "preview", job_id=None, at=now())
        note_run(connection, key, use, {}, at=now())


def _answer(said: Suggestion | Refusal) -> object:
    return said.answer if isinstance(said, Suggestion) else None


def _row(
    ids: Ids,
    key: int,
    name: str,
    body: dict[str, Any],
    said: Suggestion | Refusal,
    policy: PolicyRow,
    task: families.Task,
) -> dict[str, Any]:
    of_item = {"item_id": ids.show("item", key), "external_id": name, "text": headline(body)[:LONGEST]}
    if isinstance(said, Refusal):
        nothing = dict.fromkeys(("answer", "confidence", "confidence_from"))
        return {**of_item, "labels": [], **nothing, "refused": said.because}
    return {
        **of_item,
        "labels": [policy.policy.labels.name_of(label) for label in task.labels(said.answer)],
        "answer": said.answer,
        "confidence": said.confidence,
        "confidence_from": said.confidence_from,
        "refused": None,
    }
