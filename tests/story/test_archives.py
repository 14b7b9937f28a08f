"""A programme leaves one installation as a file, opens in another, and its work goes on there."""

import json
import shutil
import sqlite3
import threading
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from sqlalchemy import func, select
from tests.databases import Postgres
from tests.forks import Forks
from tests.story.house import PROVIDER, done, house
from tests.story.test_cli import PASSWORD, Shell

from goldloop.client import Client
from goldloop.core.canonical import canonical
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Spec
from goldloop.core.settings import Settings
from goldloop.jobs.running import Running
from goldloop.programmes.archive import arrive
from goldloop.programmes.archive.arrive import _Opening
from goldloop.programmes.archive.format import PAYLOAD_TYPE
from goldloop.programmes.archive.reading import check
from goldloop.programmes.ledger.segment import Anchor, check_segment
from goldloop.programmes.sealed import verify_release
from goldloop.programmes.sealed.certificate import encoding
from goldloop.programmes.sealed.signing import Signer
from goldloop.simulate import Persona, hire, truth_of, work_off
from goldloop.store import jobs
from goldloop.store.archive.tables import OF
from goldloop.store.open import Store, open_store
from goldloop.store.schema import item, judgement, metadata, programme, work

PROGRAMME = "intents"
FILE = """
programme: intents
title: What customers ask
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
consensus: {share: 0.5, judgements: 2, because: two see half of it}
batches: {gate: release, size: 12}
gates: {release: {owner: mona, checks: [completeness.v1]}}
ontology: {labels: [short, long]}
"""
PERFECT = {"accuracy": 1.0, "fatigue": 0.0, "escalates": 0.0}
SOURCE = Spec(name="jsonl.v1", params={"slices": ["channel"], "parents": "parents"})
ELSEWHERE = {name: sha256(f"{name} elsewhere".encode()).digest() for name in ("ids", "secret")}


def said(n: int) -> str:
    return f"question {n} " + " ".join(f"word{n}x{k}" for k in range(4 + n % 2))


TRUTH = truth_of({said(n): {"labels": ["long" if n % 2 else "short"]} for n in range(40)}.items())


class Left(NamedTuple):
    """What was where the programme left."""

    file: Path
    fingerprint: str
    labels: dict[str, Any]
    release_id: str
    item_id: str
    judgement_id: str
    brief: str
    evidence: list[Any]
    briefs: list[Any]


def taken_in(client: Client, file: Path, numbers: range) -> None:
    rows = [{"id": f"t{n}", "text": said(n), "channel": f"c{n % 3}"} for n in numbers]
    rows[-1]["parents"] = f"t{numbers[0]}"
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    done(client, client.imports.add(PROGRAMME, file, SOURCE))


def labels(client: Client, programme: str, to: Path) -> dict[str, Any]:
    client.programmes.labels(programme, to)
    rows = [json.loads(line) for line in to.read_text(encoding="utf-8").splitlines()]
    return {row["id"]: row["answer"] for row in rows}


def measured(client: Client, programme: str) -> list[Any]:
    """Everything that was measured of the batches of a programme, without the ids of one installation."""
    found = []
    for row in client.batches.all(programme):
        for one in client.batches.get(row.batch.id).evidence:
            told = one.model_dump(mode="json")
            found.append({name: told[name] for name in ("measure", "slice", "value", "interval", "n", "method")})
    return sorted(found, key=json.dumps)


def told_of(client: Client, programme: str) -> list[Any]:
    return [(one.title, one.state, one.because) for one in client.briefs.all(programme)]


