"""Exactly one answers for each obligation, a person of the enterprise who is there; else it is a finding at once."""

import pytest
from tests.contract import gates
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel, owner

from goldloop.core.errors import Conflict, Invalid
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.core.raci import obligation, obligations
from goldloop.loop import repair
from goldloop.loop.answers import answered, check_answers, check_everywhere, look_at_answers
from goldloop.loop.brief import Reading, heard
from goldloop.programmes.file.apply import Applied, apply
from goldloop.programmes.governance.propose import propose
from goldloop.store import accounts, briefs, news
from goldloop.store.briefs import BriefRow
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant, organisation_key, withdraw_grants
from goldloop.store.programmes import policy_in_force

GATE = "\ngates: {release: {owner: mona, checks: [completeness.v1]}}\n"
RACI = """raci:
  accountable: mona
  responsible: [omar]
  obligations:
    gates: {release: {responsible: [tia], informed: [mona]}}
    ontology: {consulted: [tia]}
    briefs: {evaluation: {accountable: tia}}
"""
FILE = PROGRAMME.replace("raci: {accountable: mona}\n", RACI) + ANNOTATE + GATE


def staffed(store: Store) -> Kernel:
    """The kernel's programme under a file with obligations; tia and omar are people of Acme, pia of a provider."""
    made = kernel(store)
    with store.write() as connection:
        acme = organisation_key(connection, "Acme", "enterprise", at=made.at)
        fieldwork = organisation_key(connection, "Fieldwork", "provider", at=made.at)
        for name, where in (("tia", acme), ("omar", acme), ("pia", fieldwork)):
            made.people[name] = add_person(connection, where, Person(name.title()), at=made.at)
            accounts.add_account(connection, made.people[name], name, password=None, at=made.at)
            if name != "pia":
                grant(connection, made.programme, made.people[name], "expert", (), by=made.mona, at=made.at)
    return made


def applied(made: Kernel, text: str) -> Applied:
    with made.store.write() as connection:
        return apply(connection, owner(connection, made), text, at=made.at)


def findings(made: Kernel) -> dict[str, BriefRow]:
    with made.store.read() as connection:
        return {one.key: one for one in briefs.briefs(connection, made.programme)}


def test_what_is_left_out_is_as_for_the_programme() -> None:
    policy: Policy = read_policy(FILE, name="p.yaml")
    found = {one.name: one for one in obligations(policy)}
    assert list(found) == ["programme", "gates.release", "ontology", "escalation", "briefs.evaluation"]
    assert (found["gates.release"].accountable, found["gates.release"].responsible) == ("mona", ("tia",))
    assert found["escalation"].responsible == ("omar",)
    assert obligation(policy, "briefs.evaluation").accountable == "tia"
    assert obligation(policy, "briefs.cluster").accountable == "mona"


REFUSED = [
    ("release: {owner: mona", "release: {owner: pia", "programme.yaml:15 gates.release.owner"),
    ("accountable: mona", "accountable: pia", "programme.yaml:6 raci.accountable"),
    ("accountable: tia", "accountable: pia", "raci.obligations.briefs.evaluation.accountable"),
    ("responsible: [omar]", "responsible: [nobody]", "programme.yaml:7 raci.responsible"),
    ("consulted: [tia]", "consulted: [nobody]", "programme.yaml:10 raci.obligations.ontology.consulted"),
    ("{release: {responsible", "{elsewhere: {responsible", "raci.obligations.gates.elsewhere"),
    ("{responsible: [tia], informed", "{accountable: tia, informed", "raci.obligations.gates.release"),
]


def test_a_file_in_which_nobody_of_the_enterprise_answers_is_refused_by_line(store: Store) -> None:
    made = staffed(store)
    for old, new, where in REFUSED:
        assert old in FILE
        with pytest.raises(Invalid) as refused:
            applied(made, FILE.replace(old, new))
        assert where in str(refused.value)


