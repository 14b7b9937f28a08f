"""What was stated of the devices that people work on: by whom, and until when it holds."""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, insert, select, update

from goldloop.store.prepared import Prepared
from goldloop.store.schema import actor, device


class DeviceRow(NamedTuple):
    """A statement about somebody's device. `by_person`: their own."""

    id: int
    actor_id: int
    who: str
    name: str
    kind: str
    stated_by: int
    by: str
    stated_at: int
    until: int
    withdrawn_at: int | None

    @property
    def by_person(self) -> bool:
        """True where it is the person's own statement."""
        return self.stated_by == self.actor_id

    def holds(self, kinds: Collection[str], by: Collection[str], *, at: int) -> bool:
        """True where it is in force, of a kind that is asked for, and made by somebody whose word counts."""
        stated = "person" if self.by_person else "manager"
        in_force = self.withdrawn_at is None and self.until > at
        return in_force and stated in by and (not kinds or self.kind in kinds)


def state_device(
    connection: Connection, programme_id: int, actor_id: int, name: str, kind: str, *, until: int, by: int, at: int
) -> int:
    """Note a statement; its key."""
    row = {
        "programme_id": programme_id,
        "actor_id": actor_id,
        "name": name,
        "kind": kind,
        "stated_by": by,
        "stated_at": at,
        "until": until,
    }
    return int(connection.execute(insert(device).returning(device.c.id), row).scalar_one())


def withdraw_device(connection: Connection, key: int, *, at: int) -> bool:
    """End a statement now; False where it had ended."""
    ended = update(device).where(device.c.id == key, device.c.withdrawn_at.is_(None), device.c.until > at)
    return connection.execute(ended.values(withdrawn_at=at)).rowcount == 1


def devices_of(connection: Connection, programme_id: int, actor_id: int, *, at: int) -> list[DeviceRow]:
    """The statements about a person's devices that have not ended: one look by key at every hand-out."""
    return [DeviceRow._make(row) for row in _OF_PERSON.all(connection, programme=programme_id, actor=actor_id, at=at)]


def devices(connection: Connection, programme_id: int) -> list[DeviceRow]:
    """Every statement of a programme, newest first."""
    rows = connection.execute(_DEVICES.where(device.c.programme_id == programme_id).order_by(device.c.id.desc()))
    return [DeviceRow._make(row) for row in rows]


def device_row(connection: Connection, programme_id: int, key: int) -> DeviceRow | None:
    """One statement of a programme, or None."""
    row = connection.execute(_DEVICES.where(device.c.programme_id == programme_id, device.c.id == key)).one_or_none()
    return DeviceRow._make(row) if row is not None else None


_STATER = actor.alias("stater")
_DEVICES = (
    select(
        device.c.id,
        device.c.actor_id,
        actor.c.name.label("who"),
        device.c.name,
        device.c.kind,
        device.c.stated_by,
        _STATER.c.name.label("by"),
        device.c.stated_at,
        device.c.until,
        device.c.withdrawn_at,
    )
    .join(actor, actor.c.id == device.c.actor_id)
    .join(_STATER, _STATER.c.id == device.c.stated_by)
)
_OF_PERSON = Prepared(
    _DEVICES.where(
        device.c.programme_id == bindparam("programme"),
        device.c.actor_id == bindparam("actor"),
        device.c.withdrawn_at.is_(None),
        device.c.until > bindparam("at"),
    ).order_by(device.c.until.desc())
)
