"""Tables as CSV: what a spreadsheet reads, and never runs."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from goldloop.core.formula import starts_formula
from goldloop.http.paging import as_csv

cells = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＠x"])
def test_a_cell_that_starts_a_formula_is_text(text: str) -> None:
    assert next(csv.DictReader(io.StringIO(as_csv([{"a": text}]), newline="")))["a"] == f"'{text}"


@given(name=cells, value=cells)
def test_no_cell_and_no_heading_of_any_text_starts_a_formula(name: str, value: str) -> None:
    for row in csv.reader(io.StringIO(as_csv([{name: value}]), newline="")):
        assert not [cell for cell in row if starts_formula(cell)]


@given(st.lists(st.dictionaries(st.sampled_from(["a", "b", "c"]), cells.map("x{}".format), min_size=1), min_size=1))
def test_text_comes_back_as_it_was(rows: list[dict[str, str]]) -> None:
    found = list(csv.DictReader(io.StringIO(as_csv(rows), newline="")))
    assert [{key: cell for key, cell in row.items() if cell} for row in found] == rows


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert as_csv([{"n": -1.5, "none": None, "yes": True}]) == "n,none,yes\r\n-1.5,,True\r\n"


def test_what_is_nested_gets_a_column_each_and_lists_are_json() -> None:
    assert as_csv([{"p": {"open": 1, "q": {"r": 2}}, "tags": ["a", "ü"]}]).splitlines() == [
        "p.open,p.q.r,tags",
        '1,2,"[""a"", ""ü""]"',
    ]


def test_rows_of_different_shapes_share_one_heading() -> None:
    assert as_csv([{"a": 1}, {"b": 2}]).splitlines() == ["a,b", "1,", ",2"]
