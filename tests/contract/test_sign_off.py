"""The client's word on what passed, on both databases: signed off, disputed, repaired blind, asked again."""

from typing import Any

import pytest
from tests.contract import gates
from tests.contract.kernel import ANNOTATE, Kernel, kernel

from goldloop.core.errors import Conflict, Invalid
from goldloop.loop import repair
from goldloop.loop.sign_off import ask_again, dispute, held_for_client, sign, standings
from goldloop.loop.sign_off_rules import Standing
from goldloop.programmes.briefs.work import work_brief
from goldloop.programmes.releases.cut import check_cut
from goldloop.programmes.releases.facts import facts_of
from goldloop.programmes.releases.prepare import Prepared
from goldloop.quality.sign_offs.view import sign_off_of
from goldloop.quality.sla.report import client_report
from goldloop.store import news
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant, organisation_key
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import brief

NOTHING = Prepared(None, (), ())
PROMISED = """
batches: {gate: release, size: 8}
gates: {release: {owner: mona, checks: [completeness.v1]}}
sla:
  client: Northwind
  terms: {pace: {promise: throughput, owner: mona, items: 1}}
"""


def promised(store: Store, more: str = "") -> tuple[Kernel, int]:
    """A programme with a client, whose batch everybody labelled `a`; and the client's person."""
    made = kernel(store, ANNOTATE + PROMISED + more, items=8)
    with store.write() as connection:
        northwind = organisation_key(connection, "Northwind", "client", at=made.at)
        noor = add_person(connection, northwind, Person("Noor"), at=made.at)
        grant(connection, made.programme, noor, "client", (1,), by=made.mona, at=made.at)
    gates.work_off(made, "ann", lambda _: "a")
    return made, noor


def told(made: Kernel, who: int, kind: str) -> list[dict[str, Any]]:
    """The data of what somebody is told of a kind, oldest first."""
    with made.store.read() as connection:
        found = news.news(connection, who, [made.programme] if who == made.mona else [], limit=100)
    return [one.data for one in found if one.kind == kind][::-1]


def stands(made: Kernel, batch: int) -> Standing:
    with made.store.read() as connection:
        return standings(connection, made.programme, {batch: gates.row(made, batch).name})[batch]


def of_client(made: Kernel) -> list[BriefRow]:
    with made.store.read() as connection:
        return briefs(connection, made.programme, brief.c.source == "client")


def test_what_passes_is_asked_of_the_client_once_and_signed_off_by_name(store: Store) -> None:
    made, noor = promised(store)
    (batch,) = made.batches()
    row = gates.row(made, batch)
    with store.write() as connection, pytest.raises(Conflict, match="only what passed"):
        sign(connection, row, "", by=noor, at=made.at + 1)
    assert gates.gate(made, batch)["outcome"] == "pass"
    gates.gate(made, batch)
    assert told(made, noor, "sign_off.asked") == [{"batch": "batch-1", "because": "it passed its gate"}], "asked once"
    assert told(made, made.mona, "sign_off.asked") == [], "for the client alone"
    assert stands(made, batch).state == "asked"

    with store.write() as connection:
        sign(connection, row, "sampled by us", by=noor, at=made.at + 2)
    assert [one["because"] for one in told(made, made.mona, "batch.signed_off")] == ["sampled by us"]
    with store.write() as connection, pytest.raises(Conflict, match="is signed off"):
        sign(connection, row, "", by=noor, at=made.at + 3)
    with store.read() as connection:
        policy = policy_in_force(connection, made.programme)
        shown = sign_off_of(connection, store.ids, row, policy.policy.sla)
        (line,) = client_report(connection, store, made.programme)["batches"]
        facts = facts_of(
            connection,
            store.ids,
            policy,
            [row],
            name="first",
            number=1,
            release_id="desk-first-1",
            parent=None,
            by="Mona",
            at=made.at,
            prepared=NOTHING,
        )
    assert shown is not None
    assert (shown["state"], shown["by"], shown["organisation"], shown["held"]) == ("signed", "Noor", "Northwind", False)
    assert (line["client"]["state"], line["client"]["by"]) == ("signed", "Noor")
    (said,) = facts.client
    assert (said.batch, said.state, said.by, said.because) == ("batch-1", "signed", "Noor", "sampled by us")
    assert of_client(made) == [], "a signature opens no brief"


