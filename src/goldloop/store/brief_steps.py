"""The steps of all briefs of a programme in a stretch of time."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.schema import brief, brief_word

MOST = 1000


class BriefStep(NamedTuple):
    """One step of a brief: what it is about, what happened, and why."""

    brief_id: int
    source: str
    title: str
    kind: str
    because: str
    at: int


def brief_steps(
    connection: Connection, programme_id: int, kinds: Sequence[str], *, since: int, until: int
) -> list[BriefStep]:
    """The steps of some kinds in [since, until), oldest first, at most 1,000."""
    rows = connection.execute(
        select(brief.c.id, brief.c.source, brief.c.title, brief_word.c.kind, brief_word.c.because, brief_word.c.at)
        .join(brief, brief.c.id == brief_word.c.brief_id)
        .where(
            brief.c.programme_id == programme_id,
            brief_word.c.kind.in_(kinds),
            brief_word.c.at >= since,
            brief_word.c.at < until,
        )
        .order_by(brief_word.c.id)
        .limit(MOST)
    )
    return [BriefStep._make(row) for row in rows]
