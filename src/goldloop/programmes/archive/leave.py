"""A programme leaves as one file: read from one snapshot, written as it is read, signed, and noted in the ledger.

A snapshot cannot be taken up again, so that a job that was stopped begins anew; nothing of its file is left.
"""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary

from goldloop import __version__
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict
from goldloop.core.ids import PREFIXES
from goldloop.jobs.running import Running
from goldloop.loop.forget import ARCHIVES
from goldloop.programmes.archive import format as layout
from goldloop.programmes.archive.format import Manifest, Segment
from goldloop.programmes.archive.people import Told, as_row, hider, named_in, told
from goldloop.programmes.archive.telling import Say, leaving
from goldloop.programmes.archive.writing import Writer, octets
from goldloop.programmes.ledger.keys import signer_of
from goldloop.programmes.sealed.certificate import encoding
from goldloop.programmes.sealed.signing import Signer
from goldloop.store import ledger, schema
from goldloop.store.archive import leaving as read
from goldloop.store.archive.tables import LEAVES, STAYS, Rule
from goldloop.store.blobs import chunks_of
from goldloop.store.programme_files import trained_weights
from goldloop.store.programmes import ProgrammeRow, programme_row
from goldloop.store.releases import folder_of
from goldloop.store.segments import carried_of

KIND = "archive"
STEP = 1_000
LEFT = (
    "signing keys, vault keys, passwords, tokens, sessions and secrets of webhooks",
    "originals of what was masked: they stay in the vault of where the archive was made",
    "uploaded files that items came in: they hold what was masked since",
    *sorted({f"{name}: {why}" for name, why in STAYS.items()}),
)


def archive(job: Running) -> dict[str, Any]:
    """The job: args {"names"}. Its result says where the file is and under which key it is signed."""
    store, programme_id = job.store, int(job.programme_id or 0)
    by = int(job.asked_by or 0)
    with store.write() as connection:
        busy = read.is_busy(connection, programme_id, but=job.id)
        if busy is not None:
            raise Conflict(
                "something is being written to this programme",
                field="programme",
                expected="no import, delivery, release or erasure on its way",
                found=busy,
            )
        row = programme_row(connection, programme_id)
        signer = signer_of(store, connection, row, by=by, at=now())
    job.progress(0, unit="rows", note="sealing the ledger")
    ledger.seal(store)
    with TemporaryDirectory(dir=store.home) as place:
        path = Path(place) / "archive.zip"
        manifest = _written(job, row, signer, path)
        digest = hashlib.sha256()
        for chunk in chunks_of(path):
            digest.update(chunk)
        name = file_of(programme_id, job.id)
        store.blobs.delete(name)  # of a run that was stopped behind this
        store.blobs.put(chunks_of(path), name=name)
        size = path.stat().st_size
    found = {
        "sha256": digest.hexdigest(),
        "size": size,
        "names": manifest.names,
        "fingerprint": signer.fingerprint,
        "counts": manifest.counts,
        "masked": manifest.masked,
    }
    with store.write() as connection:
        ledger.record(
            connection,
            "programme.archived",
            programme=programme_id,
            actor=by,
            subject=str(programme_id),
            data={name: found[name] for name in ("sha256", "names", "fingerprint")},
            at=now(),
        )
    return {**found, "programme": row.name}


def file_of(programme_id: int, job_id: int) -> str:
    """The blob of an archive that a job wrote."""
    return f"{ARCHIVES}/{programme_id}/{job_id}"


def _written(job: Running, row: ProgrammeRow, signer: Signer, path: Path) -> Manifest:
    store, writer = job.store, Writer(path)
    try:
        with store.read() as connection:
            read.one_snapshot(connection)
            leaver = _Leaver(job, connection, row, writer)
            leaver.write()
            manifest = leaver.manifest(signer)
        said = canonical(manifest.model_dump(mode="json")).encode()
        signature = {
            "payloadType": layout.PAYLOAD_TYPE,
            "keyid": signer.fingerprint,
            "public_key": base64.b64encode(signer.public).decode(),
            "sig": base64.b64encode(signer.sign(encoding(layout.PAYLOAD_TYPE, said))).decode(),
        }
        writer.end([(layout.MANIFEST, said), (layout.SIGNATURE, canonical(signature).encode())])
    finally:
        writer.abandon()
    return manifest


