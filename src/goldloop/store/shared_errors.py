"""Accepted labels that share how they came about: what stands behind them, and which of them are still current."""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, func, select

from goldloop.store.batches import LABELLED
from goldloop.store.codes import DECISION
from goldloop.store.schema import batch, batch_item, decision, erased, item_attribute, judgement, phrase, value_label


class Current(NamedTuple):
    """The value an item is labelled with now, and when it came to be."""

    value_id: int
    changed_at: int


class Accepted(NamedTuple):
    """An accepted label as it stands, with the rule, the model and the slices that it came by."""

    item_id: int
    batch_id: int
    tier: int
    rule: str
    model_id: int | None
    slices: Mapping[str, str]


def current_labels(connection: Connection, programme_id: int, keys: Collection[int]) -> dict[int, Current]:
    """What items are labelled as now: as the newest batch decided that decided them."""
    wanted, out = sorted(keys), dict[int, Current]()
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(decision.c.item_id, decision.c.value_id, decision.c.changed_at)
            .select_from(batch_item)
            .join(
                decision, (decision.c.batch_id == batch_item.c.batch_id) & (decision.c.item_id == batch_item.c.item_id)
            )
            .join(batch, batch.c.id == batch_item.c.batch_id)
            .where(
                batch_item.c.item_id.in_(wanted[start : start + 500]),
                batch.c.programme_id == programme_id,
                batch.c.purpose.in_(LABELLED),
                decision.c.state == DECISION["decided"],
                decision.c.value_id.is_not(None),
            )
            .order_by(decision.c.batch_id)
        )
        out |= {key: Current(value, at) for key, value, at in rows}
    return out


def suggested_values(connection: Connection, batch_id: int, keys: Collection[int]) -> dict[int, int]:
    """The value that the model suggested for items of a batch when they were routed."""
    wanted, out = sorted(keys), dict[int, int]()
    for start in range(0, len(wanted), 500):
        rows = connection.execute(
            select(batch_item.c.item_id, judgement.c.value_id)
            .join(judgement, judgement.c.id == batch_item.c.suggestion_id)
            .where(batch_item.c.batch_id == batch_id, batch_item.c.item_id.in_(wanted[start : start + 500]))
        )
        out |= {key: value for key, value in rows if value is not None}
    return out


def accepted_as(connection: Connection, batch_ids: Sequence[int], labels: Collection[str]) -> dict[str, list[Accepted]]:
    """The accepted labels of batches by which of these labels they say, in the order of their items: one read.

    Left out is what was erased, and what stands in a later batch: it is being judged again, or was.
    """
    newest = (
        select(func.max(item_attribute.c.number))
        .where(item_attribute.c.item_id == decision.c.item_id)
        .correlate(decision)
        .scalar_subquery()
    )
    words = phrase.alias("words")
    rows = connection.execute(
        select(
            words.c.text,
            decision.c.item_id,
            decision.c.batch_id,
            batch_item.c.tier,
            phrase.c.text,
            judgement.c.actor_id,
            item_attribute.c.slices,
        )
        .join(
            batch_item,
            (batch_item.c.batch_id == decision.c.batch_id) & (batch_item.c.item_id == decision.c.item_id),
        )
        .join(phrase, phrase.c.id == batch_item.c.rule_id)
        .join(value_label, value_label.c.value_id == decision.c.value_id)
        .join(words, words.c.id == value_label.c.label_id)
        .outerjoin(judgement, judgement.c.id == batch_item.c.suggestion_id)
        .outerjoin(
            item_attribute,
            (item_attribute.c.item_id == decision.c.item_id) & (item_attribute.c.number == newest),
        )
        .where(
            decision.c.batch_id.in_(batch_ids),
            decision.c.state == DECISION["decided"],
            words.c.text.in_(sorted(labels)),
            ~_judged_again(),
            ~select(erased.c.item_id).where(erased.c.item_id == decision.c.item_id).exists(),
        )
        .order_by(decision.c.item_id)
    )
    out: dict[str, list[Accepted]] = {label: [] for label in labels}
    for label, item_id, batch_id, tier, rule, model, slices in rows:
        one = Accepted(item_id, batch_id, max(1, tier), rule, model, json.loads(slices) if slices else {})
        out[label].append(one)
    return out


def count_accepted(connection: Connection, batch_ids: Sequence[int]) -> int:
    """The accepted labels of batches that stand in no later one."""
    counted = select(func.count()).where(
        decision.c.batch_id.in_(batch_ids), decision.c.state == DECISION["decided"], ~_judged_again()
    )
    return int(connection.execute(counted).scalar_one())


def _judged_again() -> ColumnElement[bool]:
    later, members = batch.alias(), batch_item.alias()
    return (
        select(members.c.item_id)
        .join(later, later.c.id == members.c.batch_id)
        .where(
            members.c.item_id == decision.c.item_id,
            members.c.batch_id > decision.c.batch_id,
            later.c.purpose == "production",
        )
        .exists()
    )
