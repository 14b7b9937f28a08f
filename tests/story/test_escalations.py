"""A question from an annotator to a senior and back: deadline, ruling, clause, precedent, and who may read what."""

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pytest
from tests.story.house import ENTERPRISE, done, house
from typer.testing import CliRunner

from goldloop.cli import escalation_commands, work_commands
from goldloop.client import Client
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound
from goldloop.core.nouns import Spec

PASSWORD = "a password that is long enough"
PROGRAMME = """
programme: desk
title: Desk
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
ontology: {labels: [card, fraud, other]}
guidelines:
  - {id: "1", title: Lost cards, label: card, text: A card that is gone.}
  - {id: "2", title: Payments, label: fraud, text: A payment nobody made.}
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
escalation: {tier: 3, hours: 6}
errors: [misread, {id: unclear, name: The rule is unclear}]
"""


class Desk(NamedTuple):
    """mona manages, ann annotates, sen rules, ben is ann's colleague, eve has no part in it."""

    mona: Client
    ann: Client
    ben: Client
    sen: Client
    eve: Client


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("questions")
    with house(folder) as mona:
        mona.programmes.apply(PROGRAMME)
        people = {}
        for name, tiers in (("ann", (1,)), ("ben", (1,)), ("sen", (1, 3)), ("eve", (1,))):
            invited = mona.people.add(name, display_name=name.title(), organisation=ENTERPRISE, tiers=tiers)
            people[name] = mona.acting(None)
            people[name].take_up(invited.invitation, PASSWORD)
            if name != "eve":
                mona.programmes.staff("desk", invited.person.id, "annotator", tiers=tiers)
        file = folder / "in.jsonl"
        rows = [{"id": f"i{n}", "text": f"my card number {n} is gone"} for n in range(12)]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        done(mona, mona.imports.add("desk", file, Spec(name="jsonl.v1")))
        done(mona, mona.work.open("desk"))
        yield Desk(mona, **people)


def ask(client: Client, question: str, *, about: str | None = None) -> str:
    """Escalate the next item; the id of the question."""
    (work,) = client.work.claim()
    note = {"about": about} if about else None
    client.work.submit(work.work_id, "escalate", comment=question, note=note)
    return client.work.mine().questions[0].id


def test_a_question_is_answered_cited_and_becomes_a_precedent(desk: Desk) -> None:
    mine = ask(desk.ann, "Is a stolen card with payments fraud?", about="fraud")
    (seen,) = [one for one in desk.mona.escalations.all("desk", state="open") if one.id == mine]
    assert (seen.asked_by, seen.about, seen.tier) == ("Ann", "fraud", 3)
    assert seen.due_at is not None
    assert abs(seen.due_at - seen.asked_at - 6 * 3_600_000_000) < 60_000_000
    work = desk.sen.escalations.take(mine)
    assert [one.text for one in work.questions] == ["Is a stolen card with payments fraud?"]
    assert [one.id for one in work.errors] == ["misread", "unclear"]
    said = desk.sen.escalations.answer(
        mine,
        {"labels": ["fraud"]},
        "Yes: payments weigh more than the card.",
        reason="unclear",
        clause="2",
        amends="A payment nobody made, card lost or not.",
        precedent=True,
    )
    assert said.state == "decided"
    (told,) = [one for one in desk.ann.work.mine().questions if one.id == mine]
    assert told.state == "answered"
    assert told.answer is not None
    assert told.answer["text"] == "Yes: payments weigh more than the card."
    (precedent,) = desk.ben.escalations.precedents("desk", text="WEIGH more")
    assert (precedent.questions, precedent.labels) == (("Is a stolen card with payments fraud?",), ("fraud",))
    assert (precedent.clause, precedent.clause_title, precedent.about) == ("2", "Payments", "fraud")
    assert [one.id for one in desk.ben.escalations.precedents("desk", text="stolen CARD")] == [precedent.id]
    assert list(desk.ben.escalations.precedents("desk", clause="1")) == []
    with pytest.raises((Forbidden, NotFound)):
        desk.ann.escalations.withdraw(precedent.id, "I do not like it.")
    with pytest.raises(NotFound, match="no such precedent"):
        desk.mona.escalations.withdraw(mine, "A question is none.")
    desk.mona.escalations.withdraw(precedent.id, "Rule 2 says it now.")
    assert list(desk.ben.escalations.precedents("desk", text="WEIGH more")) == []
    with pytest.raises(Conflict, match="withdrawn before"):
        desk.mona.escalations.withdraw(precedent.id, "Again.")
    (told,) = [one for one in desk.mona.escalations.all("desk") if one.id == mine]
    assert told.answer is not None
    assert (told.answer["precedent"], told.answer["withdrawn"]) == (False, "Rule 2 says it now.")
    assert desk.mona.ledger.verify("desk").outcome == "pass"