def test_a_leaver_is_a_finding_at_once_and_whoever_comes_in_their_place_ends_it(store: Store) -> None:
    made = staffed(store)
    applied(made, FILE)
    assert findings(made) == {}
    with store.write() as connection:
        accounts.set_disabled(connection, accounts.account_of_actor(connection, made.people["tia"]).id, made.at)  # type: ignore[union-attr]
        check_everywhere(connection, "tia", at=made.at)
    (row,) = findings(made).values()
    assert (row.key, row.source, row.state, row.owner_id) == ("raci:tia", "raci", "open", made.mona)
    assert "gates.release (responsible)" in row.because
    assert "briefs.evaluation (accountable)" in row.because
    with store.read() as connection:
        gate = next(one for one in answered(connection, made.programme) if one.obligation.name == "gates.release")
    assert [(one.part, one.name) for one in gate.people if one.absent] == [("responsible", "tia")]
    with pytest.raises(Invalid, match="has left"):
        applied(made, FILE + "skills: [x]\n")
    assert gates.run(made, "raci", look_at_answers, {"programme": made.programme})["absent"] == ["tia"]
    with store.write() as connection:
        apply(connection, owner(connection, made), FILE.replace("tia", "omar"), at=made.at + 1)
    (row,) = findings(made).values()
    assert (row.state, row.because) == ("closed", "nothing rests on tia any more")


def test_who_loses_their_role_is_missing_until_they_have_one_again(store: Store) -> None:
    made = staffed(store)
    applied(made, FILE)
    with store.write() as connection:
        withdraw_grants(connection, made.programme, made.people["omar"])
        assert check_answers(connection, made.programme, at=made.at) == ["omar"]
        grant(connection, made.programme, made.people["omar"], "manager", (), by=made.mona, at=made.at)
        assert check_answers(connection, made.programme, at=made.at + 1, opens=False) == []
    assert [one.state for one in findings(made).values()] == ["closed"]


def test_a_finding_goes_to_who_is_accountable_for_its_source_or_to_whoever_is_there(store: Store) -> None:
    made = staffed(store)
    applied(made, FILE)
    with store.write() as connection:
        for key, leaves in (("first", False), ("second", True)):
            if leaves:
                tia = accounts.account_of_actor(connection, made.people["tia"])
                assert tia is not None
                accounts.set_disabled(connection, tia.id, made.at)
            heard(connection, Reading(made.programme, key, "evaluation", key, False, "0.7 of 9"), at=made.at)
    found = findings(made)
    assert found["first"].owner_id == made.people["tia"]
    assert found["second"].owner_id == made.people["omar"], "responsible for the programme, and there"


def told(made: Kernel, name: str) -> list[tuple[str, str | None]]:
    """What somebody is told by name, newest first: the kind, and what it is about."""
    with made.store.read() as connection:
        found = news.news(connection, made.people.get(name, made.mona), [made.programme])
    return [(one.kind, one.name) for one in found if one.kind in news.BY_NAME]


def test_the_experts_whom_the_ontology_consults_are_asked_before_it_changes(store: Store) -> None:
    made = staffed(store)
    applied(made, FILE)
    changed = FILE.replace("labels: [a,", "labels: [z, a,")
    with pytest.raises(Conflict, match="reviewed before"):
        applied(made, changed)
    with store.write() as connection:
        policy = policy_in_force(connection, made.programme)
        propose(connection, owner(connection, made), policy, changed, name="p.yaml", note="", at=made.at)
    assert [told(made, name) for name in ("tia", "omar", "mona")] == [[("proposal.made", None)], [], []]


def test_a_briefs_owner_is_told_when_it_becomes_theirs_and_nobody_else(store: Store) -> None:
    made = staffed(store)
    applied(made, FILE)
    with store.write() as connection:
        unhealthy = Reading(made.programme, "k", "evaluation", "Too many errors", False, "7 of 9")
        key = heard(connection, unhealthy, at=made.at)
        assert key is not None
        repair.take(connection, key, owner=made.people["omar"], by=made.mona, at=made.at + 1)
        repair.take(connection, key, owner=made.mona, by=made.mona, at=made.at + 2)
        heard(connection, unhealthy._replace(healthy=True), at=made.at + 3)
        heard(connection, unhealthy, at=made.at + 4)
    about = "Too many errors"
    assert told(made, "tia") == [("brief.reopened", about), ("brief.opened", about)], "accountable for evaluations"
    assert told(made, "omar") == [("brief.owned", about)]
    assert told(made, "mona") == [], "who takes a brief knows it"
