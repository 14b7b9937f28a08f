"""Workspaces: what a programme declares, the devices that people state, and who was shown which item."""

from collections.abc import Iterator
from typing import Any

from goldloop.client.wire import Row, Wire, address


class Workspace(Row):
    """What a programme's workspace declares, and what it allows where one asks from. `declared` is None without one."""

    programme: str
    declared: dict[str, Any] | None
    address: str | None
    opens: bool
    may_download: bool
    mark: str | None


class Device(Row):
    """A statement about somebody's device; `counts`: it lets them be handed work now."""

    id: str
    actor_id: str
    who: str
    device: str
    kind: str
    by: str
    by_person: bool
    stated_at: int
    until: int
    withdrawn_at: int | None
    counts: bool


class Asked(Row):
    """What a programme asks of one's device, and until when a statement of one's own counts; None: there is none."""

    programme_id: str
    programme: str
    kinds: tuple[str, ...]
    by: tuple[str, ...]
    days: float
    until: int | None
    devices: tuple[Device, ...]


class Seen(Row):
    """Somebody was shown an item: `mark` stood over it, `way` is work, page or list."""

    item_id: str
    external_id: str
    who: str
    mark: str
    way: str
    address: str
    seen_at: int


class Workspaces:
    """`client.workspaces`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def show(self, programme: str) -> Workspace:
        """What a programme declares, and what it allows from here."""
        return self._wire.one(Workspace, "GET", address("programmes", programme, "workspace"))

    def mine(self) -> list[Asked]:
        """What the programmes one works in ask of one's device."""
        return list(self._wire.rows(Asked, "work/devices"))

    def devices(self, programme: str) -> list[Device]:
        """Every statement of a programme, newest first."""
        return list(self._wire.rows(Device, address("programmes", programme, "devices")))

    def state(
        self, programme: str, device: str, kind: str, *, days: float | None = None, actor_id: str | None = None
    ) -> Device:
        """State one's own device, or somebody's as a manager. Raises Forbidden for a statement that counts nothing."""
        asked = {"device": device, "kind": kind, "days": days, "actor_id": actor_id}
        return self._wire.one(Device, "POST", address("programmes", programme, "devices"), json=asked)

    def withdraw(self, programme: str, device_id: str) -> None:
        """End a statement now. Raises Conflict for one that has ended."""
        self._wire.ask("DELETE", address("programmes", programme, "devices", device_id))

    def seen(self, programme: str, *, item: str | None = None, until: int | None = None) -> Iterator[Seen]:
        """Who was shown what, newest hour first: of one item, and from the hour of a moment back."""
        return self._wire.rows(Seen, address("programmes", programme, "seen"), params={"item": item, "until": until})
