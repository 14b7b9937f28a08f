"""The rows of a dataset release: decided items in order, and a linear history that stores only what changed."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, true, update

from goldloop.store.codes import DECISION
from goldloop.store.schema import actor, batch_item, decision, erased, item, judgement, release_row, value, work

PAGE = 1000


class Decided(NamedTuple):
    """One accepted label, ready to be sealed."""

    item_id: int
    batch_id: int
    external_id: str
    body: dict[str, Any]
    value_id: int
    answer: Any
    because: str
    rests_on: frozenset[int]
    source_id: int


def decided(
    connection: Connection, batch_ids: Sequence[int], *, visible: ColumnElement[bool] | None = None
) -> Iterator[list[Decided]]:
    """The decided items of batches in pages, by batch and item; items nobody decided are left out, and those
    that were erased.

    An item that was judged again in a later one of these batches comes once, as it was decided there.

    `visible`: the condition on an item that whoever asks may see it; everything where left out.
    """
    for batch_id in batch_ids:
        after = 0
        while True:
            rows = connection.execute(
                select(
                    decision.c.item_id,
                    item.c.external_id,
                    item.c.body,
                    decision.c.value_id,
                    value.c.answer,
                    decision.c.because,
                    decision.c.judgements,
                    item.c.source_id,
                )
                .join(item, item.c.id == decision.c.item_id)
                .join(value, value.c.id == decision.c.value_id)
                .where(
                    decision.c.batch_id == batch_id,
                    decision.c.item_id > after,
                    decision.c.state == DECISION["decided"],
                    ~_again(batch_ids),
                    ~_GONE,
                    true() if visible is None else visible,
                )
                .order_by(decision.c.item_id)
                .limit(PAGE)
            ).all()
            if not rows:
                break
            after = rows[-1].item_id
            parsed: dict[int, Any] = {}  # of a page: most answers are given again and again
            page = []
            for item_id, external_id, body, value_id, answer, because, judgements, source_id in rows:
                if value_id not in parsed:
                    parsed[value_id] = from_json(answer)
                rests_on = frozenset(from_json(judgements))
                said = parsed[value_id]
                page.append(
                    Decided(
                        item_id, batch_id, external_id, from_json(body), value_id, said, because, rests_on, source_id
                    )
                )
            yield page


class SaidRow(NamedTuple):
    """One judgement, as far as a release tells of it."""

    id: int
    item_id: int
    actor_id: int
    stance: int
    said_at: int
    value_id: int | None
    confidence: float | None
    suggestion_id: int | None
    shown: int
    others: str | None
    guideline_id: int | None
    ontology_id: int | None
    order_seed: int | None
    queue: int | None
    revision_of: int | None
    surplus: bool
    active_ms: int | None
    wall_ms: int | None
    answer: str | None
    tier: int | None
    blind: bool | None


def said_of(connection: Connection, batch_id: int, item_ids: Sequence[int]) -> dict[int, list[SaidRow]]:
    """Everything said of items in a batch, and the model judgements they were routed by, by item and in order."""
    out: dict[int, list[SaidRow]] = {key: [] for key in item_ids}
    columns = [judgement.c[name] for name in SaidRow._fields if name not in ("answer", "tier", "blind")]
    for start in range(0, len(item_ids), 500):
        keys = item_ids[start : start + 500]
        rows = connection.execute(
            select(*columns, value.c.answer, work.c.tier, work.c.blind)
            .outerjoin(value, value.c.id == judgement.c.value_id)
            .outerjoin(work, work.c.id == judgement.c.work_id)
            .outerjoin(batch_item, (batch_item.c.batch_id == batch_id) & (batch_item.c.item_id == judgement.c.item_id))
            .where(
                judgement.c.item_id.in_(keys),
                (judgement.c.batch_id == batch_id) | (judgement.c.id == batch_item.c.suggestion_id),
            )
            .order_by(judgement.c.id)
        )
        for row in map(SaidRow._make, rows):
            out[row.item_id].append(row)
    return out


def authors_of(connection: Connection, batch_ids: Sequence[int]) -> list[Row[Any]]:
    """Every actor with a judgement in these batches, or whose suggestion routed one of their items."""
    said = select(judgement.c.actor_id).where(judgement.c.batch_id.in_(batch_ids))
    routed = (
        select(judgement.c.actor_id)
        .join(batch_item, batch_item.c.suggestion_id == judgement.c.id)
        .where(batch_item.c.batch_id.in_(batch_ids))
    )
    keys = said.union(routed).subquery()
    return list(
        connection.execute(
            select(actor.c.id, actor.c.kind, actor.c.name, actor.c.version, actor.c.simulated)
            .where(actor.c.id.in_(select(keys.c.actor_id)))
            .order_by(actor.c.id)
        )
    )


def keep_rows(
    connection: Connection,
    programme_id: int,
    name: str,
    number: int,
    rows: Sequence[Decided],
    splits: Sequence[str | None],
) -> int:
    """Note the rows of a release, each with its split, in its name's history; how many were.

    Only what is new or changed is written.
    """
    keys = [row.item_id for row in rows]
    before: dict[int, Row[Any]] = {}
    for start in range(0, len(keys), 500):
        found = connection.execute(
            select(
                release_row.c.id,
                release_row.c.item_id,
                release_row.c.value_id,
                release_row.c.batch_id,
                release_row.c.split,
            ).where(
                release_row.c.item_id.in_(keys[start : start + 500]),  # of one programme: see release_changes
                release_row.c.name == name,
                release_row.c.valid_to.is_(None),
            )
        )
        before |= {row.item_id: row for row in found}
    changed = [
        (row, split)
        for row, split in zip(rows, splits, strict=True)
        if (was := before.get(row.item_id)) is None or (was.value_id, was.batch_id) != (row.value_id, row.batch_id)
    ]
    moved = [
        {"row": was.id, "new": split}
        for row, split in zip(rows, splits, strict=True)
        if (was := before.get(row.item_id)) is not None and was.split != split
    ]
    if moved:  # a split is no change of a row: the newest release speaks
        connection.execute(
            update(release_row).where(release_row.c.id == bindparam("row")).values(split=bindparam("new")), moved
        )
    ended = [before[row.item_id].id for row, _ in changed if row.item_id in before]
    for start in range(0, len(ended), 500):
        end_rows(connection, ended[start : start + 500], number)
    if changed:
        connection.execute(
            insert(release_row),
            [
                {
                    "programme_id": programme_id,
                    "name": name,
                    "item_id": row.item_id,
                    "batch_id": row.batch_id,
                    "value_id": row.value_id,
                    "split": split,
                    "valid_from": number,
                    "valid_to": None,
                }
                for row, split in changed
            ],
        )
    return len(changed)


def splits_of(connection: Connection, name: str, item_ids: Sequence[int]) -> dict[int, str]:
    """The split that each item has, or last had, in the releases of a name; items that never had one are left out."""
    out: dict[int, str] = {}
    for start in range(0, len(item_ids), 500):
        rows = connection.execute(
            select(release_row.c.item_id, release_row.c.split)
            .where(
                release_row.c.item_id.in_(item_ids[start : start + 500]),
                release_row.c.name == name,
                release_row.c.split.is_not(None),
            )
            .order_by(release_row.c.id)
        )
        out |= {key: split for key, split in rows}
    return out


def authors_of_labels(connection: Connection, keys: Sequence[int]) -> dict[int, int]:
    """The person behind each of these judgements, by judgement; those of machines and rules are left out."""
    out: dict[int, int] = {}
    for start in range(0, len(keys), 500):
        rows = connection.execute(
            select(judgement.c.id, judgement.c.actor_id)
            .join(actor, actor.c.id == judgement.c.actor_id)
            .where(judgement.c.id.in_(keys[start : start + 500]), actor.c.kind == "person")
        )
        out |= {key: person for key, person in rows}
    return out


def left_out(connection: Connection, programme_id: int, name: str, batch_ids: Sequence[int]) -> list[int]:
    """Keys of the rows that a name's newest history holds, and that a release of these batches does not."""
    stands = (
        select(decision.c.item_id)
        .where(
            decision.c.batch_id == release_row.c.batch_id,
            decision.c.item_id == release_row.c.item_id,
            decision.c.state == DECISION["decided"],
            ~_GONE,
        )
        .exists()
    )
    statement = select(release_row.c.id).where(
        release_row.c.programme_id == programme_id,
        release_row.c.name == name,
        release_row.c.valid_to.is_(None),
        ~(release_row.c.batch_id.in_(batch_ids) & stands),
    )
    return list(connection.execute(statement).scalars())


