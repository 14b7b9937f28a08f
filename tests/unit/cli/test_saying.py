"""What commands print."""

import json

import pytest

from goldloop.cli.root import EXIT, exit_code, say_error
from goldloop.cli.saying import say_one, say_rows
from goldloop.cli.verdicts import said_evidence
from goldloop.cli.watching import telling
from goldloop.client.people import OrganisationRow
from goldloop.core.errors import GoldloopError, Invalid
from goldloop.core.nouns import Evidence, Interval, Spec


def test_rows_are_whole_json_for_machines_and_chosen_columns_for_people(capsys: pytest.CaptureFixture[str]):
    rows = [OrganisationRow(id="org_1", name="Harbour Bank", kind="enterprise"), {"id": "org_2", "name": "[b]x[/b]"}]
    say_rows(rows, ("id", "name"), as_json=True)
    assert json.loads(capsys.readouterr().out) == [
        {"id": "org_1", "name": "Harbour Bank", "kind": "enterprise"},
        {"id": "org_2", "name": "[b]x[/b]"},
    ]
    say_rows(rows, ("id", "name"), as_json=False)
    printed = capsys.readouterr().out
    assert "Harbour Bank" in printed
    assert "enterprise" not in printed
    assert "[b]x[/b]" in printed, "what people wrote is never read as markup"
    assert "\x1b" not in printed, "no colours where no terminal reads"


def test_columns_of_the_same_kind_are_told_apart(capsys: pytest.CaptureFixture[str]):
    row = {"n": 1, "arm": {"error": {"low": 0.1}, "hit": {"low": 0.2}}, "at": {"end": 3}}
    say_rows([row], ("n", "arm.error.low", "arm.hit.low", "at.end"), as_json=False)
    assert capsys.readouterr().out.split()[:4] == ["n", "error.low", "hit.low", "end"]


def test_a_long_cell_is_not_broken_where_a_program_reads(capsys: pytest.CaptureFixture[str]):
    say_rows([{"id": "x", "text": "word " * 100}], ("id", "text"), as_json=False)
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_times_shares_and_nothing_are_said_as_people_read_them(capsys: pytest.CaptureFixture[str]):
    one = {"at": 1_700_000_000_000_000, "share": 0.123456, "owner": True, "due_at": None, "items": 1234567}
    say_one(one, ("at", "share", "owner", "due_at", "items"), as_json=False)
    assert capsys.readouterr().out.split() == [
        "at", "2023-11-14T22:13:20.000Z", "share", "0.1235", "owner", "yes", "due_at", "-", "items", "1,234,567",
    ]  # fmt: skip


def test_no_rows_say_so(capsys: pytest.CaptureFixture[str]):
    say_rows([], ("id",), as_json=False, none="no work for you now")
    assert capsys.readouterr().out == "no work for you now\n"
    say_rows([], ("id",), as_json=True)
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.parametrize(("kind", "code"), EXIT.items())
def test_every_error_has_its_exit_code_and_one_line(
    kind: type[GoldloopError], code: int, capsys: pytest.CaptureFixture[str]
):
    error = kind("it is\nso", field="--set text", expected="a\nvalue", found="none", request_id="abc")
    assert exit_code(error) == code
    say_error(error, as_json=False)
    assert capsys.readouterr().err == "goldloop: --set text: it is so (expected a value, found none) [request abc]\n"
    say_error(error, as_json=True)
    assert json.loads(capsys.readouterr().err)["code"] == kind.code


def test_the_exit_codes_are_two_to_six():
    assert sorted(EXIT.values()) == [2, 3, 4, 5, 6]
    assert exit_code(Invalid("no")) == 2


def test_evidence_is_never_said_without_its_denominator_or_its_reason():
    common = {"measure": Spec(name="accuracy.v1"), "about": "bat_1", "n": 40, "eligible": 900, "method": "m"}
    interval = Interval(low=0.91, high=0.97, level=0.95, method="wilson")
    some = Evidence(value=0.95, interval=interval, slice={"queue": "verify"}, **common)
    assert said_evidence(some) == "accuracy (queue verify): 0.9500 [0.9100, 0.9700], n = 40 of 900"
    assert (
        said_evidence(Evidence(value=None, because="nobody looked", **common))
        == "accuracy: none, because nobody looked"
    )


def test_what_is_quick_tells_nothing_where_no_terminal_reads(capsys: pytest.CaptureFixture[str]):
    with telling("import") as tell:
        for done in range(100):
            tell(done, 100, "")
    assert capsys.readouterr() == ("", "")
