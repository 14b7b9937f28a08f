"""Routes of workspaces: what one declares, the devices that people state, and who was shown which item."""

from typing import Any

from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection

from goldloop.core.clock import DAY, now
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.workspace import Devices
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.store import devices as store
from goldloop.store import ledger
from goldloop.store.access import access_item, access_programme
from goldloop.store.caller import Caller
from goldloop.store.devices import DeviceRow
from goldloop.store.people import members
from goldloop.store.programmes import ProgrammeRow, policy_in_force, programmes
from goldloop.store.seen import seen

routes = APIRouter()
FAR = (1 << 63) - 1


class Statement(Noun):
    """A device that somebody works on, of which kind it is, and for how long that is stated."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"device": "ThinkPad 4711", "kind": "managed-laptop", "days": 30}]}
    )

    device: str = Field(
        min_length=1, max_length=120, pattern=r"^[^\x00-\x1f\x7f]+$", description="as it is inventoried"
    )
    kind: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    days: float | None = Field(default=None, gt=0, le=3_660, description="left out: as long as the programme allows")
    actor_id: str | None = Field(default=None, description="whose device it is; left out: one's own")


@routes.get("/work/devices")
def work_devices(ask: Ask) -> JSONResponse:
    """The programmes one works in that ask for a stated device, and what is stated of one's own."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        keys = [key for key in caller.memberships if caller.may(key, "work") or caller.kept_out(key, "work")]
        if not keys:
            raise Forbidden("you are not on any programme's roster", expected="a role that works")
        rows = []
        for row in programmes(connection, sorted(keys)):
            asked = _asked(connection, row.id)
            if asked is not None:
                rows.append(_mine(ask, connection, caller, row, asked))
    return reply({"rows": rows, "next": None})


@routes.get("/programmes/{programme}/workspace")
def programme_workspace(ask: Ask, programme: str) -> JSONResponse:
    """What a programme's workspace declares, and what it allows where one asks from."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="verify")
        space = policy_in_force(connection, row.id).policy.protection.workspace
    address = ask.place().address
    return reply(
        {
            "programme": row.name,
            "declared": space.model_dump(mode="json") if space is not None else None,
            "address": address,
            "opens": space is None or space.opens_from(address),
            "may_download": caller.may(row.id, "export"),
            "mark": ask.mark(caller, row.id),
        }
    )


@routes.get("/programmes/{programme}/devices")
def programme_devices(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Every statement about a device of a programme's people, newest first, and whether it counts now."""
    at = now()
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="staff", or_may="verify")
        asked = _asked(connection, row.id)
        rows = [_device(ask, one, asked, at=at) for one in store.devices(connection, row.id)]
    return page(rows, format=format, name="devices")


@routes.post("/programmes/{programme}/devices", status_code=201)
def state_device(ask: Ask, programme: str, body: Statement) -> JSONResponse:
    """State a device: one's own, or as a manager somebody's. Who states what until when stands in the ledger."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        whose = ask.ids.key("actor", body.actor_id) if body.actor_id is not None else caller.actor_id
        own = whose == caller.actor_id
        row = _programme_of(ask, connection, caller, programme, own=own)
        asked = _asked(connection, row.id)
        if asked is None:
            raise Conflict("this programme asks for no device", expected="protection.workspace.devices in its file")
        by = "person" if own else "manager"
        if by not in asked.by:
            raise Forbidden(
                "a statement of this kind does not count in this programme",
                field="protection.workspace.devices.by",
                expected=" or ".join(asked.by),
                found=by,
            )
        if asked.kinds and body.kind not in asked.kinds:
            raise Invalid(
                "this kind of device is not allowed", field="kind", expected=" or ".join(asked.kinds), found=body.kind
            )
        days = asked.days if body.days is None else body.days
        if days > asked.days:
            raise Invalid(
                "no statement holds for so long here",
                field="days",
                expected=f"at most {asked.days:g}",
                found=f"{days:g}",
            )
        if not own and whose not in {one.actor_id for one in members(connection, row.id)}:
            raise NotFound("this person has no role in the programme", field="actor_id", found=str(body.actor_id))
        until = at + round(days * DAY)
        name = body.device.strip()
        key = store.state_device(connection, row.id, whose, name, body.kind, until=until, by=caller.actor_id, at=at)
        data = {"device": name, "kind": body.kind, "until": until, "by": by}
        ledger.record(
            connection,
            "device.stated",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(whose),
            data=data,
            at=at,
        )
        made = store.device_row(connection, row.id, key)
        assert made is not None
        return reply(_device(ask, made, asked, at=at), 201)


@routes.delete("/programmes/{programme}/devices/{device}", status_code=204)
def withdraw_device(ask: Ask, programme: str, device: str) -> Response:
    """End a statement now: one's own, or as a manager any."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="work")
        found = store.device_row(connection, row.id, ask.ids.key("device", device))
        if found is None or not (found.actor_id == caller.actor_id or caller.may(row.id, "staff")):
            raise NotFound("there is no such statement", found=device[:60])
        if not store.withdraw_device(connection, found.id, at=at):
            raise Conflict("this statement has ended already", expected="one that is in force")
        ledger.record(
            connection,
            "device.withdrawn",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(found.actor_id),
            data={"device": found.name},
            at=at,
        )
    return Response(status_code=204)


