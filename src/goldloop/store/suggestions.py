"""What models said of items, for routing and for the record."""

import json
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, exists, func, select

from goldloop.store.bulk import find_rows
from goldloop.store.prepared import Prepared
from goldloop.store.schema import erased, gold_item, judgement, phrase, value, value_label


class SuggestionRow(NamedTuple):
    """The newest statement of one model on one item."""

    judgement_id: int
    item_id: int
    value_id: int | None
    confidence: float | None
    margin: float | None
    top: tuple[tuple[str, float], ...]
    ontology_id: int | None = None


def suggestions_of(
    connection: Connection, actor_id: int, keys: Sequence[int], *, shares: frozenset[str] | None = None
) -> dict[int, SuggestionRow]:
    """The newest suggestion of one model version, by item.

    What labels got is read where one of `shares` is among them; without it, everywhere.
    """
    asked = _mentions(shares) if shares is not None else bool
    columns = ("id", "item_id", "value_id", "confidence", "margin", "top", "ontology_id", "batch_id")
    rows = find_rows(connection, judgement, columns, among="item_id", of=keys, where=("actor_id", actor_id))
    return {
        item_id: SuggestionRow(
            key, item_id, value_id, confidence, margin, shares_in(top) if top and asked(top) else (), under
        )
        for key, item_id, value_id, confidence, margin, top, under, batch_id in sorted(rows)
        if batch_id is None
    }


def confused_with(connection: Connection, release_id: int, model_id: int, value_id: int, *, most: int = 5) -> list[str]:
    """The labels that a model version said most often of gold whose accepted answer is another, this one."""
    rows = _CONFUSED.all(connection, release=release_id, model=model_id, value=value_id, most=most)
    return [row.text for row in rows]


@lru_cache(maxsize=64)
def _mentions(labels: frozenset[str]) -> Callable[[str], object]:
    """Whether a JSON text says any of these labels, without reading it."""
    if not labels:
        return lambda _: False
    written = {json.dumps(label, ensure_ascii=ascii_) for label in labels for ascii_ in (False, True)}
    return re.compile("|".join(map(re.escape, sorted(written)))).search


def shares_in(top: str) -> tuple[tuple[str, float], ...]:
    """The labels of a suggestion with what each got, best first."""
    return tuple((label, share) for label, share in json.loads(top))


def labels_of(connection: Connection, value_ids: Sequence[int]) -> dict[int, tuple[str, ...]]:
    """The label ids that values say."""
    wanted = sorted(set(value_ids))
    out: dict[int, tuple[str, ...]] = dict.fromkeys(wanted, ())
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(value_label.c.value_id, phrase.c.text)
            .join(phrase, phrase.c.id == value_label.c.label_id)
            .where(value_label.c.value_id.in_(wanted[start : start + 500]))
            .order_by(phrase.c.text)
        )
        for key, label in rows:
            out[key] = (*out[key], label)
    return out


def judged_by(connection: Connection, actor_id: int, keys: Sequence[int]) -> set[int]:
    """The items that an actor has said something of."""
    out: set[int] = set()
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(judgement.c.item_id).where(
                judgement.c.item_id.in_(keys[start : start + 500]), judgement.c.actor_id == actor_id
            )
        )
        out |= {key for (key,) in rows}
    return out


def newest_answers(connection: Connection, actor_id: int, *, limit: int) -> list[tuple[int, str]]:
    """The last items that a model version spoke of, each with its answer as it is stored."""
    rows = connection.execute(
        select(judgement.c.item_id, value.c.answer)
        .join(value, value.c.id == judgement.c.value_id)
        .where(
            judgement.c.actor_id == actor_id,
            ~exists().where(erased.c.item_id == judgement.c.item_id).correlate(judgement),
        )
        .order_by(judgement.c.id.desc())
        .limit(limit)
    )
    return [(item_id, answer) for item_id, answer in rows]


def count_by(connection: Connection, actor_id: int) -> int:
    """How many statements an actor has made."""
    return int(connection.execute(select(func.count()).where(judgement.c.actor_id == actor_id)).scalar_one())


_TRUTH = judgement.alias()
_CONFUSED = Prepared(
    select(phrase.c.text)
    .select_from(gold_item)
    .join(_TRUTH, _TRUTH.c.id == gold_item.c.judgement_id)
    .join(judgement, (judgement.c.item_id == gold_item.c.item_id) & (judgement.c.actor_id == bindparam("model")))
    .join(value_label, value_label.c.value_id == judgement.c.value_id)
    .join(phrase, phrase.c.id == value_label.c.label_id)
    .where(
        gold_item.c.release_id == bindparam("release"),
        _TRUTH.c.value_id == bindparam("value"),
        judgement.c.value_id != bindparam("value"),
        judgement.c.batch_id.is_(None),
    )
    .group_by(phrase.c.text)
    .order_by(func.count().desc(), phrase.c.text)
    .limit(bindparam("most"))
)
