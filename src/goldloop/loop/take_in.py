"""Taking in: a file's records become items with what is already said of them, chunk by chunk.

Every chunk commits with its resume token, so that an import goes on where it stopped and takes nothing in twice.
What cannot be taken in becomes a numbered reject; the good rows go on.
"""

import json
import shutil
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from typing import Any, NamedTuple

from sqlalchemy import Connection, insert, select

from goldloop.core import families
from goldloop.core.canonical import canonical, digest
from goldloop.core.clock import now
from goldloop.core.errors import Invalid, Unavailable
from goldloop.core.families import Reject, Said
from goldloop.core.masking import closed, hidden
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.loop.ahead import read_ahead
from goldloop.loop.checking import Checked, Checking, Chunk, Reading
from goldloop.loop.compare import compare_contents
from goldloop.loop.context import Contexts
from goldloop.loop.forget import forget_upload
from goldloop.loop.inherit import Family, Parent, inheriting
from goldloop.loop.latch import latch_said
from goldloop.loop.mask import BECAUSE, mask_of
from goldloop.loop.records import by_name, count_lost
from goldloop.loop.replay import Replay
from goldloop.loop.source_rights import terms_of, withdrawn_sources
from goldloop.loop.whose import people_of, whose
from goldloop.store import jobs, ledger, take_ins
from goldloop.store.actors import actor_key, add_model, models
from goldloop.store.authors import signing_in
from goldloop.store.codes import STANCE
from goldloop.store.items import add_items, known_ids
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.open import Store
from goldloop.store.parents import add_parents
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow, policy_in_force, programme_row
from goldloop.store.schema import gold, judgement
from goldloop.store.take_ins import TakeInRow, Tally, source_names
from goldloop.store.unrouted import drop_unrouted
from goldloop.store.values import NewValue, value_keys

BREATH = 0.0005  # seconds between chunks in which a waiting submit gets its turn
MOST_VALUES = 10_000  # answers that are remembered; free ones may all be different
LOOK_AT_DISK = 100  # chunks between two looks at the free disk


class TakingIn(NamedTuple):
    """What a take-in needs all the way."""

    row: TakeInRow
    programme_id: int
    organisation_id: int
    policy: PolicyRow
    task_id: int
    source: families.Source
    checking: Checking
    withdrawn: Mapping[int, str]
    lost: Counter[str]


def take_in(job: Running) -> dict[str, Any]:
    """The job: args {"take_in": key}. Returns the tally. Raises Invalid for a file that cannot be read at all."""
    store = job.store
    with store.write() as connection:
        doing = _begin(connection, job.args["take_in"], store)
        replay = Replay(connection, doing.row.id, doing.policy)
    try:
        tally = _read(job, doing, replay)
    except Invalid as error:
        masked = doing.checking.mask is not None
        raise closed(error) if masked else by_name(error, doing.row.blob, doing.row.file) from None
    same = compare_contents(job, doing.row.id, doing.programme_id)
    with store.write() as connection:
        result = _finish(connection, doing, replay, tally, same)
        job.save(connection, note=_note(tally))
    if doing.checking.mask is not None:
        forget_upload(store, doing.row.id, because=BECAUSE, by=None)
    return result


def _read(job: Running, doing: TakingIn, replay: Replay) -> Tally:
    """Take in what is left of the file, chunk by chunk; the tally of the whole."""
    store = job.store
    tally = Tally(doing.row.item_count, doing.row.duplicates, doing.row.rejects, doing.row.judgements)
    known = _Known(doing)
    most = store.settings.line_mb << 20
    with (
        store.blobs.local(doing.row.blob) as path,
        closing(read_ahead(Reading(path, doing.source, doing.checking, most), doing.row.resume)) as read,
    ):
        size = path.stat().st_size
        for number, chunk in enumerate(read):
            if number % LOOK_AT_DISK == 0:
                room_left(store)
            for one in chunk.ready:
                count_lost(doing.lost, one.lost)
            with store.write(durable=False) as connection:
                tally, rejected = _keep(connection, doing, known, replay, chunk, tally)
                take_ins.advance(connection, doing.row.id, tally, chunk.resume, rejected, lost=canonical(doing.lost))
                done = _share_read(chunk.resume, size, tally)
                job.save(connection, done, total=max(size, done), unit="bytes", note=_note(tally), resume=chunk.resume)
            time.sleep(BREATH)
    return tally