@routes.get("/programmes/{programme}/seen")
def programme_seen(
    ask: Ask,
    programme: str,
    item: str | None = None,
    until: int | None = Query(
        default=None, ge=0, le=FAR, description="microseconds: from the hour of this moment back"
    ),
    after: After = None,
    limit: Limit = 200,
    format: Format = "json",
) -> Response:
    """Who was shown which item of a programme with a workspace, newest hour first: by page, or all of it as CSV.

    `mark` is what stood over the item on their screen: from a photograph it leads here.
    """

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            caller = ask.caller(connection)
            row = access_programme(connection, ask.ids, caller, programme, may="staff", or_may="verify")
            key = access_item(connection, ask.ids, caller, item, may="verify") if item else None
            found = seen(connection, row.id, item_id=key, until=until, before=_place(cursor), limit=most)
            marks = {key: ask.mark_of(row.id, key) for key in {one.actor_id for one in found}}
        rows = [
            {
                "item_id": ask.ids.show("item", one.item_id),
                "external_id": one.external_id,
                "who": one.who,
                "mark": marks[one.actor_id],
                "way": one.way,
                "address": one.address,
                "seen_at": one.seen_at,
            }
            for one in found
        ]
        last = found[-1] if len(found) == most else None
        return rows, f"{last.hour}.{last.item_id}.{last.actor_id}.{last.way}" if last is not None else None

    return long_list(fetch, after=after, limit=limit, format=format, name="seen")


def _programme_of(ask: Asking, connection: Connection, caller: Caller, programme: str, *, own: bool) -> ProgrammeRow:
    """The programme, for who works there and states their own device, or staffs it and states another's."""
    if own:
        row = access_programme(connection, ask.ids, caller, programme, may="see", or_may="work")
        if row.id not in caller.memberships:
            raise Forbidden("you have no role in this programme", expected="somebody who works there")
        caller.require_scope("work")
        return row
    return access_programme(connection, ask.ids, caller, programme, may="staff")


def _asked(connection: Connection, programme_id: int) -> Devices | None:
    space = policy_in_force(connection, programme_id).policy.protection.workspace
    return space.devices if space is not None else None


def _mine(ask: Asking, connection: Connection, caller: Caller, row: ProgrammeRow, asked: Devices) -> dict[str, Any]:
    at = now()
    stated = store.devices_of(connection, row.id, caller.actor_id, at=at)
    counting = [one.until for one in stated if one.holds(asked.kinds, asked.by, at=at)]
    return {
        "programme_id": ask.ids.show("programme", row.id),
        "programme": row.name,
        "kinds": list(asked.kinds),
        "by": list(asked.by),
        "days": asked.days,
        "until": max(counting, default=None),
        "devices": [_device(ask, one, asked, at=at) for one in stated],
    }


def _device(ask: Asking, one: DeviceRow, asked: Devices | None, *, at: int) -> dict[str, Any]:
    return {
        "id": ask.ids.show("device", one.id),
        "actor_id": ask.ids.show("actor", one.actor_id),
        "who": one.who,
        "device": one.name,
        "kind": one.kind,
        "by": one.by,
        "by_person": one.by_person,
        "stated_at": one.stated_at,
        "until": one.until,
        "withdrawn_at": one.withdrawn_at,
        "counts": asked is not None and one.holds(asked.kinds, asked.by, at=at),
    }


def _place(cursor: str | None) -> tuple[int, int, int, str] | None:
    """The place in the list that a cursor names."""
    if cursor is None:
        return None
    parts = cursor.split(".")
    numbers = [one for one in parts[:3] if one.isascii() and one.isdigit() and len(one) <= 18]
    if len(parts) != 4 or len(numbers) != 3 or parts[3] not in ("work", "page", "list"):
        raise Invalid("this is not a page's `next`", field="after", expected="`next` of a page", found=cursor[:40])
    return int(numbers[0]), int(numbers[1]), int(numbers[2]), parts[3]
