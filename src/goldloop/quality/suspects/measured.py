"""Suspected label errors as they were last measured, and whether somebody has looked at them since."""

from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence, Spec
from goldloop.loop.brief import MOST_ITEMS, Reading
from goldloop.quality.suspects.doubted import DOUBTED
from goldloop.store.evidence import programme_evidence
from goldloop.store.standing_labels import decided_since

SUSPECTS = Spec(name="suspects.v1", params={"level": 0.95, "most": 200})
PEOPLE = "people"
LIKELY = 0.5  # a label that the answers behind it hold for less likely than this is to be looked at


class Suspect(NamedTuple):
    """An accepted label that is suspected: by `people`, or by the model of a name, which says another `instead`."""

    item_id: int
    by: str
    instead: str | None
    evidence: Evidence


def suspects(connection: Connection, ids: Ids, programme_id: int) -> list[Suspect]:
    """Suspected label errors as they were last measured, least probable first."""
    found = [
        Suspect(ids.key("item", one.slice["item"]), one.slice.get("model", PEOPLE), one.slice.get("instead"), one)
        for spec in (SUSPECTS, DOUBTED)
        for one in programme_evidence(connection, ids, programme_id, spec)
        if "item" in one.slice
    ]
    return sorted(found, key=lambda one: (one.evidence.value or 0.0, one.item_id, one.by))


def looked_at(connection: Connection, ids: Ids, programme_id: int) -> Reading:
    """How what was last suspected stands: healthy once every one of these items was decided anew."""
    found = [one for one in suspects(connection, ids, programme_id) if one.by != PEOPLE or _is_likely(one)]
    measured_at = max((one.evidence.measured_at for one in found), default=0)
    names = decided_since(connection, sorted({one.item_id for one in found}), measured_at)
    open_ = [key for key, (_, anew) in names.items() if not anew]
    by = sorted({one.by for one in found})
    because = f"{len(open_):,} of {len(names):,} suspected labels were not decided anew"
    return Reading(
        programme_id,
        "suspects",
        "suspects",
        "Accepted labels are suspected to be wrong",
        not open_,
        because + (f"; suspected by {', '.join(by)}" if open_ else ""),
        scope={"items": [names[key][0] for key in open_][:MOST_ITEMS]},
    )


def _is_likely(one: Suspect) -> bool:
    return one.evidence.value is not None and one.evidence.value < LIKELY
