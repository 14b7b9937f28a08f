"""Looking an uploaded archive through, for who has no terminal at hand."""

from typing import Any

from goldloop.jobs.running import Running
from goldloop.programmes.archive.reading import check
from goldloop.programmes.sealed.signing import read_fingerprint

KIND = "check_archive"


def check_archive(job: Running) -> dict[str, Any]:
    """The job: args {"file", "key"}. What it finds is the result."""
    key = job.args["key"]
    with job.store.blobs.local(str(job.args["file"])) as path:
        size = path.stat().st_size
        found = check(
            path,
            key=read_fingerprint(key) if key is not None else None,
            tell=lambda done: job.progress(done, total=max(size, done), unit="bytes", note="checking"),
        )
    return found.model_dump(mode="json")
