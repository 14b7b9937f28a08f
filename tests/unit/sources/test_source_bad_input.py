"""Bad lines cost themselves and nothing else; the text that is taken in is the text that came."""

import gzip
import json
from pathlib import Path

import pytest

from goldloop.core.errors import Invalid
from goldloop.core.families import Record, Reject, Source
from goldloop.sources.csv import Csv
from goldloop.sources.jsonl import Jsonl
from goldloop.sources.text import Text

GOOD = b'{"text": "one"}\n'


def read(source: Source, data: bytes, folder: Path, *, max_line: int = 1 << 20) -> list[Record | Reject]:
    path = folder / "file"
    path.write_bytes(data)
    whole = list(source.read(path, max_line=max_line))
    for n, one in enumerate(whole, 1):
        assert list(source.read(path, resume=one.resume, max_line=max_line)) == whole[n:]
    return whole


@pytest.mark.parametrize(
    ("line", "field", "found"),
    [
        (b'{"text": "cut off', "line", "ends at 17"),
        (b'{"text": "x"} trailing', "line", "Extra data"),
        (b'{"text": "\xff"}', "line", "0xff at 10"),
        (b'{"text": NaN}', "line", "NaN"),
        (b'["text"]', "line", "['text']"),
        (b'{"text": "a\\u0000b"}', "line", "U+0000"),
        (b'{"text": "a\\ud83d"}', "line", "U+D83D"),
        (b'{"text": "a\x00b"}', "line", "control character"),
        (b'{"text": 3}', "text", "3"),
        (b'{"text": ""}', "text", "nothing"),
        (b'{"txt": "x"}', "text", "txt"),
        (b'{"text": "x", "id": 1.5}', "id", "1.5"),
        (b'{"text": "x", "prediction": "a", "confidence": 1.5}', "confidence", "1.5"),
        (b'{"text": "x", "prediction": "a", "confidence": "high"}', "confidence", "high"),
        (b'{"text": "x", "prediction": true}', "prediction", "True"),
        (b"[" * 100_000, "line", "hundreds of levels"),
        (b'{"text": "' + b"x" * 2_000_000 + b'"}', "line", "more"),
    ],
)
def test_a_bad_json_line_is_one_reject_between_its_neighbours(
    line: bytes, field: str, found: str, tmp_path: Path
) -> None:
    before, bad, after = read(Jsonl(), GOOD + line + b"\n" + GOOD, tmp_path)
    assert isinstance(before, Record) and isinstance(after, Record) and after.line == 3
    assert isinstance(bad, Reject)
    assert (bad.line, bad.field) == (2, field)
    assert found in bad.found
    assert bad.expected


def test_a_json_list_is_not_json_lines(tmp_path: Path) -> None:
    with pytest.raises(Invalid) as caught:
        read(Jsonl(), b'[\n{"text": "x"}\n]\n', tmp_path)
    assert "list" in str(caught.value)


def test_a_byte_order_mark_and_blank_lines_are_no_text(tmp_path: Path) -> None:
    found = read(Jsonl(), b"\xef\xbb\xbf" + GOOD + b"\n \r\n" + GOOD, tmp_path)
    assert [one.line for one in found] == [1, 4]


def test_line_ends_inside_a_text_stay_as_they_came(tmp_path: Path) -> None:
    text = "a\r\nb\rc\n\u2028d"
    for source, data in (
        (Jsonl(), json.dumps({"text": text}).encode()),
        (Csv(), f'text\n"{text}"\n'.encode()),
        (Text(per="file"), text.encode()),
    ):
        (found,) = read(source, data, tmp_path)
        assert isinstance(found, Record)
        assert found.body == {"text": text}


def test_what_is_neither_declared_nor_recognised_is_kept_as_meta(tmp_path: Path) -> None:
    (found,) = read(Jsonl(), b'{"text": "x", "label": "a", "deep": {"n": null}}\n', tmp_path)
    assert isinstance(found, Record)
    assert found.body == {"text": "x", "meta": {"label": "a", "deep": {"n": None}}}
    assert found.said == ()