def _begin(connection: Connection, key: int, store: Store) -> TakingIn:
    row = take_ins.take_in_row(connection, key)
    policy = policy_in_force(connection, row.programme_id)
    spec = policy.policy.task
    task = families.task.build(spec)
    name = source_names(connection, [row.source_id])[row.source_id]
    return TakingIn(
        row=row,
        programme_id=row.programme_id,
        organisation_id=programme_row(connection, row.programme_id).organisation_id,
        policy=policy,
        task_id=phrase_key(connection, canonical(spec.model_dump(mode="json"))),
        source=families.source.build(Spec.model_validate_json(row.spec)),
        checking=Checking(
            file=row.file,
            policy=policy.policy,
            task=task,
            terms=terms_of(policy.policy, name),
            mask=mask_of(connection, store, policy.programme_id, policy.policy, task),
            people=people_of(row.people),
            signing_in=signing_in(connection),
        ),
        withdrawn=withdrawn_sources(connection, policy),
        lost=Counter(json.loads(row.lost) if row.lost else {}),
    )


def _keep(
    connection: Connection,
    doing: TakingIn,
    known: "_Known",
    replay: Replay,
    chunk: Chunk,
    tally: Tally,
) -> tuple[Tally, list[Reject]]:
    """One chunk into the store; the tally after it, and its rejects."""
    at, mask = now(), doing.checking.mask
    there = known_ids(connection, doing.row.source_id, [one.external_id for one in chunk.ready])
    fresh, kept, made_from = _new_and_known(connection, doing, chunk, there)
    known_keys = {external: key for external, (key, _) in there.items()}
    keys = add_items(
        connection, doing.programme_id, doing.row.source_id, doing.row.id, [one.item for one in fresh.values()], at=at
    )
    where = known_keys | dict(zip(fresh, keys, strict=True))
    add_parents(
        connection,
        [
            (where[external], where[one.external_id] if one.key is None else one.key)
            for external, parents in made_from.items()
            for one in parents
        ],
    )
    if mask is not None:
        held = {key: one.tokens for key, one in zip(keys, fresh.values(), strict=True)}
        mask.keep(connection, doing.programme_id, held, at=at)
    said = _say(connection, doing, known, replay, kept, where, keys, at=at)
    if fresh or said:
        root = digest("".join(one.item.digest.hex() for one in fresh.values())).hex()
        ledger.record(
            connection,
            "items.taken_in",
            programme=doing.programme_id,
            actor=doing.row.taken_by,
            subject=str(doing.row.id),
            data={"items": len(fresh), "judgements": said, "rows": _salted(root, doing)},
            at=at,
        )
    duplicates = len(kept) - len(fresh)
    return tally.plus(Tally(len(fresh), duplicates, len(chunk.rejected), said)), chunk.rejected


class _Sorted(NamedTuple):
    """A chunk against what is there: the new items, all that is kept, and the parents of what was made from others."""

    fresh: dict[str, Checked]
    kept: list[Checked]
    made_from: dict[str, list[Parent]]


