"""The ledger of an archive is kept closed: its entries as blobs, and which rows of here they speak of."""

import json
from collections.abc import Iterator

from goldloop.programmes.archive.format import Segment
from goldloop.programmes.archive.moves import Moves
from goldloop.programmes.archive.reading import Archive
from goldloop.store.archive.arriving import Place
from goldloop.store.open import Store
from goldloop.store.segments import Run, add_segment, lines, merged

OPEN = -1
"""The key under which the segment stands that this archive closes."""
MOST = 1 << 24  # keys of a run that are looked at one by one


def close_ledger(store: Store, place: Place, archive: Archive, moves: Moves) -> dict[int, int]:
    """Keep every segment; their keys here by their keys there."""
    out = {}
    last = archive.manifest.segments[-1]
    for one in archive.manifest.segments:
        base = f"ledger/{one.number}"
        names = {what: f"ledger/{moves.programme_id}/{one.number}-{what}" for what in ("events", "blocks")}
        for what, name in names.items():
            store.blobs.delete(name)
            store.blobs.put(archive.chunks(f"{base}/{what}.jsonl"), name=name)
        row = {
            "programme_id": moves.programme_id,
            "number": one.number,
            "name": one.name,
            "programme_key": one.programme_key,
            **names,
            "block_count": one.blocks,
            "event_count": one.events,
            "head": bytes.fromhex(one.head) if one.head is not None else None,
            "fingerprint": one.fingerprint,
            "manifest": bytes.fromhex(one.manifest) if one.manifest is not None else archive.sha256,
            "closed_at": one.closed_at,
        }
        with place.step() as connection:
            key = add_segment(connection, row, _runs(archive, moves, one))
        out[OPEN if one is last else int(one.key or 0)] = key
    return out


def _runs(archive: Archive, moves: Moves, one: Segment) -> Iterator[Run]:
    """The keys that a segment speaks of, and where they are here."""
    if one.manifest is None:
        for name, span in moves.spans.items():
            yield Run(name, span.first, span.last, span.here - span.first)
        yield from merged(sorted(moves.actors.items()), "actor")
        yield from merged(sorted(moves.phrases.items()), "phrase")
        return
    for line in lines(archive.chunks(f"ledger/{one.number}/carried.jsonl")):
        noun, first, last, shift = json.loads(line)
        if noun in moves.spans:
            span = moves.spans[noun]
            yield Run(noun, first, last, shift + span.here - span.first)
        elif last - first < MOST:
            pairs = ((key, moves.find(noun, key + shift)) for key in range(first, last + 1))
            yield from merged(((there, here) for there, here in pairs if here is not None), noun)
