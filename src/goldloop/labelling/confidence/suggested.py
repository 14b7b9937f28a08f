"""What a model version said of items, as the rules read it: with its confidence as it is believed now."""

from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop.labelling.confidence.recalibration import Recalibrated
from goldloop.labelling.routing.rules import Suggested
from goldloop.store.suggestions import labels_of, suggestions_of


def suggested(
    connection: Connection,
    actor_ids: Sequence[int],
    keys: Sequence[int],
    *,
    map_: Recalibrated | None = None,
    shares: frozenset[str] | None = None,
) -> dict[int, Suggested]:
    """What the first (newest) of these model versions said of items; `map_` is the recalibration it is read by.

    What labels got is read where one of `shares` is among them; without it, everywhere.
    """
    if not actor_ids:
        return {}
    rows = suggestions_of(connection, actor_ids[0], keys, shares=shares)
    labels = labels_of(connection, [row.value_id for row in rows.values() if row.value_id is not None])
    stated = [row.confidence for row in rows.values() if row.confidence is not None]
    read = iter(map_.apply(stated) if map_ is not None and stated else ())
    return {
        key: Suggested(
            row.judgement_id,
            row.value_id,
            labels.get(row.value_id, ()) if row.value_id is not None else (),
            row.confidence,
            row.margin,
            row.top,
            next(read, None) if row.confidence is not None else None,
        )
        for key, row in rows.items()
    }
