"""Bad input at the front door: a clear error or a reject row each, nothing lost, nothing half-applied."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from tests.story.house import done, house

from goldloop.cli import folder, serving
from goldloop.cli.folder import in_process
from goldloop.client import Client
from goldloop.core.errors import Conflict, GoldloopError, Invalid, NotFound, Unavailable
from goldloop.core.nouns import Spec
from goldloop.core.settings import Settings
from goldloop.store.open import only_server

JSONL = Spec(name="jsonl.v1")
FACE = "a \U0001f600 b"  # the face is one character, and two units of UTF-16
PROGRAMME = """
programme: {name}
title: T
organisation: Harbour Bank
raci: {{accountable: mona}}
task: {task}
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
ontology: {{labels: [a, b]}}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with house(tmp_path_factory.mktemp("bad")) as one:
        for name, task in (("texts", "choice.v1"), ("marks", "spans.v1")):
            one.programmes.apply(PROGRAMME.format(name=name, task=task))
        yield one


def take_in(client: Client, folder: Path, content: bytes, *, programme: str = "texts", name: str = "") -> Any:
    """Import these bytes; the tally, and what was rejected."""
    file = folder / "file.jsonl"
    file.write_bytes(content)
    tally = done(client, client.imports.add(programme, file, JSONL, name=name or folder.name), timeout=60)
    newest = max(client.imports.all(programme), key=lambda one: one.at)
    return tally, list(client.imports.rejects(newest.id))


def line(**fields: Any) -> bytes:
    return json.dumps(fields).encode() + b"\n"


GOOD = line(id="1", text="one") + line(id="2", text="two")


@pytest.mark.parametrize(
    "bad",
    [
        b'{"id": "3", "text": "cut o',
        b'{"id": "3", "text": "caf\xe9"}\n',
        b'{"id": "3", "text": "' + b"x" * (9 << 20) + b'"}\n',
        b"PK\x03\x04\x00\x00not a text at all\n",
        b"[1, 2]\n",
        b"\x00\x00\x00\n",
    ],
    ids=["truncated", "mis-encoded", "huge line", "wrong type", "no object", "nul"],
)
def test_a_bad_line_is_a_reject_row_and_the_good_ones_come_in(client: Client, tmp_path: Path, bad: bytes) -> None:
    tally, rejects = take_in(client, tmp_path, GOOD + bad)
    assert (tally["items"], tally["rejects"]) == (2, 1)
    assert (rejects[0].line, bool(rejects[0].expected)) == (3, True)


def test_a_duplicate_id_with_different_content_is_rejected_and_the_first_stays(client: Client, tmp_path: Path) -> None:
    tally, rejects = take_in(client, tmp_path, GOOD + line(id="1", text="another") + line(id="2", text="two"))
    assert (tally["items"], tally["duplicates"], tally["rejects"]) == (2, 1, 1)
    assert (rejects[0].line, rejects[0].found) == (3, "different content")


def test_a_statement_made_twice_is_counted_once(client: Client, tmp_path: Path) -> None:
    said = line(id="1", text="one", prediction="a", confidence=0.5)
    assert take_in(client, tmp_path, said + said)[0]["judgements"] == 1
    assert take_in(client, tmp_path, said)[0]["judgements"] == 0


def test_a_programme_file_with_a_typo_changes_nothing_and_names_the_line(client: Client) -> None:
    before = client.programmes.get("texts").programme.number
    with pytest.raises(Invalid) as caught:
        client.programmes.apply(PROGRAMME.format(name="texts", task="choice.v1") + "blnd: {share: 0.1}\n")
    assert "blnd" in str(caught.value)
    assert client.programmes.get("texts").programme.number == before


def test_a_key_that_is_needed_and_written_wrong_is_named_where_it_stands(client: Client) -> None:
    with pytest.raises(Invalid, match="did you mean 'routing'") as caught:
        client.programmes.apply(PROGRAMME.format(name="texts", task="choice.v1").replace("routing:", "routting:"))
    assert caught.value.field == "programme.yaml:7 routting"


