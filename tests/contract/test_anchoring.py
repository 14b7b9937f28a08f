"""What the record says of showing suggestions: both arms of the draw, their weights, and what is unknown."""

from dataclasses import replace

import pytest
from sqlalchemy import select
from tests.contract.gates import gate, run
from tests.contract.gates import work_off as judge
from tests.contract.kernel import ACCEPT, VERIFY, Kernel, kernel

from goldloop.core.clock import now
from goldloop.handlers import REACTIONS
from goldloop.jobs.ticker import tick
from goldloop.labelling.anchoring.effect import anchoring_of
from goldloop.labelling.anchoring.findings import find_anchoring
from goldloop.labelling.economics.read import economics_of
from goldloop.quality.accuracy.programme import accuracy_of
from goldloop.quality.clusters.find import clusters_of
from goldloop.quality.clusters.findings import find_clusters
from goldloop.quality.clusters.requeue import requeue
from goldloop.store.briefs import briefs
from goldloop.store.open import Store
from goldloop.store.schema import brief, job

MODEL = "\nmodels: {oracle: {judge: choice_baseline.v1}}\n"
BLIND = MODEL + VERIFY + "blind: {share: 0.5}\n"
ITEMS = 40


def report(made: Kernel) -> dict:
    with made.store.read() as connection:
        return anchoring_of(connection, made.store.ids, made.contexts, made.programme)


def effect(found: dict, form: str, by: str = "all", name: str = "") -> dict:
    return next(one for one in found["effects"] if (one["form"], one["by"], one["name"]) == (form, by, name))


@pytest.fixture
def fixed(store: Store) -> Store:
    """The draw is keyed: the same items are hidden every time."""
    return replace(store, secret=b"the same every time")


def work_off(made: Kernel, *, who: tuple[str, ...] = ("ann", "ben")) -> None:
    """Everybody accepts what is shown, and says `b` where it is hidden."""
    left = True
    while left:
        left = False
        for name in who:
            for held in made.claim(name, 5):
                left = True
                if held.suggestion is not None:
                    made.say(name, held.work_id, "accept")
                else:
                    made.say(name, held.work_id, "answer", "b")


def test_who_follows_what_is_shown_and_says_otherwise_unseen_is_anchored_in_full(fixed: Store) -> None:
    made = kernel(fixed, BLIND, items={f"i{n}": "a" for n in range(ITEMS)})
    work_off(made)
    found = report(made)
    assert found["arms"]["suggested"] == found["arms"]["drawn"] == ITEMS
    assert (found["arms"]["shown"], found["arms"]["hidden"], found["arms"]["crossed"]) == (20, 20, 0)
    assert found["seen"] == {"never": 20, "before": 20, "after": 0}
    whole = effect(found, "agreement")
    assert (whole["value"], whole["shown"], whole["hidden"]) == (1.0, 1.0, 0.0)
    assert (whole["shown_n"], whole["hidden_n"], whole["n"], whole["eligible"]) == (20, 20, 40, 40)
    assert effect(found, "agreement", "label", "a")["value"] == 1.0
    assert effect(found, "agreement", "model", "oracle 1")["value"] == 1.0
    assert effect(found, "agreement", "queue", "suggested, tier 1")["value"] == 1.0
    assert {one["name"].split(" ")[0] for one in found["effects"] if one["by"] == "person"} == {"ann", "ben"}
    error = effect(found, "error")
    assert error["value"] is None
    assert "reference" in error["because"]


def test_without_a_blind_share_the_effect_is_unknown_and_never_nought(store: Store) -> None:
    made = kernel(store, MODEL + VERIFY, items={f"i{n}": "a" for n in range(8)})
    work_off(made)
    found = report(made)
    assert found["arms"]["suggested"] == 8
    assert found["arms"]["drawn"] == 0
    assert {one["value"] for one in found["effects"]} == {None}
    assert "blind.share" in effect(found, "agreement")["because"]
    assert all(one["share"] is None and "it takes" in one["because"] for one in found["forecasts"])


def test_before_anything_is_suggested_there_is_nothing_to_measure(store: Store) -> None:
    found = report(kernel(store, items=3))
    assert effect(found, "agreement")["value"] is None
    assert found["profiles"] == []


def test_a_mended_answer_counts_as_it_was_mended(fixed: Store) -> None:
    made = kernel(fixed, BLIND, items={f"i{n}": "a" for n in range(4)})
    held = next(one for one in made.claim("ann", 4) if one.suggestion is None)
    made.say("ann", held.work_id, "answer", "b")
    assert effect(report(made), "agreement")["hidden_n"] == 1
    made.undo("ann", held.work_id)
    assert effect(report(made), "agreement")["hidden_n"] == 0


def test_items_that_were_certain_of_their_arm_tell_nothing(store: Store) -> None:
    """Of one item a share is the whole: it could not have been shown."""
    made = kernel(store, BLIND, items={"i0": "a"})
    work_off(made)
    found = report(made)
    assert (found["arms"]["suggested"], found["arms"]["drawn"]) == (1, 0)


GATE = """
batches: {gate: release}
gates: {release: {owner: mona, sample: {size: 100, tier: 3, minimum: 0}, checks: [completeness.v1]}}
tiers: {1: {rate: 3600}, 3: {rate: 7200}}
budget: {amount: 1000, currency: EUR}
"""


def audited(made: Kernel, true: str) -> int:
    """Everything is verified or labelled, the gate draws its audit, and the senior says what is true."""
    (batch,) = made.batches()
    work_off(made)
    gate(made, batch)
    judge(made, "sue", lambda _: true)
    gate(made, batch)
    return batch