def test_who_only_works_here_sees_what_waits_for_them_and_no_item(desk: Desk) -> None:
    mine = ask(desk.ben, "Which one is this?")
    assert list(desk.ann.escalations.all("desk")) == []
    (waits,) = [one for one in desk.sen.escalations.all("desk") if one.id == mine]
    assert (waits.text, waits.item_id, waits.asked_by, waits.may_answer) == (None, None, None, True)
    for client in (desk.eve,):
        with pytest.raises(NotFound):
            list(client.escalations.all("desk"))
        with pytest.raises(NotFound):
            client.escalations.take(mine)
        with pytest.raises((Forbidden, NotFound)):
            list(client.escalations.precedents("desk"))
    with pytest.raises(Forbidden, match="somebody else"):
        desk.ann.escalations.take(mine)


def test_an_answer_that_is_no_precedent_reaches_its_asker_and_nobody_else(desk: Desk) -> None:
    mine = ask(desk.ann, "A quiet question")
    desk.sen.escalations.answer(mine, {"labels": ["other"]}, "For you alone.")
    assert "For you alone." in str(desk.ann.work.mine().questions)
    assert "alone" not in str(list(desk.ben.escalations.precedents("desk")))
    with pytest.raises(Conflict, match="answered already"):
        desk.sen.escalations.take(mine)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"clause": "9"}, "note.clause"),
        ({"amends": "something"}, "note.clause"),
        ({"about": "nosuch"}, "note.about"),
        ({"reason": "bad mood"}, "reason"),
    ],
)
def test_what_a_ruling_names_has_to_be_there(desk: Desk, wrong: dict[str, str], field: str) -> None:
    open_ones = [one.id for one in desk.sen.escalations.all("desk")]
    mine = open_ones[0] if open_ones else ask(desk.ann, "And this?")
    with pytest.raises(Invalid) as caught:
        desk.sen.escalations.answer(mine, {"labels": ["card"]}, "So.", **wrong)  # type: ignore[arg-type]
    assert caught.value.field == field


def test_a_changed_clause_is_unread_until_it_is_opened_and_that_is_on_record(desk: Desk) -> None:
    assert not any(one.unread for one in desk.ann.work.guidance("desk").clauses)
    desk.mona.programmes.apply(PROGRAMME.replace("A card that is gone.", "A card that is gone or broken."))
    first, second = desk.ann.work.guidance("desk").clauses
    assert (first.version, first.unread, second.version, second.unread) == (2, True, 1, False)
    (before,) = desk.ben.work.claim()
    with pytest.raises(Conflict, match="rule 1, Lost cards, was changed since you last looked: read it first"):
        desk.ben.work.submit(before.work_id, "answer", answer={"labels": ["card"]})
    other = {"labels": ["fraud"]}
    assert desk.ben.work.submit(before.work_id, "answer", answer=other).state == "decided"  # no rule of its changed
    for one in (desk.ann, desk.sen):
        one.work.read_clause("desk", "1", 2)
    assert not desk.ann.work.guidance("desk").clauses[0].unread
    assert desk.ben.work.guidance("desk").clauses[0].unread
    with pytest.raises(NotFound):
        desk.ann.work.read_clause("desk", "7", 1)


