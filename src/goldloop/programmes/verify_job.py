"""Verifying a release that lies on this server, for who has no terminal at hand."""

from typing import Any

from goldloop.jobs.running import Running
from goldloop.programmes.cut import folder_of, signer_of
from goldloop.programmes.release.verify import verify_release
from goldloop.store.programmes import programme_row
from goldloop.store.releases import release_row_of


def verify(job: Running) -> dict[str, Any]:
    """The job: args {"release": key}. Everything is read anew from the folder; what it finds is the result."""
    with job.store.read() as connection:
        row = release_row_of(connection, int(job.args["release"]))
        name = programme_row(connection, row.programme_id).name
    job.progress(0, note=f"verifying {row.name} #{row.number}")
    folder = folder_of(job.store, name, row.name, row.number)
    found = verify_release(folder, key=signer_of(job.store, name).fingerprint)
    told = found.model_dump(mode="json", include={"outcome", "because", "counts", "notes", "more_problems"})
    problems = [str(one) for one in found.problems[:20]]
    return {**told, "problems": problems, "release_id": job.store.ids.show("release", row.id)}
