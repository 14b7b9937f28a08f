"""Verifying a release that lies on this server, for who has no terminal at hand."""

import json
from typing import Any

from goldloop.jobs.running import Running
from goldloop.loop.forget import erased_of_release
from goldloop.programmes.sealed.verify import verify_release
from goldloop.store.programmes import programme_row
from goldloop.store.releases import folder_of, release_row_of


def verify(job: Running) -> dict[str, Any]:
    """The job: args {"release": key}. Everything is read anew from the folder; what it finds is the result."""
    with job.store.read() as connection:
        row = release_row_of(connection, int(job.args["release"]))
        name = programme_row(connection, row.programme_id).name
    job.progress(0, note=f"verifying {row.name} #{row.number}")
    gone = erased_of_release(row)
    if gone is not None:
        said = {
            "outcome": "erased",
            "because": f"the folder was erased because {gone['because']}; the certificate stays",
        }
        none: dict[str, Any] = {"counts": {}, "notes": [], "more_problems": 0, "problems": []}
        return {**said, **none, "release_id": job.store.ids.show("release", row.id)}
    folder = folder_of(job.store.home, name, row.name, row.number)
    signed_by = json.loads(row.body)["signer"]  # as the record has it, whatever signs now
    found = verify_release(folder, key=signed_by)
    told = found.model_dump(mode="json", include={"outcome", "because", "counts", "notes", "more_problems"})
    problems = [str(one) for one in found.problems[:20]]
    return {**told, "problems": problems, "release_id": job.store.ids.show("release", row.id)}