def found_again(client: Client, words: str) -> set[str]:
    for job in client.jobs.all(PROGRAMME):
        if job.kind == "index_text":
            client.jobs.wait(job)
    return {one.external_id for one in client.items.all(PROGRAMME, text=words)}


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """A programme with everything in it, in the middle of its work, as a file."""
    folder = tmp_path_factory.mktemp("here")
    with house(folder / "home") as client:
        client.programmes.apply(FILE)
        people = [Persona(name=name, **PERFECT) for name in ("annika", "bogdan")]
        workers = hire(client, people, organisation=PROVIDER, programmes=[PROGRAMME])
        taken_in(client, folder / "first.jsonl", range(12))
        done(client, client.work.open(PROGRAMME))
        work_off(workers, TRUTH, seed=1)
        (batch,) = client.batches.all(PROGRAMME)
        assert done(client, client.batches.gate(batch.batch.id))["outcome"] == "pass"
        gone = next(one for one in client.items.all(PROGRAMME) if one.external_id == "t3")
        done(client, client.protection.erase(gone.id, "asked for by the customer"))
        cut = done(client, client.releases.cut(PROGRAMME, "questions"))
        wrong = [{"id": f"t{n}", "correct": False} for n in range(8)]
        client.findings.report("nightly", wrong, programme=PROGRAMME, floor=0.9, least=5, model="m1")
        taken_in(client, folder / "second.jsonl", range(20, 32))
        done(client, client.work.open(PROGRAMME))
        held = workers[0].client.work.claim()
        assert held, "somebody holds a work while the programme leaves"
        kept = next(one for one in client.items.all(PROGRAMME) if one.external_id == "t0")
        view = client.items.get(kept.id)
        with pytest.raises(Forbidden):
            workers[0].client.archives.write(PROGRAMME)
        job = client.archives.write(PROGRAMME)
        result = done(client, job)
        file = client.archives.save(job, folder / "intents.zip")
        assert sha256(file.read_bytes()).hexdigest() == result["sha256"]
        assert b"annika" not in b"".join(members(file).values()).lower(), "nobody who only works here is named"
        by_name = client.archives.write(PROGRAMME, names=True)
        assert done(client, by_name)["names"] is True
        named = check(client.archives.save(by_name, folder / "named.zip"))
        assert {one["sign_in"]: one["seats"] for one in named.people} == {
            "mona": ["manager"],
            "annika": ["annotator"],
            "bogdan": ["annotator"],
        }
        return Left(
            file,
            result["fingerprint"],
            labels(client, PROGRAMME, folder / "labels.jsonl"),
            cut["release_id"],
            kept.id,
            view.judgements[0].id,
            client.briefs.all(PROGRAMME)[0].id,
            measured(client, PROGRAMME),
            told_of(client, PROGRAMME),
        )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def elsewhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Client]:
    """Another installation, whose owner is called mona, too, and which has a programme of its own."""
    settings: dict[str, object] = {}
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        server.empty("test")
        settings["database"] = server.url("test")
    with house(tmp_path / "elsewhere", **ELSEWHERE, **settings) as client:
        client.programmes.apply(FILE.replace("programme: intents", "programme: other"))
        path = tmp_path / "other.jsonl"
        path.write_text("\n".join(json.dumps({"id": f"o{n}", "text": said(n)}) for n in range(5)), encoding="utf-8")
        done(client, client.imports.add("other", path, Spec(name="jsonl.v1")))
        yield client


