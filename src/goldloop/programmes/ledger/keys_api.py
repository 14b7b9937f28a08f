"""Routes of a programme's signing keys: which there were, and a new one by name."""

from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from pydantic import ConfigDict, Field

from goldloop.core.clock import now
from goldloop.core.nouns import Noun
from goldloop.http.asking import Ask, reply
from goldloop.http.paging import Format, page
from goldloop.programmes.ledger.keys import new_key, put_in_place, signed_list
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
    distrust: bool = Field(
        default=False, description="withdraw the old key: somebody else may hold it, so it vouches for nothing"
    )


@routes.get("/programmes/{programme}/keys")
def signing_keys(ask: Ask, programme: str, format: Format = "json") -> Response:
    """The keys that a programme's releases are signed with, the newest first, which signs now. Never a private half."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        found = keys(connection, row.id)
    after = [None, *found]
    rows = [
        _shown(one, now=n == 0, withdrawn=then is not None and then.distrusts)
        for n, (one, then) in enumerate(zip(found, after, strict=False))
    ]
    return page(rows, format=format, name="keys")


@routes.post("/programmes/{programme}/keys", status_code=201)
def make_key(ask: Ask, programme: str, body: NewKey) -> JSONResponse:
    """Sign with a new key from now on, by name and with a reason; releases stay under the key that signed them.

    The old key vouches for the new one, as long as it is still there and trusted.
    """
    with ask.store.write() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="apply")
        by, why = caller.actor_id, body.because
        made = new_key(ask.store, connection, row, by=by, because=why, at=now(), distrust=body.distrust)
    put_in_place(ask.store, row)
    return reply(_shown(made, now=True, withdrawn=False), 201)


@routes.get("/programmes/{programme}/keys/list")
def list_of_keys(ask: Ask, programme: str) -> JSONResponse:
    """The keys of a programme, public halves only, in an envelope that the newest one signed: for who verifies offline.

    It leads from any of them to any release, and says which keys are trusted no longer.
    """
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="verify")
        return reply(signed_list(ask.store, connection, row))


def _shown(one: SigningKey, *, now: bool, withdrawn: bool) -> dict[str, Any]:
    return {
        "fingerprint": one.fingerprint,
        "signs_now": now,
        "made_by": one.made_by,
        "made_at": one.made_at,
        "because": one.because,
        "vouched": one.vouched is not None,
        "withdrawn": withdrawn,
    }