def test_a_dispute_opens_a_brief_that_only_a_signature_closes_after_its_items_were_judged_again(store: Store) -> None:
    made, noor = promised(store)
    (batch,) = made.batches()
    row = gates.row(made, batch)
    gates.gate(made, batch)
    with store.write() as connection, pytest.raises(Invalid) as caught:
        dispute(connection, row, "these are all wrong", ["i1", "nowhere"], by=noor, at=made.at + 1)
    assert (caught.value.field, caught.value.found) == ("items", "nowhere")
    assert of_client(made) == []

    with store.write() as connection:
        dispute(connection, row, "these are all wrong", ["i1", "i2"], by=noor, at=made.at + 2)
        dispute(connection, row, "and so is this one", ["i5", "i1"], by=noor, at=made.at + 3)
    (found,) = of_client(made)
    assert (found.state, found.key, found.owner_id) == ("open", "client:batch-1", made.mona)
    assert "3 of 8 items are disputed: and so is this one" in found.because
    assert '"items":["i1","i2","i5"]' in found.scope
    assert [one["items"] for one in told(made, made.mona, "batch.disputed")] == [2, 2]
    with store.read() as connection:
        assert held_for_client(connection, made.programme, [row]) == {batch: "and so is this one"}
        for keys in ([batch], []):
            with pytest.raises(Conflict, match="holds this batch back"):
                check_cut(connection, made.programme, "first", keys)

    with store.write() as connection:
        repair.choose(connection, found.id, "re_review", "look at them again", by=made.mona, at=made.at + 4)
    opened = gates.run(made, "work_brief", work_brief, {"brief": found.id})
    assert opened["items"] == 3
    held = made.claim("ben", 10)
    assert [(one.suggestion, one.others) for one in held] == [(None, ())] * 3, "nobody sees what was said"
    gates.work_off(made, "ben", lambda _: "b")
    again = next(one for one in gates.rows(made) if one.name == opened["name"])
    assert gates.gate(made, again.id)["outcome"] == "pass"

    assert {one["batch"] for one in told(made, noor, "sign_off.asked")} == {"batch-1"}, "they are asked once for both"
    assert stands(made, again.id).state == "asked"
    with store.write() as connection, pytest.raises(Conflict, match="holds for both") as refused:
        sign(connection, again, "", by=noor, at=made.at + 5)
    assert refused.value.expected == "batch-1"
    (found,) = of_client(made)
    assert found.state == "waiting", "it waits for the client's own word"
    assert stands(made, batch).state == "asked"
    assert [one["because"] for one in told(made, noor, "sign_off.asked") if one["batch"] == "batch-1"] == [
        "it passed its gate",
        "what was disputed is repaired",
    ]
    with store.read() as connection, pytest.raises(Conflict, match="holds this batch back"):
        check_cut(connection, made.programme, "first", [batch])
    with store.write() as connection:
        sign(connection, row, "all of them are right now", by=noor, at=found.heard_at + 10)
    (found,) = of_client(made)
    assert found.state == "closed"
    with store.read() as connection:
        chosen = check_cut(connection, made.programme, "first", [batch, again.id])
        line = sign_off_of(connection, store.ids, again, policy_in_force(connection, made.programme).policy.sla)
    assert [one.id for one in chosen] == [batch, again.id]
    assert line is not None
    assert (line["state"], line["by"], line["repairs"]) == ("signed", "Noor", "batch-1")
    assert line["because"] == "as batch-1, whose items were judged again in it: all of them are right now"


def test_labels_that_are_sent_back_after_a_signature_are_asked_of_the_client_anew(store: Store) -> None:
    made, noor = promised(store)
    (batch,) = made.batches()
    gates.gate(made, batch)
    with store.write() as connection:
        sign(connection, gates.row(made, batch), "", by=noor, at=made.at + 1)
    gates.send_back(made, batch, label="a")
    gates.work_off(made, "ben", lambda _: "a")
    assert gates.gate(made, batch)["outcome"] == "pass"
    assert stands(made, batch).state == "asked"
    assert told(made, noor, "sign_off.asked")[-1]["because"] == "its labels were annotated anew"


def test_a_dispute_is_waived_by_name_stands_in_the_certificate_and_a_later_one_opens_it_again(store: Store) -> None:
    made, noor = promised(store)
    (batch,) = made.batches()
    row = gates.row(made, batch)
    gates.gate(made, batch)
    with store.write() as connection:
        dispute(connection, row, "these are all wrong", ["i1"], by=noor, at=made.at + 2)
    (found,) = of_client(made)
    with store.write() as connection:
        at = made.at + 3
        repair.waive(connection, found.id, "agreed on the phone to keep them", by=made.mona, at=at, until=at)
    with store.read() as connection:
        assert held_for_client(connection, made.programme, [row]) == {}
        policy = policy_in_force(connection, made.programme)
        parts = {
            "name": "first",
            "number": 1,
            "release_id": "desk-first-1",
            "parent": None,
            "by": "Mona",
            "prepared": NOTHING,
        }
        facts = facts_of(connection, store.ids, policy, [row], **parts, at=made.at)
    (override,) = facts.overrides
    assert (override.waiver.by, override.waiver.because) == ("Mona", "agreed on the phone to keep them")
    assert facts.client[0].state == "disputed"
    with store.write() as connection:
        dispute(connection, row, "this one is wrong, too", ["i3"], by=noor, at=made.at + 9)
    (found,) = of_client(made)
    assert found.state == "open"
    with store.read() as connection:
        assert set(held_for_client(connection, made.programme, [row])) == {batch}


def test_a_brief_that_is_called_repaired_asks_the_client_again(store: Store) -> None:
    made, noor = promised(store, "  hold: unsigned\n")
    (batch,) = made.batches()
    row = gates.row(made, batch)
    gates.gate(made, batch)
    with store.read() as connection:
        assert set(held_for_client(connection, made.programme, [row])) == {batch}, "nothing leaves unsigned here"
    with store.write() as connection:
        dispute(connection, row, "the guideline says otherwise", ["i1"], by=noor, at=made.at + 2)
    (found,) = of_client(made)
    with store.write() as connection:
        repair.choose(connection, found.id, "clarify_guideline", "clause 3 says it now", by=made.mona, at=made.at + 3)
        repair.call_repaired(connection, found.id, "clause 3 is published", by=made.mona, at=made.at + 4)
        ask_again(connection, made.programme, found.key, at=made.at + 4)
    assert stands(made, batch).state == "asked"
    assert told(made, noor, "sign_off.asked")[-1]["because"] == "what was disputed is repaired"


def test_a_programme_that_promises_nothing_asks_nobody(store: Store) -> None:
    made = kernel(store, ANNOTATE + PROMISED[: PROMISED.index("sla:")], items=2)
    gates.work_off(made, "ann", lambda _: "a")
    (batch,) = made.batches()
    assert gates.gate(made, batch)["outcome"] == "pass"
    with store.read() as connection:
        assert held_for_client(connection, made.programme, [gates.row(made, batch)]) == {}
    with store.write() as connection, pytest.raises(Conflict, match="no client"):
        sign(connection, gates.row(made, batch), "", by=made.mona, at=made.at)
