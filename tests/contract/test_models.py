"""Versions of models: previewed, run within a budget, run in the shadow, compared on gold, promoted."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.chat import chat, endpoint

from goldloop.app import create_app
from goldloop.client import Client
from goldloop.core import clock
from goldloop.core.errors import Conflict, Forbidden, Invalid, NotFound, Unavailable
from goldloop.core.nouns import Spec
from goldloop.handlers import HANDLERS
from goldloop.jobs.worker import Pace, run_next
from goldloop.labelling.models import talk
from goldloop.models import post
from goldloop.store import accounts
from goldloop.store.open import Store
from goldloop.store.schema import actor, batch_item, event, judgement, model, programme
from goldloop.store.schema import job as job_table

ROOT = Path(__file__).parents[2]
RUNNER = """
import sys, threading
from pathlib import Path
from goldloop import kinds
from goldloop.core.settings import Settings
from goldloop.handlers import HANDLERS
from goldloop.jobs.worker import run_worker
from goldloop.store.open import open_store

kinds.load()
store = open_store(Settings(home=Path(sys.argv[1]), database=sys.argv[2], allow_private_urls=True))
run_worker(store, HANDLERS, threading.Event())
"""

PROGRAMME = """
programme: colours
title: Colours
organisation: Acme
raci: {{accountable: mona}}
task: choice.v1
models:
  chat: {{judge: {{chat.v1: {{url: "{url}", model: small{more}}}}}}}
routing:
  model: chat
  rules:
    - {{rule: high, when: {{confidence: {{from: 0.8}}}}, to: verify, tier: 1}}
    - {{rule: rest, to: annotate, tier: 1}}
