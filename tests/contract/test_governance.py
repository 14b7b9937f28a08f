"""A change of the ontology in the middle of a programme, on both databases: reviewed, mapped, looked at again."""

import json
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, true
from tests.contract.kernel import ANNOTATE, MODELS, PROGRAMME, VERIFY, Kernel, kernel, open_more

from goldloop.core.clock import SECOND
from goldloop.core.errors import Conflict, Forbidden, Invalid
from goldloop.core.nouns import Spec
from goldloop.jobs.running import Running
from goldloop.loop.measure import measure, table_of
from goldloop.programmes.file.apply import apply
from goldloop.programmes.governance import propose as governance
from goldloop.programmes.governance.rereview import rereview
from goldloop.programmes.releases.reading import check_looked_at
from goldloop.programmes.releases.rows import labelled_rows
from goldloop.programmes.waiting.waiting import waiting
from goldloop.store import accounts, batches, jobs
from goldloop.store import work as queue
from goldloop.store.caller import Caller, Membership
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant
from goldloop.store.programmes import policy_in_force
from goldloop.store.proposals import proposal_row
from goldloop.store.schema import event, judgement, value

CONSULTED = PROGRAMME.replace("{accountable: mona}", "{accountable: mona, consulted: [exa]}")
MERGE = """
ontology: {labels: [b, c, {id: danger, name: danger, human_only: true}]}
migration:
- {from: a, to: b}
"""
SPLIT = """
ontology: {labels: [a, b, c1, c2, {id: danger, name: danger, human_only: true}]}
migration:
- {from: c, review: true, into: [c1, c2]}
"""


class Governed:
    """The kernel's programme with an expert who is consulted."""

    def __init__(self, one: Kernel) -> None:
        self.one, at = one, one.at
        with one.store.write() as connection:
            acme = accounts.account_of_actor(connection, one.mona)
            assert acme is not None
            exa = add_person(connection, 1, Person("Exa"), at=at)
            key = accounts.add_account(connection, exa, "exa", password=None, owner=False, at=at)
            grant(connection, one.programme, exa, "expert", (), by=one.mona, at=at)
            nobody = frozenset[str]()
            member = {one.programme: Membership(frozenset({"expert"}), frozenset())}
            self.mona = Caller(acme.id, one.mona, 1, True, None, nobody, nobody, None, nobody, {})
            self.exa = Caller(key, exa, 1, False, None, nobody, nobody, None, nobody, member)

    def consult(self, policy: str = ANNOTATE) -> None:
        """Name the expert in the file."""
        with self.one.store.write() as connection:
            apply(connection, self.mona, CONSULTED + policy, at=self.one.at)

    def propose(self, text: str, *, by: Caller | None = None) -> int:
        with self.one.store.write() as connection:
            policy = policy_in_force(connection, self.one.programme)
            return governance.propose(connection, by or self.mona, policy, text, name="x.yaml", note="", at=self.one.at)

    def say(self, key: int, who: Caller, stance: Any, text: str = "") -> str:
        with self.one.store.write() as connection:
            return governance.say(connection, who, proposal_row(connection, key), stance, text, at=self.one.at).state

    def publish(self, key: int) -> None:
        with self.one.store.write() as connection:
            governance.publish(connection, self.mona, proposal_row(connection, key), at=self.one.at + SECOND)

    def release(self, text: str) -> None:
        """Propose, approve, publish."""
        key = self.propose(text)
        assert self.say(key, self.exa, "approve") == "approved"
        self.publish(key)

    def look_again(self) -> Any:
        """Run the job that publishing queued."""
        store = self.one.store
        with store.write() as connection:
            job = jobs.claim(connection, ["rereview"], runner="test", lease=60 * SECOND)
        return rereview(Running(store, job, runner="test", stop=threading.Event())) if job else None


@pytest.fixture
def governed(store: Store) -> Callable[..., Governed]:
    def make(policy: str = ANNOTATE, **given: Any) -> Governed:
        made = Governed(kernel(store, policy, **given))
        made.consult(policy)
        return made

    return make


