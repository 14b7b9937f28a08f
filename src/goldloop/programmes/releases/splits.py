"""Which split every row of a release goes into: groups are kept together, and an item keeps its split.

Everything that is decided is read once more, page by page. What is kept of a row is some numbers: its key and split, a
hash for each thing that rows may have in common, and 128 bytes where near-duplicates are looked for.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.canonical import canonical, digest
from goldloop.core.errors import Conflict, Invalid
from goldloop.core.families import Measured
from goldloop.core.nouns import Spec
from goldloop.core.splits import SplitsDoc, field_of
from goldloop.jobs.running import Running
from goldloop.programmes.contamination.texts import said_in, words_of
from goldloop.programmes.releases.rights import Rights
from goldloop.store.items import attributes
from goldloop.store.parents import ancestors
from goldloop.store.release_rows import Decided, authors_of_labels, decided, splits_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from goldloop.stats.overlap.groups import Allotted

PHRASE = 2  # words: near-duplicates differ in some words, and every word that differs changes two phrases
METHOD = "every row counted; groups of rows are never divided"


class Splits:
    """The splits of the rows of one release, by item."""

    def __init__(self, names: Sequence[str], items: "NDArray[np.int64]", found: "Allotted") -> None:
        order = items.argsort()
        self._names, self._items, self._parts = names, items[order], found.parts[order]
        self.found = found

    def of(self, item_ids: Sequence[int]) -> list[str]:
        """The split of each of these items."""
        return [self._names[part] for part in self._parts[self._items.searchsorted(item_ids)].tolist()]

    def measured(self, doc: SplitsDoc) -> Measured:
        """How far the splits are from the shares asked for, and what was kept together."""
        total = len(self._items)
        rows = {name: int((self._parts == n).sum()) for n, name in enumerate(self._names)}
        details: dict[str, float] = {}
        for name, count in rows.items():
            details |= {f"{name}.rows": count, f"{name}.share": count / total, f"{name}.declared": doc.shares[name]}
        found = self.found
        details |= {"groups": found.groups, "largest_group": found.largest}
        details |= {"merged_groups": found.merged, "moved_rows": found.moved}
        return Measured(
            value=max(abs(count / total - doc.shares[name]) for name, count in rows.items()),
            n=total,
            eligible=total,
            method=f"largest distance of a split's share from what was declared; {METHOD}",
            details=details,
        )


def spec_of(release: str) -> Spec:
    """What the evidence of a release's splits is called."""
    return Spec(name="splits.v1", params={"release": release})


def split_rows(
    job: Running,
    connection: Connection,
    doc: SplitsDoc,
    rights: Rights,
    name: str,
    batch_ids: Sequence[int],
    total: int,
) -> Splits:
    """Allot every row that a release of these batches will hold. Raises Conflict for a split that the file dropped."""
    import numpy as np

    overlap = statistics.overlap
    names = sorted(doc.shares, key=lambda name: (-doc.shares[name], name))  # where two meet, the larger one takes all
    known = {split: n for n, split in enumerate(names)}
    items: list[int] = []
    had: list[int] = []
    shared: dict[str, tuple[list[int], list[int]]] = {}
    signed = []
    for page in decided(connection, batch_ids):
        gone = rights.withheld(page)
        rows = [one for one in page if one.item_id not in gone]
        before = splits_of(connection, name, [one.item_id for one in rows])
        if dropped := sorted(set(before.values()) - known.keys()):
            raise Conflict(
                "rows of an earlier release are in a split that the programme file no longer states",
                field="splits.shares",
                expected=f"a share for {dropped[0]!r} too",
                found=", ".join(names),
            )
        first = len(items)
        items += [one.item_id for one in rows]
        had += [known[before[one.item_id]] if one.item_id in before else -1 for one in rows]
        for what, row, key in (*_made_of(connection, rows, rights.made), *_shared(connection, doc, rows)):
            members, keys = shared.setdefault(what, ([], []))
            members.append(first + row)
            keys.append(key)
        if doc.together.text is not None:
            signed.append(overlap.signatures([_phrases(one.body) for one in rows]))
        job.progress(len(items), total=total, unit="rows", note="grouping rows for the splits")
    if not items:
        raise Invalid("a release without rows cannot be sealed", field="rows", expected="at least one", found="none")
    edges = [
        overlap.joined(np.array(members, dtype=np.int64), np.array(keys, dtype=np.uint64))
        for members, keys in shared.values()
    ]
    if doc.together.text is not None and signed:
        edges.append(overlap.near(np.concatenate(signed), share=doc.together.text))
    job.progress(len(items), total=total, unit="rows", note="allotting groups to splits")
    found = overlap.allot(
        overlap.components(len(items), edges),
        np.array(had, dtype=np.int64),
        np.array(items, dtype=np.uint64),
        shares=[doc.shares[name] for name in names],
        seed=doc.seed,
    )
    return Splits(names, np.array(items, dtype=np.int64), found)


def _made_of(connection: Connection, rows: Sequence[Decided], made: bool) -> Iterator[tuple[str, int, int]]:
    """What was made from an item is always where the item is."""
    if made:
        behind = ancestors(connection, [one.item_id for one in rows])
        for n, one in enumerate(rows):
            yield from (("item", n, key) for key in {one.item_id, *behind.get(one.item_id, ())})


def _shared(connection: Connection, doc: SplitsDoc, rows: Sequence[Decided]) -> Iterator[tuple[str, int, int]]:
    """(kind of thing, row of the page, its number) for everything that keeps rows together, but their texts."""
    together = doc.together
    if together.slices:
        about = attributes(connection, [one.item_id for one in rows])
        for n, one in enumerate(rows):
            slices = about[one.item_id].slices if one.item_id in about else {}
            for name in together.slices:
                if name in slices:
                    yield f"slice {name}", n, _number(slices[name])
    for path in together.fields:
        for n, one in enumerate(rows):
            value = field_of(one.body, path)
            if value is not None:
                yield f"field {path}", n, _number(value)
    if together.authors:
        people = authors_of_labels(connection, [key for one in rows for key in one.rests_on])
        for n, one in enumerate(rows):
            for person in {people[key] for key in one.rests_on if key in people}:
                yield "author", n, person


def _number(value: Any) -> int:
    return int.from_bytes(digest(canonical(value))[:8])


def _phrases(body: Any) -> "NDArray[np.uint64]":
    overlap = statistics.overlap
    return overlap.phrases(overlap.codes(words_of(said_in(body))), PHRASE)
