"""What every source promises, whoever wrote it."""

import json
from pathlib import Path

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Source, source
from goldloop.kinds import load

load()
KINDS = [pytest.param(kind, id=kind.name) for kind in source]


def sampled(kind: type[Source], folder: Path) -> Path:
    name, data = kind.sample()
    path = folder / name
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("kind", KINDS)
def test_a_spec_builds_the_source_it_came_from(kind: type[Source]) -> None:
    example = kind.example()
    assert source.build(example.spec) == example


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_documented_field_by_field(kind: type[Source]) -> None:
    schema = kind.model_json_schema()
    json.dumps(schema)
    assert kind.__doc__ and kind.__doc__.strip()
    assert kind.suffixes
    assert [name for name, field in schema["properties"].items() if not field.get("description")] == []


@pytest.mark.parametrize("kind", KINDS)
def test_its_sample_is_read_whole(kind: type[Source], tmp_path: Path) -> None:
    found = list(kind.example().read(sampled(kind, tmp_path)))
    assert len(found) >= 3
    assert all(isinstance(one, Record) and one.body["text"] and one.resume for one in found)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_goes_on_behind_any_record(kind: type[Source], tmp_path: Path) -> None:
    path = sampled(kind, tmp_path)
    whole = list(kind.example().read(path))
    for n, record in enumerate(whole, 1):
        assert list(kind.example().read(path, resume=record.resume)) == whole[n:]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("token", ["x", "1:x", "-1", "1:2:3:4:5"])
def test_a_foreign_token_is_refused(kind: type[Source], token: str, tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        list(kind.example().read(sampled(kind, tmp_path), resume=token))
    assert caught.value.field == "resume"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "data",
    [
        pytest.param("text,label\nhallo,x\n".encode("utf-16"), id="utf-16"),
        pytest.param("text,label\nhallo,x\n".encode("utf-16-le"), id="utf-16 without a mark"),
        pytest.param(b"PK\x03\x04rest of a spreadsheet", id="zip"),
        pytest.param(b"%PDF-1.7 ...", id="pdf"),
        pytest.param(b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03broken", id="broken gzip"),
    ],
)
def test_a_file_of_the_wrong_type_is_refused_by_name(kind: type[Source], data: bytes, tmp_path: Path) -> None:
    path = tmp_path / kind.sample()[0]
    path.write_bytes(data)
    with pytest.raises(Invalid) as caught:
        list(kind.example().read(path))
    assert caught.value.expected
    assert caught.value.found


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_file_is_refused(kind: type[Source], tmp_path: Path) -> None:
    with pytest.raises(Invalid):
        list(kind.example().read(tmp_path / "absent"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_gives_what_is_whole_and_says_what_is_not(kind: type[Source], tmp_path: Path) -> None:
    """At every cut: a prefix of the records, then at most a reject, or Invalid; nothing else is raised."""
    path = sampled(kind, tmp_path)
    data = path.read_bytes()
    whole = [one.body for one in kind.example().read(path) if isinstance(one, Record)]
    for cut in range(0, len(data), max(1, len(data) // 60)):
        path.write_bytes(data[:cut])
        try:
            found = list(kind.example().read(path))
        except Invalid:
            continue
        complete = [one.body for one in found if isinstance(one, Record)]
        assert complete[:-1] == whole[: len(complete) - 1] if complete else True
        assert all(one.expected and one.found for one in found if isinstance(one, Reject))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_longer_than_the_limit_is_taken_in(kind: type[Source], tmp_path: Path) -> None:
    """A limit below the header of a table is Invalid; below a row, a reject that names the limit."""
    try:
        found = list(kind.example().read(sampled(kind, tmp_path), max_line=4))
    except Invalid as error:
        assert "4 bytes" in str(error)
    else:
        assert found
        assert all(isinstance(one, Reject) and "4 bytes" in one.expected for one in found)
