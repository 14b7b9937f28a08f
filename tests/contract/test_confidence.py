"""Confidence: which answers count, what cannot be calibrated, a bound from its sample to its repair; both databases."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.contract.guests import PASSWORD, open_house
from tests.contract.kernel import MODELS, PROGRAMME, TASK, Kernel, kernel, open_more, owner, take_in_more

from goldloop.app import create_app
from goldloop.core.canonical import canonical
from goldloop.core.clock import SECOND, now
from goldloop.core.errors import Conflict, Invalid
from goldloop.handlers import HANDLERS
from goldloop.jobs.running import Running
from goldloop.labelling.confidence.bound_rules import Prices, Wanted
from goldloop.labelling.confidence.bounds import design_bound, in_force, write_bound
from goldloop.labelling.confidence.pairs import Paired, paired, version_of
from goldloop.labelling.confidence.recalibration import fit
from goldloop.labelling.confidence.sample import frame_of, newest_sample, open_sample
from goldloop.programmes.file.adopt import adopt, file_with
from goldloop.store import accounts, jobs, recalibrations
from goldloop.store.actors import actor_key, add_model, models
from goldloop.store.bounds import BoundRow
from goldloop.store.codes import STANCE
from goldloop.store.credentials import hash_password
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.models import promote
from goldloop.store.open import Store
from goldloop.store.people import grant
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.schema import batch_item, brief, gold, item_attribute, judgement, model, phrase, work
from goldloop.store.unrouted import count_unrouted
from goldloop.store.unseen import unseen
from goldloop.store.values import NewValue, value_keys

SECRET = b"what is drawn here is certain to be so"
HYBRID = (
    MODELS
    + """
blind: {share: 0.5}
routing:
  model: oracle
  rules:
  - {rule: sure, when: {confidence: {from: 0.9}}, to: verify, tier: 1}
  - {rule: rest, to: annotate, tier: 2}