def test_a_file_that_cannot_be_read_at_all_says_so_by_its_name_and_stays_on_the_list(
    client: Client, tmp_path: Path
) -> None:
    file = tmp_path / "table.parquet"
    file.write_bytes(b"PAR1 no table PAR1")
    with pytest.raises(Invalid) as caught:
        done(client, client.imports.add("texts", file, Spec(name="parquet.v1"), name="table"), timeout=60)
    assert caught.value.field == "table.parquet"
    assert "uploads/" not in str(caught.value)
    row = next(one for one in client.imports.all("texts") if one.name == "table")
    assert (row.state, row.items) == ("failed", 0)
    assert row.error is not None
    assert row.error["message"] == "this Parquet file cannot be read"


@pytest.mark.parametrize("levels", [62, 500, 5000])
def test_what_is_nested_too_deeply_is_a_reject_row(client: Client, tmp_path: Path, levels: int) -> None:
    deep = b'{"id": "3", "text": "t", "more": ' + b"[" * levels + b"]" * levels + b"}\n"
    tally, rejects = take_in(client, tmp_path, GOOD + deep)
    assert (tally["items"], [row.line for row in rejects]) == ((3, []) if levels < 64 else (2, [3]))
    assert all("nested" in row.expected or "levels" in row.expected for row in rejects)


def test_a_programme_file_that_is_no_yaml_is_refused(client: Client) -> None:
    with pytest.raises(Invalid):
        client.programmes.apply("programme: [texts\n")


def test_a_second_server_on_the_same_folder_is_refused(tmp_path: Path) -> None:
    with only_server(tmp_path), pytest.raises(Conflict) as caught, only_server(tmp_path):
        raise AssertionError("two servers have one folder open")
    assert caught.value.found == str(tmp_path)


FULL = """
import resource, signal, sys
from pathlib import Path
from sqlalchemy import func, select
from goldloop.core.settings import Settings
from goldloop.store.open import open_store
from goldloop.store.people import organisation_key
from goldloop.store.schema import organisation

store = open_store(Settings(home=Path(sys.argv[1])))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
size = max(path.stat().st_size for path in Path(sys.argv[1]).iterdir())
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 65536, resource.RLIM_INFINITY))
kept = 0
try:
    for number in range(10_000):
        with store.write() as connection:
            for one in range(20):
                organisation_key(connection, f"{number}.{one}." + "x" * 200, "enterprise", at=1)
        kept += 20
except Exception as error:
    print(type(error).__name__, file=sys.stderr)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
with store.read() as connection:
    found = connection.execute(select(func.count()).select_from(organisation)).scalar_one()
with store.write() as connection:
    organisation_key(connection, "room again", "enterprise", at=1)
print(kept, found)
"""


def test_a_full_disk_loses_nothing_that_was_promised_and_keeps_no_half(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=60, env=dict(os.environ)
    )
    assert run.returncode == 0, run.stderr
    kept, found = map(int, run.stdout.split())
    assert 0 < kept < 200_000, "the disk was full in the middle"
    assert found == kept


def span(start: int, end: int, label: str = "a", **more: str) -> dict[str, Any]:
    return {"spans": [{"start": start, "end": end, "label": label, **more}]}


@pytest.mark.parametrize(
    ("programme", "gold"),
    [
        ("texts", "no such label"),
        ("marks", span(0, 99)),
        ("marks", span(2, 2)),
        ("marks", span(0, 1, "no such label")),
        ("marks", span(3, 6, text="? b")),
    ],
    ids=["label outside", "span past the end", "empty span", "span of a label outside", "through a surrogate pair"],
)
def test_an_answer_that_cannot_be_is_a_reject_row(
    client: Client, tmp_path: Path, programme: str, gold: str | dict[str, Any]
) -> None:
    rows = GOOD + line(id="3", text=FACE, gold=gold)
    tally, rejects = take_in(client, tmp_path, rows, programme=programme)
    assert (tally["items"], [row.line for row in rejects]) == (2, [3])
    assert rejects[0].expected


def test_rows_without_an_id_are_told_apart_by_their_file(client: Client, tmp_path: Path) -> None:
    client.programmes.apply(PROGRAMME.format(name="unnamed", task="choice.v1"))
    for name, expected in (("a.txt", (2, 0)), ("b.txt", (2, 0)), ("a.txt", (0, 2))):
        file = tmp_path / name
        file.write_text(f"first of {name}\nsecond of {name}\n")
        tally = done(client, client.imports.add("unnamed", file, Spec(name="text.v1")), timeout=60)
        assert (tally["items"], tally["duplicates"], tally["rejects"]) == (*expected, 0)


