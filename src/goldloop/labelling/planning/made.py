"""A plan as it is made: its inputs read, simulated, and said where they come from."""

from typing import Any

from goldloop.core.canonical import digest_of
from goldloop.core.clock import now
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.jobs.running import Running
from goldloop.labelling.planning.inputs import from_file, from_pilot
from goldloop.labelling.planning.pilot import as_policy, pilot
from goldloop.labelling.planning.preconditions import warnings
from goldloop.labelling.planning.replay import replay
from goldloop.labelling.planning.simulate import simulate
from goldloop.store import batches, overview
from goldloop.store.programmes import policy_in_force


def planned(job: Running) -> dict[str, Any]:
    """A plan of policies side by side, from an assumption file, measured batches, or both."""
    args = job.args
    policies = [(one["name"], read_policy(one["yaml"], name=one["name"])) for one in args["policies"]]
    file, text = args["file"], args["assumptions"]
    measured = None
    if args["pilot"]:
        with job.store.read() as connection:
            policy = policy_in_force(connection, args["programme"])
            every = batches.batches(connection, args["programme"])
            production = [row for row in every if row.purpose == "production" and row.item_count]
            scope = overview.newest_within(production, overview.READ)
            measured = pilot(connection, policy, scope, at=now())
        policies = [(name, as_policy(one, measured.rates)) for name, one in policies]
        inputs = from_pilot(measured, text, name=file)
    else:
        inputs = from_file(text, name=file)
    warned = [*inputs.warned, *warnings(policies, inputs.assumed)]

    def told(done: int, total: int) -> None:
        job.progress(done, total=total, unit="runs")

    found = simulate(policies, inputs.assumed, runs=args["runs"], seed=args["seed"], told=told)
    return {
        **found.model_dump(mode="json"),
        "because": inputs.assumed.because,
        "assumptions": text,
        "measured_on": measured.batches if measured is not None else [],
        "inputs": [one.model_dump(mode="json") for one in inputs.rows],
        "rates": _rates(policies[0][1], measured is not None),
        "warnings": [one.model_dump(mode="json") for one in warned],
        "digests": {one["name"]: digest_of(one["yaml"]).hex() for one in args["policies"]},
    }


def replayed(job: Running) -> dict[str, Any]:
    """Finished batches of a programme predicted from those before them."""
    args = job.args
    with job.store.read() as connection:
        found = replay(
            connection,
            job.store.ids,
            args["programme"],
            runs=args["runs"],
            seed=args["seed"],
            at=now(),
            told=lambda done, total: job.progress(done, total=total, unit="batches"),
        )
    return found.model_dump(mode="json", by_alias=True)


def _rates(policy: Policy, measured: bool) -> dict[str, Any]:
    """What an hour of each tier costs, in minor units, and where that comes from."""
    origin = "measured, else the programme file" if measured else "the programme file"
    return {"by_tier": {str(tier): one.rate for tier, one in sorted(policy.tiers.items())}, "origin": origin}
