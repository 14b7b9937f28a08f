"""Routes of a ledger: how much is sealed, whether it holds, and the segment that an auditor takes along."""

from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse, StreamingResponse

from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid
from goldloop.http.asking import Ask, reply
from goldloop.programmes.ledger.segment import written
from goldloop.store import ledger, segments
from goldloop.store.access import access_programme

routes = APIRouter()
MOST = (1 << 31) - 1


@routes.get("/programmes/{programme}/ledger")
def ledger_head(ask: Ask, programme: str) -> JSONResponse:
    """How much of the programme's record is sealed."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="see")
        head = ledger.head(connection, row.id)
        unsealed = ledger.count_unsealed(connection, row.id)
    shown = {"sealed": head.number if head else 0, "unsealed": unsealed, "head": head.hash.hex() if head else None}
    return reply(shown)


@routes.post("/programmes/{programme}/ledger/verify")
def verify_ledger(ask: Ask, programme: str) -> JSONResponse:
    """Check every block and event of the programme's ledger, and the judgements committed to in it."""
    with ask.store.read() as connection:
        row = access_programme(connection, ask.ids, ask.caller(connection), programme, may="verify")
    ledger.seal(ask.store)
    with ask.store.read() as connection:
        return reply(segments.verify(connection, ask.store.blobs, row.id).model_dump(mode="json"))


@routes.get("/programmes/{programme}/ledger/segment")
def ledger_segment(
    ask: Ask,
    programme: str,
    since: Annotated[int, Query(ge=1, le=MOST, description="its first block")] = 1,
) -> StreamingResponse:
    """A programme's ledger from a block on, as lines that anybody can check: `goldloop ledger check FILE`.

    From its first block on it begins with the segments that were closed where the programme was opened from. What it
    says of items and people are keys and salted commitments, not their content. That it was taken is an event.
    """
    with ask.store.read() as connection:
        caller = ask.caller(connection)
        row = access_programme(connection, ask.ids, caller, programme, may="see")
        access_programme(connection, ask.ids, caller, programme, may="verify")
    ledger.seal(ask.store)
    with ask.store.write() as connection:
        head = ledger.head(connection, row.id)
        if head is None:
            raise Conflict("nothing of this ledger is sealed yet", expected="a block", found="none")
        if since > head.number:
            raise Invalid(
                "the ledger has no such block", field="since", expected=f"1 to {head.number}", found=str(since)
            )
        data = {"from": since, "until": head.number}
        ledger.record(
            connection,
            "ledger.exported",
            programme=row.id,
            actor=caller.actor_id,
            subject=str(row.id),
            data=data,
            at=now(),
        )

    def lines() -> Iterator[str]:
        with ask.store.read() as connection:
            yield from written(connection, ask.store.blobs, row.id, row.name, first=since, until=head.number)

    headers = {"content-disposition": f'attachment; filename="{row.name}-ledger.jsonl"'}
    return StreamingResponse(lines(), media_type="application/x-ndjson", headers=headers)