def test_a_programme_opens_elsewhere_and_its_work_goes_on(left: Left, elsewhere: Client, tmp_path: Path) -> None:
    client = elsewhere
    sent = client.archives.send(left.file)
    found = client.archives.looked(client.jobs.wait(client.archives.look(sent)))
    assert (found.outcome, found.programme, found.names) == ("unknown", PROGRAMME, False)
    assert [one.sign_in for one in found.people if one.sign_in is not None] == ["mona"], "who answers is named"
    with pytest.raises(Conflict, match="nobody is taken for somebody") as collides:
        done(client, client.archives.open(sent))
    assert collides.value.details["names"] == ["mona"]
    assert [one.name for one in client.programmes.all()] == ["other"], "nothing is half open"

    opened = done(client, client.archives.open(sent, accounts={"mona": "mona"}))
    assert (opened["programme"], opened["signed_by"], opened["version"]) == (PROGRAMME, left.fingerprint, 1)

    assert labels(client, PROGRAMME, tmp_path / "labels.jsonl") == left.labels
    assert measured(client, PROGRAMME) == left.evidence
    assert told_of(client, PROGRAMME) == left.briefs
    rebuilt = done(client, client.programmes.rebuild(PROGRAMME))
    assert (rebuilt["decisions"], rebuilt["items"] > 0) == (0, True), "decisions come out as they were"

    assert found_again(client, "word4x2") == {"t4"}, "what came is found by its words"
    report = client.ledger.verify(PROGRAMME)
    assert (report.outcome, report.problems) == ("pass", ())
    (closed,) = report.closed
    assert (closed["outcome"], closed["signer"], closed["programme"]) == ("pass", left.fingerprint, PROGRAMME)
    assert closed["judgements"] > 10
    assert closed["unopened"] > 0, "of what was erased nothing opens"

    (release,) = client.releases.all(PROGRAMME)
    assert done(client, client.releases.verify(release.id))["outcome"] == "verified"
    client.releases.download(release.id, tmp_path / "release.zip")
    with zipfile.ZipFile(tmp_path / "release.zip") as zipped:
        zipped.extractall(tmp_path / "release")
    assert verify_release(tmp_path / "release", key=left.fingerprint).outcome == "verified"

    assert client.releases.get(left.release_id).id == release.id, "an id of before leads here"
    assert client.items.get(left.item_id).item.external_id == "t0"
    assert client.briefs.get(left.brief).title == told_of(client, PROGRAMME)[0][0]
    erased = next(iter(client.protection.erasures(PROGRAMME)))
    assert client.protection.erasure(erased.item_id).ledger["block"] is not None, "the certificate came along"

    workers = hire(
        client, [Persona(name="chiara", **PERFECT), Persona(name="dov", **PERFECT)], organisation=PROVIDER,
        programmes=[PROGRAMME],
    )  # fmt: skip
    work_off(workers, TRUTH, seed=2)
    for row in client.batches.all(PROGRAMME):
        if row.batch.state == "open":
            assert done(client, client.batches.gate(row.batch.id))["outcome"] == "pass"
    second = done(client, client.releases.cut(PROGRAMME, "questions"))
    changes = client.releases.count_changes(second["release_id"])
    assert changes.added > 0, "the next release goes on where the last ended"
    assert client.ledger.verify(PROGRAMME).outcome == "pass"
    assert {key.fingerprint for key in client.releases.keys(PROGRAMME)} == {left.fingerprint, opened["key"]}


def test_what_was_opened_leaves_again_with_everything_that_it_brought(left: Left, tmp_path: Path) -> None:
    with house(tmp_path / "second", **ELSEWHERE) as client:
        sent = client.archives.send(left.file)
        done(client, client.archives.open(sent, accounts={"mona": "mona"}))
        with pytest.raises(Conflict, match="a programme of this name"):
            done(client, client.archives.open(client.archives.send(left.file), accounts={"mona": "mona"}))
        job = client.archives.write(PROGRAMME)
        done(client, job)
        again = client.archives.save(job, tmp_path / "again.zip")
        _a_copy_stands_beside_its_origin(client, again, left)
        client.archives.forget(job)
        with pytest.raises(NotFound, match="forgotten here"):
            client.archives.save(job, tmp_path / "no.zip")
        job = client.archives.write(PROGRAMME)
        done(client, job)
        waits = next(one for one in client.items.all(PROGRAMME) if one.external_id == "t21")
        done(client, client.protection.erase(waits.id, "asked for by the customer"))
        with pytest.raises(NotFound, match="forgotten here"):  # it holds what was erased
            client.archives.save(job, tmp_path / "no.zip")
        closed = client.ledger.verify(PROGRAMME).closed

    before, after = members(left.file), members(again)
    for name in ("events", "blocks"):
        assert after[f"ledger/1/{name}.jsonl"] == before[f"ledger/1/{name}.jsonl"], "a closed segment never changes"
    assert {name for name in after if name.startswith("releases/")} == {
        name.replace("releases/3/", f"releases/{_release(after)}/") for name in before if name.startswith("releases/")
    }
    for table in ("judgement", "item", "decision", "evidence", "work", "brief_word", "batch", "draw_item", "source"):
        assert _plain(after, table) == _plain(before, table), table
    for table, column in (("value", 2), ("phrase", 1)):
        assert {row[column] for row in _rows(after, table)} == {row[column] for row in _rows(before, table)}

    with house(tmp_path / "third", ids=b"3" * 32) as client:
        sent = client.archives.send(again)
        assert done(client, client.archives.open(sent, name="third", accounts={"mona": "mona"}))["version"] == 2
        report = client.ledger.verify("third")
        assert [one["outcome"] for one in report.closed] == ["pass", "pass"]
        assert report.closed[0]["judgements"] == closed[0]["judgements"], "through two moves every commitment opens"
        assert labels(client, "third", tmp_path / "third.jsonl") == left.labels
        assert 'programme: "third"' in client.programmes.get("third").yaml
        assert client.items.get(left.item_id).item.external_id == "t0", "an id of the first is still known"
        (release,) = client.releases.all("third")
        client.releases.download(release.id, tmp_path / "release.zip")
        shutil.unpack_archive(tmp_path / "release.zip", tmp_path / "release")
        client.ledger.segment("third", tmp_path / "ledger.jsonl")
    _the_whole_chain_is_checked_by_somebody_else(tmp_path, left)


