"""A programme is opened from an archive: checked, written under free keys, and seen by nobody before it is whole.

Whatever ends an opening before that, what was written of it is taken back; a job that was killed does so first, and
begins anew.
"""

import shutil
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Unavailable
from goldloop.core.nouns import Noun
from goldloop.core.policy import Policy
from goldloop.jobs.running import Interrupted, Running
from goldloop.programmes.archive.cells import cells
from goldloop.programmes.archive.close import OPEN, close_ledger
from goldloop.programmes.archive.enforce import enforce, owner
from goldloop.programmes.archive.moves import Moves
from goldloop.programmes.archive.reading import Archive, opened
from goldloop.programmes.archive.telling import arriving
from goldloop.programmes.archive.unpack import unpack
from goldloop.programmes.archive.values import Values, broken
from goldloop.programmes.archive.who import Actor, Found, People, check_people, find_people
from goldloop.programmes.ledger.keys import put_in_place
from goldloop.store import schema
from goldloop.store.archive import arriving as write
from goldloop.store.archive.arriving import Place, Span
from goldloop.store.archive.tables import LEAVES, Rule
from goldloop.store.judgements import Claim, refuse_machines
from goldloop.store.old_ids import add_old_ids
from goldloop.store.people import find_organisation
from goldloop.store.phrases import phrase_keys
from goldloop.store.programmes import programme_row
from goldloop.store.values import NewValue, value_keys

KIND = "open_archive"
UPLOADS = "archives/uploads"
STEP = 1_000


class Asked(Noun):
    """What somebody wants opened: the uploaded file, under which name and organisation, and who its people are."""

    file: str
    filename: str = "archive"
    name: str | None = None
    organisation: str | None = None
    people: People = People()


def open_archive(job: Running) -> dict[str, Any]:
    """The job: args as `Asked`. Its result names the programme, and what came in of it."""
    asked = Asked.model_validate(job.args)
    place = Place(job.store)
    if job.resume is not None and "opened" in job.resume:
        return dict(job.resume["opened"])  # it was whole when the job was killed: only its end was not written down
    if job.resume is not None:
        _take_back(job, place, job.resume)
    with job.store.blobs.local(asked.file) as path, opened(path) as archive:
        total = sum(one.size for one in archive.manifest.members)
        if shutil.disk_usage(job.store.home).free < 2 * total:
            raise Unavailable(
                "there is no room to open this archive",
                permanent=True,
                field="home",
                expected=f"{2 * total >> 20} MiB of free disk space",
            )
        archive.check(lambda done: job.progress(done, total=2 * total, unit="bytes", note="checking"))
        with TemporaryDirectory(dir=job.store.home) as folder:
            values = Values(Path(folder))
            try:
                found = _Opening(job, archive, asked, place, total, values).run()
            finally:
                values.close()
    job.store.blobs.delete(asked.file)
    return found