def test_declared_columns_become_what_they_were_declared_as(tmp_path: Path) -> None:
    source = Jsonl(
        text="q", label="p", confidence="c", model="m", version="2", annotation="a", annotator="by", gold="g",
        slices=("channel", "more"), language="lang", residency="where", access="who", licence="lic", ignore=("junk",),
    )  # fmt: skip
    row = {
        "q": "x", "id": 7, "p": "r", "c": 1, "a": ["s"], "by": 3, "g": {"labels": ["t"]}, "channel": True,
        "more": {"age": 4, "none": None}, "lang": "de", "where": "eu", "who": "team", "lic": "CC0", "junk": 1,
    }  # fmt: skip
    (found,) = read(source, json.dumps(row).encode(), tmp_path)
    assert isinstance(found, Record)
    assert found.body == {"text": "x"}
    assert found.external_id == "7"
    assert [(one.actor, one.kind, one.answer, one.gold) for one in found.said] == [
        ("m", "model", "r", False),
        ("3", "person", ["s"], False),
        ("gold", "rule", {"labels": ["t"]}, True),
    ]
    assert (found.said[0].version, found.said[0].confidence) == ("2", 1.0)
    assert found.slices == {"channel": "true", "age": "4", "language": "de"}
    assert (found.residency, found.access, found.licence) == ("eu", "team", "CC0")


def test_an_unclosed_quote_costs_one_row_of_a_table(tmp_path: Path) -> None:
    found = read(Csv(), b'text,n\n"one,1\ntwo,2\n"three\nmore",3\n', tmp_path, max_line=64)
    texts = [one.body["text"] for one in found if isinstance(one, Record)]
    assert texts == ["two", "three\nmore"]
    assert [one.line for one in found if isinstance(one, Reject)] == [2]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (b"a", "1 cells"),
        (b"a,b,c", "3 cells"),
        (b"a\xff,b", "0xff"),
        (b"a\x00,b", "U+0000"),
        (b",b", "nothing"),
        (b'"a"b,c', "expected"),
    ],
)
def test_a_bad_row_is_one_reject_between_its_neighbours(row: bytes, found: str, tmp_path: Path) -> None:
    before, bad, after = read(Csv(), b"text,n\nx,1\n" + row + b"\ny,2\n", tmp_path)
    assert isinstance(before, Record) and isinstance(after, Record)
    assert isinstance(bad, Reject)
    assert bad.line == 3
    assert found in bad.found


def test_an_endless_cell_is_passed_over_in_flat_memory(tmp_path: Path) -> None:
    before, bad, after = read(Csv(), b'text\nx\n"' + b"y" * 5_000_000 + b'"\nz\n', tmp_path, max_line=1000)
    assert isinstance(before, Record) and isinstance(after, Record)
    assert isinstance(bad, Reject)
    assert "1000 bytes" in bad.expected


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_among_other_marks(delimiter: str, tmp_path: Path) -> None:
    data = f'text{delimiter}kind\n"Hi, there; you | all\tnow"{delimiter}a\nplain{delimiter}b\n'.encode()
    first, second = read(Csv(gold="kind"), data, tmp_path)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert first.body["text"] == "Hi, there; you | all\tnow"
    assert second.said[0].answer == "b"


def test_a_table_without_its_declared_column_is_refused_whole(tmp_path: Path) -> None:
    for source, data in (
        (Csv(gold="labl"), b"text,label\nx,a\n"),
        (Csv(), b"n,m\n1,2\n"),
        (Csv(), b"text,text\nx,y\n"),
    ):
        with pytest.raises(Invalid) as caught:
            read(source, data, tmp_path)
        assert caught.value.expected


def test_a_cell_of_several_labels_is_parted_where_declared(tmp_path: Path) -> None:
    (found,) = read(Csv(gold="g", separator=";"), b"text,g\nx,a;b\n", tmp_path)
    assert isinstance(found, Record)
    assert found.said[0].answer == ["a", "b"]


def test_a_gzipped_file_reads_like_the_plain_one(tmp_path: Path) -> None:
    data = GOOD * 3
    assert read(Jsonl(), gzip.compress(data), tmp_path) == read(Jsonl(), data, tmp_path)
    with pytest.raises(Invalid):
        read(Jsonl(), gzip.compress(data)[:-9], tmp_path)


def test_paragraphs_are_parted_by_blank_lines_only(tmp_path: Path) -> None:
    found = read(Text(per="paragraph"), b"\n\na\r\nb\n \nc\n\xff\n\nd", tmp_path)
    assert [one.body["text"] for one in found if isinstance(one, Record)] == ["a\r\nb", "d"]
    assert [one.line for one in found] == [3, 6, 9]


def test_a_paragraph_that_is_too_long_is_one_reject(tmp_path: Path) -> None:
    found = read(Text(per="paragraph"), b"ab\ncd\nef\n\nok\n\n" + b"z" * 99 + b"\nzz\n\nok\n", tmp_path, max_line=6)
    assert [type(one) for one in found] == [Reject, Record, Reject, Record]