ontology: {{labels: [red, blue]}}
"""
PRICED = ", price_in: 10000, price_out: 0, currency: EUR, parallel: 1"  # 100 tokens read cost 1


class House:
    """A server in this process whose jobs run when they are told to."""

    def __init__(self, store: Store) -> None:
        self.store = replace(store, settings=store.settings.model_copy(update={"allow_private_urls": True}))
        self.client = Client(app=create_app(self.store))
        with self.store.write() as connection:
            token = accounts.setup_secret(connection)
        self.client.set_up(token, name="mona", password="a password", organisation="Acme", display_name="Mona")

    def work_off(self) -> None:
        """Run what waits, failures tried again at once."""
        while run_next(self.store, HANDLERS, threading.Event(), pace=Pace(backoff_s=(0, 0))):
            pass

    def done(self, job: Any) -> Any:
        """The result of a job."""
        self.work_off()
        return self.client.jobs.wait(job).result

    def declare(self, url: str, more: str = "") -> None:
        """Put the programme file in force."""
        self.client.programmes.apply(PROGRAMME.format(url=url, more=more))

    def bring(self, tmp_path: Any, count: int, *, name: str = "items") -> None:
        """Import so many items."""
        file = tmp_path / f"{name}.jsonl"
        rows = [
            {"id": f"{name}-{n}", "text": f"text {n} of {name}", "shade": "dark" if n % 2 else "light"}
            for n in range(count)
        ]
        file.write_text("".join(json.dumps(row) + "\n" for row in rows))
        source = Spec(name="jsonl.v1", params={"slices": ["shade"]})
        took = self.done(self.client.imports.add("colours", file, source))
        assert took["items"] == count

    def said(self) -> int:
        """How many judgements there are."""
        with self.store.read() as connection:
            return len(connection.execute(select(judgement.c.id)).all())


@pytest.fixture
def house(store: Store) -> Iterator[House]:
    made = House(store)
    yield made
    made.client.close()


@contextmanager
def answering(label: Any = "red", *, share: float = 0.9, usage: int = 100) -> Iterator[tuple[str, list[Any]]]:
    """An endpoint that says one label, or what a function of (number, request) says."""

    def by(number: int, request: dict[str, Any]) -> Any:
        said = label(number, request) if callable(label) else label
        return chat(json.dumps({"answer": {"labels": [said]}, "confidence": share}), usage=(usage, 0))

    with endpoint(by=by) as found:
        yield found


def test_a_preview_shows_answers_time_and_cost_and_keeps_nothing(house: House, tmp_path: Any) -> None:
    with answering(lambda n, _: "red" if n < 20 else "blue") as (url, seen):
        house.declare(url, PRICED)
        house.bring(tmp_path, 30)
        found = house.client.models.preview("colours", "chat")
        assert len(seen) == 25
    assert len(found.rows) == found.said == 20
    assert found.rows[0]["labels"] == ["red"]
    assert found.rows[0]["confidence_from"] == "stated"
    assert (found.cost, found.currency) == (20.0, "EUR")
    assert found.estimate["items"] == 30
    assert found.estimate["cost"] == pytest.approx(30.0)
    assert (found.asked_again, found.changed) == (5, 5)
    assert any("another answer when they were asked about once more" in one for one in found.warnings)
    assert house.said() == 0
    (row,) = house.client.models.all("colours")
    assert (row.state, row.judgements, row.items, row.use.cost) == ("promoted", 0, 30, 25.0)  # it was paid for


def test_strange_answers_are_refused_counted_and_said(house: House, tmp_path: Any) -> None:
    def by(number: int, _: Any) -> Any:
        odd = {0: "weather", 1: "red"}.get(number, "blue")
        text = json.dumps({"answer": {"labels": [odd]}, "confidence": float("nan") if number == 1 else 1.0})
        return chat(text)

    with endpoint(by=by) as (url, _):
        house.declare(url, ", parallel: 1")
        house.bring(tmp_path, 24)
        said = house.done(house.client.models.run("colours", "chat"))
    assert (said["said"], said["refused"]) == (0, 24)
    assert sum(said["reasons"].values()) == 24
    told = " ".join(said["warnings"])
    assert "confidence 1.0 for everything" in told
    assert "not in the ontology" in told
    assert any("NaN" in reason for reason in said["reasons"])
    (row,) = house.client.models.all("colours")
    (run,) = house.client.models.get("colours", "chat").runs
    assert row.warnings == run.warnings
    counted = {one.kind: (one.n, one.of) for one in run.warnings}
    assert sum(n for n, _ in counted.values()) == 24
    assert {of for _, of in counted.values()} == {24}
    assert counted.keys() == {"certain", "labels", "numbers"}
    assert all(one.says.startswith(f"{one.n} of 24 answers") for one in run.warnings)


def test_a_version_that_says_something_else_than_in_its_last_run_is_told_of(house: House, tmp_path: Any) -> None:
    changed = False

    def by(_: int, request: Any) -> str:
        return "blue" if changed and "58 of more" in request["messages"][1]["content"] else "red"

    with answering(by) as (url, seen):
        house.declare(url)
        house.bring(tmp_path, 40)
        first = house.done(house.client.models.run("colours", "chat"))
        house.bring(tmp_path, 60, name="more")
        steady = house.done(house.client.models.run("colours", "chat"))
        assert (len(seen), first["warnings"], steady["warnings"]) == (40 + 60 + 3, [], []), "three are asked again"
        changed = True
        house.bring(tmp_path, 60, name="later")
        third = house.done(house.client.models.run("colours", "chat"))
    (told,) = third["warnings"]
    (row,) = house.client.models.all("colours")
    assert [(one.kind, one.n, one.of) for one in row.warnings] == [("other", 1, 3)]
    assert told.startswith("1 of 3 items that this version had spoken of got another answer now")
    assert house.said() == 160, "what was said first stays what it was"


def test_a_run_stops_before_its_money_limit_and_goes_on_where_it_stopped(house: House, tmp_path: Any) -> None:
    with answering() as (url, seen):
        house.declare(url, PRICED + ", money_limit: 7")
        house.bring(tmp_path, 12)
        first = house.done(house.client.models.run("colours", "chat"))
        assert (first["said"], first["cost"], len(seen)) == (7, 7.0, 7)
        assert "money_limit" in first["stopped"]
        again = house.done(house.client.models.run("colours", "chat"))
        assert (again["said"], len(seen)) == (0, 7)
        with pytest.raises(Unavailable, match="money limit"):
            house.client.models.preview("colours", "chat")
        house.declare(url, PRICED + ", money_limit: 50")  # a limit decides no answer: it is the same version
        last = house.done(house.client.models.run("colours", "chat"))
        assert (last["said"], last["stopped"], len(seen)) == (5, None, 12)
    (row,) = house.client.models.all("colours")
    assert (row.use.said, row.use.cost, row.judgements) == (12, 12.0, 12)


def test_a_model_that_is_away_leaves_a_job_that_goes_on_later(
    house: House, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(post, "PAUSE", 0.0)
    away = True

    def by(number: int, _: Any) -> Any:
        if away and number >= 32:
            return 503, {}, b""
        return chat('{"answer": {"labels": ["red"]}, "confidence": 0.9}')

    with endpoint(by=by) as (url, _):
        house.declare(url, ", parallel: 1, attempts: 2")
        house.bring(tmp_path, 40)
        job = house.client.models.run("colours", "chat")
        with pytest.raises(Unavailable) as raised:
            house.done(job)
        assert "32 of 40 items are done, and `goldloop job retry`" in str(raised.value)
        assert house.said() == 32  # what was answered before is kept
        away = False
        house.client.jobs.retry(job)
        house.done(job)
    assert house.said() == 40
    (row,) = house.client.models.all("colours")
    assert row.use.said == 40
    (spoke,) = house.client.models.get("colours", "chat").runs  # every start of it is the same run
    assert spoke.said == 40
    (away_,) = row.warnings
    assert (away_.kind, away_.n) == ("away", away_.of - 1)
    assert "because the model could not be asked; the last time: " in away_.says


def test_an_endpoint_that_is_down_for_an_hour_is_waited_for_by_the_job(house: House, tmp_path: Any) -> None:
    """It tries again by itself for longer than an hour, and not before the endpoint allows it."""
    assert sum(Pace().backoff_s) > 3600
    with endpoint((503, {"Retry-After": "900"}, b"")) as (url, seen):
        house.declare(url, ", parallel: 1")
        house.bring(tmp_path, 3)
        job = house.client.models.run("colours", "chat")
        before = clock.now()
        assert run_next(house.store, HANDLERS, threading.Event(), pace=Pace())
        waiting = house.client.jobs.get(job.id)
        assert (waiting.state, len(seen)) == ("queued", 1)
        with house.store.read() as connection:
            (again,) = connection.execute(select(job_table.c.run_at).where(job_table.c.state == "queued")).scalars()
        assert again - before >= 900 * clock.SECOND
    assert house.said() == 0


def test_a_run_that_is_cancelled_keeps_what_was_said_and_the_next_one_asks_for_the_rest(
    house: House, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(talk, "LOOK_S", 0.02)
    asked_for: list[Any] = []

    def by(number: int, _: Any) -> Any:
        if number == 32:  # the second request for many: somebody stops it while it waits for a busy endpoint
            house.client.jobs.cancel(asked_for[0])
            return 429, {"Retry-After": "50"}, b""
        return chat('{"answer": {"labels": ["red"]}, "confidence": 0.9}')

    with endpoint(by=by) as (url, seen):
        house.declare(url, ", parallel: 1")
        house.bring(tmp_path, 40)
        asked_for.append(house.client.models.run("colours", "chat"))
        run_next(house.store, HANDLERS, threading.Event(), pace=Pace(listen_s=0.02))
        assert house.client.jobs.get(asked_for[0].id).state == "cancelled"
        assert house.said() == 32
        assert house.done(house.client.models.run("colours", "chat"))["said"] == 8
        assert len(seen) == 32 + 1 + 8, "nothing that was said is asked, or paid for, again"
    assert house.said() == 40


def test_a_run_whose_process_is_killed_goes_on_where_it_was(house: House, tmp_path: Any) -> None:
    process: list[subprocess.Popen[str]] = []

    def by(number: int, _: Any) -> Any:
        if number == 40:  # in the middle of the second request for many
            os.kill(process[0].pid, signal.SIGKILL)
            process[0].wait()
        return chat('{"answer": {"labels": ["red"]}, "confidence": 0.9}')

    with endpoint(by=by) as (url, seen):
        house.declare(url, ", parallel: 1")
        house.bring(tmp_path, 70)
        job = house.client.models.run("colours", "chat")
        settings = house.store.settings
        command = [sys.executable, "-c", RUNNER, str(house.store.home), settings.database]
        process.append(subprocess.Popen(command, cwd=ROOT, text=True))
        assert process[0].wait(120) == -signal.SIGKILL
        assert house.said() == 32
        with house.store.write() as connection:  # the lease of the dead lapses
            connection.execute(update(job_table).values(lease_until=1).where(job_table.c.state == "running"))
        house.done(job)
        assert len(seen) == 70 + 9 + 1, (
            "what was answered and not kept is asked again, and one to see that it is the same"
        )
    assert house.said() == 70


def test_an_address_that_was_mistyped_gives_way_to_the_one_that_answers(house: House, tmp_path: Any) -> None:
    house.declare("http://127.0.0.1:9/v1", ", attempts: 1")
    house.bring(tmp_path, 2)
    with pytest.raises(Unavailable):
        house.client.models.preview("colours", "chat")
    with pytest.raises(Invalid, match=r"choice_baseline\.v1 or spans_baseline\.v1"):
        house.client.models.train("colours", "chat")
    with answering() as (url, _):
        house.declare(url)
        house.done(house.client.models.run("colours", "chat"))
    new, old = house.client.models.all("colours")
    assert (new.state, new.judgements, old.state, old.judgements) == ("promoted", 2, "retired", 0)


def test_a_new_prompt_speaks_in_the_shadow_until_somebody_promotes_it(house: House, tmp_path: Any) -> None:
    def by(_: int, request: Any) -> str:
        return "blue" if request["messages"][0]["content"].startswith("Say") else "red"

    with answering(by) as (url, _):
        house.declare(url)
        house.bring(tmp_path, 10)
        house.done(house.client.models.run("colours", "chat"))
        house.declare(url, ', prompt: "Say {form}"')
        told = house.done(house.client.models.run("colours", "chat"))  # the one in force has spoken already
        assert "programme file declares another, colours.2" in told["warnings"][0]
        new, old = house.client.models.all("colours")
        assert (new.state, old.state) == ("candidate", "promoted")
        assert new.fingerprint != old.fingerprint
        house.done(house.client.models.run("colours", "chat", version=new.id))
        assert house.client.models.all("colours")[0].state == "shadow"
        house.done(house.client.work.open("colours"))
        routed = _routed_on(house.store)
        assert routed == {old.version: 10}  # the shadow routes nothing
        with pytest.raises(Conflict, match="routes already"):
            house.client.models.promote("colours", "chat", old.id, "no change")
        house.client.models.promote("colours", "chat", new.id, "a better prompt")
        house.bring(tmp_path, 4, name="later")
        house.done(house.client.models.run("colours", "chat"))
        house.done(house.client.work.open("colours"))
    assert _routed_on(house.store) == {old.version: 10, new.version: 4}
    shown = house.client.models.get("colours", "chat")
    assert [one.state for one in shown.versions] == ["promoted", "retired"]
    assert (shown.promotions[0]["by"], shown.promotions[0]["because"]) == ("Mona", "a better prompt")
    assert shown.promotions[1]["by"] is None
    house.client.models.promote("colours", "chat", old.id, "the new one errs on dark shades")  # undone
    assert [one.state for one in house.client.models.all("colours")] == ["retired", "promoted"]
    with house.store.read() as connection:
        kinds = connection.execute(select(event.c.kind).where(event.c.kind == "model.promoted")).all()
    assert len(kinds) == 2


def test_two_versions_are_compared_on_the_same_gold_and_nothing_they_say_is_kept(house: House, tmp_path: Any) -> None:
    def by(_: int, request: Any) -> str:
        text = request["messages"][1]["content"]
        dark = int(text.split()[1]) % 2
        if request["messages"][0]["content"].startswith("Say"):
            return "blue" if dark else "red"
        return "red"

    with answering(by) as (url, _):
        house.declare(url)
        house.bring(tmp_path, 40, name="gold")
        rows = [{"id": f"gold-{n}", "answer": "blue" if n % 2 else "red", "eval_only": n < 30} for n in range(40)]
        house.client.calibration.seal("colours", "truth", rows)
        house.client.models.preview("colours", "chat")  # registers what the file declares
        house.declare(url, ', prompt: "Say {form}"')
        house.client.models.preview("colours", "chat")
        new, old = house.client.models.all("colours")
        before = house.said()
        done = house.done(house.client.models.compare("colours", "chat", new.id, gold="truth"))
        assert house.said() == before
        with pytest.raises(NotFound):
            house.client.models.compare("colours", "chat", new.id, gold="no such set")
        with pytest.raises(Conflict):
            house.client.models.compare("colours", "chat", old.id, gold="truth")
    (found,) = house.client.models.get("colours", "chat").comparisons
    assert done["comparison"] == found["id"]
    assert (found["first"], found["second"]) == (old.version, new.version)
    assert (found["n"], found["eligible"]) == (30, 30)  # what is kept for evaluation alone
    assert found["accuracy"]["first"]["value"] == 0.5
    assert found["accuracy"]["first"]["low"] < 0.5 < found["accuracy"]["first"]["high"]
    assert (found["paired"]["only_first"], found["paired"]["only_second"]) == (0, 15)
    assert found["paired"]["p"] == pytest.approx(2 / 2**15)
    blue, red = found["labels"]
    assert (blue["name"], blue["first"], blue["second"], blue["n"], blue["found"]) == ("blue", 0, 15, 15, True)
    assert blue["adjusted_p"] == pytest.approx(2 * blue["p"])
    assert (red["found"], red["p"]) == (False, 1.0)
    assert [one["name"] for one in found["slices"]] == ["shade: dark", "shade: light"]
    assert found["changes"] == [{"accepted": "blue", "first": "red", "second": "blue", "n": 15}]
    assert "the second is better" in found["because"]
    row = house.client.models.promote("colours", "chat", new.id, "better", comparison=found["id"])
    assert row.version == new.version


def test_a_model_reads_files_of_its_own_programme_and_another_s_do_not_exist(house: House, tmp_path: Any) -> None:
    said = b"".join(b'{"id": "items-%d", "answer": {"labels": ["red"]}, "confidence": 0.9}\n' % n for n in range(20))
    own = PROGRAMME.replace('chat.v1: {{url: "{url}", model: small{more}}}', "{said}: {{{kind}: {file}}}")
    kept = {}
    for name in ("colours", "secret"):
        house.client.programmes.apply(PROGRAMME.format(url="https://x.example", more="").replace("colours", name))
        with house.store.read() as connection:
            key = connection.execute(select(programme.c.id).where(programme.c.name == name)).scalar_one()
        kept[name] = house.store.blobs.put([said], name=f"uploads/{key}/{'a' * 63}{key}").name
    weights = house.store.blobs.put([b"of another programme"]).name
    house.bring(tmp_path, 20)

    def preview(judge: str, word: str, file: str) -> Any:
        house.client.programmes.apply(own.format(said=judge, kind=word, file=file))
        return house.client.models.preview("colours", "chat")

    assert preview("predictions.v1", "file", kept["colours"]).said == 20
    for judge, word, file in (
        ("predictions.v1", "file", kept["secret"]),
        ("predictions.v1", "file", weights),
        ("choice_baseline.v1", "weights", weights),
        ("choice_baseline.v1", "weights", kept["secret"]),
        ("predictions.v1", "file", kept["colours"] + "0"),
    ):
        with pytest.raises(NotFound, match="this programme has no such file"):
            preview(judge, word, file)
    with house.store.write() as connection:  # as if this programme had trained them
        judge = json.dumps({"name": "choice_baseline.v1", "params": {"weights": weights}})
        actor_id = connection.execute(select(model.c.actor_id)).scalars().first()
        connection.execute(update(model).where(model.c.actor_id == actor_id).values(judge=judge, trained_on="{}"))
    with pytest.raises(Invalid, match="trained weights"):
        preview("choice_baseline.v1", "weights", weights)


def test_promoting_is_for_who_may_change_the_programme(house: House, tmp_path: Any) -> None:
    with answering() as (url, _):
        house.declare(url)
        house.bring(tmp_path, 3)
        house.done(house.client.models.run("colours", "chat"))
    (row,) = house.client.models.all("colours")
    token = house.client.tokens.add("runs", scopes=("read", "write"), days=1)
    weak = house.client.acting(token.token)
    with pytest.raises(Forbidden):
        weak.models.promote("colours", "chat", row.id, "because I say so")


def _routed_on(store: Store) -> dict[str, int]:
    """How many items were routed on which version's suggestion."""
    with store.read() as connection:
        rows = connection.execute(
            select(actor.c.version)
            .join(judgement, judgement.c.actor_id == actor.c.id)
            .join(batch_item, batch_item.c.suggestion_id == judgement.c.id)
        ).scalars()
        out: dict[str, int] = {}
        for version in rows:
            out[version] = out.get(version, 0) + 1
        return out