def _new_and_known(
    connection: Connection, doing: TakingIn, chunk: Chunk, there: Mapping[str, tuple[int, bytes]]
) -> _Sorted:
    """What of a chunk is new, and what is there already with the same content; the rest goes to its rejects."""
    named = [(one.external_id, one.parents) for one in chunk.ready if one.parents]
    keys = {external: key for external, (key, _) in there.items()}
    family = Family(connection, doing.programme_id, named, keys, doing.withdrawn)
    out = _Sorted({}, [], {})
    for one in chunk.ready:
        name = one.external_id
        before = there[name][1] if name in there else None
        if before is None and name in out.fresh:
            before = out.fresh[name].item.digest
        try:
            if before is None and one.parents:
                parents = family.of(name, one.parents)
                one = one._replace(item=inheriting(one.item, parents))
                out.made_from[name] = parents
            elif one.parents:
                family.check_known(name, one.parents)
        except Invalid as error:
            reject = Reject(one.line, str(error.field), str(error.expected), str(error.found))
            chunk.rejected.append(hidden(reject) if doing.checking.mask is not None else reject)
            continue
        if before is not None and before != one.item.digest:
            expected = f"the same content as the item {name!r} that is there already"
            chunk.rejected.append(Reject(one.line, "id", expected, "different content"))
            continue
        if before is None:
            out.fresh[name] = one
            family.add(one.item, one.parents)
        out.kept.append(one)
    return out


def _salted(root: str, doing: TakingIn) -> str:
    """A chunk's row root under the take-in's own key, so that the ledger alone reveals no content."""
    return digest(f"{doing.row.id}:{doing.row.blob}:{root}").hex()


def _say(
    connection: Connection,
    doing: TakingIn,
    known: "_Known",
    replay: Replay,
    kept: Sequence[Checked],
    where: dict[str, int],
    fresh: Sequence[int],
    *,
    at: int,
) -> int:
    """What the records say of their items, each statement once; how many were new."""
    values = known.values(connection, [value for one in kept for _, value in one.said if value is not None])
    rows: list[NewJudgement] = []
    golds: list[bool] = []
    about: dict[int, int] = {}
    for one in kept:
        if not one.said:
            continue
        first, key = len(rows), where[one.external_id]
        for said, value in one.said:
            person = said.kind == "person" and not said.gold
            if said.of is not None:
                about[len(rows)] = first + said.of
            rows.append(
                NewJudgement(
                    item_id=key,
                    actor_id=known.actor(connection, said, at=at),
                    task_id=doing.task_id,
                    stance=STANCE["adjudicate" if said.gold else said.stance],
                    said_at=said.at or at,
                    value_id=values[value.answer] if value is not None else None,
                    batch_id=replay.batch_of(connection, key, at=at) if person else None,
                    queue=replay.queue_of(said, one.said[said.of][0] if said.of is not None else None)
                    if person
                    else None,
                    ontology_id=doing.policy.ontology_id,
                    confidence=said.confidence,
                    active_ms=said.active_ms,
                    comment=said.comment,
                )
            )
            golds.append(said.gold)
    seen = _said_before(connection, {where[one.external_id] for one in kept if one.said} - set(fresh))
    new: dict[int, int] = {}
    for n, row in enumerate(rows):
        statement = (row.item_id, row.actor_id, row.value_id, row.stance)
        if statement not in seen:
            seen.add(statement)
            new[n] = len(new)
    looked = {new[n]: new[of] for n, of in about.items() if n in new and of in new}
    keys = add_judgements(connection, [rows[n] for n in new], about=looked)
    marked = {rows[n].item_id: key for n, key in zip(new, keys, strict=True) if golds[n]}
    if marked:
        golden = set(connection.execute(select(gold.c.item_id).where(gold.c.item_id.in_(list(marked)))).scalars())
        new_gold = [{"item_id": i, "judgement_id": j, "set_at": at} for i, j in marked.items() if i not in golden]
        if new_gold:
            connection.execute(insert(gold), new_gold)
            drop_unrouted(connection, doing.programme_id, (row["item_id"] for row in new_gold))
    stand = {row.item_id for row in rows if row.batch_id is not None} | {row.item_id for row in rows} - set(fresh)
    latch_said(connection, Contexts(), doing.policy.policy, sorted(stand), at=at)
    replay.flush(connection)
    return len(new)


