"""The command line, driven as people drive it: processes of their own, real files, real exit codes."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.databases import Postgres
from tests.forks import Forks, Started

from goldloop.client import Client
from goldloop.demo.messages import messages, write

PASSWORD = "a password of mona's"
FRESH = 6  # items to work off: a command each
PROGRAMME = """
programme: intents
title: What customers ask
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
models:
  ngrams: {judge: choice_baseline.v1}
routing:
  model: ngrams
  rules:
    - {rule: high, when: {confidence: {from: 0.8}}, to: verify, tier: 3}
    - {rule: low, to: annotate, tier: 3}
gates:
  release:
    owner: mona
    checks: [completeness.v1]
batches: {gate: release}
ontology:
  labels: [card_arrival, card_lost, card_declined, withdrawal_fee, transfer_pending, transfer_failed, refund_missing,
    exchange_rate, identity_check, top_up_failed, close_account, fraud_report]
"""


class Shell:
    """Runs `goldloop` for one data folder and one user's configuration folder."""

    def __init__(self, folder: Path, forks: Forks) -> None:
        self.folder, self.home, self._forks = folder, folder / "home", forks
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GOLDLOOP_")}
        self.environment = {**kept, "XDG_CONFIG_HOME": str(folder / "config"), "HOME": str(folder), "NO_COLOR": "1"}

    def run(self, *words: str, code: int = 0, text: str = "") -> subprocess.CompletedProcess[str]:
        """A command, in a process that has its imports."""
        command = ("--home", str(self.home), *words)
        return _as_expected(self._forks.run(command, environment=self.environment, folder=self.folder, text=text), code)

    def begin(self, *words: str, code: int = 0, text: str = "") -> subprocess.CompletedProcess[str]:
        """A command from its very start."""
        done = subprocess.run(
            self._command(*words), env=self.environment, input=text, capture_output=True, text=True, timeout=300
        )
        return _as_expected(done, code)

    def json(self, *words: str, code: int = 0, text: str = ""):
        return json.loads(self.run(*words, "--json", code=code, text=text).stdout)

    def start(self, *words: str) -> Started:
        """A command that goes on, in a process that has its imports."""
        command = ("--home", str(self.home), *words)
        return self._forks.start(command, environment=self.environment, folder=self.folder)

    def _command(self, *words: str) -> list[str]:
        return [str(Path(sys.executable).with_name("goldloop")), "--home", str(self.home), *words]


def _as_expected(done: subprocess.CompletedProcess[str], code: int) -> subprocess.CompletedProcess[str]:
    assert done.returncode == code, (done.args, done.returncode, done.stdout, done.stderr)
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def shell(tmp_path: Path, forks: Forks) -> Shell:
    return Shell(tmp_path, forks)


def _served(server: Started) -> dict:
    """What a server says once it answers."""
    text = ""
    while not text.rstrip().endswith("}"):
        line = server.stdout.readline()
        assert line, server.stderr.read()
        text += line
    return json.loads(text)


def _ended(server: Started, how: signal.Signals) -> int:
    server.send_signal(how)
    try:
        return server.wait(60)
    finally:
        server.kill()


