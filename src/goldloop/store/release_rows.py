"""The rows of a dataset release: decided items in order, and a linear history that stores only what changed."""

from array import array
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, select, update

from goldloop.store.bulk import add_rows, find_rows
from goldloop.store.codes import DECISION
from goldloop.store.prepared import Prepared
from goldloop.store.schema import (
    actor,
    batch_item,
    decision,
    erased,
    item,
    judgement,
    release_row,
    source,
    value,
    work,
)

PAGE = 1000


class Decided(NamedTuple):
    """One accepted label, ready to be sealed; what is JSON is the canonical text that is stored."""

    item_id: int
    batch_id: int
    external_id: str
    body_text: str
    value_id: int
    answer_text: str
    because: str
    rests_on: tuple[int, ...]
    source_id: int

    @property
    def body(self) -> dict[str, Any]:
        """The item as it was taken in, parsed anew each time."""
        return dict(from_json(self.body_text))


def decided(
    connection: Connection, batch_ids: Sequence[int], *, visible: ColumnElement[bool] | None = None
) -> Iterator[list[Decided]]:
    """The decided items of batches in pages, by batch and item; items nobody decided are left out, and those
    that were erased.

    An item that was judged again in a later one of these batches comes once, as it was decided there.

    `visible`: the condition on an item that whoever asks may see it; everything where left out.
    """
    for batch_id in batch_ids:
        later = [key for key in batch_ids if key > batch_id]
        statement = (
            select(
                decision.c.item_id,
                decision.c.batch_id,
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
                decision.c.item_id > bindparam("after"),
                decision.c.state == DECISION["decided"],
                ~_GONE,
                *([~_again(later)] if later else []),
                *([visible] if visible is not None else []),
            )
            .order_by(decision.c.item_id)
            .limit(PAGE)
        )
        after = 0
        while rows := connection.execute(statement, {"after": after}).all():
            after = rows[-1].item_id
            yield [
                Decided(key, batch, external, body, said, answer, because, _keys(judgements), source)
                for key, batch, external, body, said, answer, because, judgements, source in rows
            ]


def _keys(listed: str) -> tuple[int, ...]:
    """The keys in a JSON list; most labels rest on one."""
    one = listed[1:-1]
    return (int(one),) if one.isdecimal() else tuple(from_json(listed))


class SaidRow(NamedTuple):
    """One judgement, as far as a release tells of it, as the driver gives it: what is true or not may be 1 or 0."""

    id: int
    item_id: int
    said_at: int
    value_id: int | None
    confidence: float | None
    suggestion_id: int | None
    shown: int
    others: str | None
    order_seed: int | None
    revision_of: int | None
    active_ms: int | None
    wall_ms: int | None
    answer: str | None
    actor_id: int
    stance: int
    guideline_id: int | None
    ontology_id: int | None
    queue: int | None
    surplus: bool
    tier: int | None
    blind: bool | None

    @property
    def kind(self) -> tuple[Any, ...]:
        """What many judgements have in common: by whom, of which stance, under which versions, in which queue."""
        return self[_KIND:]


_KIND = SaidRow._fields.index("actor_id")
_TABLES = {"answer": value, "tier": work, "blind": work}


_SAID = Prepared(
    select(*(_TABLES.get(name, judgement).c[name] for name in SaidRow._fields))
    .select_from(decision)
    .join(judgement, judgement.c.item_id == decision.c.item_id)
    .outerjoin(
        batch_item, (batch_item.c.batch_id == decision.c.batch_id) & (batch_item.c.item_id == decision.c.item_id)
    )
    .outerjoin(value, value.c.id == judgement.c.value_id)
    .outerjoin(work, work.c.id == judgement.c.work_id)
    .where(
        decision.c.batch_id == bindparam("batch"),
        decision.c.item_id >= bindparam("first"),
        decision.c.item_id <= bindparam("last"),
        decision.c.value_id.is_not(None),
        (judgement.c.batch_id == decision.c.batch_id) | (judgement.c.id == batch_item.c.suggestion_id),
    )
)


