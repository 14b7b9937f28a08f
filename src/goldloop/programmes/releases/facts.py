"""What the record says of a release before it is sealed, read from the store."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import from_json
from sqlalchemy import Connection, select

from goldloop.core.ids import Ids
from goldloop.core.nouns import Batch, Programme, Spec, Waiver
from goldloop.core.policy import Policy
from goldloop.loop.human_only import people_only
from goldloop.loop.sign_off import key_of, standings
from goldloop.programmes.ledger.keys import chain
from goldloop.programmes.releases.prepare import Prepared
from goldloop.programmes.releases.reading import leaving
from goldloop.programmes.sealed import facts as release
from goldloop.programmes.sealed.facts import (
    Author,
    ClientWord,
    HumanOnlyProof,
    LedgerHead,
    Override,
    Parent,
    Reference,
    ReleaseFacts,
)
from goldloop.store import ledger
from goldloop.store.actors import actors, models
from goldloop.store.batches import BatchRow
from goldloop.store.briefs import brief_words, briefs
from goldloop.store.evidence import newest_evidence, newest_outcome, verdicts
from goldloop.store.human_only import brought_to, resting
from goldloop.store.people import organisation_name
from goldloop.store.programmes import PolicyRow, policy_text, programme_row
from goldloop.store.release_rows import PAGE, authors_of, sources_of
from goldloop.store.releases import ReleaseRow, release_row_of, withdrawals
from goldloop.store.schema import brief, decision, human_only

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
        human_only=_proof(connection, policy.programme_id, rows),
        ledger=LedgerHead(number=head.number, hash=head.hash.hex(), sealed_at=head.sealed_at) if head else None,
        ledger_unsealed=ledger.count_unsealed(connection, policy.programme_id),
        rights=_rights(connection, doc, keys),
        keys=chain(connection, policy.programme_id),
    )


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


def _proof(connection: Connection, programme_id: int, rows: Sequence[BatchRow]) -> HumanOnlyProof:
    """Human-only items of these batches: whose label rests on what it may not, and whose on what was said elsewhere.

    Of a task that only people may say it is every item, whether it is latched or not.
    """
    brought = brought_to(connection, programme_id)
    items, broken, declared = 0, 0, 0
    for row in rows:
        after = 0
        statement = select(decision.c.item_id, decision.c.judgements)
        if people_only(Spec.model_validate_json(row.task)) is None:
            statement = statement.join(human_only, human_only.c.item_id == decision.c.item_id)
        while page := connection.execute(
            statement.where(decision.c.batch_id == row.id, decision.c.item_id > after, decision.c.value_id.is_not(None))
            .order_by(decision.c.item_id)
            .limit(PAGE)
        ).all():
            after = page[-1].item_id
            items += len(page)
            found = resting(connection, [key for one in page for key in from_json(one.judgements)], brought)
            broken += len(found.leaning)
            declared += len(found.declared)
    return HumanOnlyProof(
        items=items, violations=broken, declared=declared, because=_by_whom(items, items - broken - declared, declared)
    )


def _by_whom(items: int, here: int, declared: int) -> str:
    if not items:
        return "no item is human-only"
    says = f"{here} of {items} were labelled by people alone"
    if declared:
        says += f", and {declared} elsewhere: by people, and without a suggestion in sight, as their source declares"
    return says


def _rights(connection: Connection, doc: Policy, keys: Sequence[int]) -> release.Rights:
    return release.Rights(
        licence=doc.licence,
        holder=doc.rights.holder,
        contact=doc.rights.contact,
        residency=doc.residency,
        sources=tuple(_source(doc, name, count) for name, count in sources_of(connection, keys)),
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
