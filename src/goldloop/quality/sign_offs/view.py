"""What the client and the programme read of sign-offs: batches that passed, and what was said of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from goldloop.core.ids import Ids
from goldloop.core.sla import Hold, SlaDoc
from goldloop.loop.sign_off import standings
from goldloop.loop.sign_off_rules import is_held
from goldloop.store.batches import BatchRow
from goldloop.store.schema import item
from goldloop.store.sign_offs import Passed, SignOff, one_passed, repairs, sign_offs


def sign_off_lines(
    connection: Connection, ids: Ids, programme_id: int, found: Sequence[Passed], *, hold: Hold
) -> list[dict[str, Any]]:
    """Batches that passed, each with how it stands with the client and every word on it."""
    names = {one.batch_id: one.name for one in found}
    stand, of = standings(connection, programme_id, names), repairs(connection, programme_id)
    said = sign_offs(connection, list(names))
    external = _external(connection, [word for words in said.values() for word in words])
    out = []
    for one in found:
        at = stand[one.batch_id]
        out.append(
            {
                "batch_id": ids.show("batch", one.batch_id),
                "batch": one.name,
                "purpose": one.purpose,
                "items": one.items,
                "outcome": "waived" if one.waiver_because is not None else one.outcome,
                "proved": one.proved,
                "waived_because": one.waiver_because,
                "decided_at": one.decided_at,
                "state": at.state,
                "because": at.because,
                "by": at.said.by if at.said else None,
                "organisation": at.said.organisation if at.said else None,
                "said_at": at.said.at if at.said else None,
                "accepted": at.waived,
                "held": is_held(hold, at),
                "repairs": of[one.batch_id].name if one.batch_id in of else None,
                "words": [_word(word, external) for word in said[one.batch_id]],
            }
        )
    return out


def sign_off_of(connection: Connection, ids: Ids, row: BatchRow, sla: SlaDoc | None) -> dict[str, Any] | None:
    """How one batch stands with the client; None where it has not passed, or nothing is promised to anybody."""
    found = one_passed(connection, row.id) if sla is not None else None
    if sla is None or found is None:
        return None
    (line,) = sign_off_lines(connection, ids, row.programme_id, [found], hold=sla.hold)
    return line


def _word(one: SignOff, external: Mapping[int, str]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "because": one.because,
        "items": [external[key] for key in one.items if key in external],
        "by": one.by,
        "organisation": one.organisation,
        "at": one.at,
    }


def _external(connection: Connection, words: Sequence[SignOff]) -> dict[int, str]:
    """The ids that sources gave the disputed items; what was erased since has none."""
    keys = sorted({key for one in words for key in one.items})
    out: dict[int, str] = {}
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        rows = connection.execute(select(item.c.id, item.c.external_id).where(item.c.id.in_(part)))
        out |= {key: name for key, name in rows}
    return out
