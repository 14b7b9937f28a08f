"""The client's word on a batch that passed: they are asked, and sign it off or dispute it by name.

    passed -> asked -> signed
                '----> disputed -> repaired -> asked again

A dispute is a finding like any other: it opens a brief whose scope is the items it names, and only a signature closes
it. What repairs it is judged again blind; when that has passed, the client is told and asked again. The batch in which
it was judged again stands with the client as the disputed one does: they are asked once, and their word holds for both.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection, select

from goldloop.core.errors import Conflict, Invalid
from goldloop.loop.brief import MOST_ITEMS, Reading, heard
from goldloop.loop.repair import call_repaired
from goldloop.loop.sign_off_rules import Standing, is_held, standing
from goldloop.store import ledger
from goldloop.store.batches import BatchRow
from goldloop.store.briefs import UNREPAIRED, brief_words, briefs
from goldloop.store.items_named import items_named
from goldloop.store.labelled import sent_back
from goldloop.store.people import members
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import batch_item, brief, item
from goldloop.store.sign_offs import (
    Passed,
    Repaired,
    SignOff,
    add_sign_off,
    one_passed,
    opened_before,
    repairs,
    sign_offs,
)

SOURCE = "client"


def key_of(batch: str) -> str:
    """The key of the brief of a batch that is disputed."""
    return f"{SOURCE}:{batch}"


def standings(connection: Connection, programme_id: int, batches: Mapping[int, str]) -> dict[int, Standing]:
    """Where some batches of a programme, by key and name, stand with the client; a repair stands as what it repairs."""
    of = repairs(connection, programme_id)
    asked = {
        of[key].batch_id if key in of else key: of[key].name if key in of else name for key, name in batches.items()
    }
    said = sign_offs(connection, list(asked))
    disputed = [key_of(asked[key]) for key, words in said.items() if any(one.kind == "disputed" for one in words)]
    waived: set[str] = set()
    for start in range(0, len(disputed), 500):
        accepted = (brief.c.key.in_(disputed[start : start + 500]), brief.c.state == "waived")
        waived |= {one.key for one in briefs(connection, programme_id, *accepted)}
    stand = {key: standing(words, waived=key_of(asked[key]) in waived) for key, words in said.items()}
    return {key: _as_repaired(stand[of[key].batch_id], of[key]) if key in of else stand[key] for key in batches}


def held_for_client(connection: Connection, programme_id: int, rows: Sequence[BatchRow]) -> dict[int, str]:
    """The batches among these that no release may hold, each with the reason."""
    sla = policy_in_force(connection, programme_id).policy.sla
    if sla is None or not rows:
        return {}
    stand = standings(connection, programme_id, {row.id: row.name for row in rows})
    return {
        key: one.because if one.state == "disputed" else "it waits to be signed off"
        for key, one in stand.items()
        if is_held(sla.hold, one)
    }


def ask(connection: Connection, one: Passed, because: str, *, at: int) -> None:
    """Ask the client of a batch, and tell everybody who may answer."""
    add_sign_off(connection, one.batch_id, one.verdict_id, kind="asked", because=because, by=None, at=at)
    clients = sorted({row.actor_id for row in members(connection, one.programme_id) if row.role == "client"})
    for actor_id in clients:
        ledger.record(
            connection,
            "sign_off.asked",
            programme=one.programme_id,
            actor=None,
            subject=str(actor_id),
            data={"batch": one.name, "because": because},
            at=at,
        )


def ask_after_verdict(connection: Connection, row: BatchRow, *, at: int) -> None:
    """After a verdict: ask the client of what has just passed, and again of the batch whose dispute it repairs."""
    promised = policy_in_force(connection, row.programme_id).policy.sla is not None
    found = one_passed(connection, row.id) if promised else None
    if found is None:
        return
    if row.id not in repairs(connection, row.programme_id):
        _ask_of(connection, row, found, at=at)
    for key, name in _repaired_by(connection, row):
        call_repaired(connection, key, f"{row.name}, in which it was judged again, has passed", by=None, at=at)
        ask_again(connection, row.programme_id, name, at=at)


def _ask_of(connection: Connection, row: BatchRow, found: Passed, *, at: int) -> None:
    """Ask of a batch that was shut before, or whose labels were annotated anew since."""
    before = opened_before(connection, row.id, found.verdict_id)
    anew = [one.at for one in sent_back(connection, row.id)]
    if before is None or any(one > before for one in anew):
        passed = "its gate was waived by name" if found.waiver_because is not None else "it passed its gate"
        ask(connection, found, "its labels were annotated anew" if before is not None else passed, at=at)


def ask_again(connection: Connection, programme_id: int, key: str, *, at: int) -> None:
    """What a client disputed is repaired: ask again of the batch of this brief, where its gate is still open."""
    (row,) = briefs(connection, programme_id, brief.c.key == key)
    batch_id = next(word.batch_id for word in brief_words(connection, [row.id])[row.id] if word.kind == "opened")
    assert batch_id is not None
    found = one_passed(connection, batch_id)
    if found is not None:
        ask(connection, found, "what was disputed is repaired", at=at)


def sign(connection: Connection, row: BatchRow, note: str, *, by: int, at: int) -> None:
    """Sign a batch off, by name. Raises Conflict where it has not passed or is signed off."""
    found = _to_answer(connection, row)
    before = standings(connection, row.programme_id, {row.id: row.name})[row.id]
    if before.state == "signed":
        raise Conflict(
            "this batch is signed off", field="batch", expected="one that waits for it", found=before.because
        )
    add_sign_off(connection, row.id, found.verdict_id, kind="signed", because=note, by=by, at=at)
    data: dict[str, object] = {"verdict": found.verdict_id, "because": note}
    _record(connection, row, "batch.signed_off", by, data, at=at)
    heard(connection, _reading(row, found, True, note or "the client signed it off", ()), at=at)


def dispute(connection: Connection, row: BatchRow, because: str, names: Sequence[str], *, by: int, at: int) -> None:
    """Dispute items of a batch, by name and with a reason. Raises Conflict where it has not passed, Invalid."""
    found = _to_answer(connection, row)
    there = select(batch_item.c.item_id).where(batch_item.c.batch_id == row.id)
    named = items_named(connection, row.programme_id, names, item.c.id.in_(there))
    if missing := sorted(set(names) - {one.external_id for one in named}):
        raise Invalid(
            "this batch has no such items",
            field="items",
            expected=f"ids of items of {row.name}",
            found=", ".join(missing[:5])[:200] + (f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""),
        )
    keys = [one.item_id for one in named]
    add_sign_off(connection, row.id, found.verdict_id, kind="disputed", because=because, items=keys, by=by, at=at)
    data: dict[str, object] = {"verdict": found.verdict_id, "items": len(keys), "because": because}
    _record(connection, row, "batch.disputed", by, data, at=at)
    words = sign_offs(connection, [row.id])[row.id]
    disputed = _disputed(words)
    said = f"{len(disputed):,} of {row.item_count:,} items are disputed: {because}"
    external = _external(connection, disputed)
    heard(connection, _reading(row, found, False, said, external), at=at)


def _to_answer(connection: Connection, row: BatchRow) -> Passed:
    if policy_in_force(connection, row.programme_id).policy.sla is None:
        raise Conflict("this programme has no client to sign off", expected="an `sla` block in the programme file")
    found = one_passed(connection, row.id)
    if found is None:
        raise Conflict(
            "only what passed is signed off or disputed", field="batch", expected="a batch whose gate is open"
        )
    if (of := repairs(connection, row.programme_id).get(row.id)) is not None:
        raise Conflict(
            "in this batch items of another were judged again, and the word on that one holds for both",
            field="batch",
            expected=of.name,
            found=row.name,
        )
    return found


def _as_repaired(one: Standing, of: Repaired) -> Standing:
    return one._replace(because=f"as {of.name}, whose items were judged again in it: {one.because}".rstrip(": "))


def _disputed(words: Sequence[SignOff]) -> list[int]:
    """Every item that was disputed since the batch was last signed off."""
    since = max((n for n, one in enumerate(words) if one.kind == "signed"), default=-1)
    return sorted({key for one in words[since + 1 :] for key in one.items})[:MOST_ITEMS]


def _external(connection: Connection, keys: Sequence[int]) -> tuple[str, ...]:
    out: list[str] = []
    for start in range(0, len(keys), 500):
        part = keys[start : start + 500]
        out += connection.execute(select(item.c.external_id).where(item.c.id.in_(part)).order_by(item.c.id)).scalars()
    return tuple(out)


def _repaired_by(connection: Connection, row: BatchRow) -> list[tuple[int, str]]:
    """(key, what is measured) of the unrepaired disputes for whose repair this batch was opened."""
    mine = (brief.c.source == SOURCE, brief.c.state.in_(UNREPAIRED), brief.c.remedy.is_not(None))
    found = {one.id: one for one in briefs(connection, row.programme_id, *mine)}
    worked = brief_words(connection, list(found), ("worked",))
    return [(key, found[key].key) for key, words in worked.items() if any(one.batch_id == row.id for one in words)]


def _reading(row: BatchRow, found: Passed, healthy: bool, because: str, items: Sequence[str]) -> Reading:
    return Reading(
        row.programme_id,
        key_of(row.name),
        SOURCE,
        f"The client disputes {row.name}",
        healthy,
        because,
        verdict_id=found.verdict_id,
        batch_id=row.id,
        scope={"batch": row.name, "items": list(items)},
    )


def _record(connection: Connection, row: BatchRow, kind: str, by: int, data: Mapping[str, object], *, at: int) -> None:
    ledger.record(connection, kind, programme=row.programme_id, actor=by, subject=str(row.id), data=dict(data), at=at)
