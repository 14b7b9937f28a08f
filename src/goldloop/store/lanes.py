"""Lanes: one set of requirements each, so that handing out work never steps over what a person may not do."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from pydantic import Field
from sqlalchemy import BigInteger, Connection, bindparam, select

from goldloop.core.canonical import canonical
from goldloop.core.nouns import Noun, Queue
from goldloop.store.prepared import Prepared
from goldloop.store.schema import lane, ready

TEXT = "text"  # what everybody can read


class Requirements(Noun):
    """What somebody must bring to do a piece of work."""

    programme: int
    queue: Queue
    tier: int
    modality: str = TEXT
    skills: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    residency: str | None = None
    clearance: str | None = None
    content: frozenset[str] = frozenset()
    person: int | None = Field(default=None, description="whose alone the lane is")
    under: int | None = Field(default=None, description="the labels it is said in, where they are not the programme's")

    @property
    def key(self) -> str:
        """The canonical text that identifies the lane."""
        doc = self.model_dump(
            mode="json", exclude={name for name in ("person", "under") if getattr(self, name) is None}
        )
        doc["skills"], doc["languages"] = sorted(self.skills), sorted(self.languages)
        doc["content"] = sorted(self.content)
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
    content: frozenset[str] = Field(default=frozenset(), description="kinds of harmful content they agreed to see now")
    person: int | None = Field(default=None, description="who they are: lanes of their own are open to nobody else")

    def may_do(self, wanted: Requirements) -> bool:
        """True where these hands meet every requirement of a lane. What is not text asks for a skill of its name."""
        return (
            wanted.person in (None, self.person)
            and wanted.tier in self.tiers
            and (wanted.modality == TEXT or wanted.modality in self.skills)
            and wanted.skills <= self.skills
            and (not wanted.languages or not wanted.languages.isdisjoint(self.languages))
            and (wanted.residency is None or wanted.residency == self.residency)
            and (wanted.clearance is None or wanted.clearance in self.clearance)
            and wanted.content <= self.content
        )


def lane_key(connection: Connection, wanted: Requirements) -> int:
    """The lane of a set of requirements, opened if it is new."""
    key = wanted.key
    found = _BY_KEY.scalar(connection, key=key)
    if found is None:
        statement = (
            lane.insert().values(programme_id=wanted.programme, key=key, person_id=wanted.person).returning(lane.c.id)
        )
        found = connection.execute(statement).scalar_one()
    return int(found)


def open_to(connection: Connection, hands: Mapping[int, Hands]) -> dict[int, Requirements]:
    """The lanes that hands may take work from; hands by programme."""
    lanes = (
        (key, _requirements(text))
        for programme in hands
        for key, text in _OF.all(connection, programme=programme, person=hands[programme].person)
    )
    return {key: wanted for key, wanted in lanes if hands[wanted.programme].may_do(wanted)}


def idle(connection: Connection, hands: Mapping[int, Hands]) -> set[int]:
    """The lanes of a person's own in which nothing waits: most of the time all of them."""
    return {
        key
        for programme in hands
        for key in _IDLE.column(connection, programme=programme, person=hands[programme].person)
    }


def requirements_of(key: str) -> Requirements:
    """What a lane asks for, by the text that identifies it."""
    return _requirements(key)


def requirements(connection: Connection, keys: Iterable[int]) -> dict[int, Requirements]:
    """What each lane asks for."""
    rows = connection.execute(_LANES.where(lane.c.id.in_(set(keys))))
    return {key: _requirements(text) for key, text in rows}


@lru_cache(maxsize=4096)
def _requirements(text: str) -> Requirements:
    return Requirements.model_validate_json(text)


_LANES = select(lane.c.id, lane.c.key)
_BY_KEY = Prepared(select(lane.c.id).where(lane.c.key == bindparam("key")))
_IDLE = Prepared(
    select(lane.c.id).where(
        lane.c.programme_id == bindparam("programme"),
        lane.c.person_id == bindparam("person", type_=BigInteger()),
        ~select(ready.c.work_id).where(ready.c.lane_id == lane.c.id).exists(),
    )
)
_PROGRAMMES, _PERSONS = lane.c.programme_id == bindparam("programme"), bindparam("person", type_=BigInteger())
_OF = Prepared(  # two looks by key: with OR, SQLite reads the own lanes of everybody who was ever examined
    _LANES.where(_PROGRAMMES, lane.c.person_id.is_(None)).union_all(
        _LANES.where(_PROGRAMMES, lane.c.person_id == _PERSONS)
    )
)
