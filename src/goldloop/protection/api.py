"""Routes of protection: erasing with its certificates, opening tokens with a reason."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import Connection, select

from goldloop.core.clock import HOUR, now
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.protection import Pii
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.errors import TooMany
from goldloop.http.paging import After, Format, Limit, long_list, page
from goldloop.http.routes.jobs import as_job
from goldloop.loop.forget import proof_of
from goldloop.protection.air_gap import holes, outlets, peers
from goldloop.protection.erase import holding_any
from goldloop.store import jobs, ledger, take_ins
from goldloop.store.access import access_item, access_programme
from goldloop.store.caller import Caller
from goldloop.store.delivered import receipts
from goldloop.store.erased import ErasedRow, erased_items, erased_row
from goldloop.store.nobody_left import stuck
from goldloop.store.parents import descendants
from goldloop.store.programmes import policy_in_force, programme_row
from goldloop.store.schema import item as items
from goldloop.store.vault import add_opening, open_vault, openings, openings_since, tokens_of

routes = APIRouter()
SHOWN = 5
Reason = Field(min_length=10, max_length=500, description="why, in a sentence; it stands in the ledger")


class Erasing(Noun):
    """Why an item is erased, and whether what was made from it and the releases that hold it go with it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": "asked for under article 17"}]})

    because: str = Reason
    releases: bool = Field(default=False, description="erase the folders of releases that hold it, too")
    derived: bool | None = Field(
        default=None, description="what was made from it: true erases that, too; false keeps it, in no new release"
    )


class Opening(Noun):
    """Which token to open, and why."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"token": "[EMAIL:7f3k9m2q4hxd]", "because": "the customer asked to be called"}]
        }
    )

    token: str = Field(max_length=60)
    because: str = Reason


@routes.post("/items/{item}/erase", status_code=202)
def erase_item(ask: Ask, item: str, body: Erasing) -> JSONResponse:
    """Forget an item for good, as a job: what it said, what was written of it, the file it came in. Labels stay."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        key = access_item(connection, ask.ids, caller, item, may="apply")
        row = connection.execute(select(items.c.programme_id, items.c.take_in_id).where(items.c.id == key)).one()
        if erased_row(connection, key) is not None:
            raise Conflict("this item was erased already", expected="an item that is there")
        made = descendants(connection, key)
        if made and body.derived is None:
            raise Conflict(
                "other items were made from this one",
                field="derived",
                expected="true to erase them, too; false to keep them, in no new release",
                found=_named(connection, row.programme_id, made),
            )
        derived = made if body.derived else []
        holding = holding_any(connection, row.programme_id, [key, *derived])
        if holding and not body.releases:
            names = ", ".join(f"{one.name} #{one.number}" for one in holding)
            who = sorted({one.who for one in receipts(connection, [one.id for one in holding])})
            raise Conflict(
                "it stands in sealed releases, whose folders here go with it; their certificates stay",
                field="releases",
                expected="true, when that is what you want",
                found=f"{names}; received by {', '.join(who) or 'nobody'}",
            )
        source = take_ins.take_in_row(connection, row.take_in_id)
        if source.blob and not take_ins.finished_with(connection, row.programme_id, source.blob):
            raise Conflict("the file that this item came in is still being read", expected="an import that is over")
        args = {"item": key, "derived": derived, "because": body.because.strip()}
        job = jobs.enqueue(connection, "erase", args, programme=row.programme_id, asked_by=caller.actor_id)
        return reply(as_job(ask, jobs.find(connection, job)), 202)


@routes.get("/items/{item}/erasure")
def erasure(ask: Ask, item: str) -> JSONResponse:
    """The certificate of an item's deletion: when, why, by whom, and where it stands in the ledger."""
    with ask.store.read() as connection:
        key = access_item(connection, ask.ids, ask.caller(connection), item, may="verify")
        row = erased_row(connection, key)
        if row is None:
            raise NotFound("this item was not erased", expected="an erased item", found=item[:60])
        return reply({**_erased(ask, row), "ledger": proof_of(connection, ask.store, row.event_id, row.segment_id)})


@routes.get("/programmes/{programme}/erasures")
def erasures(ask: Ask, programme: str, after: After = None, limit: Limit = 200, format: Format = "json") -> Response:
    """What was erased of a programme: by page, or all of it as CSV."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="verify")
            start = ask.ids.key("item", cursor) if cursor else 0
            found = erased_items(connection, row.id, after=start, limit=most)
        rows = [_erased(ask, one) for one in found]
        return rows, rows[-1]["item_id"] if len(rows) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="erasures")


@routes.get("/items/{item}/tokens")
def item_tokens(ask: Ask, item: str, format: Format = "json") -> Response:
    """The tokens that stand in an item for personal data, and whether one may open them."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        key, programme_id = _item(ask, connection, caller, item)
        rules = policy_in_force(connection, programme_id).policy.protection.pii
        found = tokens_of(connection, programme_id, key)
        may = rules is not None and _may_open(caller, programme_id, rules)
    rows = [{"token": one.token, "kind": one.kind, "kept": one.sealed is not None, "may_open": may} for one in found]
    return page(rows, format=format, name="tokens")