def test_ones_own_page_tells_what_was_done_and_what_came_back(desk: Desk) -> None:
    (work,) = desk.ann.work.claim()
    desk.ann.work.submit(work.work_id, "answer", answer={"labels": ["card"]}, active_ms=1500, note={"flag": True})
    page = desk.ann.work.mine()
    answered = next(one for one in page.did if one.stance == "answer")
    assert (answered.count, answered.active_ms, answered.timed) == (1, 1500, 1)
    assert page.gold == ()
    assert page.gold_because
    (flag,) = desk.mona.escalations.flags("desk")
    assert (flag.by, flag.item_id) == ("Ann", work.item_id)
    with pytest.raises((Forbidden, NotFound)):
        list(desk.ann.escalations.flags("desk"))


def test_what_two_disagree_on_comes_back_to_the_one_who_was_corrected(desk: Desk, tmp_path: Path) -> None:
    text = (
        PROGRAMME.replace("programme: desk", "programme: pairs")
        + "consensus: {share: 1, because: every pair is asked twice, judgements: 2, limit: 2}\n"
    )
    desk.mona.programmes.apply(text)
    for client, tiers in ((desk.ann, (1,)), (desk.ben, (1,)), (desk.sen, (1, 3))):
        desk.mona.programmes.staff("pairs", client.me().actor.id, "annotator", tiers=tiers)
    (tmp_path / "two.jsonl").write_text('{"id": "x", "text": "what is it"}\n')
    done(desk.mona, desk.mona.imports.add("pairs", tmp_path / "two.jsonl", Spec(name="jsonl.v1")))
    done(desk.mona, desk.mona.work.open("pairs"))
    programme = desk.mona.programmes.get("pairs").programme.id
    for client, label in ((desk.ann, "card"), (desk.ben, "fraud")):
        (work,) = client.work.claim(programme_id=programme)
        client.work.submit(work.work_id, "answer", answer={"labels": [label]})
    (work,) = desk.sen.work.claim(programme_id=programme, queue="review")
    desk.sen.work.submit(
        work.work_id, "adjudicate", answer={"labels": ["fraud"]}, comment="Read again.", reason="misread"
    )
    assert [one.programme for one in desk.ben.work.recent()][:1] == ["pairs"]
    (back,) = desk.ann.work.mine().corrected
    assert (back.mine, back.ruled) == ({"labels": ["card"]}, {"labels": ["fraud"]})
    assert (back.reason, back.comment, back.text) == ("Misread", "Read again.", "what is it")
    assert desk.ben.work.mine().corrected == ()


def test_the_command_line_asks_answers_and_tells(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def run(who: Client, commands: object, *words: str) -> str:
        monkeypatch.setattr(commands, "client", lambda _: nullcontext(who))
        done = CliRunner().invoke(commands.app, words)  # type: ignore[attr-defined]
        assert done.exit_code == 0, (words, done.output, done.exception)
        return done.output

    (work,) = desk.ben.work.claim()
    run(desk.ben, work_commands, "submit", work.work_id, "--stance", "escalate", "--comment", "From a terminal?")
    listed = json.loads(run(desk.mona, escalation_commands, "list", "desk", "--state", "open", "--json"))
    (mine,) = [one["id"] for one in listed if one["question"] == "From a terminal?"]
    assert "From a terminal?" in run(desk.sen, escalation_commands, "take", mine)
    words = ("--answer", "card", "--say", "Yes, from a terminal.", "--clause", "1", "--precedent")
    assert "decided" in run(desk.sen, escalation_commands, "answer", mine, *words)
    assert "Yes, from a terminal." in run(desk.ben, escalation_commands, "precedents", "desk", "--text", "terminal")
    told = run(desk.ben, work_commands, "mine")
    assert "Yes, from a terminal." in told
    assert "escalate" in told
    assert "Lost cards" in run(desk.ben, work_commands, "guidance", "desk")
    assert not any(one.unread for one in desk.ben.work.guidance("desk").clauses)
    assert run(desk.mona, escalation_commands, "flags", "desk")
