"""Whatever bytes come, a source gives records and rejects, or says Invalid; and what it takes in is what came."""

import csv
import io
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Source, source
from goldloop.kinds import load
from goldloop.sources import elements
from goldloop.sources.csv import Csv
from goldloop.sources.elements import Parsed, read_elements, read_objects
from goldloop.sources.jsonl import Jsonl

load()
KINDS = [pytest.param(kind, id=kind.name) for kind in source]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=30)


def read(kind: Source, data: bytes, resume: str = "") -> list[Record | Reject]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        path.write_bytes(data)
        return list(kind.read(path, resume=resume, max_line=500))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
def test_broken_files_never_break_the_reader(kind: type[Source], data: st.DataObject) -> None:
    """The sample with bytes changed, cut, or doubled; every record can be stored, every reject says what it found."""
    file = bytearray(kind.sample()[1])
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(file) - 1))
        end = data.draw(st.integers(at, min(len(file), at + 12)))
        file[at:end] = data.draw(st.binary(max_size=6) | st.sampled_from([b'"', b"\n", b"\t", b"{", b"]", b"\\ud800"]))
        file = file or bytearray(b"x")
    try:
        found = read(kind.example(), bytes(file))
    except Invalid as error:
        assert error.field and error.expected
        return
    for one in found:
        if isinstance(one, Record):
            canonical(one.body)
            assert one.body["text"]
        else:
            assert one.field and one.expected and one.found


@given(st.lists(TEXTS, min_size=1, max_size=6), st.integers(0, 5))
def test_a_table_written_by_anyone_is_read_back_letter_by_letter(texts: list[str], stop: int) -> None:
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    writer.writerows([("n", "text"), *enumerate(texts)])
    data = file.getvalue().encode()
    found = read(Csv(id="n"), data)
    assert [one.body["text"] for one in found if isinstance(one, Record)] == texts
    kept = found[: stop + 1]
    assert read(Csv(id="n"), data, resume=kept[-1].resume) == found[len(kept) :]


@given(st.lists(TEXTS, min_size=1, max_size=6), st.booleans())
def test_json_lines_written_by_anyone_are_read_back_letter_by_letter(texts: list[str], escaped: bool) -> None:
    lines = [json.dumps({"text": text}, ensure_ascii=escaped) for text in texts]
    found = read(Jsonl(), "\n".join(lines).encode())
    assert [one.body["text"] for one in found if isinstance(one, Record)] == texts


VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.integers() | st.text(alphabet='ab"\\{}[],: ', max_size=6),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='k"{\\', max_size=2), inner, max_size=3)
    ),
    max_leaves=6,
)


@given(st.lists(st.dictionaries(st.text(max_size=3), VALUES, max_size=3), max_size=5), st.integers(1, 40))
def test_the_elements_of_a_list_are_cut_out_whatever_the_chunks(values: list[Any], step: int) -> None:
    data = json.dumps(values).encode()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elements, "_STEP", step)
        with TemporaryDirectory() as folder:
            path = Path(folder) / "file"
            path.write_bytes(data)
            with path.open("rb") as file:
                found = list(read_elements(file, at=0, most=10_000, listed=True))
                assert [json.loads(one.data) for one in found] == values
                read = list(read_objects(file, at=0, most=10_000, listed=True))
                assert [(one.value, one.end) for one in read if isinstance(one, Parsed)] == [
                    (value, one.end) for value, one in zip(values, found, strict=True)
                ]
                for n, one in enumerate(found, 1):
                    assert list(read_elements(file, at=one.end, most=10_000, listed=True)) == found[n:]
                short = list(read_elements(file, at=0, most=9, listed=True))
                assert [one.end for one in short] == [one.end for one in found]
                assert all((len(whole.data) <= 9) == (not one.problem) for one, whole in zip(short, found, strict=True))