def test_from_an_empty_folder_to_a_verified_release_without_a_server(shell: Shell, tmp_path: Path):
    words = ("setup", "mona", "--organisation", "Harbour Bank", "--password-stdin", "--json")
    assert json.loads(shell.begin(*words, text=PASSWORD).stdout)["owner"] is True
    assert (tmp_path / "config" / "goldloop" / "sign-ins.json").stat().st_mode & 0o777 == 0o600
    (tmp_path / "intents.yaml").write_text(PROGRAMME)
    assert shell.json("programme", "diff", str(tmp_path / "intents.yaml"))["changed"] is True
    assert shell.json("programme", "apply", str(tmp_path / "intents.yaml"))["programme"]["number"] == 1
    assert shell.json("programme", "apply", str(tmp_path / "intents.yaml"))["changed"] is False

    known = messages(120, seed=1, prefix="known")
    fresh = messages(FRESH, seed=2, prefix="new")
    write(tmp_path / "known.jsonl", [{"id": m.id, "text": m.text, "gold": m.intent} for m in known])
    (tmp_path / "fresh.csv").write_text("id,text\n" + "".join(f'{m.id},"{m.text}"\n' for m in fresh) + "broken\n")
    assert shell.json("import", "add", "intents", str(tmp_path / "known.jsonl"))["result"]["items"] == 120
    took = shell.json("import", "add", "intents", str(tmp_path / "fresh.csv"))["result"]
    assert (took["items"], took["rejects"]) == (FRESH, 1)
    newest = max(shell.json("import", "list", "intents"), key=lambda one: one["at"])
    (reject,) = shell.json("import", "rejects", newest["id"])
    assert reject["line"] == FRESH + 2

    assert shell.json("model", "train", "intents", "ngrams")["result"]["rows"] == 120
    assert shell.json("model", "run", "intents", "ngrams")["result"]["said"] == FRESH
    assert shell.json("work", "open", "intents")["result"]["items"] == FRESH
    (batch,) = shell.json("batch", "list", "intents")
    assert batch["progress"]["items"] == FRESH

    shell.json("gate", "run", "intents/batch-1", code=1)
    shell.run("release", "cut", "intents", "--name", "first", "--batch", "batch-1", code=5)
    mine = {m.text: m.intent for m in fresh}
    while held := shell.json("work", "next", "--programme", "intents"):
        for work in held:
            answer = mine[work["body"]["text"]]
            shell.json("work", "submit", work["work_id"], "--stance", "answer", "--answer", answer)
    with sqlite3.connect(shell.home / "goldloop.db") as database:
        database.execute("UPDATE decision SET value_id = NULL, judgements = '[]'")
    assert shell.json("programme", "rebuild", "intents")["result"]["decisions"] == FRESH
    assert shell.json("programme", "rebuild", "intents")["result"]["decisions"] == 0
    shell.json("gate", "run", "intents/batch-1")
    result = shell.json("release", "cut", "intents", "--name", "first", "--batch", "batch-1", "--as", "csv.v1")[
        "result"
    ]
    (release,) = [one for one in shell.json("release", "list", "intents") if one["kind"] == "dataset"]
    now = shell.json("programme", "labels", "intents", "--as", "csv.v1", "--to", str(tmp_path / "now.csv"))
    assert (now["rows"], (tmp_path / "now.csv").read_bytes().count(b"\n")) == (result["rows"], result["rows"] + 1)
    shell.run("release", "download", "intents/first", "--to", str(tmp_path / "first.zip"))
    folder = tmp_path / "first"
    subprocess.run([sys.executable, "-m", "zipfile", "-e", str(tmp_path / "first.zip"), str(folder)], check=True)
    assert shell.json("release", "verify", str(folder), "--key", result["signer"])["outcome"] == "verified"
    assert shell.json("release", "verify", str(folder), code=1)["outcome"] == "intact, signer unknown"
    assert release["name"] == "first"
    data = next(path for path in sorted(folder.rglob("*.jsonl")) if path.stat().st_size)
    data.write_bytes(data.read_bytes().replace(b"e", b"a", 1))
    tampered = shell.run("release", "verify", str(folder), "--key", result["signer"], code=2)
    assert data.name in tampered.stdout


def test_simulated_people_work_a_programme_off_and_stay_flagged(shell: Shell, tmp_path: Path):
    shell.run("setup", "mona", "--organisation", "Harbour Bank", "--password-stdin", text=PASSWORD)
    (tmp_path / "intents.yaml").write_text(PROGRAMME)
    shell.run("programme", "apply", str(tmp_path / "intents.yaml"))
    fresh = messages(40, seed=2, prefix="new")
    write(tmp_path / "fresh.jsonl", [{"id": m.id, "text": m.text} for m in fresh])
    truth = write(tmp_path / "truth.jsonl", [{"id": m.id, "text": m.text, "gold": m.intent} for m in fresh])
    shell.run("import", "add", "intents", str(tmp_path / "fresh.jsonl"))
    shell.run("work", "open", "intents")
    words = ("simulate", "intents", "--truth", str(truth), "--organisation", "Harbour Bank", "--people", "4")
    some = shell.json(*words, "--count", "10")
    assert (some["judgements"], some["by_queue"]) == (10, {"annotate": 10})
    assert shell.json(*words)["judgements"] >= 30
    assert shell.json(*words)["judgements"] == 0
    (batch,) = shell.json("batch", "list", "intents")
    assert batch["progress"]["decided"] == 40
    people = {one["name"]: one["simulated"] for one in shell.json("person", "list")}
    assert people.pop("mona") is False
    assert list(people.values()) == [True] * 4
    shell.run("simulate", "intents", "--truth", str(tmp_path / "none.jsonl"), "--organisation", "x", code=4)


def test_a_server_takes_over_the_folder_and_the_commands_talk_to_it(shell: Shell):
    server = shell.start("serve", "--port", "0", "--json")
    try:
        about = _served(server)
        token = re.search(r"token=([\w-]+)$", about["set_up"])
        assert token is not None
        file = shell.home / "server.json"
        assert json.loads(file.read_text())["url"] == about["url"]
        assert file.stat().st_mode & 0o777 == 0o600
        words = ("setup", "mona", "--organisation", "Harbour Bank", "--token", token[1], "--password-stdin")
        shell.json(*words, text=PASSWORD)
        assert [one["name"] for one in shell.json("person", "list")] == ["mona"]
        second = shell.run("serve", "--port", "0", code=5)
        assert "another goldloop server" in second.stderr
        assert about["url"] in second.stderr
        assert shell.run(*words, code=3, text=PASSWORD).stderr.startswith("goldloop: ")
        assert _ended(server, signal.SIGTERM) == 0
    finally:
        server.kill()
    assert not file.exists()
    assert [one["name"] for one in shell.json("person", "list")] == ["mona"]


