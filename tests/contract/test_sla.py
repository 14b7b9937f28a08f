"""What a programme promises, from the file to the credit, on both databases."""

import pytest
from tests.contract import gates
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel

from goldloop.core.clock import DAY, HOUR
from goldloop.core.errors import Conflict, Invalid
from goldloop.quality.sla import evaluate as sla
from goldloop.quality.sla.evaluate import evaluated, keep_sla, kept_state
from goldloop.quality.sla.pdf import as_pdf
from goldloop.quality.sla.report import PARTS, client_report, part_of
from goldloop.store import news
from goldloop.store.open import Store
from goldloop.store.sla_record import first_answers, questions

GATE = """
batches: {gate: release, size: 80}
escalation: {hours: 8}
gates:
  release:
    owner: mona
    sample: {size: 40, tier: 3, minimum: 0}
    checks:
      - floor.v1: {of: accuracy.v1, at: 0.85}
      - completeness.v1
    failed_batch:
      - floor.v1: {of: accuracy.v1, at: 0.80}
"""
SLA = """
sla:
  client: Northwind
  price: 100
  cap: 0.5
  calendar: {zone: Europe/Berlin}
  terms:
    right: {promise: accuracy, owner: mona, at: 0.85, share: 0.4, credits: [{below: 0.85, share: 0.1}]}
    whole:
      promise: failed_batches
      owner: mona
      credits: [{above: 0, share: 0.2}]
      remedy: the batch is labelled anew at no cost
    repaired: {promise: remediation, owner: mona, hours: 24}
    answered: {promise: escalation, owner: mona, hours: 8}
    pace: {promise: throughput, owner: mona, items: 1}
"""


def label_all(made: Kernel, wrong: bool) -> int:
    """Ann and ben label a batch in equal parts; ben errs where asked."""
    (batch,) = made.batches()
    while True:
        held = {who: made.claim(who, 10) for who in ("ann", "ben")}
        for who, works in held.items():
            for one in works:
                made.say(who, one.work_id, "answer", "b" if wrong and who == "ben" else "a")
        if not any(held.values()):
            return batch


def states(made: Kernel) -> dict[str, str]:
    with made.store.read() as connection:
        found = evaluated(connection, made.store.ids, made.programme, at=made.at + 2 * HOUR)
    return {one.term: one.state for one in found.outcome.terms}


def test_a_failed_batch_breaks_promises_is_told_and_credited_and_what_is_redone_repairs_the_rest(store: Store) -> None:
    made = kernel(store, ANNOTATE + GATE + SLA, items=80)
    assert states(made) == {
        "right": "unknown",
        "whole": "unknown",
        "repaired": "kept",
        "answered": "kept",
        "pace": "unknown",
    }
    batch = label_all(made, wrong=True)
    gates.gate(made, batch)
    gates.work_off(made, "sue", lambda _: "a")
    assert gates.gate(made, batch)["outcome"] == "fail"

    done = gates.run(made, "sla", keep_sla, {"programme": made.programme})
    assert {"right", "whole"} <= set(done["told"])
    assert (done["states"]["right"], done["states"]["whole"], done["states"]["repaired"]) == (
        "breached",
        "breached",
        "kept",
    )
    assert done["credited"] == 80 * 100 * 0.1 + 80 * 100 * 0.2
    assert gates.run(made, "sla", keep_sla, {"programme": made.programme})["told"] == [], "told once, not each night"
    with store.read() as connection:
        kept = kept_state(connection, store.ids, made.programme, "right")
        told = [one for one in news.news(connection, made.mona, None) if one.kind == "sla.breached"]
    assert kept is not None
    assert kept.value is not None
    assert (kept.n, kept.eligible) == (40, 80)
    assert kept.interval is not None
    assert "floor of 0.85" in str(kept.because)
    assert {one.data["term"] for one in told} == {"right", "whole"}

    gates.send_back(made, batch, annotator="ben")
    gates.work_off(made, "cid", lambda _: "a")
    gates.gate(made, batch)
    gates.work_off(made, "sue", lambda _: "a")
    assert gates.gate(made, batch)["outcome"] == "pass"
    again = gates.run(made, "sla", keep_sla, {"programme": made.programme})
    assert (again["states"]["right"], again["states"]["whole"]) == ("kept", "breached"), "a failure stays a failure"

    with store.read() as connection:
        report = client_report(connection, store, made.programme)
    (row,) = report["batches"]
    assert (row["outcome"], row["accuracy_floor"], row["failed_contract"]) == ("pass", 0.85, False)
    (repair,) = report["remediations"]
    assert repair["in_time"]
    assert repair["labelled_anew"] == 40
    (credit,) = report["credits"]
    assert (credit["amount"], credit["term"]) == (1600, "whole")
    assert report["credited"] == 1600
    ben = next(one for one in report["annotators"] if one["mistakes"])
    assert ben["annotator"].startswith("person-")
    assert ben["right"] < ben["checked"]
    said = str(report)
    assert not any(name in said for name in ("'ann'", "'ben'", "'cid'", "'sue'", "Ben", "they were wrong"))
    for part in PARTS:
        assert isinstance(part_of(report, part), list)
    pdf = as_pdf(report)
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 10_000