class _Leaver:
    """One archive on its way: what was met so far of people, phrases and organisations."""

    def __init__(self, job: Running, connection: Connection, row: ProgrammeRow, writer: Writer) -> None:
        self._job, self._connection, self._row, self._writer = job, connection, row, writer
        self._ids = job.store.ids
        self._met: dict[str, set[int]] = {"actor": set(), "phrase": set(), "organisation": {row.organisation_id}}
        self._done, self._total = 0, read.about_rows(connection, row.id)
        people = read.people_of(connection, row.id)
        self._seats = {one.id: one.seats for one in people}
        self._hidden = hider(job.store.secret + row.id.to_bytes(8), self._ids.show)
        named = named_in(read.policies_of(connection, row.id))
        self._told = told(people, named, names=bool(job.args["names"]), hidden=self._hidden)
        self._say = self._sayer(self._told)
        self._met["actor"] |= {one.id for one in people if one.seats or one.sign_in in named}

    def write(self) -> None:
        """Every member but the manifest."""
        for rule in LEAVES:
            self._table(rule)
        self._values()
        self._ledger()
        self._releases()
        for name in sorted(trained_weights(self._connection, self._row.id)):
            if self._job.store.blobs.size(name) is not None:
                self._writer.file(f"blobs/{name}", self._job.store.blobs.read(name))
        self._shared()

    def manifest(self, signer: Signer) -> Manifest:
        """What the archive says of itself, when all is written."""
        begun = read.about(self._connection, self._row.id)
        head = ledger.head(self._connection, self._row.id)
        members = {one.name: one for one in self._writer.members}
        open_ = Segment(
            number=len(self._segments) + 1,
            name=begun.name,
            programme_key=self._row.id,
            blocks=members[self._chain("blocks")].rows or 0,
            events=members[self._chain("events")].rows or 0,
            head=head.hash.hex() if head else None,
            fingerprint=signer.fingerprint,
            closed_at=now(),
        )
        counts = {
            one.name.removeprefix("tables/").removesuffix(".jsonl"): one.rows or 0
            for one in self._writer.members
            if one.name.startswith("tables/")
        }
        return Manifest(
            format=layout.FORMAT,
            schema_version=layout.SCHEMA,
            made_by=f"goldloop {__version__}",
            made_at=now(),
            programme=begun.name,
            programme_key=self._row.id,
            programme_id=self._ids.show("programme", self._row.id),
            organisation=begun.organisation,
            organisation_kind=begun.organisation_kind,
            created_at=begun.created_at,
            names=bool(self._job.args["names"]),
            named=self._told.named,
            fingerprint=signer.fingerprint,
            public_key=base64.b64encode(signer.public).decode(),
            counts=counts,
            masked=read.tokens_of(self._connection, self._row.id),
            left=LEFT,
            segments=(*self._segments, open_),
            members=tuple(self._writer.members),
        )

    def _sayer(self, known: Told) -> Say:
        tables = {
            **{rule.named: rule.table for rule in LEAVES if rule.named},
            "work": schema.work,
            "actor": schema.actor,
        }
        tables |= {"programme": schema.programme}
        highest = {noun: read.highest(self._connection, table) for noun, table in tables.items() if noun in PREFIXES}
        return leaving(self._ids, highest, known.words)

    def _table(self, rule: Rule) -> None:
        table, name = rule.table, rule.table.name
        columns = [column.name for column in table.c]
        keyed = "id" in table.c and bool(table.c["id"].primary_key)
        lines = self._lines(rule, read.rows_of(self._connection, rule, self._row.id))
        if rule.named is not None:
            columns.append("public_id")
        self._writer.rows(f"tables/{name}.jsonl", self._counted(lines, name), columns, key=keyed)

    def _lines(self, rule: Rule, rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
        columns: list[Column[Any]] = list(rule.table.c)
        binary = [n for n, one in enumerate(columns) if isinstance(one.type, LargeBinary)]
        spoken = [n for n, one in enumerate(columns) if one.name in rule.told]
        empty = [(n, rule.blank[one.name]) for n, one in enumerate(columns) if one.name in rule.blank]
        met = [
            (n, self._met[target])
            for n, one in enumerate(columns)
            for target in [next((key.column.table.name for key in one.foreign_keys), "")]
            if target in self._met
        ]
        for row in rows:
            line = list(row)
            for n, seen in met:
                if line[n] is not None:
                    seen.add(line[n])
            for n in binary:
                line[n] = octets(line[n])
            for n in spoken:
                if line[n] is not None:
                    line[n] = self._say(line[n])
            for n, left in empty:
                line[n] = left
            if rule.named is not None:
                line.append(self._ids.show(rule.named, line[0]))
            yield line

    def _values(self) -> None:
        def lines() -> Iterator[list[Any]]:
            page: list[Sequence[Any]] = []
            for row in read.values_of(self._connection, self._row.id):
                page.append(row)
                if len(page) == STEP:
                    yield from self._labelled(page)
                    page = []
            yield from self._labelled(page)

        self._writer.rows("tables/value.jsonl", self._counted(lines(), "value"), layout.COLUMNS["value"], key=True)

    def _labelled(self, page: Sequence[Sequence[Any]]) -> Iterator[list[Any]]:
        labels = read.labels_of(self._connection, [row[0] for row in page])
        for key, task, answer in page:
            self._met["phrase"].add(task)
            yield [key, task, answer, labels.get(key, [])]

    def _ledger(self) -> None:
        store, connection, row = self._job.store, self._connection, self._row
        closed = read.segments_of(connection, row.id)
        self._segments = tuple(
            Segment(
                number=one.number,
                name=one.name,
                programme_key=one.programme_key,
                blocks=one.block_count,
                events=one.event_count,
                head=bytes(one.head).hex() if one.head is not None else None,
                fingerprint=one.fingerprint,
                manifest=bytes(one.manifest).hex(),
                closed_at=one.closed_at,
                key=one.id,
            )
            for one in closed
        )
        for one in closed:
            base = f"ledger/{one.number}"
            for name, blob, columns, count in (
                ("events", one.events, layout.EVENT, one.event_count),
                ("blocks", one.blocks, layout.BLOCK, one.block_count),
            ):
                self._writer.file(f"{base}/{name}.jsonl", store.blobs.read(blob))
                last = self._writer.members[-1]
                self._writer.members[-1] = last.model_copy(update={"rows": count, "columns": columns})
            self._writer.rows(f"{base}/carried.jsonl", carried_of(connection, one.id), layout.CARRIED)
        events = (list(one) for one in read.events_of(connection, row.id))
        self._writer.rows(self._chain("events"), self._counted(events, "ledger"), layout.EVENT)
        binary = [n for n, name in enumerate(layout.BLOCK) if name in ("previous", "root", "leaves", "hash")]
        blocks = (
            [octets(value) if n in binary else value for n, value in enumerate(one)]
            for one in read.blocks_of(connection, row.id)
        )
        self._writer.rows(self._chain("blocks"), blocks, layout.BLOCK)

    def _chain(self, what: str) -> str:
        return f"ledger/{len(self._segments) + 1}/{what}.jsonl"

    def _releases(self) -> None:
        for one in read.sealed_of(self._connection, self._row.id):
            folder = folder_of(self._job.store.home, self._row.name, one.name, one.number)
            if folder.is_dir():
                self._job.progress(note=f"release {one.name} #{one.number}")
                self._writer.folder(f"releases/{one.id}", folder)

    def _shared(self) -> None:
        connection, met = self._connection, self._met
        people = (
            as_row(one, self._told, self._seats, self._hidden, self._ids.show("actor", one.id))
            for one in self._organised(read.actors_of(connection, sorted(met["actor"])))
        )
        self._writer.rows("tables/actor.jsonl", people, layout.COLUMNS["actor"])
        self._writer.rows(
            "tables/organisation.jsonl",
            read.organisations_of(connection, sorted(met["organisation"])),
            layout.COLUMNS["organisation"],
        )
        phrases = read.phrases_of(connection, sorted(met["phrase"]))
        self._writer.rows("tables/phrase.jsonl", phrases, layout.COLUMNS["phrase"])
        before = (list(one) for one in read.old_ids_of(connection, self._row.id))
        self._writer.rows("tables/old_id.jsonl", before, layout.COLUMNS["old_id"])

    def _organised(self, actors: Iterable[Any]) -> Iterator[Any]:
        for one in actors:
            if one.organisation_id is not None:
                self._met["organisation"].add(one.organisation_id)
            yield one

    def _counted(self, lines: Iterable[list[Any]], note: str) -> Iterator[list[Any]]:
        for line in lines:
            self._done += 1
            if self._done % STEP == 0:
                self._job.progress(self._done, total=max(self._total, self._done), unit="rows", note=note)
            yield line
