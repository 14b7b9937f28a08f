"""A large file is read and checked by a process of its own, and comes out as if there were none."""

import gzip
import json
import os
import pickle
import signal
from pathlib import Path

import pytest

from goldloop.core import families
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec
from goldloop.core.policy import Policy
from goldloop.core.rights import SourceDoc
from goldloop.kinds import load
from goldloop.loop import ahead
from goldloop.loop.ahead import read_ahead
from goldloop.loop.checking import CHUNK, Checking, Chunk, Reading, read_chunks
from goldloop.loop.whose import People

load()
POLICY = Policy.model_validate(
    {
        "programme": "bank",
        "title": "Bank",
        "organisation": "Harbour Bank",
        "raci": {"accountable": "mona"},
        "task": "choice.v1",
        "routing": {"rules": [{"rule": "all", "to": "annotate", "tier": 1}]},
        "ontology": {"labels": ["card", "rate"]},
    }
)
ROWS = 6 * CHUNK


@pytest.fixture(autouse=True)
def _the_second_process_reads_all_but_the_first_chunk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead, "FROM_BYTES", 0)
    monkeypatch.setattr(ahead, "PIPE_BYTES", 4096)  # it is never further ahead than a part of a chunk
    monkeypatch.setattr(ahead.Reader, "is_up", lambda self: bool(self._speaks.poll()))


def reading(path: Path) -> Reading:
    task = families.task.build(POLICY.task)
    checking = Checking(path.name, POLICY, task, SourceDoc(), None, People(), {})
    return Reading(path, families.source.build(Spec(name="jsonl.v1")), checking, 1 << 20)


def written(path: Path) -> Path:
    """Rows of which every third has a prediction, and every hundredth names a label that there is not."""
    with path.open("w") as out:
        for n in range(ROWS):
            said = {"prediction": "card" if n % 100 else "nonsense"} if n % 3 == 0 else {}
            out.write(json.dumps({"id": f"q{n}", "text": f"question {n}", **said}) + "\n")
    return path


def test_what_is_read_ahead_is_what_is_read_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = reading(written(tmp_path / "rows.jsonl"))
    expected = list(read_chunks(one, ""))
    assert sum(len(chunk.ready) for chunk in expected) > ROWS * 0.9
    assert any(chunk.rejected for chunk in expected)
    here: list[str] = []

    def counted(what: Reading, resume: str) -> list[Chunk]:
        here.append(resume)
        return expected

    monkeypatch.setattr(ahead, "read_chunks", counted)
    assert list(read_ahead(one, "")) == expected
    assert here == [""], "after the first chunk, nothing was read here"


def test_a_reader_that_is_killed_costs_no_row_and_doubles_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = reading(written(tmp_path / "rows.jsonl"))
    readers: list[int] = []
    began = ahead.Reader.__init__

    def known(self: ahead.Reader, sent: bytes) -> None:
        began(self, sent)
        readers.append(self._process.pid)

    monkeypatch.setattr(ahead.Reader, "__init__", known)
    chunks: list[Chunk] = []
    for chunk in read_ahead(one, ""):
        chunks.append(chunk)
        if len(chunks) == 3:
            os.kill(readers[0], signal.SIGKILL)
    assert chunks == list(read_chunks(one, ""))


def test_a_file_that_breaks_off_is_refused_with_its_reason(tmp_path: Path) -> None:
    whole = written(tmp_path / "rows.jsonl").read_bytes()
    broken = tmp_path / "broken.jsonl.gz"
    broken.write_bytes(gzip.compress(whole)[:-2000])
    good: list[Chunk] = []
    with pytest.raises(Invalid, match="truncated or broken"):
        for chunk in read_ahead(reading(broken), ""):
            good.append(chunk)
    assert good, "what is before the break comes in"


def test_a_kind_that_only_this_process_knows_is_read_here(tmp_path: Path) -> None:
    class Own(families.source.kind("jsonl.v1")):  # type: ignore[misc]  # a base known at run time
        """JSON Lines, of a class that no other process can find."""

    one = reading(written(tmp_path / "rows.jsonl"))
    own = one._replace(source=Own())
    with pytest.raises((AttributeError, pickle.PicklingError)):
        pickle.dumps(own)
    assert list(read_ahead(own, "")) == list(read_chunks(one, ""))
