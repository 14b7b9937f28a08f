"""The job of a plan: read its inputs, simulate, keep what was found."""

from typing import Any

from goldloop.core.canonical import canonical, digest_of
from goldloop.core.clock import now
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.jobs.running import Running
from goldloop.store import batches, overview
from goldloop.store.plans import add_plan
from goldloop.store.programmes import policy_in_force

UNIT = "runs"


def make_plan(job: Running) -> dict[str, Any]:
    """The job: args {programme, name, policies, assumptions, pilot, replay, runs, seed}. The result names the plan."""
    doc = _replayed(job) if job.args["replay"] else _planned(job)
    kind = "replay" if job.args["replay"] else "plan"
    given = {key: value for key, value in job.args.items() if key != "programme"}
    digest = digest_of({**given, "inputs": doc.get("inputs")})
    doc = {**doc, "kind": kind, "programme": job.args["name"], "digest": digest.hex(), "simulated": True}
    with job.store.write() as connection:
        key = add_plan(
            connection,
            job.args["programme"],
            job.args["name"],
            kind,
            digest=digest,
            doc=canonical(doc),
            by=job.asked_by,
            at=now(),
        )
    return {"plan": job.store.ids.show("plan", key), "warnings": len(doc.get("warnings", ()))}


def _planned(job: Running) -> dict[str, Any]:
    # NumPy comes with it: a server that nobody asks for a plan never loads it
    from goldloop.labelling.planning.inputs import from_file, from_pilot
    from goldloop.labelling.planning.pilot import as_policy, pilot
    from goldloop.labelling.planning.preconditions import warnings
    from goldloop.labelling.planning.simulate import simulate

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
        job.progress(done, total=total, unit=UNIT)

    found = simulate(policies, inputs.assumed, runs=args["runs"], seed=args["seed"], told=told)
    return {
        **found,
        "because": inputs.assumed.because,
        "assumptions": text,
        "measured_on": measured.batches if measured is not None else [],
        "inputs": inputs.rows,
        "rates": _rates(policies[0][1], measured is not None),
        "warnings": [one._asdict() for one in warned],
        "digests": {one["name"]: digest_of(one["yaml"]).hex() for one in args["policies"]},
    }


def _replayed(job: Running) -> dict[str, Any]:
    from goldloop.labelling.planning.replay import replay  # NumPy, as above

    args = job.args
    with job.store.read() as connection:
        return replay(
            connection,
            job.store.ids,
            args["programme"],
            runs=args["runs"],
            seed=args["seed"],
            at=now(),
            told=lambda done, total: job.progress(done, total=total, unit="batches"),
        )


def _rates(policy: Policy, measured: bool) -> dict[str, Any]:
    """What an hour of each tier costs, in minor units, and where that comes from."""
    origin = "measured, else the programme file" if measured else "the programme file"
    return {"by_tier": {str(tier): one.rate for tier, one in sorted(policy.tiers.items())}, "origin": origin}
