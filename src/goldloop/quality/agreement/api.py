"""Routes of agreement: of a batch, person by person; of a programme, by task type, label and slice."""

from typing import Any

from fastapi import APIRouter, Response

from goldloop.http.asking import Ask
from goldloop.http.paging import Format, page
from goldloop.quality.agreement.compared import compared
from goldloop.quality.agreement.pairs import LEVEL, METHOD, pairs
from goldloop.quality.agreement.pooled import agreement_over
from goldloop.store.access import access_batch, access_programme
from goldloop.store.actors import actors

routes = APIRouter()


@routes.get("/programmes/{programme}/agreement")
def programme_agreement(ask: Ask, programme: str, format: Format = "json") -> Response:
    """Agreement over the batches of a programme by task type, label and slice, beside the floor of the task type."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        rows = agreement_over(connection, ask.ids, row.id)
    return page(rows, format=format, name="agreement")


@routes.get("/batches/{batch}/agreement")
def batch_agreement(ask: Ask, batch: str, format: Format = "json") -> Response:
    """How often every two people gave equal answers to items that both answered independently."""
    with ask.store.read() as connection:
        row = access_batch(connection, ask.ids, ask.caller(connection), batch, may="see")
        said = compared(connection, ask.contexts.batch(connection, row.id)).said
        names = actors(connection, sorted({one.actor_id for one in said}))
        found = pairs([one for one in said if names[one.actor_id].kind == "person"])

    def who(key: int) -> dict[str, Any]:
        return {"id": ask.ids.show("actor", key), "name": names[key].name, "simulated": names[key].simulated}

    rows = [
        {
            "first": who(one.first),
            "second": who(one.second),
            "n": one.n,
            "same": one.same,
            "share": one.same / one.n,
            "low": one.low,
            "high": one.high,
            "level": LEVEL,
            "kappa": one.kappa,
            "because": one.because,
            "method": METHOD,
        }
        for one in found
    ]
    return page(rows, format=format, name="agreement")
