"""What leaves a programme: a release drafted, sealed, delivered whole with a receipt, under keys that change; the
ledger as a file that somebody else checks; and everything that was taken out on one list."""

import json
import shutil
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer
from tests.story.house import ENTERPRISE, done, house
from typer.testing import CliRunner

from goldloop.cli import ledger_commands, release_commands
from goldloop.client import Client
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Spec
from goldloop.programmes.sealed import verify_release

PROGRAMME = "leaving"
FILE = """
programme: leaving
title: What leaves
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {gate: release, size: 10, open: arrival}
gates: {release: {owner: mona, checks: [completeness.v1]}}
ontology: {labels: [a, b]}
"""


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    server = ThreadedMotoServer(port=0)
    server.start()
    _, port = server.get_host_and_port()
    url = f"http://127.0.0.1:{port}"
    urllib.request.urlopen(urllib.request.Request(f"{url}/lake", method="PUT", data=b"")).close()
    yield url
    server.stop()


def labelled(client: Client, file: Path, first: int, count: int) -> None:
    """Items that come in with a person's label, gated."""
    rows = [
        {"id": f"i{n}", "text": f"text {n}", "judgements": [{"kind": "person", "actor": "ann", "answer": "ab"[n % 2]}]}
        for n in range(first, first + count)
    ]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    done(client, client.imports.add(PROGRAMME, file, Spec(name="jsonl.v1", params={"judgements": "judgements"})))
    done(client, next(job for job in client.jobs.all(PROGRAMME) if job.kind == "open_work"))


def cut(client: Client) -> dict[str, Any]:
    return done(client, client.releases.cut(PROGRAMME, "data"))