def said_of(connection: Connection, batch_id: int, item_ids: Sequence[int]) -> dict[int, list[SaidRow]]:
    """Everything said of decided items of a batch, which stand in the order of their keys, and the model judgements
    that they were routed by: by item and in order."""
    out: dict[int, list[SaidRow]] = {key: [] for key in item_ids}
    for row in sorted(_SAID.tuples(connection, batch=batch_id, first=item_ids[0], last=item_ids[-1])):
        if row[1] in out:
            out[row[1]].append(SaidRow._make(row))
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


def sources_of(connection: Connection, batch_ids: Sequence[int]) -> list[tuple[str, int]]:
    """The sources of the items of batches by name, with how many items are from each.

    Counted page by page: to group them all, SQLite would sort them all in memory.
    """
    counted = Counter[int]()
    for batch_id in batch_ids:
        after = 0
        while page := _SOURCES.tuples(connection, batch=batch_id, after=after):
            after = page[-1][0]
            counted.update(source_id for _, source_id in page)
    names = select(source.c.id, source.c.name).where(source.c.id.in_(counted)).order_by(source.c.name)
    return [(name, counted[key]) for key, name in connection.execute(names)]


_SOURCES = Prepared(
    select(item.c.id, item.c.source_id)
    .join(batch_item, batch_item.c.item_id == item.c.id)
    .where(batch_item.c.batch_id == bindparam("batch"), batch_item.c.item_id > bindparam("after"))
    .order_by(batch_item.c.item_id)
    .limit(10 * PAGE)
)


class Held(NamedTuple):
    """A row that a release holds: which label of an item, from which batch, in which split."""

    item_id: int
    batch_id: int
    value_id: int
    split: str | None


class _Kept(NamedTuple):
    """A row of the newest history of a name."""

    row: int
    batch_id: int
    value_id: int
    split: str | None


def keep_rows(connection: Connection, programme_id: int, name: str, number: int, rows: Sequence[Held]) -> int:
    """Note the rows of a release in its name's history; how many were. Only what is new or changed is written."""
    of, columns = [row.item_id for row in rows], ("id", "item_id", "batch_id", "value_id", "split", "valid_to")
    known = find_rows(connection, release_row, columns, among="item_id", of=of, where=("name", name))
    before = {key: _Kept(row, *held) for row, key, *held, ended in known if ended is None}
    changed = [
        row
        for row in rows
        if (was := before.get(row.item_id)) is None or (was.value_id, was.batch_id) != (row.value_id, row.batch_id)
    ]
    moved = [
        {"row": was.row, "new": row.split}
        for row in rows
        if (was := before.get(row.item_id)) is not None and was.split != row.split
    ]
    if moved:  # a split is no change of a row: the newest release speaks
        connection.execute(
            update(release_row).where(release_row.c.id == bindparam("row")).values(split=bindparam("new")), moved
        )
    ended = [before[row.item_id].row for row in changed if row.item_id in before]
    for start in range(0, len(ended), 500):
        end_rows(connection, ended[start : start + 500], number)
    add_rows(
        connection,
        release_row,
        ("programme_id", "name", "item_id", "batch_id", "value_id", "split", "valid_from"),
        ((programme_id, name, *row, number) for row in changed),
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


def left_out(connection: Connection, programme_id: int, name: str, batch_ids: Sequence[int]) -> "array[int]":
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
    found = array("q")
    for page in connection.execute(statement, execution_options={"stream_results": True}).scalars().partitions(PAGE):
        found.extend(page)
    return found


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
    connection.execute(update(release_row).where(release_row.c.id.in_(list(keys))).values(valid_to=number))


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
    """True for a decision that one of these batches, if it is a later one, has made anew."""
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
