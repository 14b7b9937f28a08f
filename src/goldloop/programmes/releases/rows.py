"""The labels that leave with a release, each with who said it, having seen what, read from the store page by page."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from pydantic_core import from_json
from sqlalchemy import ColumnElement, Connection

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.families import STANCES
from goldloop.core.ids import Ids
from goldloop.core.nouns import QUEUES, Spec
from goldloop.programmes.releases.reading import Leaving, leaving
from goldloop.programmes.releases.rights import Rights, RowRights
from goldloop.programmes.releases.splits import Splits
from goldloop.programmes.sealed.ready import Manner, Ready, Said
from goldloop.store.batches import BatchRow
from goldloop.store.codes import SHOWN_NAMES
from goldloop.store.items import Attributes, attributes
from goldloop.store.release_rows import Decided, Held, SaidRow, decided, said_of


def release_rows(
    connection: Connection,
    ids: Ids,
    rows: Sequence[BatchRow],
    *,
    splits: Splits | None,
    withheld: Counter[str],
    note: Callable[[list[Held], list[int]], None],
) -> Iterator[Ready]:
    """The rows of a release in order, each with everything said behind it; `withheld` counts what is left out.

    `note` is told, page by page, which rows those are, and which decided items stay behind.
    """
    out, rights = leaving(connection, rows), Rights(connection, rows[0].programme_id)
    telling = _Telling(ids, rows)
    for found in decided(connection, [row.id for row in rows]):
        behind = said_of(connection, found[0].batch_id, [one.item_id for one in found])
        leave = list(_labelled(connection, rows, found, out, rights, withheld))
        keys = [one.item_id for one, *_ in leave]
        into = splits.of(keys) if splits is not None else [None] * len(leave)
        note(
            [
                Held(one.item_id, one.batch_id, one.value_id, split)
                for (one, *_), split in zip(leave, into, strict=True)
            ],
            sorted({one.item_id for one in found}.difference(keys)),
        )
        telling.page(each.id for key in keys for each in behind[key])
        public = ids.show_many("item", keys)
        for (one, answer, about, terms, batch), shown, split in zip(leave, public, into, strict=True):
            yield Ready(
                item_id=shown,
                external_id=one.external_id,
                body=one.body_text,
                answer=answer,
                slices=canonical(about.slices) if about is not None and about.slices else "{}",
                batch=batch,
                decided_by=one.because,
                judgements=[telling.said(each, one, shown) for each in behind[one.item_id]],
                licence=terms.licence,
                sources=terms.sources,
                split=split,
            )


def labelled_rows(
    connection: Connection, ids: Ids, rows: Sequence[BatchRow], *, visible: ColumnElement[bool]
) -> Iterator[families.Row]:
    """The accepted labels of batches in order, of the items one may see, without what stands behind them."""
    out, rights = leaving(connection, rows), Rights(connection, rows[0].programme_id)
    for found in decided(connection, [row.id for row in rows], visible=visible):
        leave = list(_labelled(connection, rows, found, out, rights, Counter()))
        public = ids.show_many("item", [one.item_id for one, *_ in leave])
        for (one, answer, about, terms, batch), shown in zip(leave, public, strict=True):
            yield families.Row(
                item_id=shown,
                external_id=one.external_id,
                body=one.body,
                answer=from_json(answer),
                slices=about.slices if about is not None else {},
                batch=batch,
                decided_by=one.because,
                licence=terms.licence,
                sources=terms.sources,
            )


class _Leaving(NamedTuple):
    """A label that leaves: its answer as JSON, its item's attributes, its rights, the name of its batch."""

    one: Decided
    answer: str
    about: Attributes | None
    terms: RowRights
    batch: str


def _labelled(
    connection: Connection,
    rows: Sequence[BatchRow],
    found: Sequence[Decided],
    out: Leaving,
    rights: Rights,
    withheld: Counter[str],
) -> Iterator[_Leaving]:
    """What was accepted, as the ontology it leaves under has it; a label only a person could read is left out."""
    names, under = {row.id: row.name for row in rows}, {row.id: row.ontology_id for row in rows}
    about = attributes(connection, [one.item_id for one in found])
    terms = rights.of(found, about)
    for one in found:
        mine = terms[one.item_id]
        if mine.withheld is not None:
            withheld[mine.withheld] += 1
            continue
        answer = out.text(one.answer_text, under[one.batch_id])
        if answer is not None:
            yield _Leaving(one, answer, about.get(one.item_id), rights.checked(one, mine), names[one.batch_id])


class _Telling:
    """Judgements as a release tells of them. What many of them have in common is put together once, and the public ids
    of a page of judgements together."""

    def __init__(self, ids: Ids, rows: Sequence[BatchRow]) -> None:
        self._ids = ids
        self._batches = {row.id: row.name for row in rows}
        self._tasks = {row.id: canonical(Spec.model_validate_json(row.task).model_dump(mode="json")) for row in rows}
        self._manners: dict[tuple[Any, ...], Manner] = {}
        self._guidelines: dict[int, str] = {}
        self._page: dict[int, str] = {}

    def page(self, judgements: Iterable[int]) -> None:
        """Work out the ids of these judgements, which are told of next."""
        keys = list(judgements)
        self._page = dict(zip(keys, self._ids.show_many("judgement", keys), strict=True))

    def said(self, row: SaidRow, one: Decided, item_id: str) -> Said:
        """A judgement behind a row; what is not known is None."""
        key = (one.batch_id, *row.kind)
        manner = self._manners.get(key)
        if manner is None:
            manner = self._manners[key] = self._manner(row, one)
        return manner.said(
            id=self._page[row.id],
            item_id=item_id,
            said_at=row.said_at,
            decisive=row.value_id == one.value_id and row.id in one.rests_on,
            answer=row.answer or None,
            confidence=canonical(row.confidence) if row.confidence is not None else None,
            saw=self._saw(row),
            revision_of=self._judgement(row.revision_of) if row.revision_of is not None else None,
            active_ms=row.active_ms,
            wall_ms=row.wall_ms,
        )

    def _manner(self, row: SaidRow, one: Decided) -> Manner:
        return Manner.of(
            actor=self._ids.show("actor", row.actor_id),
            stance=STANCES[row.stance],
            batch=self._batches[one.batch_id],
            ontology_id=self._ids.show("release", row.ontology_id) if row.ontology_id is not None else None,
            guideline_id=self._guideline(row.guideline_id) if row.guideline_id is not None else None,
            task=self._tasks[one.batch_id],
            queue=QUEUES[row.queue] if row.queue is not None else None,
            tier=row.tier,
            blind=bool(row.blind) if row.blind is not None else None,
            surplus=bool(row.surplus),
        )

    def _saw(self, row: SaidRow) -> str:
        """What its author was shown, as canonical JSON."""
        others = ",".join(f'"{self._judgement(key)}"' for key in from_json(row.others)) if row.others else ""
        seen = f'"guideline_id":"{self._guideline(row.guideline_id)}",' if row.guideline_id is not None else ""
        if row.order_seed is not None:
            seen += f'"order_seed":{row.order_seed},'
        seen += f'"others":[{others}],"shown":"{SHOWN_NAMES[row.shown]}"'
        if row.suggestion_id is not None:
            seen += f',"suggestion_id":"{self._judgement(row.suggestion_id)}"'
        return f"{{{seen}}}"

    def _judgement(self, key: int) -> str:
        return self._page.get(key) or self._ids.show("judgement", key)

    def _guideline(self, key: int) -> str:
        found = self._guidelines.get(key)
        if found is None:
            found = self._guidelines[key] = self._ids.show("release", key)
        return found
