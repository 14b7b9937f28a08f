"""Cutting a release: the accepted labels of gated batches, sealed into a folder that a stranger can verify."""

import re
import shutil
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid, Unavailable
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.loop.sign_off import held_for_client
from goldloop.programmes.file.withdrawn import check_sources
from goldloop.programmes.ledger.keys import signer_of
from goldloop.programmes.releases.facts import facts_of
from goldloop.programmes.releases.history import Noted
from goldloop.programmes.releases.prepare import prepare
from goldloop.programmes.releases.reading import check_looked_at, leaving
from goldloop.programmes.releases.rows import release_rows
from goldloop.programmes.sealed.write import Sealed, write_release
from goldloop.store import jobs, ledger
from goldloop.store.actors import actors
from goldloop.store.batches import LABELLED, BatchRow, batch_row, batches
from goldloop.store.deliveries import replaced
from goldloop.store.evidence import newest_outcome
from goldloop.store.programmes import PolicyRow, policy_in_force, programme_row
from goldloop.store.release_rows import count_decided, end_rows, keep_rows, left_out, rows_of_items
from goldloop.store.releases import add_release, folder_of, newest_release

T = TypeVar("T")
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
OPEN = ("pass", "waived")


def cut(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "name", "batches", "exports", "waive"}. Seals the folder, then records the release.

    `waive` is a named person's reason to seal rows that stand in an evaluation set, None where there is none.
    """
    store = job.store
    ledger.seal(store)
    with store.read() as connection:
        policy = policy_in_force(connection, int(job.args["programme"]))
        rows = [batch_row(connection, key) for key in job.args["batches"]]
        total = count_decided(connection, [row.id for row in rows])
    job.progress(0, total=total, unit="rows", note="sealing")
    withheld: Counter[str] = Counter()
    with TemporaryFile() as file:
        noted = Noted(file)
        sealed, number = _seal(job, policy, rows, total, withheld, noted)
        try:
            _keep_history(job, policy, noted, number, sealed.rows)
            key, about = _record(job, policy, rows, sealed, number)
        except BaseException:  # also where the job ends here: what is not on record is no release
            shutil.rmtree(sealed.folder, ignore_errors=True)
            raise
    shown = {"release_id": store.ids.show("release", key), "folder": str(sealed.folder)}
    return {**about, **shown, "withheld": dict(withheld)}


def _record(
    job: Running, policy: PolicyRow, rows: Sequence[BatchRow], sealed: Sealed, number: int
) -> tuple[int, dict[str, Any]]:
    """Put a sealed folder on record: from here on it is a release."""
    with job.store.write() as connection:
        at = now()
        name = str(job.args["name"])
        parent = newest_release(connection, policy.programme_id, "dataset", name)
        about = {"rows": sealed.rows, "digest": sealed.digest, "signer": sealed.fingerprint, "number": number}
        key = add_release(
            connection,
            policy.programme_id,
            "dataset",
            name,
            canonical({**about, **_holds(sealed), "batches": [row.id for row in rows], "folder": sealed.folder.name}),
            by=int(job.asked_by or 0),
            at=at,
            sealed=bytes.fromhex(sealed.digest),
            parents=[parent.id] if parent else [],
        )
        ledger.record(
            connection,
            "release.sealed",
            programme=policy.programme_id,
            actor=job.asked_by,
            subject=str(key),
            data=about,
            at=at,
        )
        check_sources(connection, policy.programme_id, at=at)
        job.save(connection, sealed.rows, total=sealed.rows)
    return key, about


def _holds(sealed: Sealed) -> dict[str, Any]:
    """What the record keeps of a manifest: rows by source and licence, and what was withheld."""
    return {part: sealed.manifest[part] for part in ("sources", "licences", "withheld", "splits")}


def check_cut(connection: Connection, programme_id: int, name: str, keys: Sequence[int]) -> list[BatchRow]:
    """The batches that a release may hold: all whose gate is open, or those asked for. Raises Invalid, Conflict."""
    if not NAME.fullmatch(name):
        raise Invalid(
            "a release's name is a word", field="name", expected="lower-case letters, digits, - and _", found=name[:80]
        )
    mine = [row for row in batches(connection, programme_id) if row.purpose in LABELLED]
    again = replaced(connection, [row.id for row in mine])
    mine = [row for row in mine if row.id not in again]  # of a redelivery and the first, only the newest leaves
    chosen = [row for row in mine if row.id in set(keys)] if keys else mine
    shut = [row for row in chosen if newest_outcome(connection, row.id) not in OPEN]
    if keys and shut:
        raise Conflict(
            "the gate of this batch is not open",
            field="batch_ids",
            expected="a verdict that passed, or a waiver by a named person",
            found=f"{shut[0].name}: {newest_outcome(connection, shut[0].id) or 'no verdict yet'}",
        )
    held = held_for_client(connection, programme_id, [row for row in chosen if row not in shut])
    if held and (keys or len(held) + len(shut) == len(chosen)):
        raise Conflict(
            "the client holds this batch back",
            field="batch_ids",
            expected="one that they signed off, or whose dispute was waived by name",
            found="; ".join(f"{row.name}: {held[row.id]}" for row in chosen if row.id in held)[:200],
        )
    ready = sorted((row for row in chosen if row not in shut and row.id not in held), key=lambda row: row.id)
    if not ready:
        raise Conflict("no batch has passed its gate yet", expected="goldloop gate run BATCH", found="none")
    check_looked_at(connection, programme_id, ready)
    return ready


class Drafted(NamedTuple):
    """A batch of labels as the next release would have it: in it, or left out, and why."""

    row: BatchRow
    leaves: bool
    because: str


def draft(connection: Connection, programme_id: int) -> list[Drafted]:
    """What the next release would hold: every batch of labels of a programme, newest first. Seals nothing."""
    mine = [row for row in batches(connection, programme_id) if row.purpose in LABELLED]
    again = replaced(connection, [row.id for row in mine])
    outcomes = {row.id: newest_outcome(connection, row.id) for row in mine}
    held = held_for_client(connection, programme_id, [row for row in mine if outcomes[row.id] in OPEN])
    out = []
    for row in sorted(mine, key=lambda one: -one.id):
        outcome = outcomes[row.id]
        if row.id in again:
            out.append(Drafted(row, False, "a redelivery came in its place"))
        elif outcome not in OPEN:
            out.append(Drafted(row, False, f"its gate: {outcome or 'no verdict yet'}"))
        elif row.id in held:
            out.append(Drafted(row, False, f"the client: {held[row.id]}"))
        else:
            out.append(Drafted(row, True, "its gate passed" if outcome == "pass" else "its gate was waived by name"))
    return out


def _seal(
    job: Running, policy: PolicyRow, rows: Sequence[BatchRow], total: int, withheld: Counter[str], noted: Noted
) -> tuple[Sealed, int]:
    store, name = job.store, str(job.args["name"])
    with store.write() as connection:
        programme, asked_by = programme_row(connection, policy.programme_id), int(job.asked_by or 0)
        signer = signer_of(store, connection, programme, by=asked_by, at=now())
        parent = newest_release(connection, policy.programme_id, "dataset", name)
        number = parent.number + 1 if parent else 1
        by = actors(connection, [asked_by]).get(asked_by)
        folder = folder_of(store.home, policy.policy.programme, name, number)
        _clear(connection, job, folder)
    sealed_by, release_id = by.name if by else "goldloop", f"{policy.policy.programme}-{name}-{number}"
    prepared = prepare(job, policy, rows, total, name=name, release=release_id, by=sealed_by)
    with store.read() as connection:
        out = leaving(connection, rows)
        facts = facts_of(
            connection,
            store.ids,
            policy,
            rows,
            name=name,
            number=number,
            release_id=release_id,
            parent=parent,
            by=sealed_by,
            at=now(),
            prepared=prepared,
        )
        folder.parent.mkdir(mode=0o700, exist_ok=True)
        exports = [families.exporter.build(Spec(name=kind)) for kind in job.args.get("exports", ())]
        ready = release_rows(connection, store.ids, rows, splits=prepared.splits, withheld=withheld, note=noted.note)
        sealed = write_release(
            folder,
            facts=facts,
            rows=_counted(job, ready, total),
            exports=exports,
            task=out.task,
            ontology=out.ontology,
            signer=signer,
            secret=store.secret + policy.programme_id.to_bytes(8),
            withheld=withheld,
        )
        noted.ended = left_out(connection, policy.programme_id, name, [row.id for row in rows])
    return sealed, number


def _clear(connection: Connection, job: Running, folder: Path) -> None:
    """Remove what a cut of this release that was killed has left: it is on no record, so nobody was given it.

    Raises Unavailable while another cut of the name is at work, which then comes first.
    """
    beside = jobs.beside(connection, job.id, kind=job.kind, programme=job.programme_id)
    if any(one.args["name"] == job.args["name"] for one in beside):
        raise Unavailable(
            "another release of this name is being sealed", expected="one at a time", found=str(job.args["name"])
        )
    for left in (folder, *folder.parent.glob(f".{folder.name}.sealing-*")):
        shutil.rmtree(left, ignore_errors=True)


def _keep_history(job: Running, policy: PolicyRow, noted: Noted, number: int, total: int) -> None:
    """Note the rows of a release that is about to be recorded, in transactions short enough to work beside.

    Until the release is recorded nobody asks for its number, and a job that runs again writes only what is missing.
    """
    store, name, done = job.store, str(job.args["name"]), 0
    for held, behind in noted.pages():
        with store.write(durable=False) as connection:
            keep_rows(connection, policy.programme_id, name, number, held)
            if behind:
                end_rows(connection, rows_of_items(connection, name, behind), number)
        done += len(held)
        job.progress(done, total=total, unit="rows", note="noting rows")
    for start in range(0, len(noted.ended), 500):
        with store.write(durable=False) as connection:
            end_rows(connection, noted.ended[start : start + 500], number)
        job.check_cancel()


def _counted(job: Running, rows: Iterable[T], total: int) -> Iterator[T]:
    """Rows as they are, with the job told now and then."""
    for n, row in enumerate(rows):
        if n % 500 == 0:
            job.progress(n, total=total, unit="rows", note="sealing")
        yield row
