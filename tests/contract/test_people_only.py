"""What only people may say: no machine says it by any way in, and who wrote what stays hidden from who prefers."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select
from tests.contract.kernel import Kernel, kernel

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.errors import Forbidden, Invalid
from goldloop.core.families import Record, Said, Suggestion
from goldloop.core.order import order_of, order_seed
from goldloop.core.policy import Policy
from goldloop.core.rights import SourceDoc
from goldloop.kinds import load
from goldloop.labelling.models.talk import keep
from goldloop.loop.checking import Checking, check
from goldloop.loop.context import Contexts
from goldloop.loop.measure import table_of
from goldloop.loop.records import checked
from goldloop.loop.whose import People
from goldloop.store.actors import ModelRow, actor_key
from goldloop.store.codes import STANCE
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.open import Store
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import policy_in_force
from goldloop.store.schema import human_only, judgement
from goldloop.store.values import NewValue, value_keys

load()
ANNOTATE = "routing: {rules: [{rule: all, to: annotate, tier: 1}]}"
TWICE = "\nhuman_only: {judgements: 2, ruling: disputes}\n"
PREFERENCES = """
programme: desk
title: Desk
organisation: Acme
raci: {accountable: mona}
task: pairwise.v1
ontology: {labels: [better]}
"""
MODELS = "\nmodels: {judge: {judge: choice_baseline.v1}}\n"
SECRET = "hidden-model"
TASKS = [pytest.param(kind, id=kind.name) for kind in families.task if kind.people_only]


def pair(name: str) -> dict[str, Any]:
    responses = [{"text": f"{name} {n}", "model": f"{SECRET}-{n}", "cost": n} for n in range(2)]
    return {"prompt": f"about {name}", "responses": responses, "meta": {"from": SECRET}}


def checking(policy: Policy) -> Checking:
    return Checking("pairs.jsonl", policy, families.task.build(policy.task), SourceDoc(), None, People(), {})


def desk(store: Store, **more: Any) -> Kernel:
    return kernel(store, ANNOTATE + TWICE, programme_file=PREFERENCES, body=pair, **more)


def preferring(prefer: str, why: str = "") -> dict[str, Any]:
    return {"preferences": [{"label": "better", "prefer": prefer, "strength": int(prefer in "ab")}], "why": why}


def test_some_tasks_are_only_for_people() -> None:
    assert {kind.name for kind in families.task if kind.people_only} >= {"pairwise.v1", "ranking.v1"}


@pytest.mark.parametrize("kind", TASKS)
@pytest.mark.parametrize("who", ["model", "rule"])
def test_the_store_takes_no_such_judgement_from_a_machine(store: Store, kind: type[families.Task], who: str) -> None:
    """Below every API: whoever writes judgements in bulk comes through here."""
    desk(store)
    body, ontology, answer = kind.sample()
    stored = kind.example().canonical(answer, body, ontology)
    with pytest.raises(Forbidden) as caught, store.write() as connection:
        task = phrase_key(connection, canonical({"name": kind.name, "params": {}}))
        text = canonical(stored)
        value = value_keys(connection, task, [NewValue(text, ())])[text]
        acme = policy_in_force(connection, 1)
        machine = actor_key(connection, who, "oracle", "1", 1, at=acme.id)
        add_judgements(connection, [NewJudgement(1, machine, task, STANCE["answer"], 1, value)])
    assert kind.name in str(caught.value.found)
    assert who in str(caught.value.found)
    with store.read() as connection:
        assert connection.execute(select(judgement.c.id)).all() == []


def test_a_prelabelling_job_can_keep_no_preference(store: Store) -> None:
    made = desk(store)
    with pytest.raises(Forbidden), store.write() as connection:
        policy = policy_in_force(connection, made.programme)
        model = ModelRow(actor_key(connection, "model", "judge", "1", 1, at=made.at), "judge", "1", "{}", "0", None)
        keep(connection, Contexts(), policy, model, {made.items["i0"]: Suggestion(preferring("a"), 0.99)})
    assert made.said("i0") == []


def test_a_programme_file_with_a_model_for_preferences_is_refused(store: Store) -> None:
    with pytest.raises(Invalid) as caught:
        kernel(store, ANNOTATE + MODELS, programme_file=PREFERENCES, body=pair)
    assert (caught.value.field, caught.value.found) == ("programme.yaml:9 models", "judge")


@pytest.mark.parametrize(("said", "refused"), [("model", True), ("rule", True), ("person", False)])
def test_an_imported_preference_of_a_machine_is_a_reject_with_its_line(store: Store, said: Any, refused: bool) -> None:
    made = desk(store)
    with store.read() as connection:
        policy = policy_in_force(connection, made.programme)
    record = Record("p1", pair("new"), 7, (Said("somebody", preferring("a"), said),))
    ready, rejected = checked([record], lambda one: check(one, checking(policy.policy)))
    assert [one.line for one in rejected] == ([7] if refused else [])
    assert len(ready) == (not refused)


def test_an_item_that_cannot_be_compared_is_rejected_at_import_by_field(store: Store) -> None:
    made = desk(store)
    with store.read() as connection:
        policy = policy_in_force(connection, made.programme)
    record = Record("p1", {"responses": ["only one"]}, 3)
    ready, rejected = checked([record], lambda one: check(one, checking(policy.policy)))
    assert ready == []
    assert [(one.line, one.field) for one in rejected] == [(3, "body.responses")]


def test_every_item_of_such_a_task_is_human_only_and_says_why(store: Store) -> None:
    made = desk(store)
    with store.read() as connection:
        latched = dict(connection.execute(select(human_only.c.item_id, human_only.c.because)).all())
    assert set(latched) == set(made.items.values())
    assert set(latched.values()) == {"only people may say pairwise.v1"}


def test_no_model_name_reaches_who_prefers(store: Store) -> None:
    made = desk(store)
    held = made.claim("ann", 4)
    assert held
    assert SECRET not in json.dumps([one._asdict() for one in held], default=str)
    assert set(held[0].body) == {"prompt", "responses"}


def test_the_order_is_drawn_for_every_work_and_kept_with_the_judgement(store: Store) -> None:
    made = desk(store, items=12)
    orders = set()
    for one in made.claim("ann", 10):
        assert list(one.order) == order_of(order_seed(one.work_id), 2)
        made.say("ann", one.work_id, "answer", preferring("a"), key=uuid4())
        name = next(name for name, key in made.items.items() if key == one.item_id)
        (row,) = made.said(name)
        assert tuple(order_of(row.order_seed, 2)) == one.order
        orders.add(one.order)
    assert len(orders) == 2  # keys of works are the same every time, so these ten are


def test_reasons_in_words_make_no_dispute_and_the_batch_counts_them_as_agreement(store: Store) -> None:
    made = desk(store, items=1)
    for who, why in (("ann", "shorter"), ("ben", "says when")):
        (held,) = made.claim(who)
        made.say(who, held.work_id, "answer", preferring("b", why), key=uuid4())
    with store.read() as connection:
        said = made.said("i0")
        context = made.contexts.batch(connection, said[0].batch_id)
        table = table_of(connection, context)
    assert said[0].value_id != said[1].value_id
    assert len(set(table.value.tolist())) == 1
    assert table.items_decided == 1
    assert table.decided.tolist() == [True, True]
    assert table.human_only_violations == 0


def test_who_rules_sees_the_order_that_each_author_saw(store: Store) -> None:
    made = desk(store, items=1)
    orders = []
    for who, prefer in (("ann", "a"), ("ben", "b")):
        (held,) = made.claim(who)
        orders.append(held.order)
        made.say(who, held.work_id, "answer", preferring(prefer), key=uuid4())
    (ruling,) = made.claim("sue")
    assert [other.order for other in ruling.others] == orders
    assert SECRET not in json.dumps(ruling._asdict(), default=str)


def test_routing_refuses_items_that_came_in_under_another_task_and_names_one(store: Store) -> None:
    """Import refuses them by field; a task that was changed afterwards finds them."""
    with pytest.raises(Invalid) as caught:
        kernel(store, ANNOTATE + TWICE, programme_file=PREFERENCES)
    assert caught.value.field == "body.responses"
    assert "i0" in caught.value.message