def test_a_period_that_has_ended_is_closed_and_its_breach_is_told(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = ANNOTATE + GATE + SLA.replace("items: 1}", "items: 1000}")
    made = kernel(store, policy, items=4)
    first = gates.run(made, "sla", keep_sla, {"programme": made.programme})
    assert (first["states"]["pace"], first["closed"]) == ("unknown", 0)
    monkeypatch.setattr(sla, "now", lambda: made.at + 40 * DAY)
    later = gates.run(made, "sla", keep_sla, {"programme": made.programme})
    assert later["closed"] == 1
    assert "pace" in later["told"]
    with store.read() as connection:
        told = [one for one in news.news(connection, made.mona, None) if one.kind == "sla.breached"]
        kept = kept_state(connection, store.ids, made.programme, "pace")
    assert [one.data["term"] for one in told] == ["pace"]
    assert "0 items in" in told[0].data["because"]
    assert kept is not None
    assert kept.measured_at == made.at + 40 * DAY, "what runs is the newest"


def test_what_was_taken_back_was_neither_delivered_nor_answered(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=2)
    since, until = made.at - HOUR, made.at + HOUR

    def counted() -> tuple[int, list[int | None]]:
        with store.read() as connection:
            firsts = first_answers(connection, made.programme, since=since, until=until)
            asked = questions(connection, made.programme, since=since, until=until)
        return sum(firsts.values()), [one.answered_at for one in asked]

    work = made.on("ann", "i0", "answer", "a")
    assert counted() == (1, [])
    made.undo("ann", work)
    assert counted() == (0, [])
    made.on("ann", "i0", "escalate")
    (held,) = made.claim("sue")
    made.say("sue", held.work_id, "adjudicate", "b")
    assert counted() == (1, [made.at])
    made.undo("sue", held.work_id)
    assert counted() == (0, [None])


def test_a_programme_that_promises_nothing_says_so(store: Store) -> None:
    made = kernel(store, ANNOTATE)
    with store.read() as connection, pytest.raises(Conflict, match="promises nothing"):
        evaluated(connection, store.ids, made.programme, at=made.at)


@pytest.mark.parametrize(
    ("was", "now", "where", "expected"),
    [
        ("at: 0.85, share", "at: 0.99, share", "sla.terms.right.at", "at least 67"),
        ("at: 0.85, share: 0.4", "at: 0.86, share: 0.4", "sla.terms.right.at", "at or below"),
        ("share: 0.4", "share: 0.6", "sla.terms.right.share", "at least 48"),
    ],
)
def test_a_floor_that_no_sample_proves_is_refused_with_its_line_and_the_size(
    store: Store, was: str, now: str, where: str, expected: str
) -> None:
    policy = ANNOTATE + GATE + SLA
    assert was in policy
    text = PROGRAMME + policy.replace(was, now)
    with pytest.raises(Invalid) as caught:
        kernel(store, policy.replace(was, now))
    number = next(n for n, line in enumerate(text.splitlines(), 1) if now in line)
    assert caught.value.field == f"programme.yaml:{number} {where}"
    assert expected in str(caught.value.expected)
