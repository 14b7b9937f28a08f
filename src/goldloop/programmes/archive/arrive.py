"""A programme is opened from an archive: checked, written under free keys, and seen by nobody before it is whole.

Whatever ends an opening before that, what was written of it is taken back; a job that was killed does so first, and
begins anew.
"""

import base64
import json
import re
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, LargeBinary

from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import Conflict, Invalid, NotFound, Unavailable
from goldloop.core.nouns import Noun, Spec
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.jobs.running import Interrupted, Running
from goldloop.loop.human_only import people_only
from goldloop.programmes.apply import apply, keep_schedules
from goldloop.programmes.archive.adapted import adapted
from goldloop.programmes.archive.format import Segment
from goldloop.programmes.archive.reading import Archive, opened
from goldloop.programmes.archive.telling import Say, arriving
from goldloop.programmes.archive.values import Values, broken
from goldloop.programmes.archive.who import Actor, Found, People, check_people, find_people
from goldloop.programmes.keys import new_key, put_in_place
from goldloop.store import jobs, ledger, schema
from goldloop.store.access import caller_of_actor
from goldloop.store.archive import arriving as write
from goldloop.store.archive.arriving import Place, Span
from goldloop.store.archive.tables import LEAVES, Rule
from goldloop.store.batches import batches
from goldloop.store.human_only import latch_batch
from goldloop.store.judgements import Claim, refuse_machines
from goldloop.store.old_ids import add_old_ids, key_behind
from goldloop.store.people import find_organisation
from goldloop.store.phrases import phrase_keys
from goldloop.store.programmes import policy_in_force, programme_of_key, programme_row
from goldloop.store.releases import folder_of
from goldloop.store.segments import Run, add_segment, lines, merged
from goldloop.store.values import NewValue, value_keys

KIND = "open_archive"
UPLOADS = "archives/uploads"
STEP = 1_000
_NUMBER = re.compile(r"\d+")
_TABLE_OF = {"run": "training_run"}
Cell = Callable[[Any], Any]


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
        found = _Opening(job, archive, asked, place, total).run()
    job.store.blobs.delete(asked.file)
    return found


