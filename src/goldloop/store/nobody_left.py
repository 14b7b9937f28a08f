"""Open work that nobody may do: nobody on the roster meets what it asks for, or who does has judged the item."""

import json
from collections.abc import Collection, Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from goldloop.store.exposure import everybodys
from goldloop.store.lanes import TEXT, Hands, Requirements, requirements
from goldloop.store.moment import now
from goldloop.store.rosters import away
from goldloop.store.schema import judgement, lane, member, person, ready, work
from goldloop.store.work import waiting


class Stuck(NamedTuple):
    """Works that wait in a lane whose requirements nobody on the roster meets, and which of these are the reason."""

    wanted: Requirements
    works: int
    because: str


def stuck(connection: Connection, programme_id: int) -> list[Stuck]:
    """The lanes of a programme in which work waits for nobody. Counted lane by lane, whatever waits in them."""
    keys = list(connection.execute(select(lane.c.id).where(lane.c.programme_id == programme_id)).scalars())
    asked, staff, counts = requirements(connection, keys), _staff(connection, programme_id), waiting(connection, keys)
    absent = away(connection, staff, at=now(connection))
    out = []
    for key in sorted(counts):
        able = {who for who, hands in staff.items() if hands.may_do(asked[key])}
        if able <= absent.keys():
            out.append(
                Stuck(asked[key], counts[key], _because(asked[key], staff.values(), [absent[one] for one in able]))
            )
    return out


def nobody_left(connection: Connection, programme_id: int, batch_id: int) -> int:
    """How many waiting works of a batch have no member left who may do them and has not judged the item."""
    found = connection.execute(
        select(work.c.item_id, work.c.lane_id)
        .join(
            ready,
            (ready.c.lane_id == work.c.lane_id)
            & (ready.c.priority == work.c.priority)
            & (ready.c.work_id == work.c.id),
        )
        .where(work.c.batch_id == batch_id)
    ).all()
    staff = _staff(connection, programme_id)
    absent = away(connection, staff, at=now(connection))
    staff = {who: hands for who, hands in staff.items() if who not in absent}
    asked = requirements(connection, {row.lane_id for row in found})
    allowed = {key: {who for who, hands in staff.items() if hands.may_do(wanted)} for key, wanted in asked.items()}
    judged: dict[int, set[int]] = {}
    items = sorted({row.item_id for row in found})
    for start in range(0, len(items), 500):
        rows = connection.execute(
            select(judgement.c.item_id, judgement.c.actor_id)
            .where(judgement.c.item_id.in_(items[start : start + 500]))
            .distinct()
        )
        for item_id, actor_id in rows:
            judged.setdefault(item_id, set()).add(actor_id)
    return sum(not allowed[row.lane_id] - judged.get(row.item_id, set()) for row in found)


def _staff(connection: Connection, programme_id: int) -> dict[int, Hands]:
    """What every member of a programme brings to it."""
    rows = connection.execute(
        select(
            member.c.actor_id,
            member.c.tiers,
            person.c.skills,
            person.c.languages,
            person.c.residency,
            person.c.clearance,
        )
        .outerjoin(person, person.c.actor_id == member.c.actor_id)
        .where(member.c.programme_id == programme_id)
    )
    out: dict[int, Hands] = {}
    contents = everybodys(connection, programme_id)
    for row in rows:
        before = out.get(row.actor_id)
        out[row.actor_id] = Hands(
            tiers=frozenset(json.loads(row.tiers)) | (before.tiers if before else frozenset()),
            skills=frozenset(json.loads(row.skills or "[]")),
            languages=frozenset(json.loads(row.languages or "[]")),
            residency=row.residency,
            clearance=frozenset(json.loads(row.clearance or "[]")),
            content=contents.get(row.actor_id, frozenset()),
            person=row.actor_id,
        )
    return out


def _because(wanted: Requirements, staff: Iterable[Hands], away_until: Collection[date]) -> str:
    """What nobody has, as far as it can be told apart; else that nobody has all of it together, or who has is away."""
    if away_until:
        return f"who may do it is on leave, the first until {min(away_until).isoformat()}"
    hands = list(staff)
    parts = {
        f"tier {wanted.tier}": wanted.model_copy(update=_NOTHING),
        **({f"skill {wanted.modality}": _only(wanted, modality=wanted.modality)} if wanted.modality != TEXT else {}),
        **{f"skill {one}": _only(wanted, skills=frozenset({one})) for one in sorted(wanted.skills)},
        **(
            {f"language {' or '.join(sorted(wanted.languages))}": _only(wanted, languages=wanted.languages)}
            if wanted.languages
            else {}
        ),
        **({f"residency {wanted.residency}": _only(wanted, residency=wanted.residency)} if wanted.residency else {}),
        **({f"clearance {wanted.clearance}": _only(wanted, clearance=wanted.clearance)} if wanted.clearance else {}),
    }
    for one in sorted(wanted.content):
        parts[f"agreed to see {one}"] = _only(wanted, content=frozenset({one}))
    lacking = [name for name, part in parts.items() if not any(one.may_do(part) for one in hands)]
    if lacking:
        return "nobody on the roster has " + " or ".join(lacking)
    return "nobody on the roster has " + " with ".join(parts)


_NOTHING: dict[str, Any] = {
    "modality": TEXT,
    "content": frozenset(),
    "skills": frozenset(),
    "languages": frozenset(),
    "residency": None,
    "clearance": None,
}


def _only(wanted: Requirements, **asked: object) -> Requirements:
    """One requirement of a lane beside its tier."""
    return wanted.model_copy(update={**_NOTHING, **asked})
