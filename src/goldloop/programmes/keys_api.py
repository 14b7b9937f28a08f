"""Routes of a programme's signing keys: which there were, and a new one by name."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.programmes.keys import new_key, put_in_place
from goldloop.store.access import access_programme
from goldloop.store.signing_keys import SigningKey, keys

routes = APIRouter()


class NewKey(Noun):
    """Why the programme signs with another key from now on."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"because": "The disk with the key was lost; the key is to be trusted no more."}]
        }
    )

    because: str = Field(min_length=10, max_length=2000)


@routes.get("/programmes/{programme}/keys")
def signing_keys(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The keys that a programme's releases are signed with, the newest first, which signs now. Never a private half."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = keys(connection, row.id)
    return page([_shown(one, now=n == 0) for n, one in enumerate(found)], format=format, name="keys")


@routes.post("/programmes/{programme}/keys", status_code=201)
def make_key(ask: Ask, programme: str, body: NewKey) -> JSONResponse:
    """Sign with a new key from now on, by name and with a reason; releases stay under the key that signed them.

    The old key vouches for the new one, as long as it is still there.
    """
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="apply")
        made = new_key(ask.store, connection, row, by=caller.actor_id, because=body.because, at=now())
    put_in_place(ask.store, row)
    return reply(_shown(made, now=True), 201)


def _shown(one: SigningKey, *, now: bool) -> dict[str, Any]:
    return {
        "fingerprint": one.fingerprint,
        "signs_now": now,
        "made_by": one.made_by,
        "made_at": one.made_at,
        "because": one.because,
        "vouched": one.vouched is not None,
    }