@pytest.mark.postgres
def test_several_processes_serve_one_postgresql_and_end_together(shell: Shell, postgres: Postgres):
    postgres.create("served")
    try:
        shell.environment["GOLDLOOP_DATABASE"] = postgres.url("served")
        server = shell.start("serve", "--port", "0", "--workers", "2", "--json")
        try:
            about = _served(server)
            with Client(about["url"]) as client:
                assert all(client.state().needs_setup for _ in range(20))
            assert _ended(server, signal.SIGTERM) == 0
        finally:
            server.kill()
    finally:
        postgres.drop("served")


def test_several_processes_on_sqlite_are_refused(shell: Shell):
    assert "PostgreSQL" in shell.run("serve", "--workers", "2", code=2).stderr


def test_a_server_that_was_killed_does_not_hold_the_folder(shell: Shell):
    shell.run("setup", "mona", "--organisation", "Harbour Bank", "--password-stdin", text=PASSWORD)
    server = shell.start("serve", "--port", "0", "--json")
    _served(server)
    server.kill()
    server.wait(10)
    assert (shell.home / "server.json").exists()
    assert [one["name"] for one in shell.json("person", "list")] == ["mona"]
    again = shell.start("serve", "--port", "0", "--json")
    try:
        assert _served(again)["set_up"] is None
        assert _ended(again, signal.SIGINT) == 0
    finally:
        again.kill()


def test_errors_are_one_line_with_their_exit_code_and_never_a_traceback(shell: Shell, tmp_path: Path):
    nowhere = shell.run("batch", "list", "intents", code=4)
    assert nowhere.stderr.count("\n") == 1
    shell.run("setup", "mona", "--organisation", "Harbour Bank", "--password-stdin", text=PASSWORD)
    (tmp_path / "typo.yaml").write_text(PROGRAMME + "blindd: {share: 0.1}\n")
    typo = shell.run("programme", "apply", str(tmp_path / "typo.yaml"), code=2).stderr
    assert f"typo.yaml:{PROGRAMME.count(chr(10)) + 1}" in typo
    assert "did you mean 'blind'?" in typo
    assert typo.count("\n") == 1
    shape = json.loads(shell.run("batch", "list", "nothing", "--json", code=4).stderr)
    assert shape["code"] == "not_found"
    shell.run("sign-out")
    assert "sign-in" in shell.run("programme", "list", code=3).stderr
    shell.run("sign-in", "mona", "--password-stdin", code=2, text="wrong password\n")
    shell.run("sign-in", "mona", "--password-stdin", text=PASSWORD)
    assert shell.json("programme", "list") == []


def test_a_wrong_setting_is_named_before_anything_starts(shell: Shell):
    shell.environment["GOLDLOOP_PORT"] = "eighty"
    wrong = shell.begin("serve", code=2)
    assert "GOLDLOOP_PORT" in wrong.stderr
    assert not shell.home.exists()


def test_help_loads_next_to_nothing(shell: Shell):
    shell.environment["PYTHONPROFILEIMPORTTIME"] = "1"
    said = shell.begin("--help").stderr
    loaded = {line.rpartition("|")[2].strip().partition(".")[0] for line in said.splitlines()}
    assert {"goldloop", "typer"} <= loaded
    assert loaded & {"pydantic", "httpx2", "sqlalchemy", "fastapi", "numpy", "rich", "asyncio"} == set()


def test_the_kinds_are_listed_without_a_data_folder(shell: Shell):
    names = {one["name"] for one in json.loads(shell.begin("kinds", "task", "--json").stdout)}
    assert {"choice.v1", "spans.v1"} <= names
    assert not shell.home.exists()


def test_completion_knows_the_nouns(shell: Shell):
    shell.environment |= {"_GOLDLOOP_COMPLETE": "complete_bash", "COMP_WORDS": "goldloop prog", "COMP_CWORD": "1"}
    command = str(Path(sys.executable).with_name("goldloop"))
    done = subprocess.run([command], env=shell.environment, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["programme"]


def test_the_demo_runs_to_its_end_and_says_how_to_check_it(shell: Shell, tmp_path: Path):
    shown = shell.run("demo", "--no-serve", "--home", str(tmp_path / "demo"))
    for stage in ("Import", "Pre-label", "Route", "Work", "Gate", "Release", "Work for you"):
        assert f"\n{stage}\n" in shown.stderr
    command = re.search(r"goldloop (release verify \S+ --key \S+)", shown.stdout)
    assert command is not None
    checked = shell.run(*command[1].split())
    assert checked.stdout.startswith("verified")
    assert "simulated" in checked.stdout
    names = re.findall(r"^  (\w+) +\S+ ", shown.stdout, flags=re.MULTILINE)
    assert names == ["mona", "tia", "dev", "sen"]
