"""Personal data in real text: masked as it comes in, worked on, released, opened with a reason, and forgotten."""

import csv
import json
import re
import time
from pathlib import Path
from zipfile import ZipFile

import pytest
from tests.realdata import folder
from tests.story.house import PROVIDER, done, house

from goldloop.core.errors import Conflict, NotFound
from goldloop.core.nouns import Spec
from goldloop.programmes.sealed import verify_release

FILE = """
programme: calls
title: Calls
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
ontology: {{labels: [{labels}]}}
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
batches: {{gate: release}}
gates: {{release: {{owner: mona, checks: [completeness.v1]}}}}
protection:
  pii: {{open: [manager], columns: {{meta.customer: name}}, patterns: [{{name: case, pattern: 'CASE-[0-9]{{6}}'}}]}}
  terms: {{version: 1, text: Nothing leaves this room.}}
"""
NAMES = ("Mira Lindt", "José Álvarez", "Ng Wei", "Anna-Lena Krüger")
SAID = JSON = Spec(name="jsonl.v1", params={"judgements": "said"})
WHY = "the customer asked to be called back"


def planted(n: int) -> tuple[str, str]:
    """A customer, and what they left in their question."""
    left = (
        f"my mail is c{n}@post.example.org",
        f"call +49 30 90{n:05d}7",
        "my account is DE89 3704 0044 0532 0130 00",
        "the card is 4111-1111-1111-1111",
        f"see CASE-{100000 + n}",
    )
    return NAMES[n % len(NAMES)], left[n % len(left)]


def test_no_original_is_left_anywhere_and_everything_that_was_said_can_still_be_proved(tmp_path: Path):
    with (folder("banking77") / "train.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))[:5000:50]
    labels = sorted({row["category"].rstrip("?") for row in rows})
    lines, secrets, originals = [], set(NAMES), {}
    for n, row in enumerate(rows):
        name, left = planted(n)
        secret = re.sub(r"^(my \w+ is|call|the card is|see) ", "", left)
        secrets.add(secret)
        originals[f"q{n}"] = f"{row['text']} I am {name}, {left}."
        said = [{"actor": "pat", "kind": "person", "answer": row["category"].rstrip("?")}]
        lines.append({"id": f"q{n}", "text": originals[f"q{n}"], "customer": name, "said": said})
    upload = tmp_path / "calls.jsonl"
    upload.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    home = tmp_path / "home"
    with house(home) as client:
        client.programmes.apply(FILE.format(labels=", ".join(labels)))
        tally = done(client, client.imports.add("calls", upload, SAID))
        assert (tally["items"], tally["rejects"]) == (len(rows), 0)
        done(client, client.work.open("calls"))
        items = {one.external_id: one for one in client.items.all("calls")}
        found = re.findall(r"\[NAME:\w{12}\]", items["q0"].text)
        token, mine = found[0][6:-1], len(rows) / len(NAMES)  # one person, one token
        until = time.monotonic() + 120  # words are indexed behind an import
        while len(list(client.items.all("calls", text=token))) != mine and time.monotonic() < until:
            time.sleep(0.1)
        assert len(list(client.items.all("calls", text=token))) == mine
        assert not list(client.items.all("calls", text="Lindt"))
        view = client.items.get(items["q0"].id)
        values = {}
        for one in client.protection.tokens(view.item.id):
            values[one.token] = client.protection.open(view.item.id, one.token, WHY).value
        back = re.sub(r"\[[A-Z]+:\w{12}\]", lambda hit: values[hit.group()], view.item.body["text"])
        assert back == originals["q0"]
        assert {one.token for one in client.protection.openings("calls")} == set(values)
        (batch,) = (one.batch for one in client.batches.all("calls"))
        done(client, client.batches.gate(batch.id))
        sealed = done(client, client.releases.cut("calls", "gold", exports=["jsonl.v1", "csv.v1"]))
        (release,) = client.releases.all("calls")
        zipped = tmp_path / "gold.zip"
        client.releases.download(release.id, zipped)
        with ZipFile(zipped) as archive:
            archive.extractall(tmp_path / "gold")
        assert verify_release(tmp_path / "gold", key=sealed["signer"]).exit_code == 0
        with pytest.raises(Conflict, match="stands in sealed releases"):
            client.protection.erase(view.item.id, "asked for by letter")
        gone = done(client, client.protection.erase(view.item.id, "asked for by letter", releases=True))
        assert (gone["items"], gone["releases"]) == (1, ["gold #1"])
        assert gone["tokens"] == 1  # the address was theirs alone; others have the same name
        assert client.items.get(view.item.id).item.body["text"] == ""
        (row,) = client.protection.erasures("calls")
        assert (row.external_id, row.by, row.because) == ("q0", "Mona", "asked for by letter")
        assert client.ledger.verify("calls").outcome == "pass"
        assert client.protection.erasure(view.item.id).ledger["block"] is not None
        with pytest.raises(NotFound, match="erased here"):
            client.releases.download(release.id, tmp_path / "again.zip")
        assert done(client, client.releases.verify(release.id))["outcome"] == "erased"
        again = done(client, client.releases.cut("calls", "gold"))
        assert again["rows"] == len(rows) - 1  # the next release goes without it
        assert client.ledger.verify("calls").outcome == "pass"
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    kept += b"".join(path.read_bytes() for path in (tmp_path / "gold").rglob("*") if path.is_file())
    assert [one for one in secrets if one.encode() in kept or json.dumps(one)[1:-1].encode() in kept] == []


def test_what_a_provider_delivers_is_masked_like_an_import(tmp_path: Path):
    def written(name: str, lines: list[dict[str, str]]) -> Path:
        path = tmp_path / name
        path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
        return path

    texts = [{"id": f"d{n}", "text": f"Write to c{n}@post.example.org"} for n in range(6)]
    delivered = [{**one, "said": "card"} for one in texts]
    odd = {"id": "odd", "text": "I am at odd@post.example.org", "said": "odd@post.example.org"}
    home = tmp_path / "home"
    with house(home) as client:
        client.programmes.apply(FILE.format(labels="card, loan"))
        imported = client.imports.add("calls", written("in.jsonl", texts[:3]), Spec(name="jsonl.v1"))
        assert done(client, imported)["items"] == 3
        source = Spec(name="jsonl.v1", params={"label": "said"})
        job = client.deliveries.receive("calls", written("out.jsonl", [*delivered, odd]), source, provider=PROVIDER)
        assert done(client, job) == {"labels": 6, "new_items": 3, "rejects": 1}
        (batch,) = (one.batch_id for one in client.deliveries.all("calls"))
        items = {one.external_id: one for one in client.items.all("calls")}
        assert set(items) == {f"d{n}" for n in range(6)}
        for n in (2, 5):  # one that was there, and one that came with the delivery
            (one,) = client.protection.tokens(items[f"d{n}"].id)
            assert items[f"d{n}"].text == f"Write to {one.token}"
            assert client.protection.open(items[f"d{n}"].id, one.token, WHY).value == f"c{n}@post.example.org"
        assert client.ledger.verify("calls").outcome == "pass"
        assert client.deliveries.get(batch).items == 6
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"@post.example.org" not in kept