def test_a_release_goes_out_whole_and_everything_that_leaves_is_on_record(tmp_path: Path, s3: str) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    out.mkdir()
    elsewhere.write_text("a file where a folder should be")
    places = {
        "northwind": {"to": str(out), "programmes": [PROGRAMME]},
        "broken": {"to": str(elsewhere / "x"), "programmes": [PROGRAMME]},
        "lake": {"to": "s3://lake/releases", "programmes": [PROGRAMME, "another"]},
        "others": {"to": str(out), "programmes": ["another"]},
    }
    bucket = {"blob_endpoint": s3, "blob_access_key": "key", "blob_secret_key": "secret"}
    with house(tmp_path / "home", places=places, **bucket) as client:
        client.programmes.apply(FILE)
        labelled(client, tmp_path / "in.jsonl", 0, 10)
        assert [(one.leaves, one.because) for one in client.releases.draft(PROGRAMME)] == [
            (False, "its gate: no verdict yet")
        ]
        (view,) = client.batches.all(PROGRAMME)
        (tmp_path / "new.csv").write_text("id,text\nn1,nobody has said\nn2,anything of these\n", encoding="utf-8")
        done(client, client.imports.add(PROGRAMME, tmp_path / "new.csv", Spec(name="csv.v1")))
        newest = next(job for job in client.jobs.all(PROGRAMME) if job.kind == "open_work")
        assert done(client, newest)["items"] == 2, "what arrives becomes work by itself"
        assert done(client, client.batches.gate(view.batch.id))["outcome"] == "pass"
        assert [(one.leaves, one.items) for one in client.releases.draft(PROGRAMME)] == [(False, 2), (True, 10)]
        sealed = cut(client)
        release = sealed["release_id"]
        assert client.releases.get(release).state == "sealed"

        assert [(one.name, one.kind) for one in client.releases.places(PROGRAMME)] == [
            ("broken", "folder"),
            ("lake", "object store"),
            ("northwind", "folder"),
        ]
        with pytest.raises(Invalid, match="no such place"):
            client.releases.deliver(release, "others")
        arrived = done(client, client.releases.deliver(release, "northwind"))
        folder = out / "leaving-data-1"
        assert (arrived["at"], arrived["place"]) == (str(folder), "northwind")
        assert verify_release(folder, key=sealed["signer"]).outcome == "verified"
        assert [one.name for one in out.iterdir()] == [folder.name], "nothing half-delivered stands beside it"
        assert done(client, client.releases.deliver(release, "northwind"))["files"] == arrived["files"], "it is there"
        (folder / "guidelines.md").write_text("changed on the way")
        with pytest.raises(Conflict, match="something else stands"):
            done(client, client.releases.deliver(release, "northwind"))
        (brief,) = client.briefs.all(PROGRAMME, source="delivery")
        assert (brief.state, brief.title) == ("open", "data #1 has not arrived at northwind")
        shutil.rmtree(folder)
        done(client, client.releases.deliver(release, "northwind"))
        assert client.briefs.get(brief.id).state == "closed"
        in_store = done(client, client.releases.deliver(release, "lake"))
        assert (in_store["at"], in_store["files"]) == ("s3://lake/releases/leaving-data-1", arrived["files"])
        assert {one.place for one in client.releases.receipts(release)} == {"northwind", "lake"}
        assert client.releases.get(release).state == "delivered"

        _keys_change(client, tmp_path, release, sealed["signer"])
        _somebody_else_checks_the_ledger(client, tmp_path)

        told = [(one.kind, one.what, one.who) for one in client.ledger.exports(PROGRAMME)]
        first = f"data #1 to northwind: {arrived['files']} files, {arrived['bytes']:,} bytes"
        assert told[-1] == ("release.delivered", first, "Mona")
        assert {kind for kind, _, _ in told} == {"release.delivered", "release.downloaded", "ledger.exported"}
        for one in client.releases.all(PROGRAMME):
            client.releases.withdraw(one.id, "The labels of one shift were wrong.")
        with pytest.raises(Conflict, match="withdrawn"):
            client.releases.deliver(release, "northwind")
        again = cut(client)
        client.releases.download(again["release_id"], tmp_path / "again.zip")
        shutil.unpack_archive(tmp_path / "again.zip", tmp_path / "again")
        manifest = json.loads((tmp_path / "again" / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["parents"][0]["withdrawn"] == "The labels of one shift were wrong."


def _keys_change(client: Client, tmp_path: Path, old: str, first: str) -> None:
    """Who trusts the first key is led to the second; once that is withdrawn, nobody is led past it."""
    second = client.releases.new_key(PROGRAMME, "the disk is five years old").fingerprint
    client.releases.download(cut(client)["release_id"], tmp_path / "second.zip")
    shutil.unpack_archive(tmp_path / "second.zip", tmp_path / "second")
    found = verify_release(tmp_path / "second", key=first)
    assert (found.outcome, found.because) == (
        "verified",
        f"every file is as {second} sealed it, to which {first} leads",
    )
    third = client.releases.new_key(PROGRAMME, "somebody copied the second key", distrust=True)
    assert not third.vouched
    assert [one.withdrawn for one in client.releases.keys(PROGRAMME)] == [False, True, False]
    client.releases.key_list(PROGRAMME, tmp_path / "keys.json")
    words = ["verify", str(tmp_path / "second"), "--keys", str(tmp_path / "keys.json"), "--key"]
    for key in (second, third.fingerprint):
        ran = CliRunner().invoke(release_commands.app, [*words, key])
        assert (ran.exit_code, "signed by a withdrawn key" in ran.output) == (2, True), ran.output
    client.releases.download(old, tmp_path / "first.zip")
    shutil.unpack_archive(tmp_path / "first.zip", tmp_path / "first")
    known = {"key": third.fingerprint, "keys": tmp_path / "keys.json"}
    assert verify_release(tmp_path / "first", **known).outcome == "verified", "the newest key names it"


def _somebody_else_checks_the_ledger(client: Client, tmp_path: Path) -> None:
    file = tmp_path / "ledger.jsonl"
    client.ledger.segment(PROGRAMME, file)

    def check(path: Path, *more: str) -> tuple[int, str]:
        ran = CliRunner().invoke(ledger_commands.app, ["check", str(path), *more])
        return ran.exit_code, ran.output

    assert check(file)[0] == 1, "nothing outside anchors it"
    code, said = check(file, "--release", str(tmp_path / "second"))
    assert (code, "is the one that the certificate of data release 2" in said) == (0, True), said
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    forged = tmp_path / "forged.jsonl"
    for change, words in (
        (lambda: [line.replace("Harbour", "Harbor").replace('"release.sealed"', '"release.healed"') for line in lines],
         "its events do not give its root"),
        (lambda: lines[:-1], "events, and says"),
        (lambda: [line for line in lines if '"block":2' not in line], "events, and says"),
    ):  # fmt: skip
        forged.write_text("".join(change()), encoding="utf-8")
        code, said = check(forged)
        assert (code, words in said) == (2, True), (words, said)
    forged.write_text("no ledger\n", encoding="utf-8")
    assert isinstance(CliRunner().invoke(ledger_commands.app, ["check", str(forged)]).exception, Invalid)
    with pytest.raises(Invalid, match="no such block"):
        client.ledger.segment(PROGRAMME, tmp_path / "none.jsonl", since=1_000_000)
    eve = client.people.add("eve", "Eve", ENTERPRISE)
    stranger = client.acting(None)
    stranger.take_up(eve.secret, "a password of eve's")
    with pytest.raises(NotFound):
        stranger.ledger.segment(PROGRAMME, tmp_path / "none.jsonl")