def test_a_shared_error_is_a_cluster_whose_labels_are_judged_again_unseen(fixed: Store) -> None:
    made = kernel(fixed, BLIND + GATE, items={f"i{n}": "a" for n in range(ITEMS)})
    audited(made, "b")
    with fixed.read() as connection:
        found = clusters_of(connection, made.contexts, made.programme)
        whole, verified = (
            next(one for one in accuracy_of(connection, made.contexts, made.programme)["accuracy"] if one[by] == name)
            for by, name in (("by", "all"), ("name", "verified"))
        )
    first = found.clusters[0]
    assert (first.key, first.wrong, first.judged, first.suggested_so) == ("a>b", 20, 20, 20)
    assert (first.accepted, first.accepted_of, first.found) == (20, ITEMS, True)
    assert (whole["value"], whole["n"], whole["eligible"], verified["value"]) == (0.5, ITEMS, ITEMS, 0.0)
    assert effect(report(made), "wrong_followed")["value"] == 1.0
    assert effect(report(made), "error")["value"] == 1.0
    seen = run(made, "anchoring", find_anchoring, {})
    assert (seen["healthy"], seen["briefs"]) == (False, 1)
    assert seen["because"].startswith("100.0% of 20 audited labels are wrong with the suggestion shown, 0.0% of 20")
    assert run(made, "clusters", find_clusters, {}) == {"judged": ITEMS, "found": 1, "briefs": 1}
    assert run(made, "clusters", find_clusters, {})["briefs"] == 0, "the same finding is the same brief"
    args = {"programme": made.programme, "cluster": first.model_dump(mode="json")}
    assert run(made, "requeue", requeue, args)["items"] == 20
    assert run(made, "requeue", requeue, args)["items"] == 0, "what is judged again is not opened twice"
    held = made.claim("cid", 20, at=now())
    assert len(held) == 20
    assert {(one.suggestion, one.because, one.queue) for one in held} == {(None, None, "annotate")}
    for one in held:
        made.say("cid", one.work_id, "answer", "b", at=now())
    assert run(made, "clusters", find_clusters, {}) == {"judged": ITEMS, "found": 0, "briefs": 1}
    with fixed.read() as connection:
        (closed,) = briefs(connection, made.programme, brief.c.source == "cluster")
        rows = accuracy_of(connection, made.contexts, made.programme)["accuracy"]
    assert (closed.key, closed.state) == ("cluster:a>b", "closed")
    assert [one["value"] for one in rows if one["by"] == "all"] == [0.5, 1.0], "as first submitted, and as it stands"


def test_an_audit_that_left_items_unjudged_is_no_census(fixed: Store) -> None:
    made = kernel(fixed, BLIND + GATE, items={f"i{n}": "a" for n in range(12)})
    (batch,) = made.batches()
    work_off(made)
    gate(made, batch)
    for n, one in enumerate(made.claim("sue", 12)):
        if n < 10:
            made.say("sue", one.work_id, "answer", "a" if n else "b")
    with fixed.read() as connection:
        rows = accuracy_of(connection, made.contexts, made.programme)["accuracy"]
    for one in (row for row in rows if row["by"] == "all"):
        assert (one["n"], one["eligible"]) == (10, 12), "what nobody judged is spoken for by the others"
        assert one["low"] < one["value"] < one["high"]


def test_what_no_person_saw_is_a_part_of_its_own(store: Store) -> None:
    made = kernel(store, MODEL + ACCEPT + GATE, items={f"i{n}": "a" for n in range(6)} | {"i6": None, "i7": None})
    audited(made, "a")
    with store.read() as connection:
        found = accuracy_of(connection, made.contexts, made.programme)
        costs = economics_of(connection, made.contexts, made.programme)
    parts = {one["name"]: one for one in found["accuracy"] if (one["by"], one["stage"]) == ("work", "now")}
    assert (parts["accepted without a person"]["value"], parts["accepted without a person"]["n"]) == (1.0, 6)
    assert parts["labelled in full"]["value"] == 0.0
    assert found["gap"]["passed"] is None
    assert {one["value"] for one in costs["savings"]} == {None}
    assert "blind.share" in costs["savings"][0]["because"]


def test_work_whose_time_nobody_knows_is_counted_and_costs_nothing_that_is_made_up(fixed: Store) -> None:
    made = kernel(fixed, BLIND + GATE, items={f"i{n}": "a" for n in range(4)})
    audited(made, "a")
    with fixed.read() as connection:
        found = economics_of(connection, made.contexts, made.programme)
    judgements = next(one for one in found["costs"] if (one["by"], one["unit"]) == ("all", "judgement"))
    assert (judgements["eligible"], judgements["n"], judgements["seconds"]) == (8, 0, None)
    assert judgements["because"] == "no active time is known of this work"
    assert (found["budget"]["state"], found["budget"]["uncounted"]) == ("unknown", 8)


def test_clusters_are_looked_for_after_every_gate(fixed: Store) -> None:
    made = kernel(fixed, BLIND + GATE, items={f"i{n}": "a" for n in range(4)})
    (batch,) = made.batches()
    gate(made, batch)
    tick(fixed, REACTIONS)
    with fixed.read() as connection:
        of = select(job.c.kind, job.c.programme_id).where(job.c.kind.in_(("anchoring", "clusters")))
        queued = connection.execute(of.order_by(job.c.kind)).all()
    assert [tuple(one) for one in queued] == [("anchoring", made.programme), ("clusters", made.programme)]
    assert run(made, "anchoring", find_anchoring, {})["healthy"] is None, "nothing is judged yet"