class _Opening:
    """One archive on its way in."""

    def __init__(self, job: Running, archive: Archive, asked: Asked, place: Place, total: int, values: Values) -> None:
        self._job, self._archive, self._asked, self._place, self._total = job, archive, asked, place, total
        self._store, self._manifest = job.store, archive.manifest
        self._name = asked.name or self._manifest.programme
        self._organisation = asked.organisation or self._manifest.organisation
        self._by = int(job.asked_by or 0)
        key = job.id << 20  # out of the way of programmes that are made meanwhile
        self._moves = Moves(self._manifest.programme_key, key, values)
        self._found: Found | None = None
        self._segments: Mapping[int, int] = {}
        self._sealed: dict[int, tuple[str, int]] = {}
        self._done = total
        self._last = job.store.dialect == "sqlite"  # its rows come in steps, and the programme itself makes them seen

    def run(self) -> dict[str, Any]:
        """Open it, or leave nothing of it."""
        actors = [Actor.of(row) for row in self._archive.rows("actor")]
        with self._store.read() as connection:
            self._is_free(connection)
            check_people(connection, actors, self._asked.people, self._manifest.organisation, self._organisation)
            owner(connection, self._by)
        try:
            return self._opened(actors)
        except BaseException as error:
            if not (isinstance(error, Interrupted) and error.because == "lost"):  # whoever took over takes it back
                _take_back(self._job, self._place, self._token())
            raise

    def _is_free(self, connection: Connection) -> None:
        if not write.is_free(connection, self._moves.programme_id, self._name):
            raise Conflict("there is a programme of this name", field="name", expected="another name", found=self._name)

    def _opened(self, actors: Sequence[Actor]) -> dict[str, Any]:
        with self._place.opened():
            self._begin(actors)
            if not self._last:
                with self._place.step() as connection:
                    self._programme(connection)
            self._segments = close_ledger(self._store, self._place, self._archive, self._moves)
            for rule in LEAVES:
                self._table(rule)
            self._old_ids(actors)
            for note in unpack(self._store, self._archive, self._name, self._sealed):
                self._job.progress(note=note)
            found = self._end(actors)
        with self._store.read() as connection:
            put_in_place(self._store, programme_row(connection, self._moves.programme_id))
        return found

    def _begin(self, actors: Sequence[Actor]) -> None:
        """Who is who, what phrases and answers are called here, and keys for all rows."""
        organisations = list(self._archive.rows("organisation"))
        with self._place.step(durable=True) as connection:
            self._found = find_people(
                connection,
                actors,
                [(name, kind) for _, name, kind in organisations],
                self._asked.people,
                own=self._manifest.organisation,
                here=self._organisation,
                at=now(),
            )
            self._moves.actors = self._found.keys
            for key, name, _ in organisations:
                called = self._organisation if name == self._manifest.organisation else name
                self._moves.organisations[key] = int(find_organisation(connection, called) or 0)
            self._moves.spans = write.reserve(
                connection,
                {
                    rule.table.name: (member.first, member.last)
                    for rule in LEAVES
                    for member in [self._manifest.table(rule.table.name)]
                    if member is not None and member.first is not None and member.last is not None
                },
            )
            if self._last:
                self._job.save(connection, self._done, total=2 * self._total, resume=self._token())
        for page in _paged(self._archive.rows("phrase")):
            with self._place.step() as connection:
                keys = phrase_keys(connection, [text for _, text in page])
            self._moves.phrases |= {key: keys[text] for key, text in page}
        for page in _paged(self._archive.rows("value")):
            self._add_values(page)
        self._moves.values.done()

    def _token(self) -> dict[str, Any]:
        """What has to be taken back where this comes to nothing."""
        return {
            "programme": self._moves.programme_id,
            "spans": {name: list(one) for name, one in self._moves.spans.items()},
            "actor": list(self._found.made) if self._found is not None else [],
            "organisation": list(self._found.organisations) if self._found is not None else [],
        }

    def _add_values(self, page: Sequence[list[Any]]) -> None:
        by_task: dict[int, list[list[Any]]] = {}
        for row in page:
            by_task.setdefault(row[1], []).append(row)
        here: dict[int, int] = {}
        with self._place.step() as connection:
            for task, rows in by_task.items():
                new = [NewValue(answer, tuple(labels)) for _, _, answer, labels in rows]
                keys = value_keys(connection, self._moves.of("phrase", task), new)
                here |= {row[0]: keys[row[2]] for row in rows}
        self._moves.values.add((row[0], here[row[0]]) for row in page)
        self._tell(page, "answers")

    def _programme(self, connection: Connection) -> None:
        """The programme itself: from here on it is there, once its transaction ends."""
        self._is_free(connection)
        doc = _newest(self._archive)
        space = doc.protection.workspace
        row = {
            "id": self._moves.programme_id,
            "name": self._name,
            "organisation_id": self._moves.organisations[self._own_organisation()],
            "created_at": self._manifest.created_at,
            "workspace": canonical(space.model_dump(mode="json")) if space is not None else None,
        }
        connection.execute(schema.programme.insert().values(**row))

    def _own_organisation(self) -> int:
        for key, name, _ in self._archive.rows("organisation"):
            if name == self._manifest.organisation:
                return int(key)
        raise broken("organisation", f"the programme's own: {self._manifest.organisation}")

    def _table(self, rule: Rule) -> None:
        name, member = rule.table.name, self._manifest.table(rule.table.name)
        if member is None:
            return
        columns = tuple(column.name for column in rule.table.c)
        say = arriving(self._store.ids, self._moves.of_noun)
        arrives, span, last = cells(rule, self._moves, say, self._segment), self._moves.spans.get(name), 0
        public: list[tuple[str, str, int]] = []
        if rule.table is schema.judgement:
            task, actor, stance, value = map(columns.index, ("task_id", "actor_id", "stance", "value_id"))
        for page in _paged(self._archive.rows(name)):
            rows = []
            for line in page:
                row = tuple(cell(value) for cell, value in zip(arrives, line, strict=False))
                rows.append(row)
                if rule.named is not None:
                    public.append((rule.named, str(line[-1]), row[0]))
            if rule.table is schema.release:
                self._note_sealed(page, columns)
            with self._place.step() as connection:
                if span is not None:
                    keys = [line[0] for line in page]
                    if keys != sorted(set(keys)) or keys[0] <= last:
                        raise broken(name, "rows in the order of their keys")
                    last = keys[-1]
                    if last == span.last:
                        write.release_last(connection, rule, span)
                if rule.table is schema.judgement:
                    said = [Claim(row[task], row[actor], row[stance]) for row in rows if row[value] is not None]
                    refuse_machines(connection, said)
                write.add(connection, rule.table, columns, rows)
                add_old_ids(connection, self._moves.programme_id, public)
                public.clear()
            self._tell(page, name)
        if span is not None and last != span.last:
            raise broken(name, f"a last row with the key {span.last}")

    def _note_sealed(self, page: Sequence[list[Any]], columns: Sequence[str]) -> None:
        for line in page:
            told = dict(zip(columns, line, strict=False))
            if told["kind"] == "dataset":
                self._sealed[told["id"]] = (told["name"], told["number"])

    def _segment(self, key: int | None) -> int:
        """An event that stood in the open chain stands in the segment that this archive closes."""
        return self._segments[OPEN if key is None else key]

    def _old_ids(self, actors: Sequence[Actor]) -> None:
        public = [("programme", self._manifest.programme_id, self._moves.programme_id)]
        public += [("actor", one.public_id, self._moves.actors[one.id]) for one in actors]
        with self._place.step() as connection:
            add_old_ids(connection, self._moves.programme_id, public)
        for page in _paged(self._archive.rows("old_id")):
            moved = [(noun, old, self._moves.of_noun(noun, key)) for noun, old, key in page]
            with self._place.step() as connection:
                rows = [(noun, old, key) for noun, old, key in moved if key is not None]
                add_old_ids(connection, self._moves.programme_id, rows)

    def _end(self, actors: Sequence[Actor]) -> dict[str, Any]:
        """The programme is whole, and in force."""
        assert self._found is not None
        with self._place.step(durable=True) as connection:
            if self._last:
                self._programme(connection)
            found = enforce(
                self._store,
                connection,
                self._manifest,
                self._archive.sha256,
                self._moves.programme_id,
                name=self._name,
                organisation=self._organisation,
                answers=self._found.answers,
                by=self._by,
                at=now(),
            )
            found["people"] = sum(one.kind == "person" for one in actors)
            self._job.save(connection, 2 * self._total, resume={"opened": found})
        return found

    def _tell(self, page: Sequence[Any], note: str) -> None:
        self._done = min(2 * self._total, self._done + 200 * len(page))
        self._job.progress(self._done, total=2 * self._total, unit="bytes", note=note)


def _newest(archive: Archive) -> Policy:
    """The programme file that was in force, as goldloop keeps it."""
    rows = deque(archive.rows("policy"), maxlen=1)
    if not rows:
        raise broken("policy", "a version of the programme file")
    told = dict(zip((one.name for one in schema.policy.c), rows[0], strict=True))
    return Policy.model_validate_json(told["doc"])


def _take_back(job: Running, place: Place, token: Mapping[str, Any]) -> None:
    spans = {name: Span(*one) for name, one in token["spans"].items()}
    programme_id = int(token["programme"])
    if job.store.dialect == "sqlite":
        write.take_back(place, programme_id, spans, made=token)
    for name in list(job.store.blobs.names(f"ledger/{programme_id}/")):
        job.store.blobs.delete(name)


def _paged(rows: Iterable[list[Any]]) -> Iterator[list[list[Any]]]:
    page: list[list[Any]] = []
    for row in rows:
        page.append(row)
        if len(page) == STEP:
            yield page
            page = []
    if page:
        yield page
