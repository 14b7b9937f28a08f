"""What is worked out before a release is sealed: its splits, and what it has in common with evaluation sets."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.families import Measured
from goldloop.core.nouns import Evidence, Spec, Waiver
from goldloop.core.policy import Policy
from goldloop.jobs.running import Running
from goldloop.programmes.contamination import measure as contamination
from goldloop.programmes.contamination.measure import Found, Text
from goldloop.programmes.contamination.sets import declared, evaluation_sets
from goldloop.programmes.releases.rights import Rights
from goldloop.programmes.releases.splits import Splits, split_rows
from goldloop.programmes.releases.splits import spec_of as spec_of_splits
from goldloop.programmes.sealed.facts import Override
from goldloop.store.batches import BatchRow
from goldloop.store.evidence import add_evidence
from goldloop.store.programmes import PolicyRow
from goldloop.store.release_rows import decided

TOLD = 3
STEP = 500


class Prepared(NamedTuple):
    """What a release rests on beside its batches."""

    splits: Splits | None
    evidence: tuple[Evidence, ...]
    overrides: tuple[Override, ...]


def prepare(
    job: Running, policy: PolicyRow, rows: Sequence[BatchRow], total: int, *, name: str, release: str, by: str
) -> Prepared:
    """Split the rows and hold them against the declared evaluation sets. Raises Conflict where too many collide."""
    doc, store = policy.policy, job.store
    measured: list[tuple[Spec, Measured]] = []
    splits, waiver = None, None
    with store.read() as connection:
        rights = Rights(connection, policy.programme_id)
        keys = [row.id for row in rows]
        if doc.splits is not None:
            splits = split_rows(job, connection, doc.splits, rights, name, keys, total)
            measured.append((spec_of_splits(release), splits.measured(doc.splits)))
        if doc.contamination is not None:
            sets, names = evaluation_sets(job, connection, declared(connection, policy.programme_id, doc.contamination))
            texts = row_texts(connection, rights, keys, splits=splits, only=doc.contamination.splits)
            found = sets.found(counted(job, texts, total))
            words = doc.contamination.words
            measured.append((contamination.spec_of(release, names, words), found.measured(words=words)))
            waiver = _held(doc, found, waived=job.args.get("waive"), by=by)
    with store.write() as connection:
        evidence = [
            one.model_copy(update={"about": release})
            for spec, value in measured
            for one in add_evidence(connection, store.ids, policy.programme_id, None, spec, [value], at=now())
        ]
    return Prepared(splits, tuple(evidence), (waiver,) if waiver is not None else ())


def row_texts(
    connection: Connection,
    rights: Rights,
    batch_ids: Sequence[int],
    *,
    splits: Splits | None = None,
    only: Sequence[str] = (),
) -> Iterator[Text]:
    """What a release of these batches would hold now, of all its splits or of `only` some."""
    for page in decided(connection, batch_ids):
        gone = rights.withheld(page)
        rows = [one for one in page if one.item_id not in gone]
        where = splits.of([one.item_id for one in rows]) if splits is not None and only else [""] * len(rows)
        yield from (
            Text(one.external_id, one.body) for one, split in zip(rows, where, strict=True) if not only or split in only
        )


def counted(job: Running, texts: Iterator[Text], total: int) -> Iterator[Text]:
    """Texts as they are, with the job told now and then."""
    for n, text in enumerate(texts):
        if n % STEP == 0:
            job.progress(n, total=total, unit="rows", note="looking for evaluation texts")
        yield text


def _held(doc: Policy, found: Found, *, waived: str | None, by: str) -> Override | None:
    """Raise Conflict where more rows collide than the programme allows and nobody waives it; the waiver."""
    assert doc.contamination is not None
    if found.share is None or found.share <= doc.contamination.most:
        return None
    collide = sum(found.ways.values())
    if waived is not None:
        about = f"contamination: {collide:,} of {found.rows:,} rows collide with evaluation sets"
        return Override(about=about, waiver=Waiver(by=by, because=waived, at=now()))
    named = ", ".join(
        f"{one.external_id} ({one.way}: {one.evaluation_id} of {one.evaluation})" for one in found.named[:TOLD]
    )
    raise Conflict(
        "rows of this release stand in evaluation sets; nothing was sealed",
        field="contamination",
        expected=f"at most {doc.contamination.most:.4g} of the rows",
        found=f"{collide:,} of {found.rows:,} rows, such as {named}",
    )