"""
)
ITEMS = 120
WANTED = Wanted(alpha=0.2, prices=Prices(verify=2, annotate=10))


def stated(n: int) -> float:
    """From 0.4 to 1, in no order of the items."""
    return round(0.4 + 0.6 * ((37 * n) % ITEMS) / ITEMS, 6)


def wrong(n: int) -> bool:
    """Where the model errs: below 0.6, and once in a while above."""
    return stated(n) < 0.6 or n % 59 == 0


def speak(one: Kernel, said: Mapping[str, tuple[str, float]], *, trained_on: str | None = None) -> None:
    """A new version of the model says this of items."""
    with one.store.write() as connection:
        number = len(models(connection, one.programme, "oracle")) + 1
        at = now()
        key = actor_key(connection, "model", "oracle", f"desk.{number}", 1, at=at)
        add_model(connection, key, one.programme, judge='{"name":"x.v1"}', fingerprint="0", trained_on=trained_on)
        task = phrase_key(connection, TASK)
        labels = sorted({label for label, _ in said.values()})
        values = value_keys(connection, task, [NewValue(canonical({"labels": [one]}), (one,)) for one in labels])
        rows = [
            NewJudgement(
                one.items[name], key, task, STANCE["answer"], at, values[canonical({"labels": [label]})],
                confidence=confidence,
            )
            for name, (label, confidence) in said.items()
        ]  # fmt: skip
        add_judgements(connection, rows)
        promote(connection, one.programme, "oracle", key, by=one.mona, because="a test", comparison_id=None, at=at)


def spoken(store: Store, confidence: Callable[[int], float] = stated) -> Kernel:
    """A programme whose items wait, with what a model said of each: a, where the truth is a or b."""
    one = kernel(replace(store, secret=SECRET), HYBRID, items=0)
    take_in_more(one, [f"i{n}" for n in range(ITEMS)])
    speak(one, {f"i{n}": ("a", confidence(n)) for n in range(ITEMS)})
    return one


def truth(one: Kernel, item_id: int) -> str:
    names = {key: name for name, key in one.items.items()}
    return "b" if wrong(int(names[item_id][1:])) else "a"


def work_off(one: Kernel, who: str, says: Callable[[int], str] | None = None) -> int:
    """Somebody answers everything that they may annotate; what they are given to verify they accept."""
    count = 0
    while held := one.claim(who, 50, at=now()):
        for each in held:
            if each.suggestion is not None:
                one.say(who, each.work_id, "accept", at=now())
            else:
                said = says(each.item_id) if says else truth(one, each.item_id)
                one.say(who, each.work_id, "answer", {"labels": [said]}, at=now())
            count += 1
    return count


def run(one: Kernel, kind: str, args: Mapping[str, Any] | None = None) -> Any:
    """Run a job of a kind: the one that waits, or a new one."""
    with one.store.write() as connection:
        if args is not None:
            jobs.enqueue(connection, kind, args, programme=one.programme, asked_by=one.mona)
        job = jobs.claim(connection, [kind], runner="test", lease=60 * SECOND)
    assert job is not None, f"no {kind} waits"
    found = HANDLERS[kind](Running(one.store, job, runner="test", stop=threading.Event()))
    with one.store.write() as connection:
        jobs.end(connection, job.id, runner="test", state="done", result=found)
    return found


def sampled(one: Kernel, size: int = 80) -> PolicyRow:
    """A calibration sample, judged in full."""
    with one.store.write() as connection:
        policy = policy_in_force(connection, one.programme)
        found = version_of(connection, policy, None, None)
        made = open_sample(
            connection,
            one.store,
            one.contexts,
            policy,
            found,
            frame_of(connection, policy, found),
            size=size,
            tier=3,
            by=one.mona,
        )
    assert (made.drawn, made.frame) == (size, ITEMS)
    work_off(one, "sue")
    return policy


def designed(one: Kernel, wanted: Wanted = WANTED) -> BoundRow:
    with one.store.write() as connection:
        policy = policy_in_force(connection, one.programme)
        found = version_of(connection, policy, None, None)
        return write_bound(connection, design_bound(connection, one.store.ids, policy, found, wanted), by=one.mona)


def adopted(one: Kernel, row: BoundRow, *, tighten: bool = False, because: str = "") -> int:
    with one.store.write() as connection:
        return adopt(connection, owner(connection, one), row, tighten=tighten, because=because, at=now()).number


def pairs_of(one: Kernel) -> Paired:
    with one.store.read() as connection:
        policy = policy_in_force(connection, one.programme)
        found = version_of(connection, policy, None, None)
        seen = unseen(connection, one.programme, found.actor_id, most=1_000)
        return paired(connection, policy, found, seen)


def briefs(one: Kernel) -> list[tuple[str, str, str]]:
    with one.store.read() as connection:
        return [tuple(row) for row in connection.execute(select(brief.c.key, brief.c.source, brief.c.state))]


def test_a_bound_goes_from_its_sample_into_the_routing_and_is_tightened_when_it_breaks(store: Store) -> None:
    one = spoken(store)
    sampled(one)
    with one.store.read() as connection:
        assert count_unrouted(connection, one.programme) == ITEMS, "a sample takes no item out of the work to come"
    found = pairs_of(one)
    assert (found.sources(), found.simulated, found.left_out) == ({"audit": 80}, 0, {})
    assert all(pair.right is not wrong(int(name[1:])) for pair in found.pairs
               for name, key in one.items.items() if key == pair.item_id)  # fmt: skip
    with pytest.raises(Conflict, match="too few answers"):
        fit([pair.confidence for pair in found.pairs], [pair.right for pair in found.pairs])
    with one.store.write() as connection:
        key = models(connection, one.programme, "oracle")[0].actor_id
        map_ = canonical({"kind": "platt.v1", "slope": 0.5, "offset": -0.5, "n": 80})
        made = recalibrations.add_recalibration(
            connection, key, map_=map_, n=80, sources="{}", losses="{}", because="by hand", by=one.mona, at=now()
        )
        recalibrations.put_in_force(connection, key, made.id, because="for this test", by=one.mona, at=now())

    row = designed(one)
    doc = json.loads(row.doc)
    (group,) = doc["groups"]
    assert (row.number, doc["recalibration"], doc["replaced"]) == (1, 1, ["sure"])
    assert group["errors"] <= 0.2 * group["accepted"]
    assert group["threshold"] != group["stated"]
    above = {name for n in range(ITEMS) for name in [f"i{n}"] if stated(n) >= group["stated"]}
    assert 30 < len(above) < ITEMS
    assert doc["open"]["after"] == {"verify": len(above), "annotate": ITEMS - len(above)}
    assert doc["open"]["cost_after"] == 2 * len(above) + 10 * (ITEMS - len(above))
    assert doc["shift"]["shifted"] is False
    assert "at most 20.0%" in doc["promise"]
    assert "recalibration 1" in doc["promise"]

    assert adopted(one, row, tighten=True) == 2
    with pytest.raises(Conflict, match="changed since"):
        adopted(one, row)
    open_more(one)
    with one.store.read() as connection:
        routed = connection.execute(
            select(
                batch_item.c.item_id, batch_item.c.confidence, batch_item.c.calibrated, batch_item.c.recalibration_id
            )
            .join(phrase, phrase.c.id == batch_item.c.rule_id)
            .where(phrase.c.text == "bound 1: all")
        ).all()
        reasons = set(connection.execute(select(work.c.because).where(work.c.because.like("bound 1: all%"))).scalars())
    assert {key for key, *_ in routed} == {one.items[name] for name in above}
    assert all(raw != read and read >= group["threshold"] and by == made.id for _, raw, read, by in routed)
    assert any("(calibrated 0." in because and because.endswith("by version 1)") for because in reasons)

    assert run(one, "check_bounds")["groups"] == {"all": "unknown"}  # the adoption asked for it
    assert briefs(one) == []
    work_off(one, "ann", says=lambda _: "c")  # people now see something else in every blind item
    found = run(one, "check_bounds", {})
    assert found["groups"] == {"all": "broken"}, found
    assert found["tightened_by"] == 2
    assert briefs(one) == [("threshold:oracle:all", "threshold", "open")]
    assert run(one, "adopt_bound")["version"] == 3
    with one.store.read() as connection:
        policy = policy_in_force(connection, one.programme)
        assert [rule.rule for rule in policy.policy.routing.rules] == ["rest"], "no threshold is certified any more"
        assert in_force(connection, policy) is None
    assert run(one, "check_bounds")["state"] == "no bound is in force"
    assert briefs(one) == [("threshold:oracle:all", "threshold", "closed")]


def test_only_answers_that_were_given_without_the_suggestion_count(store: Store) -> None:
    one = spoken(store)
    open_more(one)
    work_off(one, "ann")
    work_off(one, "ben")
    found = pairs_of(one)
    sure = {one.items[f"i{n}"] for n in range(ITEMS) if stated(n) >= 0.9}
    with one.store.read() as connection:
        blind = set(connection.execute(select(batch_item.c.item_id).where(batch_item.c.blind)).scalars())
    assert len(sure - blind) > 5, "some were accepted with the suggestion in front of people"
    assert {pair.item_id for pair in found.pairs} == set(one.items.values()) - (sure - blind)
    assert found.sources() == {"blind": len(blind), "annotated": ITEMS - len(sure)}

    with one.store.write() as connection:  # a version that learnt from these decisions proves nothing on them
        key = models(connection, one.programme, "oracle")[0].actor_id
        connection.execute(
            update(model).where(model.c.actor_id == key).values(trained_on='{"learn_from": "decisions"}')
        )
    assert len(pairs_of(one).pairs) == len(found.pairs), "they were said after it was made"
    speak(one, dict.fromkeys(one.items, ("a", 0.8)), trained_on='{"learn_from": "decisions"}')
    learnt = pairs_of(one)
    assert learnt.pairs == []
    assert learnt.left_out == {"the version may have learnt from the answer": len(found.pairs)}


def test_gold_counts_unless_the_version_learnt_from_it(store: Store) -> None:
    one = spoken(store)
    with one.store.write() as connection:
        said = one.items["i0"]
        task = phrase_key(connection, TASK)
        values = value_keys(connection, task, [NewValue(canonical({"labels": ["a"]}), ("a",))])
        (key,) = add_judgements(
            connection, [NewJudgement(said, one.mona, task, STANCE["answer"], now(), next(iter(values.values())))]
        )
        connection.execute(gold.insert(), {"item_id": said, "judgement_id": key, "set_at": now()})
    assert pairs_of(one).sources() == {"gold": 1}
    speak(one, {"i0": ("a", 0.9)}, trained_on='{"learn_from": "gold"}')
    assert pairs_of(one).sources() == {}


def test_bad_input_is_refused_or_said_before_anything_is_adopted(store: Store) -> None:
    one = spoken(store)
    with pytest.raises(Conflict, match="no calibration sample") as refused:
        designed(one)
    assert "items" in str(refused.value.expected)
    sampled(one)
    for wanted, because in (
        (Wanted(alpha=0.2, to="accept"), "not declared"),
        (Wanted(alpha=0.2, groups={"x": ("nothing",)}), "not in the ontology"),
    ):
        with pytest.raises(Invalid, match=because):
            designed(one, wanted)
    strict = designed(one, Wanted(alpha=0.001))
    assert json.loads(strict.doc)["groups"][0]["takes"]["because"]
    with pytest.raises(Conflict, match="no threshold of this bound is certified"):
        adopted(one, strict)

    stale = designed(one)
    adopted(one, designed(one))
    with one.store.read() as connection, pytest.raises(Conflict, match="has changed since"):
        file_with(connection, stale)

    take_in_more(one, [f"n{n}" for n in range(200)])
    with one.store.write() as connection:  # the same version speaks of harder items that nobody drew from
        speaker = models(connection, one.programme, "oracle")[0].actor_id
        value = connection.execute(select(judgement).where(judgement.c.actor_id == speaker).limit(1)).one()
        rows = [
            NewJudgement(one.items[f"n{n}"], speaker, value.task_id, STANCE["answer"], now(), value.value_id,
                         confidence=0.3 + n / 1_000)
            for n in range(200)
        ]  # fmt: skip
        add_judgements(connection, rows)
    other = designed(one)
    assert json.loads(other.doc)["shift"]["shifted"] is True
    with pytest.raises(Conflict, match="not like those of the sample"):
        adopted(one, other)
    adopted(one, other, because="only the first hundred are routed by it")


def test_a_constant_confidence_certifies_nothing_and_cannot_be_calibrated(store: Store) -> None:
    one = spoken(store, lambda _: 1.0)
    sampled(one)
    row = designed(one)
    (group,) = json.loads(row.doc)["groups"]
    assert group["threshold"] is None
    assert group["takes"]["because"]
    found = pairs_of(one)
    with pytest.raises(Conflict, match="always the same"):
        fit([pair.confidence for pair in found.pairs], [pair.right for pair in found.pairs])


def test_a_bound_that_nothing_was_routed_by_yet_is_unknown_and_no_finding(store: Store) -> None:
    one = spoken(store)
    sampled(one)
    adopted(one, designed(one))
    assert run(one, "check_bounds")["groups"] == {"all": "unknown"}
    assert briefs(one) == []


@pytest.mark.parametrize("change", ["version", "recalibration"])
def test_a_bound_proves_nothing_of_another_version_or_another_map(store: Store, change: str) -> None:
    one = spoken(store)
    sampled(one)
    adopted(one, designed(one), tighten=True)
    if change == "version":
        speak(one, {f"i{n}": ("a", stated(n)) for n in range(ITEMS)})
    else:
        with one.store.write() as connection:
            key = models(connection, one.programme, "oracle")[0].actor_id
            map_ = canonical({"kind": "platt.v1", "slope": 0.5, "offset": -0.5, "n": 80})
            made = recalibrations.add_recalibration(
                connection, key, map_=map_, n=80, sources="{}", losses="{}", because="by hand", by=one.mona, at=now()
            )
            recalibrations.put_in_force(connection, key, made.id, because="for this test", by=one.mona, at=now())
    found = run(one, "check_bounds")
    assert found["groups"] == {"all": "unproved"}
    assert found["tightened_by"] is None
    assert briefs(one) == [("threshold:oracle:all", "threshold", "open")]


def test_a_sample_is_read_up_to_its_first_open_item(store: Store) -> None:
    one = spoken(store)
    with one.store.write() as connection:
        policy = policy_in_force(connection, one.programme)
        found = version_of(connection, policy, None, None)
        open_sample(
            connection,
            one.store,
            one.contexts,
            policy,
            found,
            frame_of(connection, policy, found),
            size=20,
            tier=3,
            by=one.mona,
        )
    held = one.claim("sue", 20, at=now())
    assert len(held) == 20
    skipped = held[12].item_id
    for each in held:
        if each.item_id != skipped:
            one.say("sue", each.work_id, "answer", {"labels": [truth(one, each.item_id)]}, at=now())
    with one.store.read() as connection:
        sample = newest_sample(connection, policy, found)
    assert sample is not None
    assert len(sample.found.pairs) == 19
    assert [pair.item_id for pair in sample.judged] == sample.items[: sample.items.index(skipped)]


def test_no_annotator_reads_why_and_a_trial_shows_nobody_what_they_may_not_see(store: Store) -> None:
    one = spoken(store)
    open_more(one)
    hidden = one.items["i5"]
    with one.store.write() as connection:
        secret = {"item_id": hidden, "number": 1, "slices": "{}", "access": "secret", "set_at": one.at}
        connection.execute(item_attribute.insert(), secret)
        for name in ("ann", "sue"):
            accounts.add_account(
                connection, one.people[name], name, password=hash_password(PASSWORD), owner=False, at=one.at
            )
        grant(connection, one.programme, one.people["sue"], "engineer", (), by=one.mona, at=one.at)
    show = one.store.ids.show
    batch = show("batch", one.batches()[0])
    every = PROGRAMME + HYBRID.replace("from: 0.9", "from: 0.0")
    with open_house(create_app(one.store), one.store) as house:
        ann, sue = house.guest(), house.guest()
        ann.sign_in("ann")
        sue.sign_in("sue")
        for method, path, body in (
            ("GET", "programmes/desk/confidence", None),
            ("GET", "programmes/desk/confidence/parts", None),
            ("GET", "programmes/desk/confidence/bounds", None),
            ("POST", "programmes/desk/policies/dry-run", {"batch": batch}),
            ("POST", "programmes/desk/policies/dry-run/items", {"batch": batch}),
            ("POST", f"items/{show('item', one.items['i1'])}/routing", {}),
        ):
            assert ann.ask(method, path, json=body).status_code == 404, path
            assert sue.ask(method, path, json=body).status_code == 200, path
        assert sue.ask("POST", f"items/{show('item', hidden)}/routing", json={}).status_code == 404
        changed = sue.ask(
            "POST", "programmes/desk/policies/dry-run/items?limit=1000", json={"batch": batch, "yaml": every}
        )
        names = {row["external_id"] for row in changed.json()["rows"]}
        assert names == {f"i{n}" for n in range(ITEMS) if stated(n) < 0.9} - {"i5"}
        page = sue.ask("POST", "programmes/desk/policies/dry-run/items?limit=7", json={"batch": batch, "yaml": every})
        assert len(page.json()["rows"]) == 7
        assert page.json()["next"]
        counted = sue.ask("POST", "programmes/desk/policies/dry-run", json={"batch": batch, "yaml": every}).json()
        assert (counted["items"], counted["changed"]) == (ITEMS - 1, len(names))
        for path, body in (
            ("programmes/desk/confidence/bounds", {"alpha": 0.05}),
            ("programmes/desk/confidence/bounds/1/adopt", {}),
        ):
            assert sue.ask("POST", path, json=body).status_code == 403, "an engineer changes no policy"
