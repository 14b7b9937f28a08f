"""What is said of a job while it is watched."""

import pytest

from goldloop.cli import watching
from goldloop.client import Job
from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.kinds import load


def waiting(**more: object) -> Job:
    return Job.model_validate({"id": "job_1", "kind": "prelabel", "state": "queued", "created_at": 0, **more})


def test_a_job_that_waits_to_be_tried_again_says_what_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = {"code": "unavailable", "message": "the model did not answer in time"}
    monkeypatch.setattr(watching, "LINE_S", -1.0)

    class Jobs:
        def wait(self, job: Job, *, progress: watching.Callable[[Job], None]) -> Job:
            progress(waiting())
            progress(waiting(error=failed))
            return job

    class Here:
        jobs = Jobs()

    watching.watched(Here(), waiting(), "run words")  # type: ignore[arg-type]
    first, second = capsys.readouterr().err.splitlines()
    assert "waiting for a runner" in first
    assert "to be tried again: the model did not answer in time" in second


def test_a_parameter_that_a_kind_does_not_have_is_told_with_those_it_has() -> None:
    load()
    with pytest.raises(Invalid, match="no such parameter") as caught:
        families.judge.build(Spec(name="http.v1", params={"url": "http://127.0.0.1/", "timeout": 3}))
    assert caught.value.field == "http.v1.timeout"
    assert "timeout_seconds" in str(caught.value.expected)
