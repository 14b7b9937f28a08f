"""Draws: every sample with its design, its seed, and each item's inclusion probability. No estimator guesses one."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.store.schema import draw, draw_item


class Drawn(NamedTuple):
    """One item of a sample: its stratum and the probability with which it could come in."""

    item_id: int
    stratum: str
    probability: float


class DrawRow(NamedTuple):
    """A draw as it stands in its table."""

    id: int
    batch_id: int
    purpose: str
    design: str
    seed: str
    frame_size: int
    drawn_at: int


def add_draw(
    connection: Connection,
    batch_id: int,
    purpose: str,
    *,
    design: str,
    seed: str,
    frame: bytes,
    frame_size: int,
    drawn: Sequence[Drawn],
    at: int,
) -> int:
    """Record a draw; its key."""
    row = {
        "batch_id": batch_id,
        "purpose": purpose,
        "design": design,
        "seed": seed,
        "frame": frame,
        "frame_size": frame_size,
        "drawn_at": at,
    }
    key = int(connection.execute(insert(draw).returning(draw.c.id), row).scalar_one())
    if drawn:
        connection.execute(insert(draw_item), [{"draw_id": key, **one._asdict()} for one in drawn])
    return key


def draws(connection: Connection, batch_id: int, purpose: str) -> list[DrawRow]:
    """The draws from a batch for a purpose, newest first."""
    rows = connection.execute(
        select(
            draw.c.id, draw.c.batch_id, draw.c.purpose, draw.c.design, draw.c.seed, draw.c.frame_size, draw.c.drawn_at
        )
        .where(draw.c.batch_id == batch_id, draw.c.purpose == purpose)
        .order_by(draw.c.id.desc())
    )
    return [DrawRow._make(row) for row in rows]


def drawn_items(connection: Connection, draw_id: int) -> list[Drawn]:
    """The items of a draw, in order."""
    rows = connection.execute(
        select(draw_item.c.item_id, draw_item.c.stratum, draw_item.c.probability)
        .where(draw_item.c.draw_id == draw_id)
        .order_by(draw_item.c.item_id)
    )
    return [Drawn._make(row) for row in rows]


def chances(connection: Connection, batch_id: int, purpose: str) -> dict[str, float]:
    """The chance to be drawn from a batch for a purpose, by stratum; a stratum that none was drawn from is left out."""
    rows = connection.execute(
        select(draw_item.c.stratum, draw_item.c.probability)
        .join(draw, draw.c.id == draw_item.c.draw_id)
        .where(draw.c.batch_id == batch_id, draw.c.purpose == purpose)
        .distinct()
    )
    return {stratum: probability for stratum, probability in rows}