def test_where_an_expert_is_consulted_labels_are_not_changed_directly(governed: Callable[..., Governed]):
    made = governed()
    with made.one.store.write() as connection:
        with pytest.raises(Conflict, match="reviewed before they are used"):
            apply(connection, made.mona, CONSULTED.replace("[a, b,", "[b,") + ANNOTATE, at=made.one.at)
        titled = CONSULTED.replace("title: Desk", "title: Help desk")
        assert apply(connection, made.mona, titled + ANNOTATE, at=made.one.at).changed


def test_nobody_approves_their_own_proposal_and_only_the_consulted_approve(governed: Callable[..., Governed]):
    made = governed()
    key = made.propose(MERGE)
    with pytest.raises(Forbidden, match="nobody approves what they proposed"):
        made.say(key, made.mona, "approve")
    with pytest.raises(Conflict, match="not approved"):
        made.publish(key)
    assert made.say(key, made.exa, "refuse", "a and b differ") == "refused"
    with pytest.raises(Conflict, match="not approved"):
        made.publish(key)
    assert made.say(key, made.mona, "comment", "they are told apart by nobody") == "refused"
    assert made.say(key, made.exa, "approve") == "approved"
    made.publish(key)
    with pytest.raises(Conflict, match="settled"):
        made.say(key, made.mona, "withdraw")
    with made.one.store.read() as connection:
        kinds = [kind for (kind,) in connection.execute(select(event.c.kind)) if kind.startswith("proposal.")]
    assert kinds == ["proposal.made", *["proposal.word"] * 3, "proposal.published"]


def test_a_proposal_waits_for_who_is_consulted_until_they_have_decided(governed: Callable[..., Governed]):
    made = governed()

    def waits(who: Caller) -> list[tuple[str, str, int]]:
        with made.one.store.read() as connection:
            return [(one.kind, one.programme.name, one.key) for one in waiting(connection, who)]

    assert waits(made.exa) == []
    key = made.propose(MERGE)
    assert waits(made.exa) == [("proposal", "desk", key)]
    assert waits(made.mona) == [], "she is not consulted, and it is hers"
    made.say(key, made.exa, "comment", "why?")
    assert waits(made.exa) == [("proposal", "desk", key)]
    made.say(key, made.exa, "approve")
    assert waits(made.exa) == []
    other = made.propose(SPLIT)
    made.publish(key)
    assert waits(made.exa) == [], f"proposal {other} was overtaken"


def test_a_proposal_that_the_file_has_overtaken_is_proposed_anew(governed: Callable[..., Governed]):
    made = governed()
    key = made.propose(MERGE)
    made.say(key, made.exa, "approve")
    with made.one.store.write() as connection:
        apply(connection, made.mona, CONSULTED.replace("Desk", "Help desk") + ANNOTATE, at=made.one.at)
    with pytest.raises(Conflict, match="not approved"):
        made.publish(key)


def test_a_plan_that_forgets_a_label_is_refused_before_anybody_reads_it(governed: Callable[..., Governed]):
    made = governed()
    with pytest.raises(Invalid, match="does not say what becomes of it"):
        made.propose(MERGE.partition("migration")[0])
    with pytest.raises(Invalid, match="cannot be read"):
        made.propose(MERGE.replace("to:", "too:"))


def test_the_impact_says_how_many_whose_and_where_before_anything_changes(governed: Callable[..., Governed]):
    made = governed(items=4)
    made.one.on("ann", "i0", "answer", "a")
    made.one.on("ann", "i1", "answer", "a")
    made.one.on("ben", "i2", "answer", "c")
    made.one.on("ben", "i3", "answer", "b")
    both = MERGE.replace("[b, c,", "[b, c1,") + "- {from: c, review: true}\n"
    key = made.propose(both)
    with made.one.store.read() as connection:
        row = proposal_row(connection, key)
        found = governance.impact_of(connection, row.programme_id, governance.plan_of(row))
    assert (found.mapped, found.reviewed) == (2, 1)
    assert [(one.label, one.who, one.labels) for one in found.said] == [("a", "ann", 2), ("c", "ben", 1)]
    in_batches = [("a", "batch-1", 2), ("c", "batch-1", 1)]
    assert [(one.label, one.batch, one.labels) for one in found.said_in] == in_batches
    assert [(one.label, one.batch, one.labels) for one in found.accepted] == in_batches