class _Opening:
    """One archive on its way in."""

    def __init__(self, job: Running, archive: Archive, asked: Asked, place: Place, total: int) -> None:
        self._job, self._archive, self._asked, self._place, self._total = job, archive, asked, place, total
        self._store, self._manifest = job.store, archive.manifest
        self._name = asked.name or self._manifest.programme
        self._organisation = asked.organisation or self._manifest.organisation
        self._by = int(job.asked_by or 0)
        self._programme_id = job.id << 20  # out of the way of programmes that are made meanwhile
        self._spans: dict[str, Span] = {}
        self._phrases: dict[int, int] = {}
        self._organisations: dict[int, int] = {}
        self._segments: dict[int, int] = {}
        self._sealed: dict[int, tuple[str, int]] = {}
        self._blobs: list[str] = []
        self._done = total
        self._last = job.store.dialect == "sqlite"  # its rows come in steps, and the programme itself makes them seen

    def run(self) -> dict[str, Any]:
        """Open it, or leave nothing of it."""
        actors = [Actor.of(row) for row in self._archive.rows("actor")]
        with self._store.read() as connection:
            self._check(connection, actors)
        try:
            with TemporaryDirectory(dir=self._store.home) as folder:
                self._values = Values(Path(folder))
                try:
                    return self._opened(actors)
                finally:
                    self._values.close()
        except BaseException as error:
            if not (isinstance(error, Interrupted) and error.because == "lost"):  # whoever took over takes it back
                _take_back(self._job, self._place, self._token())
            raise

    def _check(self, connection: Connection, actors: Sequence[Actor]) -> None:
        self._is_not_here(connection)
        self._is_free(connection)
        check_people(connection, actors, self._asked.people, self._manifest.organisation, self._organisation)
        caller = caller_of_actor(connection, self._by)
        if caller is None:
            raise _gone()
        caller.require_owner()

    def _is_not_here(self, connection: Connection) -> None:
        """An installation holds a programme once: what people said under one key of theirs is said once."""
        before = [old for noun, old, _ in self._archive.rows("old_id") if noun == "programme"]
        for public in (self._manifest.programme_id, *before):
            with suppress(NotFound):
                found = programme_of_key(connection, key_behind(connection, self._store.ids, "programme", public))
                if found is not None and public != self._store.ids.show("programme", found.id):
                    raise _is_here(found.name)
                if found is not None and write.has_key(connection, found.id, self._manifest.fingerprint):
                    raise _is_here(found.name)

    def _is_free(self, connection: Connection) -> None:
        if not write.is_free(connection, self._programme_id, self._name):
            raise Conflict("there is a programme of this name", field="name", expected="another name", found=self._name)

    def _opened(self, actors: Sequence[Actor]) -> dict[str, Any]:
        with self._place.opened():
            self._begin(actors)
            if not self._last:
                with self._place.step() as connection:
                    self._programme(connection)
            self._ledger()
            for rule in LEAVES:
                self._table(rule)
            self._old_ids()
            self._files()
            found = self._end()
        with self._store.read() as connection:
            put_in_place(self._store, programme_row(connection, self._programme_id))
        return found

    def _begin(self, actors: Sequence[Actor]) -> None:
        """Who is who, what phrases and answers are called here, and keys for all rows."""
        organisations = list(self._archive.rows("organisation"))
        with self._place.step(durable=True) as connection:
            self._found: Found = find_people(
                connection,
                actors,
                [(name, kind) for _, name, kind in organisations],
                self._asked.people,
                own=self._manifest.organisation,
                here=self._organisation,
                at=now(),
            )
            for key, name, _ in organisations:
                called = self._organisation if name == self._manifest.organisation else name
                self._organisations[key] = int(find_organisation(connection, called) or 0)
            self._spans = write.reserve(
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
        self._actors = actors
        for page in _paged(self._archive.rows("phrase")):
            with self._place.step() as connection:
                keys = phrase_keys(connection, [text for _, text in page])
            self._phrases |= {key: keys[text] for key, text in page}
        for page in _paged(self._archive.rows("value")):
            self._add_values(page)
        self._values.done()

    def _token(self) -> dict[str, Any]:
        """What has to be taken back where this comes to nothing."""
        found = getattr(self, "_found", None)
        return {
            "programme": self._programme_id,
            "spans": {name: list(one) for name, one in self._spans.items()},
            "actor": list(found.made) if found is not None else [],
            "organisation": list(found.organisations) if found is not None else [],
        }

    def _add_values(self, page: Sequence[list[Any]]) -> None:
        by_task: dict[int, list[list[Any]]] = {}
        for row in page:
            by_task.setdefault(row[1], []).append(row)
        here: dict[int, int] = {}
        with self._place.step() as connection:
            for task, rows in by_task.items():
                new = [NewValue(answer, tuple(labels)) for _, _, answer, labels in rows]
                keys = value_keys(connection, self._phrase(task), new)
                here |= {row[0]: keys[row[2]] for row in rows}
        self._values.add((row[0], here[row[0]]) for row in page)
        self._tell(page, "answers")

    def _programme(self, connection: Connection) -> None:
        """The programme itself: from here on it is there, once its transaction ends."""
        self._is_free(connection)
        doc = newest_of(self._archive)
        space = doc.protection.workspace
        row = {
            "id": self._programme_id,
            "name": self._name,
            "organisation_id": self._organisations[self._own_organisation()],
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
        cells, span, last = self._cells(rule), self._spans.get(name), 0
        public: list[tuple[str, str, int]] = []
        if rule.table is schema.judgement:
            task, actor, stance, value = map(columns.index, ("task_id", "actor_id", "stance", "value_id"))
        for page in _paged(self._archive.rows(name)):
            rows = []
            for line in page:
                row = tuple(cell(value) for cell, value in zip(cells, line, strict=False))
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
                add_old_ids(connection, self._programme_id, public)
                public.clear()
            self._tell(page, name)
        if span is not None and last != span.last:
            raise broken(name, f"a last row with the key {span.last}")

    def _note_sealed(self, page: Sequence[list[Any]], columns: Sequence[str]) -> None:
        for line in page:
            told = dict(zip(columns, line, strict=False))
            if told["kind"] == "dataset":
                self._sealed[told["id"]] = (told["name"], told["number"])

    def _cells(self, rule: Rule) -> list[Cell]:
        """How each column of a table arrives."""
        say, out = arriving(self._store.ids, self.moved_noun), []
        for column in rule.table.c:
            name, target = column.name, next((one.column.table.name for one in column.foreign_keys), None)
            cell: Cell
            if rule.table is schema.erased and name == "segment_id":
                cell = self._segment
            elif target is not None:
                cell = self._key_cell(target)
            elif column.primary_key and name == "id":
                cell = self._key_cell(rule.table.name)
            elif name in rule.keys:
                cell = self._key_cell(rule.keys[name])
            elif name in rule.lists:
                cell = self._list_cell(rule.lists[name])
            elif isinstance(column.type, LargeBinary):
                cell = _octets
            else:
                cell = self._words_cell(rule, name, say)
            out.append(cell)
        return out

    def _key_cell(self, target: str) -> Cell:
        def cell(key: Any) -> int | None:
            return None if key is None else self.moved(target, key)

        return cell

    def _list_cell(self, target: str) -> Cell:
        def cell(text: str | None) -> str | None:
            return None if text is None else _NUMBER.sub(lambda one: str(self.moved(target, int(one[0]))), text)

        return cell

    def _words_cell(self, rule: Rule, name: str, say: Say) -> Cell:
        within, told = rule.within.get(name), name in rule.told
        if within is None and not told:
            return lambda value: value

        def cell(text: str | None) -> str | None:
            if text is None:
                return None
            if within is not None:
                doc = json.loads(text)
                moved = self._within(doc, within)
                text = canonical(moved) if moved != doc else text
            return say(text) if told else text

        return cell

    def _within(self, value: Any, keys: Mapping[str, str]) -> Any:
        """A document with the keys that it holds under some names moved."""
        if isinstance(value, list):
            return [self._within(part, keys) for part in value]
        if not isinstance(value, dict):
            return value
        out: dict[str, Any] = {}
        for name, part in value.items():
            if name in keys and isinstance(part, int) and not isinstance(part, bool):
                out[name] = self.moved(keys[name], part)
            elif name in keys and isinstance(part, list) and all(type(one) is int for one in part):
                out[name] = [self.moved(keys[name], one) for one in part]
            else:
                out[name] = self._within(part, keys)
        return out

    def moved(self, table: str, key: int) -> int:
        """The key here of a row there. Raises Invalid for one that the archive does not hold."""
        found = self._moved(table, key)
        if found is None:
            raise broken(table, f"a row with the key {str(key)[:20]}")
        return found

    def moved_noun(self, noun: str, key: int) -> int | None:
        """The key here of a noun's row; None where the archive does not hold it."""
        return self._moved(_TABLE_OF.get(noun, noun), key)

    def _moved(self, table: str, key: Any) -> int | None:
        if type(key) is not int:
            return None
        if (span := self._spans.get(table)) is not None:
            return span.moved(key)
        if table == "programme":
            return self._programme_id if key == self._manifest.programme_key else None
        if table == "value":
            return self._values.here(key)
        if table == "actor":
            return self._found.keys.get(key)
        return {"phrase": self._phrases, "organisation": self._organisations}.get(table, {}).get(key)

    def _phrase(self, key: int) -> int:
        return self.moved("phrase", key)

    def _segment(self, key: int | None) -> int:
        """An event that stood in the open chain stands in the segment that this archive closes."""
        return self._segments[-1 if key is None else key]

    def _ledger(self) -> None:
        last = self._manifest.segments[-1]
        for one in self._manifest.segments:
            base = f"ledger/{one.number}"
            names = {what: f"ledger/{self._programme_id}/{one.number}-{what}" for what in ("events", "blocks")}
            for what, name in names.items():
                self._store.blobs.delete(name)
                self._blobs.append(name)
                self._store.blobs.put(self._archive.chunks(f"{base}/{what}.jsonl"), name=name)
            row = {
                "programme_id": self._programme_id,
                "number": one.number,
                "name": one.name,
                "programme_key": one.programme_key,
                **names,
                "block_count": one.blocks,
                "event_count": one.events,
                "head": bytes.fromhex(one.head) if one.head is not None else None,
                "fingerprint": one.fingerprint,
                "manifest": bytes.fromhex(one.manifest) if one.manifest is not None else self._archive.sha256,
                "closed_at": one.closed_at,
            }
            with self._place.step() as connection:
                key = add_segment(connection, row, self._runs(one))
            self._segments[-1 if one is last else int(one.key or 0)] = key

    def _runs(self, one: Segment) -> Iterator[Run]:
        """The keys that a segment speaks of, and where they are here."""
        if one.manifest is None:
            for name, span in self._spans.items():
                yield Run(name, span.first, span.last, span.here - span.first)
            yield from merged(sorted(self._found.keys.items()), "actor")
            yield from merged(sorted(self._phrases.items()), "phrase")
            return
        for line in lines(self._archive.chunks(f"ledger/{one.number}/carried.jsonl")):
            noun, first, last, shift = json.loads(line)
            if noun in self._spans:
                span = self._spans[noun]
                yield Run(noun, first, last, shift + span.here - span.first)
            elif last - first < 1 << 24:
                pairs = ((key, self._moved(noun, key + shift)) for key in range(first, last + 1))
                yield from merged(((there, here) for there, here in pairs if here is not None), noun)

    def _old_ids(self) -> None:
        public = [("programme", self._manifest.programme_id, self._programme_id)]
        public += [("actor", one.public_id, self._found.keys[one.id]) for one in self._actors]
        with self._place.step() as connection:
            add_old_ids(connection, self._programme_id, public)
        for page in _paged(self._archive.rows("old_id")):
            moved = [(noun, old, self.moved_noun(noun, key)) for noun, old, key in page]
            with self._place.step() as connection:
                rows = [(noun, old, key) for noun, old, key in moved if key is not None]
                add_old_ids(connection, self._programme_id, rows)

    def _files(self) -> None:
        """Weights of models, and the folders of releases."""
        for name in self._archive.files("blobs"):
            kept = self._store.blobs.put(self._archive.chunks(name))
            if f"blobs/{kept.name}" != name:
                raise Invalid(
                    "this archive cannot be opened: a blob is not what its name says",
                    field="file",
                    expected=name,
                    found=kept.name,
                )
        for key, (name, number) in self._sealed.items():
            inside = self._archive.files(f"releases/{key}")
            if not inside:
                continue
            target = folder_of(self._store.home, self._name, name, number)
            shutil.rmtree(target, ignore_errors=True)  # of an opening that came to nothing: the name is free
            for member in inside:
                file = target / member.removeprefix(f"releases/{key}/")
                file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                with file.open("wb") as out:
                    out.writelines(self._archive.chunks(member))
            self._job.progress(note=f"release {name} #{number}")

    def _end(self) -> dict[str, Any]:
        """Put the programme in force here: its file, its schedules, a key of its own, and its ledger's first entry."""
        at = now()
        with self._place.step(durable=True) as connection:
            caller = caller_of_actor(connection, self._by)
            if caller is None:
                raise _gone()
            if self._last:
                self._programme(connection)
            row = programme_row(connection, self._programme_id)
            before = policy_in_force(connection, row.id)
            for one in batches(connection, row.id):
                if (because := people_only(Spec.model_validate_json(one.task))) is not None:
                    latch_batch(connection, one.id, because, at=at)  # whatever the archive says of its items
            text = write.newest_yaml(connection, row.id)
            mine = write.sign_in_of(connection, self._by)
            text = adapted(
                text,
                name=self._name,
                organisation=self._organisation,
                answers=self._found.answers,
                otherwise=mine,
            )
            read_policy(text)
            last = self._manifest.segments[-1]
            ledger.record(
                connection,
                "programme.opened",
                programme=row.id,
                actor=self._by,
                subject=str(row.id),
                data={
                    "archive": self._archive.sha256.hex(),
                    "signed_by": self._manifest.fingerprint,
                    "programme": self._manifest.programme,
                    "programme_id": self._manifest.programme_id,
                    "segment": last.number,
                    "head": last.head,
                    "events": last.events,
                },
                at=at,
            )
            done = apply(connection, caller, text, at=at, reviewed=True)
            if not done.changed:
                keep_schedules(connection, row.id, before.policy, None, at=at)
            because = f"opened from an archive of {self._manifest.programme}, signed by {self._manifest.fingerprint}"
            key = new_key(self._store, connection, row, by=self._by, because=because, at=at)
            for take_in in write.indexed(connection, row.id):
                jobs.enqueue(connection, "index_text", {"subject": take_in}, programme=row.id, asked_by=None)
            found = {
                "programme": self._name,
                "programme_id": self._store.ids.show("programme", row.id),
                "counts": self._manifest.counts,
                "signed_by": self._manifest.fingerprint,
                "key": key.fingerprint,
                "version": done.number,
                "stood_in_for": sorted(set(self._manifest.named) - self._found.answers.keys()),
                "people": sum(one.kind == "person" for one in self._actors),
                "masked": self._manifest.masked,
            }
            self._job.save(connection, 2 * self._total, resume={"opened": found})
        return found

    def _tell(self, page: Sequence[Any], note: str) -> None:
        self._done = min(2 * self._total, self._done + 200 * len(page))
        self._job.progress(self._done, total=2 * self._total, unit="bytes", note=note)


def newest_of(archive: Archive) -> Policy:
    """The programme file that was in force, as goldloop keeps it."""
    rows = deque(archive.rows("policy"), maxlen=1)
    if not rows:
        raise broken("policy", "a version of the programme file")
    told = dict(zip((one.name for one in schema.policy.c), rows[0], strict=True))
    return Policy.model_validate_json(told["doc"])


def _is_here(name: str) -> Conflict:
    return Conflict(
        "this programme is here already",
        field="file",
        expected="an archive of a programme that this installation does not hold",
        found=name,
    )


def _gone() -> Conflict:
    return Conflict("who asked for this has left", field="asked_by", expected="an owner")


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


def _octets(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value)