def test_a_full_disk_is_said_and_what_was_acknowledged_is_kept(tmp_path: Path) -> None:
    """The database may not grow any more, as on a full disk; then there is room again."""
    with in_process(Settings(home=tmp_path / "full")) as here, Client(app=here.app) as client:
        client.set_up(
            str(here.set_up_token),
            name="mona",
            password="a password of mona's",
            organisation="Harbour Bank",
            display_name="Mona",
        )
        kept = client.organisations.add("Kept", "provider")
        with here.store.write() as connection:
            most = connection.exec_driver_sql("PRAGMA max_page_count").scalar_one()
            connection.exec_driver_sql("PRAGMA max_page_count = 1")  # as few as there are
        added = []
        with pytest.raises(Unavailable, match="the disk is full; nothing was stored"):
            for n in range(10_000):
                added.append(client.organisations.add(f"{n} {'x' * 150}", "provider").id)
        names = {one.id for one in client.organisations.all()}
        assert {kept.id, *added} <= names
        with here.store.write() as connection:
            connection.exec_driver_sql(f"PRAGMA max_page_count = {most}")
        assert client.organisations.add("Room again", "provider").name == "Room again"
        assert len(client.organisations.all()) == len(names) + 1


def test_a_job_that_waits_in_a_folder_is_begun_when_the_kinds_are_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else it would fail for good, with a task that nobody knows."""
    seen: list[str] = []

    @contextmanager
    def begun(*_: Any, **__: Any) -> Iterator[None]:
        seen.append("jobs")
        yield

    monkeypatch.setattr(folder.kinds, "load_all", lambda _: seen.append("kinds"))
    monkeypatch.setattr(folder, "background", begun)
    with in_process(Settings(home=tmp_path / "waits")):
        assert seen.index("kinds") < seen.index("jobs")
    seen.clear()
    monkeypatch.setattr(serving, "background", begun)
    monkeypatch.setattr(serving, "_Server", lambda *_: SimpleNamespace(run=lambda _: None))
    serving.serve(Settings(home=tmp_path / "serves", port=0), workers=1, ready=lambda _: None)
    assert seen.index("kinds") < seen.index("jobs")


CROWD = b"item,annotator,label\n1,Mona,a\n1,w7,b\n2,Mona,b\n2,w7,b\n"


def test_words_of_an_author_with_a_name_of_ours_wait_until_somebody_says_who_that_is(
    client: Client, tmp_path: Path
) -> None:
    """Else whoever imports a file could speak in another's name."""
    client.programmes.apply(PROGRAMME.format(name="crowd", task="choice.v1"))
    file = tmp_path / "crowd.csv"
    file.write_bytes(CROWD)

    def bring(**said: Any) -> tuple[Any, list[Any]]:
        tally = done(client, client.imports.add("crowd", file, Spec(name="crowd.v1"), **said), timeout=60)
        newest = max(client.imports.all("crowd"), key=lambda one: one.at)
        return tally, list(client.imports.rejects(newest.id))

    def authors() -> list[str]:
        items = client.items.all("crowd")
        return sorted({said.actor.name for one in items for said in client.items.get(one.id).judgements})

    tally, rejects = bring()
    assert (tally["items"], tally["judgements"], tally["rejects"]) == (2, 2, 2)
    assert {row.field for row in rejects} == {"author, said by Mona"}
    assert "mona" in rejects[0].found
    assert "--is" in rejects[0].expected
    assert authors() == ["w7"]
    with pytest.raises(NotFound):
        bring(accounts={"Mona": "nobody"})
    with pytest.raises(Conflict):
        bring(names={"Mona": "Mona"})
    with pytest.raises(Invalid):
        bring(accounts={"Mona": "mona"}, names={"Mona": "m"})
    assert bring(names={"Mona": "Mona of the crowd"})[0]["judgements"] == 2
    assert authors() == ["Mona of the crowd", "w7"]
    assert bring(accounts={"Mona": "mona"})[0]["judgements"] == 2
    assert authors() == ["Mona", "Mona of the crowd", "w7"]
    assert bring(accounts={"Mona": "mona"})[0] | {"same_content": 0} == {
        "items": 0, "duplicates": 2, "rejects": 0, "judgements": 0, "same_content": 0,
    }  # fmt: skip


def test_every_refusal_is_one_of_ours(client: Client) -> None:
    with pytest.raises(GoldloopError):
        client.imports.add("nowhere", Path(__file__), JSONL)
