"""Lanes: one set of requirements each, so that handing out work never steps over what a person may not do."""

import json
from collections.abc import Iterable
from functools import lru_cache

from pydantic import Field
from sqlalchemy import Connection, select

from goldloop.core.canonical import canonical
from goldloop.core.nouns import Noun, Queue
from goldloop.store.schema import lane, member, person


class Requirements(Noun):
    """What somebody must bring to do a piece of work."""

    programme: int
    queue: Queue
    tier: int
    modality: str = "text"
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    residency: str | None = None
    clearance: str | None = None

    @property
    def key(self) -> str:
        """The canonical text that identifies the lane."""
        doc = self.model_dump(mode="json")
        doc["skills"], doc["languages"] = sorted(self.skills), sorted(self.languages)
        return canonical(doc)


class Hands(Noun):
    """What a person brings to one programme."""

    tiers: frozenset[int]
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = Field(
        default=frozenset(), description="empty: not declared, so nothing is asked of them"
    )
    residency: str | None = None
    clearance: frozenset[str] = frozenset()

    def may_do(self, wanted: Requirements) -> bool:
        """True where these hands meet every requirement of a lane."""
        return (
            wanted.tier in self.tiers
            and wanted.skills <= self.skills
            and (not wanted.languages or not wanted.languages.isdisjoint(self.languages))
            and (wanted.residency is None or wanted.residency == self.residency)
            and (wanted.clearance is None or wanted.clearance in self.clearance)
        )


def lane_key(connection: Connection, wanted: Requirements) -> int:
    """The lane of a set of requirements, opened if it is new."""
    key = wanted.key
    found = connection.execute(select(lane.c.id).where(lane.c.key == key)).scalar()
    if found is None:
        statement = lane.insert().values(programme_id=wanted.programme, key=key).returning(lane.c.id)
        found = connection.execute(statement).scalar_one()
    return int(found)


def open_to(connection: Connection, actor_id: int, *, programme_id: int | None = None) -> dict[int, Requirements]:
    """The lanes a person may take work from, across the programmes they are a member of."""
    hands = hands_of(connection, actor_id, programme_id=programme_id)
    if not hands:
        return {}
    rows = connection.execute(_LANES.where(lane.c.programme_id.in_(hands)))
    lanes = ((key, _requirements(text)) for key, text in rows)
    return {key: wanted for key, wanted in lanes if hands[wanted.programme].may_do(wanted)}


def hands_of(connection: Connection, actor_id: int, *, programme_id: int | None = None) -> dict[int, Hands]:
    """What a person brings, by programme; nothing where they are no member."""
    statement = _HANDS.where(member.c.actor_id == actor_id)
    if programme_id is not None:
        statement = statement.where(member.c.programme_id == programme_id)
    out: dict[int, Hands] = {}
    for programme, tiers, skills, languages, residency, clearance in connection.execute(statement):
        granted = out.get(programme)
        out[programme] = Hands(
            tiers=frozenset(json.loads(tiers)) | (granted.tiers if granted else frozenset()),
            skills=frozenset(json.loads(skills)),
            languages=frozenset(json.loads(languages)),
            residency=residency,
            clearance=frozenset(json.loads(clearance)),
        )
    return out


def requirements(connection: Connection, keys: Iterable[int]) -> dict[int, Requirements]:
    """What each lane asks for."""
    rows = connection.execute(_LANES.where(lane.c.id.in_(set(keys))))
    return {key: _requirements(text) for key, text in rows}


@lru_cache(maxsize=4096)
def _requirements(text: str) -> Requirements:
    return Requirements.model_validate_json(text)


_LANES = select(lane.c.id, lane.c.key)
_HANDS = select(
    member.c.programme_id, member.c.tiers, person.c.skills, person.c.languages, person.c.residency, person.c.clearance
).join(person, person.c.actor_id == member.c.actor_id)