def _a_copy_stands_beside_its_origin(client: Client, archive: Path, left: Left) -> None:
    """Under another name: ids still lead to the origin, and what is said in the copy is said there alone."""
    done(client, client.archives.open(client.archives.send(archive), name="copy", accounts={"mona": "mona"}))
    assert [one.name for one in client.programmes.all()] == ["copy", PROGRAMME]
    assert labels(client, "copy", archive.with_name("copy.jsonl")) == left.labels
    assert client.ledger.verify("copy").outcome == client.ledger.verify(PROGRAMME).outcome == "pass"
    origin = client.items.get(left.item_id)
    assert origin.item.id in {one.id for one in client.items.all(PROGRAMME)}, "an old id leads to what came first"
    workers = hire(client, [Persona(name="elin", **PERFECT)], organisation=PROVIDER, programmes=["copy"])
    before = len(client.items.get(origin.item.id).judgements)
    assert work_off(workers, TRUTH, seed=3)
    assert len(client.items.get(origin.item.id).judgements) == before


def _the_whole_chain_is_checked_by_somebody_else(folder: Path, left: Left) -> None:
    """From the first installation to the third: a release that was sealed in the first anchors it, and a change or a
    gap is named."""
    sealed = verify_release(folder / "release", key=left.fingerprint).ledger
    assert sealed is not None
    anchors = (Anchor(sealed.number, sealed.hash, "the certificate"),)
    found = check_segment(folder / "ledger.jsonl", anchors=anchors)
    assert (found.outcome, found.closed, found.programme) == ("pass", 2, "third"), found
    lines = (folder / "ledger.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
    heads = [n for n, line in enumerate(lines) if '"format":"goldloop.ledger.v1"' in line]
    assert len(heads) == 3
    forged = folder / "forged.jsonl"

    def check_forged(told: list[str]) -> str:
        forged.write_text("".join(told), encoding="utf-8")
        return check_segment(forged).because

    changed = [line.replace('"key.made"', '"key.lost"') if n < heads[1] else line for n, line in enumerate(lines)]
    assert "of closed segment 1 was changed" in check_forged(changed)
    assert "what follows closed segment 1 does not go on" in check_forged(lines[: heads[1]] + lines[heads[2] :])
    assert "are not in this file" in check_forged(lines[heads[2] :])


def test_an_archive_that_is_not_what_it_says_is_refused(left: Left, tmp_path: Path) -> None:
    assert check(left.file, key=left.fingerprint).outcome == "pass"
    other = check(left.file, key="ed25519:" + "0" * 64)
    assert (other.outcome, len(other.problems)) == ("fail", 1)
    path = tmp_path / "bad.zip"

    def refused(said: str) -> None:
        with pytest.raises(Invalid, match=said):
            check(path)

    whole = left.file.read_bytes()
    for part in (b"", b"no zip", whole[: len(whole) // 2], whole[: len(whole) - 40]):
        path.write_bytes(part)
        refused("only a part of one")
    table = "tables/judgement.jsonl"
    rezip(left.file, path, {table: lambda told: told.replace(b'"surplus"', b'"surplus "') + b" "})
    refused("another size")
    rezip(left.file, path, {table: lambda told: told.replace(b"1,", b"2,", 1)})
    refused("not what the manifest says")
    rezip(left.file, path, {"manifest.json": lambda told: told.replace(b'"names":false', b'"names":true ')})
    refused("changed after it was signed")
    rezip(left.file, path, {}, more={"tables/strange.jsonl": b""})
    refused("does not list")
    rezip(left.file, path, {}, less={table})
    refused("member is missing")
    rezip(left.file, path, {}, less={"signature.json"})
    refused("no signature.json")


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        ({"format": "goldloop.archive.v2"}, {}, "a format that this version does not read"),
        ({"schema_version": "0002"}, {}, "other tables"),
        ({"surprise": 1}, {}, "surprise"),
        ({}, {"tables/strange.jsonl": b""}, "does not know"),
        ({}, {"releases/3/../../evil": b"x"}, "dot-dot path"),
        ({}, {"/evil": b"x"}, "absolute path"),
        ({}, {"notes.txt": b"x"}, "does not know"),
        ({}, {"releases/3/bomb": b"0" * (17 << 20)}, "unfolds to far more"),
    ],
)
def test_an_archive_that_somebody_made_and_signed_is_not_believed_either(
    left: Left, tmp_path: Path, change: dict[str, Any], more: dict[str, bytes], said: str
) -> None:
    forge(left.file, tmp_path / "bad.zip", {}, change=change, more=more)
    with pytest.raises(Invalid, match=said):
        check(tmp_path / "bad.zip")


def test_a_changed_ledger_is_named_and_nothing_stays_of_an_opening_that_comes_to_nothing(
    left: Left, tmp_path: Path
) -> None:
    path = tmp_path / "forged.zip"
    forge(left.file, path, {"ledger/1/events.jsonl": lambda told: told.replace(b'"key.made"', b'"key.lost"')})
    assert any("an event was changed" in one for one in check(path).problems)

    broken = tmp_path / "broken.zip"
    forge(left.file, broken, {"tables/draw_item.jsonl": lambda told: told.replace(b"[1,", b"[999,")})
    home = tmp_path / "home"
    with house(home, **ELSEWHERE) as client:
        before = counted(home)
        files = sorted(str(one) for one in (home / "blobs").rglob("*") if one.is_file())
        sent = client.archives.send(broken)
        with pytest.raises(Invalid, match="does not hold together"):
            done(client, client.archives.open(sent, accounts={"mona": "mona"}))
        assert counted(home) == before, "not a row"
        client.archives.give_up(sent)
        assert sorted(str(one) for one in (home / "blobs").rglob("*") if one.is_file()) == files
        assert client.programmes.all() == []
        sent = client.archives.send(left.file)
        opened = done(client, client.archives.open(sent, name="later", organisation="Bay Bank", names={"mona": "Mo"}))
        assert opened["stood_in_for"] == ["mona"], "whoever opens answers for what the file names"
        assert client.ledger.verify("later").outcome == "pass"
        assert client.programmes.get("later").programme.organisation == "Bay Bank"
        (release,) = client.releases.all("later")
        assert done(client, client.releases.verify(release.id))["outcome"] == "verified"


def test_an_opening_that_was_killed_is_taken_back_and_begins_anew(
    left: Left, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    with house(home, **ELSEWHERE) as client:
        asked = {"file": client.archives.send(left.file).file, "people": {"accounts": {"mona": "mona"}}}
    store = open_store(Settings(home=home))
    with closing(store):
        with store.write() as connection:
            jobs.enqueue(connection, "open_archive", asked, programme=None, asked_by=1)
        killed = claimed(store)
        with monkeypatch.context() as patch:
            patch.setattr(arrive, "_take_back", lambda *told: None)  # nobody is left to do it
            patch.setattr(_Opening, "_old_ids", lambda self, actors: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                arrive.open_archive(killed)
        with store.write() as connection:
            assert connection.execute(select(programme.c.id)).first() is None, "nothing leads to what was written"
            assert connection.execute(select(judgement.c.id)).first() is not None
            jobs.requeue(connection, killed.id, runner=killed.runner, wait=0, error=None)
        again = claimed(store)
        found = arrive.open_archive(again)
        with store.read() as connection:
            for table in (judgement, work, item):
                counted = connection.execute(select(func.count()).select_from(table)).scalar_one()
                assert counted == found["counts"][table.name], table.name
        assert arrive.open_archive(claimed_again(store, again)) == found, "what is whole is not begun again"


def test_the_commands_check_an_archive_open_it_and_write_another(left: Left, tmp_path: Path, forks: Forks) -> None:
    shell, file, who = Shell(tmp_path, forks), str(left.file), tmp_path / "who.yaml"
    assert shell.json("programme", "check-archive", file, code=1)["outcome"] == "unknown"
    assert shell.json("programme", "check-archive", file, "--key", left.fingerprint)["outcome"] == "pass"
    shell.run("setup", "mona", "--organisation", "Harbour Bank", "--password-stdin", text=PASSWORD)
    assert "nobody is taken for somebody" in shell.run("programme", "open", file, code=5).stderr
    who.write_text("accounts: {mona: mona}\n")
    opened = shell.json("programme", "open", file, "--as", "intents-2", "--people", str(who))
    assert opened["result"]["programme"] == "intents-2"
    report = shell.json("ledger", "verify", "intents-2")
    assert [one["outcome"] for one in report["closed"]] == ["pass"]
    again = tmp_path / "again.zip"
    shell.run("programme", "archive", "intents-2", str(again))
    assert shell.json("programme", "check-archive", str(again), code=1)["programme"] == "intents-2"
    assert "there already" in shell.run("programme", "archive", "intents-2", str(again), code=5).stderr


def claimed(store: Store) -> Running:
    """The job that waits, as a runner has it."""
    with store.write() as connection:
        job = jobs.claim(connection, ["open_archive"], runner="r", lease=60_000_000)
        assert job is not None
        return Running(store, job, runner="r", stop=threading.Event())


def claimed_again(store: Store, job: Running) -> Running:
    """The same job for a runner that comes after one that was killed at its end."""
    with store.read() as connection:
        return Running(store, jobs.find(connection, job.id), runner="r", stop=threading.Event())


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


Change = Callable[[bytes], bytes]


def rezip(
    path: Path,
    to: Path,
    changes: dict[str, Change],
    *,
    more: dict[str, bytes] | None = None,
    less: set[str] | frozenset[str] = frozenset(),
) -> None:
    """An archive with some members changed, added or left out, by somebody who cannot sign."""
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as out:
        for name, told in {**members(path), **(more or {})}.items():
            if name not in less:
                out.writestr(name, changes.get(name, bytes)(told))


def forge(
    path: Path,
    to: Path,
    changes: dict[str, Change],
    *,
    change: dict[str, Any] | None = None,
    more: dict[str, bytes] | None = None,
) -> None:
    """The same by somebody who signs what they made with a key of their own."""
    signer, told = Signer(b"7" * 32), members(path) | (more or {})
    told = {name: changes.get(name, bytes)(content) for name, content in told.items()}
    manifest = json.loads(told.pop("manifest.json"))
    del told["signature.json"]
    listed = {one["name"]: one for one in manifest["members"]}
    for name, content in told.items():
        about = {"name": name, "size": len(content), "sha256": sha256(content).hexdigest()}
        listed[name] = listed.get(name, {"rows": None, "columns": None, "first": None, "last": None}) | about
        if listed[name]["rows"] is not None:
            listed[name]["rows"] = len(content.splitlines())
    public = b64encode(signer.public).decode()
    manifest |= {"members": list(listed.values()), "fingerprint": signer.fingerprint, "public_key": public}
    said = canonical(manifest | (change or {})).encode()
    signature = b64encode(signer.sign(encoding(PAYLOAD_TYPE, said))).decode()
    told |= {"manifest.json": said, "signature.json": json.dumps({"public_key": public, "sig": signature}).encode()}
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in told.items():
            out.writestr(name, content)


def counted(home: Path) -> dict[str, int]:
    """The rows of every table of an opening; answers and labels by their text may stay."""
    with closing(sqlite3.connect(home / "goldloop.db")) as database:
        return {
            name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            for name in metadata.tables
            if name
            not in {"job", "event", "block", "phrase", "value", "value_label", "session", "token", "installation"}
        }


def _rows(told: dict[str, bytes], table: str) -> list[list[Any]]:
    return [json.loads(line) for line in told[f"tables/{table}.jsonl"].splitlines()]


def _plain(told: dict[str, bytes], table: str) -> list[list[Any]]:
    """The rows of a table without keys and ids, which are each installation's own."""
    columns = list(metadata.tables[table].c)
    lists = {*OF[table].lists, *OF[table].within}
    kept = [n for n, one in enumerate(columns) if not one.foreign_keys and one.name != "id" and one.name not in lists]
    return [[row[n] for n in kept] for row in _rows(told, table)]


def _release(told: dict[str, bytes]) -> int:
    return next(row[0] for row in _rows(told, "release") if row[2] == "dataset")
