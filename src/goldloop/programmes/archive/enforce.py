"""What was opened is put in force here: its file, its schedules, a key of its own, and its ledger's first entry."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from goldloop.core.errors import Conflict
from goldloop.core.nouns import Spec
from goldloop.core.programme_file import read_policy
from goldloop.loop.human_only import people_only
from goldloop.loop.latch import latch_left_open
from goldloop.programmes.archive.adapted import adapted
from goldloop.programmes.archive.format import Manifest
from goldloop.programmes.file.apply import apply, keep_schedules
from goldloop.programmes.ledger.keys import new_key
from goldloop.store import jobs, ledger
from goldloop.store.archive import arriving as write
from goldloop.store.batches import batches
from goldloop.store.caller import Caller, caller_of_actor
from goldloop.store.human_only import latch_batch
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force, programme_row


def owner(connection: Connection, actor_id: int) -> Caller:
    """Who opens. Raises Conflict where they have left, Forbidden where they are no owner."""
    caller = caller_of_actor(connection, actor_id)
    if caller is None:
        raise Conflict("who asked for this has left", field="asked_by", expected="an owner")
    caller.require_owner()
    return caller


def enforce(
    store: Store,
    connection: Connection,
    manifest: Manifest,
    sha256: bytes,
    programme_id: int,
    *,
    name: str,
    organisation: str,
    answers: Mapping[str, str],
    by: int,
    at: int,
) -> dict[str, Any]:
    """Put it in force. `answers`: sign-in names here of those who answer, by their sign-in names there; for the others
    whoever opens stands in. What came of it."""
    caller, row = owner(connection, by), programme_row(connection, programme_id)
    before = policy_in_force(connection, row.id)
    for one in batches(connection, row.id):
        if (because := people_only(Spec.model_validate_json(one.task))) is not None:
            latch_batch(connection, one.id, because, at=at)  # whatever the archive says of its items
    text = adapted(
        write.newest_yaml(connection, row.id),
        name=name,
        organisation=organisation,
        answers=answers,
        otherwise=write.sign_in_of(connection, by),
    )
    read_policy(text)
    last = manifest.segments[-1]
    ledger.record(
        connection,
        "programme.opened",
        programme=row.id,
        actor=by,
        subject=str(row.id),
        data={
            "archive": sha256.hex(),
            "signed_by": manifest.fingerprint,
            "programme": manifest.programme,
            "programme_id": manifest.programme_id,
            "segment": last.number,
            "head": last.head,
            "events": last.events,
        },
        at=at,
    )
    done = apply(connection, caller, text, at=at, reviewed=True)
    if not done.changed:
        keep_schedules(connection, row.id, before.policy, None, at=at)
    because = f"opened from an archive of {manifest.programme}, signed by {manifest.fingerprint}"
    latch_left_open(connection, policy_in_force(connection, row.id).policy, row.id, at=at)
    key = new_key(store, connection, row, by=by, because=because, at=at)
    for take_in in write.indexed(connection, row.id):
        jobs.enqueue(connection, "index_text", {"subject": take_in}, programme=row.id, asked_by=None)
    return {
        "programme": name,
        "programme_id": store.ids.show("programme", row.id),
        "counts": manifest.counts,
        "signed_by": manifest.fingerprint,
        "key": key.fingerprint,
        "version": done.number,
        "stood_in_for": sorted(set(manifest.named) - answers.keys()),
        "masked": manifest.masked,
    }
