"""What the audits of a batch say: the answers its items are held against, and how the items came to be looked at."""

import json
from collections.abc import Set
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.loop.draw import in_order
from goldloop.store.batches import batch_row, children
from goldloop.store.codes import DECISION
from goldloop.store.draws import DrawRow, drawn_items, draws
from goldloop.store.erased import erased_of
from goldloop.store.schema import batch, batch_item, decision, gold, judgement

AUDIT = "gate"  # the draw that a gate's audit rests on
BEFORE = "judged in an earlier audit"


class Audited(NamedTuple):
    """The reference answer of items, and the sample they came in with.

    `reference` is item -> value, `under` the ontology it was given under. `chance` is the probability of each item that
    people were asked about: where a plan has asked about a part of what was drawn, to be in that part. `cell` is its
    sampling stratum, and `held` counts the items of each stratum. `place` is an item's turn in the newest sample.
    `looks` are those of its plan: (judged in all, accept at most, reject from). `frame` is how many items it was drawn
    from.
    """

    reference: dict[int, int]
    under: dict[int, int | None]
    chance: dict[int, float]
    cell: dict[int, str]
    held: dict[str, int]
    place: dict[int, int]
    looks: tuple[tuple[int, int, int], ...] = ()
    frame: int = 0


def audited(connection: Connection, batch_id: int, items: Set[int]) -> Audited:
    """Where a gate drew samples, what they say, with the chance to be drawn; else known gold.

    The newest sample speaks for what it was drawn from. Items that an earlier audit judged were left out of it: they
    are known, so they are a stratum of their own in which everything is looked at.
    """
    known = _gold(connection, batch_id)
    drawn = draws(connection, batch_id, AUDIT)
    if not drawn:
        inside = {key: one for key, one in known.items() if key in items}
        return Audited(*_apart(inside), {}, {}, {}, {})
    newest, design = drawn[0], json.loads(drawn[0].design)
    judged = known | _judged(connection, batch_id)
    gone = erased_of(connection, batch_id) - judged.keys()  # nobody can judge them any more: their turn passes on
    sample = {one.item_id: one for one in drawn_items(connection, newest.id) if one.item_id in items - gone}
    places = in_order(newest.seed, list(sample))
    opened = _opened(connection, batch_id)
    asked = {key: one for key, one in sample.items() if key in opened}
    part = len(asked) / len(sample) if asked else 1.0  # of the sample: a random one, for it is asked in random order
    chance = {key: one.probability * part for key, one in asked.items()}
    cell = {key: one.stratum for key, one in asked.items()}
    held: dict[str, int] = dict(design.get("cells", {}))
    earlier = set(_earlier(connection, [*drawn[1:], *_draws_before(connection, batch_id)])) - set(sample)
    before = [key for key in sorted(earlier) if key in judged and key in items]
    if before:
        held[BEFORE] = len(before)
        chance |= dict.fromkeys(before, 1.0)
        cell |= dict.fromkeys(before, BEFORE)
    reference, under = _apart(
        {key: judged[key] for key in chance if key in judged and (key in opened or key in earlier)}
    )
    return Audited(
        reference=reference,
        under=under,
        chance=chance,
        cell=cell,
        held=held,
        place={key: n for n, key in enumerate(places)},
        looks=tuple((n, accept, reject) for n, accept, reject in design.get("looks", ())),
        frame=newest.frame_size,
    )


def judged_before(connection: Connection, batch_id: int) -> set[int]:
    """The items of a batch that any audit of its gate has judged: a fresh sample leaves them out."""
    drawn = [*draws(connection, batch_id, AUDIT), *_draws_before(connection, batch_id)]
    earlier = set(_earlier(connection, drawn))
    return earlier & set(_judged(connection, batch_id))


def _audits(connection: Connection, batch_id: int) -> list[int]:
    """The audits of a batch; of a redelivery those of what it replaces, too."""
    family = [batch_id, *_replaced(connection, batch_id)]
    return [row.id for key in family for row in children(connection, key) if row.purpose == "audit"]


def _replaced(connection: Connection, batch_id: int) -> list[int]:
    """The deliveries that a delivery came in the place of, newest first."""
    out: list[int] = []
    row = batch_row(connection, batch_id)
    while row.purpose == "delivery" and row.parent_id is not None:
        row = batch_row(connection, row.parent_id)
        out.append(row.id)
    return out


def _draws_before(connection: Connection, batch_id: int) -> list[DrawRow]:
    return [one for key in _replaced(connection, batch_id) for one in draws(connection, key, AUDIT)]


def _earlier(connection: Connection, drawn: list[DrawRow]) -> list[int]:
    return [one.item_id for row in drawn for one in drawn_items(connection, row.id)]


def _opened(connection: Connection, batch_id: int) -> set[int]:
    """The items that any audit of a batch has asked people about."""
    audits = _audits(connection, batch_id)
    rows = connection.execute(select(batch_item.c.item_id).where(batch_item.c.batch_id.in_(audits)))
    return set(rows.scalars())


class _Given(NamedTuple):
    """An answer that items are held against, and the ontology it was given under."""

    value_id: int
    ontology_id: int | None


def _apart(given: dict[int, _Given]) -> tuple[dict[int, int], dict[int, int | None]]:
    return {key: one.value_id for key, one in given.items()}, {key: one.ontology_id for key, one in given.items()}


def _judged(connection: Connection, batch_id: int) -> dict[int, _Given]:
    audits = _audits(connection, batch_id)
    rows = connection.execute(
        select(decision.c.item_id, decision.c.value_id, batch.c.ontology_id)
        .join(batch, batch.c.id == decision.c.batch_id)
        .where(decision.c.batch_id.in_(audits), decision.c.state == DECISION["decided"])
        .order_by(decision.c.batch_id)
    )
    return {key: _Given(value, under) for key, value, under in rows if value is not None}


def _gold(connection: Connection, batch_id: int) -> dict[int, _Given]:
    rows = connection.execute(
        select(gold.c.item_id, judgement.c.value_id, judgement.c.ontology_id)
        .join(judgement, judgement.c.id == gold.c.judgement_id)
        .join(batch_item, batch_item.c.item_id == gold.c.item_id)
        .where(batch_item.c.batch_id == batch_id)
    )
    return {key: _Given(value, under) for key, value, under in rows if value is not None}