@routes.post("/items/{item}/tokens/open")
def open_token(ask: Ask, item: str, body: Opening) -> JSONResponse:
    """Open one token of an item, with a reason. Each opening stands in the ledger: who, why and which."""
    at = now()
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        key, programme_id = _item(ask, connection, caller, item)
        rules = policy_in_force(connection, programme_id).policy.protection.pii
        if rules is None or not _may_open(caller, programme_id, rules):
            raise Forbidden(
                "your role does not open tokens in this programme",
                field="protection.pii.open",
                expected=" or ".join(rules.open) if rules and rules.open else "a role that the programme file names",
                found=", ".join(sorted(_roles(caller, programme_id))) or "none",
            )
        kept = next((one for one in tokens_of(connection, programme_id, key) if one.token == body.token), None)
        if kept is None:
            raise NotFound("this item holds no such token", field="token", found=body.token[:60])
        if kept.sealed is None:
            raise NotFound("what this token stood for was erased", field="token", found=body.token)
        if openings_since(connection, programme_id, caller.actor_id, at - HOUR) >= rules.openings_per_hour:
            raise TooMany(HOUR // 1_000_000, "you have opened as many tokens as one person may in an hour")
        name = programme_row(connection, programme_id).name
        value = open_vault(connection, ask.store.home, programme_id, name).open(kept.token, kept.sealed)
        because = body.because.strip()
        add_opening(connection, programme_id, key, caller.actor_id, kept.token, because, at=at)
        ledger.record(
            connection,
            "vault.opened",
            programme=programme_id,
            actor=caller.actor_id,
            subject=str(key),
            data={"token": kept.token, "because": because},
            at=at,
        )
    return reply({"token": kept.token, "kind": kept.kind, "value": value})


@routes.get("/programmes/{programme}/openings")
def programme_openings(
    ask: Ask, programme: str, after: After = None, limit: Limit = 200, format: Format = "json"
) -> Response:
    """Who opened which token and why, newest first: by page, or all of it as CSV."""

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        with ask.store.read() as connection:
            row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="verify")
            found = openings(connection, row.id, before=_number(cursor), limit=most)
        rows = [
            {
                "item_id": ask.ids.show("item", one.item_id),
                "external_id": one.external_id,
                "who": one.who,
                "token": one.token,
                "because": one.because,
                "opened_at": one.opened_at,
            }
            for one in found
        ]
        return rows, str(found[-1].id) if len(found) == most else None

    return long_list(fetch, after=after, limit=limit, format=format, name="openings")


@routes.get("/programmes/{programme}/stuck")
def stuck_work(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Work that waits for nobody: no member has the tier, skill, language, residency or clearance it asks for."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = stuck(connection, row.id)
    rows = [
        {"queue": one.wanted.queue, "tier": one.wanted.tier, "works": one.works, "because": one.because}
        for one in found
    ]
    return page(rows, format=format, name="stuck")


@routes.get("/air-gap")
def air_gap(ask: Ask) -> JSONResponse:
    """Everything that is set to reach a network, and the connections this server has open now; an owner's."""
    with ask.store.read() as connection:
        ask.caller(connection).require_owner()
        found = outlets(connection, ask.store.settings)
    connected = peers()
    closed = None if connected is None else holes(found, connected) == 0
    return reply(
        {
            "closed": closed,
            "outlets": [one._asdict() for one in found],
            "connections": [one._asdict() for one in connected or ()],
        }
    )


def _named(connection: Connection, programme_id: int, keys: Sequence[int]) -> str:
    """Some items by the ids that sources gave them, and the releases that hold any of them."""
    shown = connection.execute(select(items.c.external_id).where(items.c.id.in_(keys[:SHOWN])).order_by(items.c.id))
    rest = f" and {len(keys) - SHOWN:,} more" if len(keys) > SHOWN else ""
    holding = holding_any(connection, programme_id, keys)
    within = f"; in {', '.join(f'{one.name} #{one.number}' for one in holding)}" if holding else ""
    return f"{', '.join(shown.scalars())}{rest}{within}"[:500]


def _item(ask: Asking, connection: Connection, caller: Caller, public: str) -> tuple[int, int]:
    """An item and its programme, for who may read items."""
    key = access_item(connection, ask.ids, caller, public)
    return key, int(connection.execute(select(items.c.programme_id).where(items.c.id == key)).scalar_one())


def _roles(caller: Caller, programme_id: int) -> frozenset[str]:
    mine = caller.memberships.get(programme_id)
    return frozenset(mine.roles) if mine is not None else frozenset()


def _may_open(caller: Caller, programme_id: int, rules: Pii) -> bool:
    """True for a role that the file names: owning the installation is none. A token of the API opens none either."""
    return caller.scopes is None and not _roles(caller, programme_id).isdisjoint(rules.open)


def _number(after: str | None) -> int | None:
    if after is None:
        return None
    if not after.isascii() or not after.isdigit() or len(after) > 18:
        raise Invalid("this is not a page's `next`", field="after", expected="a number", found=after[:40])
    return int(after)


def _erased(ask: Asking, row: ErasedRow) -> dict[str, Any]:
    return {
        "item_id": ask.ids.show("item", row.item_id),
        "external_id": row.external_id,
        "erased_at": row.erased_at,
        "because": row.because,
        "by": row.who,
        "commitment": row.commitment.hex(),
    }
