"""Routes that try a policy: on a batch that was routed, and on one item."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field
from sqlalchemy import ColumnElement, Connection, select

from goldloop.core.errors import Invalid
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, Asking, reply
from goldloop.http.paging import After, Format, Limit, long_list
from goldloop.labelling.routing.dry_run import Compared, compare, explain, summary, tried
from goldloop.loop.context import BatchContext
from goldloop.store.access import access_batch, access_item, access_programme, visible_items
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.schema import item as items

routes = APIRouter()
LONGEST = 18  # digits that fit a database's integer


class Trial(Noun):
    """A batch that was routed, and the policy to try on it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"batch": "bat_4h8c2m7k9tq3x"}]})

    batch: str = Field(max_length=200)
    yaml: str | None = Field(default=None, description="a programme file; the one in force if left out")
    name: str = Field(default="programme.yaml", max_length=200, description="what the file is called in errors")


class Asked(Noun):
    """The policy to explain an item under."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})

    yaml: str | None = Field(default=None, description="a programme file; the one in force if left out")
    name: str = Field(default="programme.yaml", max_length=200, description="what the file is called in errors")


@routes.post("/programmes/{programme}/policies/dry-run")
def try_policy(ask: Ask, programme: str, body: Trial) -> JSONResponse:
    """What a policy would have done with a batch: items rule by rule then and now, load of the queues, cost."""
    with ask.store.read() as connection:
        policy, context, visible = _tried(ask, connection, programme, body)
        return reply(summary(connection, ask.ids, policy, context, visible))


@routes.post("/programmes/{programme}/policies/dry-run/items")
def try_policy_items(
    ask: Ask, programme: str, body: Trial, after: After = None, limit: Limit = 200, format: Format = "json"
) -> Response:
    """The items of a batch that would go elsewhere, each with its rule then and now."""
    start = _number(after)

    def fetch(cursor: str | None, most: int) -> tuple[list[dict[str, Any]], str | None]:
        rows: list[dict[str, Any]] = []
        with ask.store.read() as connection:
            policy, context, visible = _tried(ask, connection, programme, body)
            begin = start if cursor is None else int(cursor)
            for one in compare(connection, policy, context, visible, after=begin):
                if one.was[1:] != one.now[1:]:
                    rows.append(_row(ask, one))
                    if len(rows) == most:
                        return rows, str(one.item_id)
        return rows, None

    return long_list(fetch, after=None, limit=limit, format=format, name="changed")


@routes.post("/items/{item}/routing")
def explain_item(ask: Ask, item: str, body: Asked) -> JSONResponse:
    """Why an item goes where it goes: the rules that are looked at, in order, and why each does or does not match."""
    with ask.store.read() as connection:
        key = access_item(connection, ask.ids, ask.caller(connection), item)
        programme = connection.execute(select(items.c.programme_id).where(items.c.id == key)).scalar_one()
        policy = policy_in_force(connection, programme)
        if body.yaml is not None:
            policy = tried(policy, body.yaml, name=body.name)
        return reply({"item_id": item, **explain(connection, policy, key)})


def _tried(
    ask: Asking, connection: Connection, programme: str, body: Trial
) -> tuple[PolicyRow, BatchContext, ColumnElement[bool]]:
    caller = ask.caller(connection)
    row = access_programme(connection, ask.ids, caller, programme, may="read_items")
    batch = access_batch(connection, ask.ids, caller, body.batch, may="read_items")
    if batch.programme_id != row.id:
        raise Invalid("this batch is another programme's", field="batch", found=body.batch[:80])
    policy = policy_in_force(connection, row.id)
    if body.yaml is not None:
        policy = tried(policy, body.yaml, name=body.name)
    return policy, ask.contexts.batch(connection, batch.id), visible_items(caller)


def _row(ask: Asking, one: Compared) -> dict[str, Any]:
    first = one.facts.first
    return {
        "item_id": ask.ids.show("item", one.item_id),
        "external_id": one.external_id,
        "was": one.was._asdict(),
        "now": one.now._asdict(),
        "confidence": first.confidence if first is not None else None,
        "calibrated": first.calibrated if first is not None else None,
    }


def _number(after: str | None) -> int:
    if after is None:
        return -1
    if not after.isascii() or not after.isdigit() or len(after) > LONGEST:
        raise Invalid("this is not a page's `next`", field="after", expected="a number", found=after[:40])
    return int(after)
