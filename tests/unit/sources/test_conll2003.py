"""CoNLL files: tags of every scheme, posts that stay apart, bad posts by themselves."""

from pathlib import Path

import pytest

from goldloop.core.families import Record, Reject
from goldloop.sources.conll2003 import Conll2003
from goldloop.sources.tags import Run, runs


def read(data: bytes, folder: Path, source: Conll2003 | None = None, max_line: int = 1 << 20) -> list[Record | Reject]:
    path = folder / "file.conll"
    path.write_bytes(data)
    whole = list((source or Conll2003()).read(path, max_line=max_line))
    for n, one in enumerate(whole, 1):
        assert list((source or Conll2003()).read(path, resume=one.resume, max_line=max_line)) == whole[n:]
    return whole


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        ("B-a I-a O", [Run(0, 2, "a")]),
        ("B-a B-a", [Run(0, 1, "a"), Run(1, 2, "a")]),
        ("O I-a I-a", [Run(1, 3, "a")]),
        ("I-a I-b", [Run(0, 1, "a"), Run(1, 2, "b")]),
        ("B-a E-a S-a", [Run(0, 2, "a"), Run(2, 3, "a")]),
        ("B-a L-a U-b O", [Run(0, 2, "a"), Run(2, 3, "b")]),
        ("E-a I-a", [Run(0, 1, "a"), Run(1, 2, "a")]),
        ("O O", []),
    ],
)
def test_every_scheme_marks_entities_as_conlleval_reads_them(tags: str, found: list[Run]) -> None:
    assert list(runs(tags.split())) == found


def test_columns_documents_and_line_ends(tmp_path: Path) -> None:
    data = b"-DOCSTART- -X- O\r\n\r\nAda NNP B-per\r\nran VB O\r\n\r\n\r\n-DOCSTART- -X- O\r\nx X O"
    first, second = read(data, tmp_path)
    assert isinstance(first, Record) and isinstance(second, Record)
    assert first.body == {
        "text": "Ada ran",
        "tokens": [[0, 3], [4, 7]],
        "meta": {"columns": [["NNP", "VB"]], "document": 1},
    }
    assert first.said[0].answer == {"spans": [{"start": 0, "end": 3, "label": "per"}]}
    assert (second.external_id, second.body["meta"]["document"]) == ("2", 2)


def test_a_tab_lets_a_token_hold_blanks_and_a_blank_lets_it_hold_no_break_spaces(tmp_path: Path) -> None:
    found = read("New York\tB-loc\n\na\N{NO-BREAK SPACE}b O\n".encode(), tmp_path)
    assert [one.body["text"] for one in found if isinstance(one, Record)] == ["New York", "a\N{NO-BREAK SPACE}b"]


@pytest.mark.parametrize(
    ("post", "line", "field"),
    [
        (b"a\tO\nb\tX-per\n", 4, "tag"),
        (b"a\tO\nb\tB-\n", 4, "tag"),
        (b"a\tO\nb\tO\tO\n", 4, "columns"),
        (b"alone\n", 3, "columns"),
        (b"\tO\n", 3, "token"),
        (b"a\xff\tO\n", 3, "token"),
        (b"a\x00\tO\n", 3, "token"),
        (b"y" * 300 + b"\tO\n", 3, "line"),
        (b"yy\tO\n" * 60, 3, "line"),
    ],
)
def test_a_bad_post_is_one_reject_and_counts_as_a_post(post: bytes, line: int, field: str, tmp_path: Path) -> None:
    before, bad, after = read(b"x\tO\n\n" + post + b"\nz\tO\n", tmp_path, max_line=200)
    assert isinstance(before, Record) and isinstance(bad, Reject) and isinstance(after, Record)
    assert (bad.line, bad.field) == (line, field)
    assert (before.external_id, after.external_id) == ("1", "3")


@pytest.mark.parametrize(
    ("said", "kind", "gold"), [("gold", "rule", True), ("model", "model", False), ("person", "person", False)]
)
def test_who_the_tags_are_by_is_declared(said: str, kind: str, gold: bool, tmp_path: Path) -> None:
    (found,) = read(b"a\tO\n", tmp_path, Conll2003.model_validate({"said": said, "actor": "x"}))
    assert isinstance(found, Record)
    assert [(one.actor, one.kind, one.gold) for one in found.said] == [("x", kind, gold)]


def test_tokens_without_tags_say_nothing(tmp_path: Path) -> None:
    (found,) = read(b"a\nb\n", tmp_path, Conll2003(tag=None))
    assert isinstance(found, Record)
    assert (found.body["text"], found.said) == ("a b", ())