def test_a_merge_is_applied_on_read_and_judgements_stay_as_they_were_said(governed: Callable[..., Governed]):
    made = governed(
        ANNOTATE + "\nconsensus: {share: 1.0, because: everything is asked twice, judgements: 2, limit: 2}", items=2
    )
    one = made.one
    one.on("ann", "i0", "answer", "a")
    one.on("ann", "i1", "answer", "c")
    before = one.said("i0")
    made.release(MERGE)
    with pytest.raises(Invalid, match="not in the ontology"):
        one.on("ben", "i0", "answer", "a")
    with one.store.write() as connection:
        for held in queue.held(connection, one.people["ben"], at=one.at):
            queue.give_back(connection, one.people["ben"], held.work_id)
    one.on("cid", "i0", "answer", "b")
    one.on("cid", "i1", "answer", "c")
    assert one.said("i0")[0] == before[0]
    with one.store.read() as connection:
        context = one.contexts.batch(connection, one.batches()[0])
        table = table_of(connection, context)
        said = {
            json.loads(text)["labels"][0]
            for (text,) in connection.execute(
                select(value.c.answer).join(judgement, judgement.c.value_id == value.c.id)
            )
        }
    assert said == {"a", "b", "c"}
    found = measure(table, context.task, Spec(name="agreement.v1"))[0]
    assert found.value == 1.0
    assert found.method.endswith("answers of 2 ontologies read as the newest has them: 1 mapped, 0 left out")


def test_what_no_rule_reads_is_judged_again_by_somebody_else_and_seals_once(governed: Callable[..., Governed]):
    made = governed(items=3)
    one = made.one
    one.on("ann", "i0", "answer", "a")
    one.on("ann", "i1", "answer", "c")
    one.on("ann", "i2", "answer", "c")
    made.release(SPLIT)
    with one.store.read() as connection:
        rows = batches.batches(connection, one.programme)
        with pytest.raises(Conflict, match="wait to be looked at again under ontology 2"):
            check_looked_at(connection, one.programme, rows)
    assert made.look_again() == {"batches": 1, "items": 2}
    assert one.claim("ann", 5) == []  # who said it the first time does not look again
    held = one.claim("ben", 5)
    assert [each.suggestion for each in held] == [None, None]
    assert [each.because for each in held] == [None, None]
    one.say("ben", held[0].work_id, "answer", "c1")
    with one.store.read() as connection, pytest.raises(Conflict, match="wait to be looked at again"):
        check_looked_at(connection, one.programme, batches.batches(connection, one.programme))
    one.say("ben", held[1].work_id, "answer", "c2")
    with one.store.read() as connection:
        rows = sorted(batches.batches(connection, one.programme), key=lambda row: row.id)
        check_looked_at(connection, one.programme, rows)
        leaves = {
            row.external_id: row.answer["labels"]
            for row in labelled_rows(connection, one.store.ids, rows, visible=true())
        }
    assert leaves == {"i0": ["a"], "i1": ["c1"], "i2": ["c2"]}
    with one.store.write() as connection:
        governance.queue_review(connection, one.programme, rows[-1].ontology_id, by=one.mona)
    assert made.look_again() == {"batches": 0, "items": 0}
    open_more(one)  # the batch of what is looked at again takes in nothing else


def test_a_suggestion_whose_label_has_gone_cannot_be_accepted(governed: Callable[..., Governed]):
    made = governed(MODELS + VERIFY, items={"i0": "a"})
    made.release(MERGE)
    with made.one.store.write() as connection:
        newest = policy_in_force(connection, made.one.programme).ontology_id
        connection.execute(judgement.update().values(ontology_id=newest - 2))
    (held,) = made.one.claim("ann")
    with pytest.raises(Invalid, match="not in the ontology"):
        made.one.say("ann", held.work_id, "accept")
    made.one.say("ann", held.work_id, "answer", "b")
    assert made.one.label("i0") == "b"
