"""Plans in the store: who may read them, and that they are kept as they were found, on both databases."""

import json

import pytest
from tests.contract import gates
from tests.contract.kernel import MODELS, VERIFY, kernel
from tests.contract.test_doors import who
from tests.contract.world import ROLES, build

from goldloop.core.clock import now
from goldloop.core.errors import Forbidden, NotFound
from goldloop.core.roles import DOORS
from goldloop.labelling.planning.job import make_plan
from goldloop.labelling.planning.pilot import pilot
from goldloop.store import plans
from goldloop.store.access import access_plan
from goldloop.store.batches import batches
from goldloop.store.open import Store
from goldloop.store.programmes import policy_in_force, policy_text

GATE = """
batches: {gate: release}
gates: {release: {owner: mona, sample: {size: 6, minimum: 0}, checks: [completeness.v1]}}
"""


def test_a_plan_is_read_by_who_sees_its_programme_and_before_that_by_owners(store: Store) -> None:
    world = build(store)
    with store.write() as connection:
        ours, early = (
            plans.add_plan(connection, key, "here", "plan", digest=b"d", doc="{}", by=world.actors["root"], at=now())
            for key in (world.here.keys["programme"], None)
        )
    with store.read() as connection:
        for name in (*ROLES, "eve", "root"):
            caller = who(world, name)
            seen, show = name == "root" or (name in ROLES and "see" in DOORS[name]), store.ids.show
            if seen:
                assert access_plan(connection, store.ids, caller, show("plan", ours)).doc == "{}"
            else:
                with pytest.raises((NotFound, Forbidden)):
                    access_plan(connection, store.ids, caller, show("plan", ours))
            if name == "root":
                assert access_plan(connection, store.ids, caller, show("plan", early)).programme_id is None
            else:
                with pytest.raises(NotFound):
                    access_plan(connection, store.ids, caller, show("plan", early))


def test_what_a_batch_measures_is_told_with_its_denominator_and_what_it_does_not_is_missing(store: Store) -> None:
    items = {f"i{n}": ("a" if n % 3 else "b") for n in range(24)}
    made = kernel(store, MODELS + VERIFY + GATE + "blind: {share: 0.5}\ntiers: {1: {rate: 3600}}\n", items=items)
    with store.read() as connection:
        policy = policy_in_force(connection, made.programme)
        rows = [row for row in batches(connection, made.programme) if row.purpose == "production"]
    gates.work_off(made, "ann", lambda _: "a")
    with store.read() as connection:
        found = pilot(connection, policy, rows, at=made.at)
    told = {one.input: one for one in found.told}
    assert (found.inputs["items"], told["items"].n) == (24, 24)
    assert [band["from"] for band in found.inputs["model"]["confidence"]] == [0.9]
    band = found.inputs["model"]["confidence"][0]
    assert band["right"]["low"] <= band["right"]["value"] <= band["right"]["high"]
    assert told["model.confidence"].n <= told["model.confidence"].eligible == 24
    assert found.inputs["model"]["suspects"]["value"] == 0
    assert found.inputs["taxonomy_settled"] is True
    assert "people.right" in found.missing, "nobody was audited and nobody was doubled"
    assert "capacity" in found.missing
    assert found.missing["times.review"]
    assert all(one.method for one in found.told)


def test_the_job_keeps_what_it_found_with_the_digest_of_what_it_was_given(store: Store) -> None:
    made = kernel(store, MODELS + VERIFY + "blind: {share: 0.5}\n", items={f"i{n}": "a" for n in range(6)})
    gates.work_off(made, "ann", lambda _: "a")
    yaml = plans_yaml(store, made.programme)
    args = {
        "programme": made.programme,
        "name": "desk",
        "policies": [{"name": "in force", "yaml": yaml}],
        "assumptions": "people: {right: 0.9}\ntimes: {annotate: 10, verify: 5, review: 20}\n",
        "file": "assumptions.yaml",
        "pilot": True,
        "replay": False,
        "runs": 20,
        "seed": 1,
    }
    done = [gates.run(made, "plan", make_plan, {**args, "seed": seed}) for seed in (1, 1, 2)]
    with store.read() as connection:
        rows = [plans.plan_row(connection, store.ids.key("plan", one["plan"])) for one in done]
        assert [head.id for head in plans.newest_plans(connection, made.programme)] == [
            row.id for row in rows[::-1] if row is not None
        ]
    docs = [json.loads(row.doc) for row in rows if row is not None]
    assert docs[0] == docs[1], "the same inputs and seed are the same plan"
    assert docs[0]["digest"] != docs[2]["digest"]
    assert docs[0]["assumptions"] == args["assumptions"]
    assert {one["origin"] for one in docs[0]["inputs"]} == {"assumed", "measured", "default"}


def plans_yaml(store: Store, programme: int) -> str:
    """The file in force."""
    with store.read() as connection:
        return policy_text(connection, programme, policy_in_force(connection, programme).number)
