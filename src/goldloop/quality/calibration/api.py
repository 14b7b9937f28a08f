"""Routes of calibration: gold releases, how people stand, lifting and contesting a pause, withdrawing gold."""

from typing import Annotated

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.nouns import Noun
from goldloop.core.policy import Name
from goldloop.http import show
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.loop import gold_withdrawal
from goldloop.quality.calibration import gold
from goldloop.quality.calibration import standing as calibration
from goldloop.store.access import access_item, access_programme, access_release
from goldloop.store.codes import CALIBRATION_NAMES
from goldloop.store.gold import gold_count, gold_row
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import newest_release, release_row_of, releases

routes = APIRouter()
Because = Annotated[str, Field(min_length=1, max_length=10_000)]


class NewGold(Noun):
    """A gold set: rows about imported items, or about those of a sealed dataset."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "intents",
                    "rows": [{"id": "1", "answer": "a", "difficulty": "hard", "concepts": ["card"], "eval_only": True}],
                }
            ]
        }
    )

    name: Name
    rows: tuple[gold.GoldLine, ...] = Field(default=(), max_length=gold.MOST)
    source: str = Field(default="default", min_length=1, max_length=200, description="the source the items belong to")
    release: str | None = Field(default=None, description="a sealed dataset whose labels are right; id of the release")
    seed: int = Field(default=0, description="of the order in which items are drawn")


class Withdrawal(Noun):
    """Why an item of gold is wrong."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": "Clause 4.2 says otherwise since March."}]})

    because: Because


class Lift(Noun):
    """Why somebody's pause ends, and with what: live work, or another exam."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"because": "We went through the mistakes together.", "again": True}]}
    )

    because: Because
    again: bool = Field(default=False, description="to another exam instead of live work")


class PauseRuling(Noun):
    """Why a contested pause stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"because": "The items were clear; see clause 2."}]})

    because: Because


class NewPauseContest(Noun):
    """Which programme's pause is wrong, and why."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"programme": "banking", "because": "Three of the items have two readings."}]}
    )

    programme: str = Field(min_length=1, max_length=200)
    because: Because


@routes.get("/programmes/{programme}/gold")
def gold_releases(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The gold releases of a programme, newest first."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate")
        rows = [
            {**show.release(ask.ids, one), **gold_count(connection, one.id)._asdict()}
            for one in releases(connection, row.id, "gold")
        ]
    return page(rows, format=format, name="gold")


@routes.post("/programmes/{programme}/gold", status_code=201)
def seal_gold(ask: Ask, programme: str, body: NewGold) -> JSONResponse:
    """Seal a gold set. A row that contradicts the ontology is named, and then nothing is sealed."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        dataset = None
        if body.release is not None:
            dataset = access_release(connection, ask.ids, caller, body.release, may="see")
        key = gold.seal(
            connection,
            row.id,
            body.name,
            body.rows,
            source=body.source,
            dataset=dataset,
            seed=body.seed,
            by=caller.actor_id,
            at=now(),
        )
        count = gold_count(connection, key)
        shown = {**show.release(ask.ids, release_row_of(connection, key)), **count._asdict()}
    return reply(shown, 201)


@routes.get("/programmes/{programme}/gold/{name}")
def gold_health(ask: Ask, programme: str, name: str) -> JSONResponse:
    """A gold release with what people made of every item; those that good people disagree with come first."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate")
        return reply(gold.gold_page(connection, ask.ids, policy_in_force(connection, row.id), name))


@routes.post("/programmes/{programme}/gold/{name}/{item}/withdraw")
def withdraw_gold(ask: Ask, programme: str, name: str, item: str, body: Withdrawal) -> JSONResponse:
    """Withdraw an item from gold, with a reason; what was made of everybody who answered it is reckoned again."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        key = access_item(connection, ask.ids, caller, item)
        release = newest_release(connection, row.id, "gold", name)
        found = gold_row(connection, release.id, key) if release is not None else None
        if release is None or found is None:
            raise Conflict("this item is not in the newest gold release of the name", field="item", found=item[:60])
        calibration.said_why(body.because)
        changed = gold_withdrawal.withdraw(
            connection,
            ask.contexts,
            row.id,
            release.id,
            key,
            body.because.strip(),
            by=caller.actor_id,
            at=now(),
        )
        if changed is None:
            raise Conflict("this item has been withdrawn", field="item", expected="an item that people are measured on")
    return reply({"item_id": item, "recomputed": changed})


@routes.get("/programmes/{programme}/calibration")
def programme_calibration(ask: Ask, programme: str) -> JSONResponse:
    """The rule people are calibrated by, and how everybody stands: exam, hidden gold, training, with intervals."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="gate")
        return reply(calibration.page(connection, ask.ids, row.id, at=now()))


@routes.post("/programmes/{programme}/calibration/{actor_id}/lift")
def lift_pause(ask: Ask, programme: str, actor_id: str, body: Lift) -> JSONResponse:
    """End somebody's pause by name and with a reason: to live work, or to another exam."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        key = ask.ids.key("actor", actor_id)
        found = calibration.lift(
            connection, ask.contexts, row.id, key, body.because, again=body.again, by=caller.actor_id, at=now()
        )
    return reply({"state": CALIBRATION_NAMES[found.state], "because": found.because})


@routes.post("/programmes/{programme}/calibration/{actor_id}/uphold")
def uphold_pause(ask: Ask, programme: str, actor_id: str, body: PauseRuling) -> JSONResponse:
    """Rule that a contested pause stands, with a reason."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="gate")
        key = ask.ids.key("actor", actor_id)
        calibration.uphold(connection, row.id, key, body.because, by=caller.actor_id, at=now())
    return reply({"state": "paused", "because": body.because.strip()})


@routes.get("/me/calibration")
def my_calibration(ask: Ask) -> JSONResponse:
    """How one stands to the exams of one's programmes, one's results on gold once they may be known, and training."""
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        shown = calibration.mine(
            connection,
            ask.ids,
            caller.actor_id,
            away=caller.out_of_reach(),
            mark=lambda programme_id: ask.mark(caller, programme_id),
            at=now(),
        )
        return reply(shown)


@routes.post("/me/calibration/contests", status_code=201)
def contest_pause(ask: Ask, body: NewPauseContest) -> JSONResponse:
    """Say that one's own pause is wrong: a senior rules."""
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        caller.require_scope("work")
        row = access_programme(connection, ask.ids, caller, body.programme, may="work")
        calibration.contest(connection, row.id, caller.actor_id, body.because, at=now())
    return reply({"programme": row.name, "because": body.because.strip()}, 201)
