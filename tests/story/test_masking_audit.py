"""What detectors left: read by people with clearance, told by kind, repaired, and proved on what came in after."""

import json
from pathlib import Path

import pytest
from tests.story.house import ENTERPRISE, done, house

from goldloop.client import Client
from goldloop.core.errors import Invalid, NotFound
from goldloop.core.nouns import Spec

PASSWORD = "a password that is long enough"
FILE = """
programme: calls
title: Calls
organisation: Harbour Bank
raci: {{accountable: mona}}
task: choice.v1
ontology: {{labels: [email, fee]}}
guidelines: [{{id: "1", title: Fees, label: fee, text: What a transfer costs.}}]
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
protection:
  pii:
    detect: [email]
    patterns: [{patterns}]
    audit: {{size: 40, at_most: 0.1, level: 0.9, tier: 3, clearance: pii}}
"""
CASE = "{name: case, pattern: 'CASE-[0-9]{6}'}"


def written(path: Path, name: str, count: int, case: int) -> Path:
    """Calls: every second with an address, every fourth up to `case` with a case number that nothing looks for yet."""
    file, rows = path / f"{name}.jsonl", []
    for n in range(count):
        left = f" My address is c{n}@post.example.org." if n % 2 else ""
        left += f" It is about CASE-{100000 + n}." if n % 4 == 0 and n < case else ""
        rows.append({"id": f"{name}{n}", "text": f"Call {n} about a fee.{left}"})
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def invited(mona: Client, name: str, *, tiers: tuple[int, ...], clearance: tuple[str, ...] = ()) -> Client:
    """Somebody who labels in the programme."""
    new = mona.people.add(name, display_name=name.title(), organisation=ENTERPRISE, tiers=tiers, clearance=clearance)
    client = mona.acting(None)
    client.take_up(new.invitation, PASSWORD)
    mona.programmes.staff("calls", new.person.id, "annotator", tiers=tiers)
    return client


def read_all(reader: Client) -> int:
    """Say of every item which kinds are still in it; how many held anything."""
    left = 0
    while works := reader.work.claim(count=10):
        for one in works:
            found = ["case"] if "CASE-" in str(one.body) else []
            kinds = found if "case" in labels_of(reader, one.ontology_id) else ["other"] * len(found)
            left += bool(kinds)
            reader.work.submit(one.work_id, "answer", answer={"labels": kinds})
    return left


def labels_of(client: Client, ontology_id: str) -> set[str]:
    return {one["id"] for one in client._wire.ask("GET", f"ontologies/{ontology_id}")["labels"]}


def test_what_masking_left_opens_a_brief_that_only_a_clean_later_sample_closes(tmp_path: Path) -> None:
    with house(tmp_path / "home") as mona:
        mona.programmes.apply(FILE.format(patterns=""))
        done(mona, mona.imports.add("calls", written(tmp_path, "a", 40, 40), Spec(name="jsonl.v1")))
        drawn = done(mona, mona.masking.audit("calls"))
        assert (drawn["state"], drawn["drawn"], drawn["of"]) == ("open", 40, 40)
        senior = invited(mona, "sen", tiers=(1, 3))
        reader = invited(mona, "rita", tiers=(3,), clearance=("pii",))
        assert senior.work.claim() == []  # without the clearance
        (work,) = reader.work.claim()
        assert labels_of(reader, work.ontology_id) == {"email", "other"}
        assert (work.body["text"].startswith("Call"), work.guideline_id) == (True, None)
        assert "can you still read here" in (work.because or "")
        with pytest.raises(Invalid, match="never written down"):
            reader.work.submit(work.work_id, "answer", answer={"labels": []}, comment="it says CASE-100000")
        reader.work.submit(work.work_id, "answer", answer={"labels": []})
        again = reader.work.undo(work.work_id)
        assert again["ontology_id"] == work.ontology_id
        assert done(mona, mona.masking.audit("calls"))["waiting"] == 40
        assert read_all(reader) == 10
        found = done(mona, mona.masking.audit("calls"))
        assert found["state"] == "more than allowed"
        (audit,) = mona.masking.audits("calls")
        assert (audit.read, audit.left.items, audit.left.value, audit.healthy) == (40, 10, 0.25, False)
        assert audit.left.low is not None and 0.13 < audit.left.low < 0.15  # exact limits of 10 of 40 at 90 %
        kinds = {one.kind: one for one in audit.kinds}
        assert (kinds["email"].items, kinds["email"].n, kinds["email"].value) == (0, 20, 0.0)
        assert (kinds["other"].items, kinds["other"].n) == (10, 10)
        (brief,) = mona.briefs.all("calls", source="masking")
        assert brief.state == "open"

        mona.programmes.apply(FILE.format(patterns=CASE))
        done(mona, mona.imports.add("calls", written(tmp_path, "b", 40, 40), Spec(name="jsonl.v1")))
        drawn = done(mona, mona.masking.audit("calls"))
        assert (drawn["batch"], drawn["of"]) == ("masking-2", 40)  # of what came in since
        assert read_all(reader) == 0
        assert done(mona, mona.masking.audit("calls"))["state"] == "proved"
        assert mona.briefs.get(brief.id).state == "closed"
        newest = next(mona.masking.audits("calls"))
        assert {one.kind: one.n for one in newest.kinds} == {"email": 20, "case": 10, "other": 0}
        assert [one.value for one in newest.kinds if one.kind == "other"] == [None]
        batch = mona.batches.get(newest.batch_id)
        assert {one.measure.name for one in batch.evidence} == {"masking.v1"}
        assert mona.ledger.verify("calls").outcome == "pass"
        done(mona, mona.work.open("calls"))
        assert mona.batches.all("calls")[0].progress.items == 80  # every item still gets its label


def test_an_audit_that_could_not_prove_its_line_is_refused_with_the_size_it_takes(tmp_path: Path) -> None:
    with house(tmp_path / "home") as mona:
        small = FILE.format(patterns="").replace("size: 40, at_most: 0.1", "size: 40, at_most: 0.01")
        with pytest.raises(Invalid, match="it takes at least 299") as refused:
            mona.programmes.apply(small)
        assert refused.value.field == "programme.yaml:14 protection.pii.audit"
        mona.programmes.apply(FILE.format(patterns="").partition("    audit")[0])
        with pytest.raises(NotFound, match="audits no masking"):
            mona.masking.audit("calls")
