"""The job of a plan: have it made, keep what was found."""

from typing import Any

from goldloop.core.canonical import canonical, digest_of
from goldloop.core.clock import now
from goldloop.jobs.running import Running
from goldloop.store.plans import add_plan


def make_plan(job: Running) -> dict[str, Any]:
    """The job: args {programme, name, policies, assumptions, pilot, replay, runs, seed}. The result names the plan."""
    from goldloop.labelling.planning.made import planned, replayed  # NumPy comes with it, for who asks for a plan

    doc = replayed(job) if job.args["replay"] else planned(job)
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