def _said_before(connection: Connection, keys: set[int]) -> set[tuple[int, int, int | None, int]]:
    """(item, actor, value, stance) of what was said before of items, so that importing a file twice adds nothing."""
    wanted = sorted(keys)
    rows: set[tuple[int, int, int | None, int]] = set()
    for start in range(0, len(wanted), 500):
        found = connection.execute(
            select(judgement.c.item_id, judgement.c.actor_id, judgement.c.value_id, judgement.c.stance).where(
                judgement.c.item_id.in_(wanted[start : start + 500])
            )
        )
        rows |= {(row.item_id, row.actor_id, row.value_id, row.stance) for row in found}
    return rows


class _Known:
    """The actors and answers that come up again and again in a file, each looked up once."""

    def __init__(self, doing: TakingIn) -> None:
        self._doing = doing
        self._actors: dict[tuple[str, str, str], int] = {}
        self._values: dict[str, int] = {}

    def values(self, connection: Connection, said: Iterable[NewValue]) -> Mapping[str, int]:
        """The key of every answer, by its JSON. What an earlier chunk looked up is committed, so it stays true."""
        if len(self._values) > MOST_VALUES:
            self._values.clear()
        new = [one for one in said if one.answer not in self._values]
        if new:
            self._values |= value_keys(connection, self._doing.task_id, new)
        return self._values

    def actor(self, connection: Connection, said: Said, *, at: int) -> int:
        """The actor behind a statement, added if new; a new model is registered with the programme."""
        kind = "rule" if said.gold else said.kind
        short = (kind, said.actor, said.version)
        if short not in self._actors:
            doing = self._doing
            if kind == "person":
                people, here = doing.checking.people, doing.organisation_id
                self._actors[short] = whose(connection, people, said.actor, here, at=at)
                return self._actors[short]
            version = said.version
            if kind == "model":  # a model speaks in one programme; another may import one of the same name
                version = f"{doing.policy.policy.programme}.{version or 1}"
            key = actor_key(connection, kind, said.actor, version, doing.organisation_id, at=at)
            if kind == "model" and key not in {row.actor_id for row in models(connection, doing.programme_id)}:
                judge = canonical({"name": "predictions.v1", "params": {"file": doing.row.blob}})
                add_model(connection, key, doing.programme_id, judge=judge, fingerprint=doing.row.blob, trained_on=None)
            self._actors[short] = key
        return self._actors[short]


def _finish(connection: Connection, doing: TakingIn, replay: Replay, tally: Tally, same: int) -> dict[str, Any]:
    """Close the take-in and report what it found."""
    at = now()
    replay.close(connection)
    row = take_ins.take_in_row(connection, doing.row.id)
    take_ins.advance(connection, doing.row.id, tally, row.resume, [], lost=row.lost, finished_at=at)
    result = {**tally._asdict(), "same_content": same, **({"lost": dict(doing.lost)} if doing.lost else {})}
    ledger.record(
        connection,
        "take_in.finished",
        programme=doing.programme_id,
        actor=doing.row.taken_by,
        subject=str(doing.row.id),
        data=result,
        at=at,
    )
    if tally.items and doing.policy.policy.batches.open == "arrival":
        args, of = {"programme": doing.programme_id}, doing.programme_id
        jobs.enqueue(connection, "open_work", args, programme=of, asked_by=doing.row.taken_by)
    return result


def room_left(store: Store) -> None:
    """Raise Unavailable where the disk is nearly full."""
    free = shutil.disk_usage(store.home).free >> 20
    if free < store.settings.disk_free_mb:
        raise Unavailable(
            "the disk is nearly full; what came in so far is kept, and the import goes on when there is room",
            permanent=True,
            field="disk_free_mb",
            expected=f"at least {store.settings.disk_free_mb} MiB free",
            found=f"{free} MiB",
        )


def _share_read(token: str, size: int, tally: Tally) -> int:
    """Bytes read, where the source's token tells them; else rows."""
    head = token.split(":")[0]
    return min(int(head), size) if head.isdigit() else tally.items + tally.rejects


def _note(tally: Tally) -> str:
    return f"{tally.items:,} items, {tally.rejects:,} rejected"
