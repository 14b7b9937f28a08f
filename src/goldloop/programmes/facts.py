"""What the record says of a release before it is sealed, read from the store."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection, func, select

from goldloop.core import families
from goldloop.core.families import STANCES
from goldloop.core.ids import Ids
from goldloop.core.nouns import QUEUES, Batch, Programme, Spec, Waiver
from goldloop.core.policy import Policy
from goldloop.loop.sign_off import key_of, standings
from goldloop.programmes.keys import chain
from goldloop.programmes.prepare import Prepared
from goldloop.programmes.reading import Leaving, leaving
from goldloop.programmes.release import facts as release
from goldloop.programmes.release.facts import (
    Author,
    ClientWord,
    HumanOnlyProof,
    LedgerHead,
    Override,
    Parent,
    Reference,
    ReleaseFacts,
)
from goldloop.programmes.rights import Rights
from goldloop.programmes.splits import Splits
from goldloop.store import ledger
from goldloop.store.actors import actors, models
from goldloop.store.batches import BatchRow
from goldloop.store.briefs import brief_words, briefs
from goldloop.store.codes import SHOWN_NAMES
from goldloop.store.evidence import newest_evidence, newest_outcome, verdicts
from goldloop.store.items import attributes
from goldloop.store.people import organisation_name
from goldloop.store.programmes import PolicyRow, policy_text, programme_row
from goldloop.store.release_rows import Decided, SaidRow, authors_of, decided, said_of
from goldloop.store.releases import ReleaseRow, release_row_of, withdrawals
from goldloop.store.schema import actor, batch_item, brief, decision, human_only, item, judgement, source

STATES = {"pass": "passed", "waived": "waived", "fail": "held"}


def facts_of(
    connection: Connection,
    ids: Ids,
    policy: PolicyRow,
    rows: Sequence[BatchRow],
    *,
    name: str,
    number: int,
    release_id: str,
    parent: ReleaseRow | None,
    by: str,
    at: int,
    prepared: Prepared,
) -> ReleaseFacts:
    """Everything a release says beside its rows."""
    doc, programme = policy.policy, programme_row(connection, policy.programme_id)
    keys = [row.id for row in rows]
    ontology = leaving(connection, rows).release
    guideline = release_row_of(connection, rows[0].guideline_id) if rows[0].guideline_id is not None else None
    head = ledger.head(connection, policy.programme_id)
    return ReleaseFacts(
        release_id=release_id,
        name=name,
        number=number,
        sealed_at=at,
        sealed_by=by,
        programme=Programme(
            id=ids.show("programme", policy.programme_id),
            name=doc.programme,
            title=doc.title,
            organisation=organisation_name(connection, programme.organisation_id),
            number=policy.number,
            created_at=programme.created_at,
        ),
        accountable=doc.raci.accountable,
        policy_number=policy.number,
        policy_yaml=policy_text(connection, policy.programme_id, policy.number),
        ontology=_reference(ids, ontology),
        guideline=_reference(ids, guideline) if guideline else None,
        guidelines=doc.guidelines,
        languages=doc.languages,
        description=doc.title,
        parents=(_parent(connection, ids, parent),) if parent else (),
        batches=tuple(_batch(connection, ids, row, policy.number) for row in rows),
        evidence=(*(one for key in keys for one in newest_evidence(connection, ids, key)), *prepared.evidence),
        overrides=(*prepared.overrides, *_accepted(connection, policy.programme_id, rows)),
        splits=doc.splits,
        verdicts=tuple(verdict for key in keys for verdict in verdicts(connection, ids, key)[:1]),
        client=tuple(_client(connection, policy.programme_id, rows)) if doc.sla is not None else (),
        authors=tuple(_authors(connection, ids, policy.programme_id, keys)),
        human_only=_proof(connection, keys),
        ledger=LedgerHead(number=head.number, hash=head.hash.hex(), sealed_at=head.sealed_at) if head else None,
        ledger_unsealed=ledger.count_unsealed(connection, policy.programme_id),
        rights=_rights(connection, doc, keys),
        keys=chain(connection, policy.programme_id),
    )


def release_rows(
    connection: Connection, ids: Ids, rows: Sequence[BatchRow], *, splits: Splits | None, withheld: Counter[str]
) -> Iterator[families.Row]:
    """The rows of a release in order, each with everything said behind it; `withheld` counts what is left out."""
    tasks = {row.id: Spec.model_validate_json(row.task).model_dump(mode="json") for row in rows}
    out, rights = leaving(connection, rows), Rights(connection, rows[0].programme_id)
    names = _Names(ids)
    for found in decided(connection, [row.id for row in rows]):
        said = said_of(connection, found[0].batch_id, [one.item_id for one in found])
        leave = list(_labelled(connection, ids, rows, found, out, rights, withheld))
        into = splits.of([one.item_id for one, _ in leave]) if splits is not None else [None] * len(leave)
        for (one, row), split in zip(leave, into, strict=True):
            behind = [_said(names, each, one, tasks[one.batch_id]) for each in said[one.item_id]]
            yield row._replace(judgements=behind, split=split)


def labelled_rows(
    connection: Connection, ids: Ids, rows: Sequence[BatchRow], *, visible: ColumnElement[bool]
) -> Iterator[families.Row]:
    """The accepted labels of batches in order, of the items one may see, without what stands behind them."""
    out, rights = leaving(connection, rows), Rights(connection, rows[0].programme_id)
    for found in decided(connection, [row.id for row in rows], visible=visible):
        yield from (row for _, row in _labelled(connection, ids, rows, found, out, rights, Counter()))


def _labelled(
    connection: Connection,
    ids: Ids,
    rows: Sequence[BatchRow],
    found: Sequence[Decided],
    out: Leaving,
    rights: Rights,
    withheld: Counter[str],
) -> Iterator[tuple[Decided, families.Row]]:
    """What was accepted, as the ontology it leaves under has it; a label only a person could read is left out."""
    names, under = {row.id: row.name for row in rows}, {row.id: row.ontology_id for row in rows}
    about = attributes(connection, [one.item_id for one in found])
    terms = rights.of(found, about)
    for one in found:
        known = about.get(one.item_id)
        mine = terms[one.item_id]
        if mine.withheld is not None:
            withheld[mine.withheld] += 1
            continue
        answer = out.answer(one.answer, under[one.batch_id])
        if answer is None:
            continue
        row = families.Row(
            item_id=ids.show("item", one.item_id),
            external_id=one.external_id,
            body=one.body,
            answer=answer,
            slices=known.slices if known else {},
            batch=names[one.batch_id],
            decided_by=one.because,
            licence=rights.checked(one, mine).licence,
            sources=mine.sources,
        )
        yield one, row


class _Names:
    """Public ids; those of actors and releases, which come again and again, are worked out once."""

    def __init__(self, ids: Ids) -> None:
        self._show = ids.show
        self._actors: dict[int, str] = {}
        self._releases: dict[int, str] = {}

    def judgement(self, key: int) -> str:
        return self._show("judgement", key)

    def actor(self, key: int) -> str:
        found = self._actors.get(key)
        if found is None:
            found = self._actors[key] = self._show("actor", key)
        return found

    def release(self, key: int) -> str:
        found = self._releases.get(key)
        if found is None:
            found = self._releases[key] = self._show("release", key)
        return found


def _said(names: _Names, row: SaidRow, one: Decided, task: dict[str, Any]) -> dict[str, Any]:
    """A judgement behind a row; what is not known is None."""
    guideline = names.release(row.guideline_id) if row.guideline_id is not None else None
    mine = row.value_id == one.value_id
    return {
        "id": names.judgement(row.id),
        "actor": names.actor(row.actor_id),
        "stance": STANCES[row.stance],
        "said_at": row.said_at,
        "decisive": mine and row.id in one.rests_on,
        "answer": one.answer if mine else from_json(row.answer) if row.answer else None,
        "confidence": row.confidence,
        "saw": {
            "suggestion_id": names.judgement(row.suggestion_id) if row.suggestion_id is not None else None,
            "shown": SHOWN_NAMES[row.shown],
            "others": [names.judgement(key) for key in from_json(row.others)] if row.others else [],
            "guideline_id": guideline,
            "order_seed": row.order_seed,
        },
        "ontology_id": names.release(row.ontology_id) if row.ontology_id is not None else None,
        "guideline_id": guideline,
        "task": task,
        "queue": QUEUES[row.queue] if row.queue is not None else None,
        "tier": row.tier,
        "blind": row.blind,
        "revision_of": names.judgement(row.revision_of) if row.revision_of is not None else None,
        "surplus": row.surplus,
        "active_ms": row.active_ms,
        "wall_ms": row.wall_ms,
    }


def _batch(connection: Connection, ids: Ids, row: BatchRow, number: int) -> Batch:
    owner = actors(connection, [row.owner_id])[row.owner_id].name
    state: Any = STATES.get(newest_outcome(connection, row.id) or "", "open")
    return Batch(
        id=ids.show("batch", row.id),
        programme_id=ids.show("programme", row.programme_id),
        name=row.name,
        purpose=row.purpose,
        task=Spec.model_validate_json(row.task),
        ontology_id=ids.show("release", row.ontology_id),
        policy_number=number,
        gate=row.gate,
        owner=owner,
        due_at=row.due_at,
        items=row.item_count,
        state=state,
        parent_id=ids.show("batch", row.parent_id) if row.parent_id is not None else None,
        created_at=row.created_at,
    )


def _reference(ids: Ids, row: ReleaseRow) -> Reference:
    return Reference(id=ids.show("release", row.id), name=row.name, number=row.number)


def _parent(connection: Connection, ids: Ids, row: ReleaseRow) -> Parent:
    gone = withdrawals(connection, [row.id]).get(row.id)
    because = gone.because if gone is not None else None
    public, digest = ids.show("release", row.id), row.digest.hex()
    return Parent(id=public, name=row.name, number=row.number, digest=digest, withdrawn=because)


def _authors(connection: Connection, ids: Ids, programme_id: int, keys: Sequence[int]) -> Iterator[Author]:
    fingerprints = {row.actor_id: row.fingerprint for row in models(connection, programme_id)}
    for row in authors_of(connection, keys):
        yield Author(
            id=ids.show("actor", row.id),
            kind=row.kind,
            name=row.name,
            version=row.version or None,
            simulated=row.simulated,
            fingerprint=fingerprints.get(row.id),
        )


def _client(connection: Connection, programme_id: int, rows: Sequence[BatchRow]) -> Iterator[ClientWord]:
    """What the client said of every batch of the release, or that they are asked."""
    stand = standings(connection, programme_id, {row.id: row.name for row in rows})
    for row in rows:
        one = stand[row.id]
        word = one.said
        yield ClientWord(
            batch=row.name,
            state=one.state,
            because=one.because,
            by=word.by if word else None,
            organisation=word.organisation if word else None,
            at=word.at if word else None,
        )


def _accepted(connection: Connection, programme_id: int, rows: Sequence[BatchRow]) -> Iterator[Override]:
    """The disputes of the client that somebody accepted by name."""
    names = [key_of(row.name) for row in rows]
    for start in range(0, len(names), 500):
        mine = (brief.c.key.in_(names[start : start + 500]), brief.c.state == "waived")
        found = {one.id: one for one in briefs(connection, programme_id, *mine)}
        for key, words in brief_words(connection, list(found), ("waived",)).items():
            last = words[-1]
            waiver = Waiver(by=last.by or "goldloop", because=last.because, at=last.at)
            yield Override(about=found[key].title, waiver=waiver)


def _proof(connection: Connection, keys: Sequence[int]) -> HumanOnlyProof:
    """Human-only items of these batches, and those whose label rests on a machine, a suggestion or a simulation."""
    rows = connection.execute(
        select(decision.c.batch_id, decision.c.item_id, decision.c.judgements)
        .join(human_only, human_only.c.item_id == decision.c.item_id)
        .where(decision.c.batch_id.in_(keys), decision.c.value_id.is_not(None))
    ).all()
    rests_on = {key: row.item_id for row in rows for key in json.loads(row.judgements)}
    leaning: set[int] = set()
    wanted = list(rests_on)
    for start in range(0, len(wanted), 500):
        found = connection.execute(
            select(judgement.c.item_id)
            .join(actor, actor.c.id == judgement.c.actor_id)
            .where(
                judgement.c.id.in_(wanted[start : start + 500]),
                (actor.c.kind != "person") | actor.c.simulated | (judgement.c.shown == 1),
            )
        )
        leaning |= set(found.scalars())
    items, broken = len(rows), len(leaning)
    because = "no item is human-only" if not items else f"{items - broken} of {items} were labelled by people alone"
    return HumanOnlyProof(items=items, violations=broken, because=because)


def _rights(connection: Connection, doc: Policy, keys: Sequence[int]) -> release.Rights:
    rows = connection.execute(
        select(source.c.name, func.count())
        .join(item, item.c.source_id == source.c.id)
        .join(batch_item, batch_item.c.item_id == item.c.id)
        .where(batch_item.c.batch_id.in_(keys))
        .group_by(source.c.name)
        .order_by(source.c.name)
    )
    return release.Rights(
        licence=doc.licence,
        holder=doc.rights.holder,
        contact=doc.rights.contact,
        residency=doc.residency,
        sources=tuple(_source(doc, name, count) for name, count in rows),
    )


def _source(doc: Policy, name: str, count: int) -> release.Source:
    terms = doc.sources.get(name)
    if terms is None:
        return release.Source(name=name, licence=doc.licence, items=count)
    return release.Source(
        name=name,
        title=terms.title,
        origin=terms.origin,
        kind=terms.kind,
        licence=terms.licence or doc.licence,
        consent=terms.consent,
        residency=terms.residency or doc.residency,
        retention=terms.retention,
        contact=terms.contact,
        items=count,
    )
