"""Which source reads a file."""

from pathlib import Path

import pytest

from goldloop.cli.sources import source_of
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Spec


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("data.jsonl", "jsonl.v1"),
        ("DATA.CSV", "csv.v1"),
        ("rte.label.csv", "crowd.v1"),
        ("rte.label.csv.gz", "crowd.v1"),
        ("tasks.json", "label_studio.v1"),
        ("gold.test.conll", "conll2003.v1"),
        ("notes.txt", "text.v1"),
        ("rows.parquet", "parquet.v1"),
    ],
)
def test_the_longest_fitting_suffix_decides(name: str, source: str):
    assert source_of(Path(name), None, []).name == source


def test_a_name_that_says_nothing_is_refused_with_what_there_is():
    with pytest.raises(Invalid, match="does not say") as caught:
        source_of(Path("data"), None, [])
    assert "csv.v1" in str(caught.value.expected)


def test_parameters_are_read_as_yaml_reads_them():
    spec = source_of(Path("x"), "csv.v1", ["text=message", "slices=[shop, day]", "header=false", "separator=;"])
    assert spec == Spec(
        name="csv.v1", params={"text": "message", "slices": ["shop", "day"], "header": False, "separator": ";"}
    )


@pytest.mark.parametrize("setting", ["text", "=message", "slices=[shop"])
def test_a_parameter_that_is_none_is_refused(setting: str):
    with pytest.raises(Invalid):
        source_of(Path("x"), "csv.v1", [setting])