def rows_of_items(connection: Connection, name: str, item_ids: Sequence[int]) -> list[int]:
    """Keys of the rows of a name's newest history that hold these items."""
    out: list[int] = []
    for start in range(0, len(item_ids), 500):
        statement = select(release_row.c.id).where(
            release_row.c.item_id.in_(item_ids[start : start + 500]),
            release_row.c.name == name,
            release_row.c.valid_to.is_(None),
        )
        out += connection.execute(statement).scalars()
    return out


def end_rows(connection: Connection, keys: Sequence[int], number: int) -> None:
    """Note that these rows are in releases before this number, and no longer in it."""
    connection.execute(update(release_row).where(release_row.c.id.in_(keys)).values(valid_to=number))


def count_decided(connection: Connection, batch_ids: Sequence[int]) -> int:
    """How many items of these batches are decided."""
    return int(
        connection.execute(
            select(func.count()).where(
                decision.c.batch_id.in_(batch_ids), decision.c.state == DECISION["decided"], ~_again(batch_ids), ~_GONE
            )
        ).scalar_one()
    )


_GONE = select(erased.c.item_id).where(erased.c.item_id == decision.c.item_id).exists()


def _again(batch_ids: Sequence[int]) -> ColumnElement[bool]:
    """True for a decision that a later one of these batches has made anew."""
    members, later = batch_item.alias(), decision.alias()
    return (
        select(members.c.item_id)
        .join(later, (later.c.batch_id == members.c.batch_id) & (later.c.item_id == members.c.item_id))
        .where(
            members.c.item_id == decision.c.item_id,
            members.c.batch_id > decision.c.batch_id,
            members.c.batch_id.in_(batch_ids),
            later.c.state == DECISION["decided"],
        )
        .exists()
    )
