"""The labels that a training run met for the first time, counted by everything that may lie behind them."""

from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, Subquery, Table, and_, case, func, select

from goldloop.store.codes import DECISION
from goldloop.store.phrases import phrase_texts
from goldloop.store.release_changes import came
from goldloop.store.releases import ReleaseRow
from goldloop.store.schema import (
    actor,
    batch,
    batch_item,
    decision,
    gold,
    item,
    judgement,
    member,
    organisation,
    release_row,
    value_label,
)

RIGHT, WRONG = 0, 1


class Group(NamedTuple):
    """So many new labels that have all of this in common; keys, None where there is nothing.

    `audited` is None where no reference was given, else RIGHT or WRONG by it.
    """

    actor_id: int | None
    guideline_id: int | None
    ontology_id: int | None
    model_id: int | None
    batch_id: int
    take_in_id: int
    value_id: int
    audited: int | None
    rows: int


class Who(NamedTuple):
    """An author as a report names them: `joined_at` is when they first became a member of the programme."""

    name: str
    version: str | None
    organisation: str | None
    joined_at: int | None


def changed_labels(connection: Connection, before: ReleaseRow | None, after: ReleaseRow) -> list[Group]:
    """The rows of a release that the one before did not hold as they are, by what lies behind each label.

    A row's author is who first said the accepted label in the row's batch. Its reference is the newest decision that
    an audit made of the item, else known gold.
    """
    first = (
        select(func.min(judgement.c.id))
        .where(
            judgement.c.item_id == release_row.c.item_id,
            judgement.c.batch_id == release_row.c.batch_id,
            judgement.c.value_id == release_row.c.value_id,
        )
        .correlate(release_row)
        .scalar_subquery()
    )
    checked, known = _checked(after.programme_id), _known()
    routed = judgement.alias("routed")
    reference = func.coalesce(checked.c.value_id, known.c.value_id)
    rows = (
        select(
            judgement.c.actor_id,
            judgement.c.guideline_id,
            judgement.c.ontology_id,
            routed.c.actor_id.label("model_id"),
            release_row.c.batch_id,
            item.c.take_in_id,
            release_row.c.value_id,
            case((reference.is_(None), None), (reference == release_row.c.value_id, RIGHT), else_=WRONG).label(
                "audited"
            ),
        )
        .select_from(release_row)
        .join(item, item.c.id == release_row.c.item_id)
        .outerjoin(judgement, judgement.c.id == first)
        .outerjoin(
            batch_item,
            and_(batch_item.c.batch_id == release_row.c.batch_id, batch_item.c.item_id == release_row.c.item_id),
        )
        .outerjoin(routed, routed.c.id == batch_item.c.suggestion_id)
        .outerjoin(checked, checked.c.item_id == release_row.c.item_id)
        .outerjoin(known, known.c.item_id == release_row.c.item_id)
        .where(came(before, after))
        .subquery()
    )
    counted = select(*rows.c, func.count().label("rows")).group_by(*rows.c)
    return [Group(**row) for row in connection.execute(counted).mappings()]


def authors(connection: Connection, programme_id: int, keys: Sequence[int]) -> dict[int, Who]:
    """People and models by key, as a report names them."""
    joined = (
        select(member.c.actor_id, func.min(member.c.granted_at).label("at"))
        .where(member.c.programme_id == programme_id)
        .group_by(member.c.actor_id)
        .subquery()
    )
    rows = connection.execute(
        select(actor.c.id, actor.c.name, actor.c.version, organisation.c.name.label("organisation"), joined.c.at)
        .outerjoin(organisation, organisation.c.id == actor.c.organisation_id)
        .outerjoin(joined, joined.c.actor_id == actor.c.id)
        .where(actor.c.id.in_(keys))
    )
    return {row.id: Who(row.name, row.version or None, row.organisation, row.at) for row in rows}


def labels_of(connection: Connection, value_ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """The label ids that answers say."""
    pairs = connection.execute(select(value_label).where(value_label.c.value_id.in_(value_ids))).all()
    texts = phrase_texts(connection, [row.label_id for row in pairs])
    out: dict[int, set[str]] = {key: set() for key in value_ids}
    for row in pairs:
        out[row.value_id].add(texts[row.label_id])
    return {key: frozenset(found) for key, found in out.items()}


def named(connection: Connection, noun: Table, column: str, keys: Collection[int]) -> dict[int, Any]:
    """One column of some rows of a table, by key: their names or numbers."""
    rows = connection.execute(select(noun.c.id, noun.c[column]).where(noun.c.id.in_(sorted(keys))))
    return {key: name for key, name in rows}


def _checked(programme_id: int) -> Subquery:
    """The newest decision of an audit, by item."""
    newest = (
        select(decision.c.item_id, func.max(decision.c.batch_id).label("audit"))
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(
            batch.c.programme_id == programme_id,
            batch.c.purpose == "audit",
            decision.c.state == DECISION["decided"],
        )
        .group_by(decision.c.item_id)
        .subquery()
    )
    return (
        select(newest.c.item_id, decision.c.value_id)
        .join(decision, and_(decision.c.batch_id == newest.c.audit, decision.c.item_id == newest.c.item_id))
        .subquery()
    )


def _known() -> Subquery:
    """The answer of known gold, by item."""
    joined = select(gold.c.item_id, judgement.c.value_id).join(judgement, judgement.c.id == gold.c.judgement_id)
    return joined.subquery()
