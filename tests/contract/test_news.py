"""News: who is told of what, how far they have looked, and what a webhook gets, signed."""

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.event import listen, remove
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import Kernel, kernel

from goldloop.app import create_app
from goldloop.core.clock import now
from goldloop.core.news import NEWS, SHARED
from goldloop.handlers import HANDLERS, REACTIONS
from goldloop.jobs.ticker import tick
from goldloop.jobs.worker import Pace, run_next
from goldloop.store import accounts, jobs, ledger
from goldloop.store import news as store_news
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.schema import account, job

ALLOWED = True


@pytest.fixture
def desk(store: Store) -> Kernel:
    """A programme with one batch."""
    return kernel(store)


@pytest.fixture
def house(desk: Kernel) -> Iterator[House]:
    with desk.store.write() as connection:
        key = connection.execute(select(account.c.id).where(account.c.name == "mona")).scalar_one()
        accounts.set_password(connection, key, hash_password(PASSWORD))
    with open_house(create_app(desk.store), desk.store) as opened:
        yield opened


@pytest.fixture
def mona(house: House) -> Guest:
    guest = house.guest()
    guest.sign_in("mona")
    return guest


def happen(desk: Kernel, kind: str, subject: int, programme: int | None = None, /, **data: Any) -> None:
    with desk.store.write() as connection:
        ledger.record(
            connection,
            kind,
            programme=programme or desk.programme,
            actor=desk.mona,
            subject=str(subject),
            data=data,
            at=now(),
        )


def told(guest: Guest) -> list[tuple[str, bool]]:
    return [(row["kind"], row["seen"]) for row in guest.ask("GET", "news").json()["rows"]]


def test_news_is_what_happened_newest_first_until_it_was_looked_at(desk: Kernel, mona: Guest) -> None:
    (batch,) = desk.batches()
    happen(desk, "gate.decided", batch, outcome="fail", verdict=1)
    happen(desk, "batch.opened", batch)
    happen(desk, "job.failed", 1, kind="train", message="no gold")
    said = mona.ask("GET", "news").json()
    assert told(mona) == [("job.failed", False), ("gate.decided", False)]
    assert said["unseen"] == 2
    gate = said["rows"][1]
    assert (gate["name"], gate["programme"], gate["by"], gate["data"]) == (
        "batch-1",
        "desk",
        "Mona",
        {"outcome": "fail"},
    )
    assert mona.ask("PUT", "news/seen", json={"up_to": gate["id"]}).status_code == 204
    assert told(mona) == [("job.failed", False), ("gate.decided", True)]
    mona.ask("PUT", "news/seen", json={"up_to": said["rows"][0]["id"]})
    mona.ask("PUT", "news/seen", json={"up_to": gate["id"]})
    assert mona.ask("GET", "news").json()["unseen"] == 0, "looking at an old one forgets nothing"
    first = mona.ask("GET", "news?limit=1").json()
    assert [row["kind"] for row in mona.ask("GET", f"news?limit=1&after={first['next']}").json()["rows"]] == [
        "gate.decided"
    ]


def test_who_has_no_part_in_a_programme_and_who_only_labels_are_told_nothing(
    desk: Kernel, house: House, mona: Guest
) -> None:
    eve, ann = house.invite(mona, "eve"), house.invite(mona, "anna", tiers=[1])
    key = ann.ask("GET", "me").json()["actor"]["id"]
    mona.ask("PUT", "programmes/desk/members", json={"actor_id": key, "role": "annotator", "tiers": [1]})
    (batch,) = desk.batches()
    before = [guest.ask("GET", "news").text for guest in (eve, ann)]
    happen(desk, "gate.decided", batch, outcome="pass")
    assert [guest.ask("GET", "news").text for guest in (eve, ann)] == before
    for guest in (eve, ann):
        assert guest.ask("GET", "programmes/desk/webhooks").status_code == 404
        body = {"url": "https://example.org/x", "kinds": ["gate.decided"]}
        assert guest.ask("POST", "programmes/desk/webhooks", json=body).status_code == 404


def test_the_answer_to_a_question_is_told_to_who_asked_and_nobody_else(desk: Kernel, house: House, mona: Guest) -> None:
    with desk.store.write() as connection:
        for name in ("ann", "sue"):
            password = hash_password(PASSWORD)
            accounts.add_account(connection, desk.people[name], name, password=password, owner=False, at=now())
    work = desk.claim("ann")[0].work_id
    desk.say("ann", work, "escalate", comment="Is a lost card fraud?")
    (ruling,) = desk.claim("sue")
    desk.say("sue", ruling.work_id, "adjudicate", "a", comment="It is not.")
    ann, sue = house.guest(), house.guest()
    ann.sign_in("ann")
    sue.sign_in("sue")
    (row,) = ann.ask("GET", "news").json()["rows"]
    assert (row["kind"], row["by"], row["about"], row["data"]) == ("escalation.answered", "sue", None, {})
    assert told(sue) == told(mona) == []


def test_a_job_that_fails_is_told(desk: Kernel, mona: Guest) -> None:
    with desk.store.write() as connection:
        key = jobs.enqueue(connection, "train", {"model": "none"}, programme=desk.programme, asked_by=desk.mona)
    run_next(desk.store, HANDLERS, threading.Event(), pace=Pace())
    (row,) = mona.ask("GET", "news").json()["rows"]
    assert row["about"] == desk.store.ids.show("job", key)
    assert row["data"]["kind"] == "train"
    assert row["data"]["message"]


@contextmanager
def listener(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A place that is told, and what it heard; it answers in turn, then with the last for ever."""
    heard: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["content-length"]))
            status = statuses[min(len(heard), len(statuses) - 1)]
            heard.append(({name.lower(): value for name, value in self.headers.items()}, content))
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/hook", heard
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def deliver_all(store: Store, *, allow: bool) -> None:
    """React, and run every job to its end without waiting between attempts."""
    settings = store.settings.model_copy(update={"allow_private_urls": allow})
    tick(store, REACTIONS)
    here = replace(store, settings=settings)
    while run_next(here, HANDLERS, threading.Event(), pace=Pace(backoff_s=(0, 0, 0, 0))):
        pass


def deliveries(store: Store) -> list[tuple[str, int]]:
    with store.read() as connection:
        rows = connection.execute(select(job.c.state, job.c.attempts).where(job.c.kind == "deliver").order_by(job.c.id))
        return [(row.state, row.attempts) for row in rows]


def declare(mona: Guest, url: str) -> dict[str, Any]:
    answer = mona.ask("POST", "programmes/desk/webhooks", json={"url": url, "kinds": ["gate.decided", "job.failed"]})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_webhook_is_told_once_signed_and_again_where_it_failed(desk: Kernel, mona: Guest) -> None:
    (batch,) = desk.batches()
    with listener(503, 200) as (url, heard):
        made = declare(mona, url)
        assert made["secret"] not in mona.ask("GET", "programmes/desk/webhooks").text
        happen(desk, "gate.decided", batch, outcome="pass")
        happen(desk, "release.sealed", 1, number=1)
        deliver_all(desk.store, allow=ALLOWED)
        deliver_all(desk.store, allow=ALLOWED)
    assert deliveries(desk.store) == [("done", 2)]
    (first, content), (second, again) = heard
    assert content == again
    assert first["x-goldloop-delivery"] == second["x-goldloop-delivery"] == json.loads(content)["id"]
    said = dict(part.split("=", 1) for part in second["x-goldloop-signature"].split(","))
    wanted = hmac.new(made["secret"].encode(), f"{said['t']}.".encode() + again, hashlib.sha256).hexdigest()
    assert said["v1"] == wanted
    told_ = json.loads(content)
    assert (told_["kind"], told_["programme"], told_["data"]) == ("gate.decided", "desk", {"outcome": "pass"})


@pytest.mark.parametrize(("status", "attempts"), [(302, 1), (404, 1), (500, 5)])
def test_a_redirect_and_a_refusal_are_not_tried_again_and_a_failure_is_but_not_for_ever(
    desk: Kernel, mona: Guest, status: int, attempts: int
) -> None:
    (batch,) = desk.batches()
    with listener(status) as (url, heard):
        declare(mona, url)
        happen(desk, "gate.decided", batch, outcome="pass")
        deliver_all(desk.store, allow=ALLOWED)
        deliver_all(desk.store, allow=ALLOWED)  # that a delivery failed is told in the app, and to no webhook
    assert len(heard) == attempts
    assert deliveries(desk.store) == [("failed", attempts)]
    assert ("job.failed", False) in told(mona)


def test_a_private_address_is_not_told_unless_the_operator_allows_it(desk: Kernel, mona: Guest) -> None:
    (batch,) = desk.batches()
    with listener(200) as (url, heard):
        declare(mona, url)
        happen(desk, "gate.decided", batch, outcome="pass")
        deliver_all(desk.store, allow=False)
        assert heard == []
    with desk.store.read() as connection:
        error = connection.execute(select(job.c.error).where(job.c.kind == "deliver")).scalar_one()
    assert "private address" in error


@pytest.mark.parametrize(("status", "state"), [(204, "done"), (503, "failed")])
def test_a_webhook_is_tried_out_with_one_signed_delivery_that_says_what_came_of_it(
    desk: Kernel, house: House, mona: Guest, status: int, state: str
) -> None:
    with listener(status) as (url, heard):
        made = declare(mona, url)
        asked = mona.ask("POST", f"programmes/desk/webhooks/{made['id']}/test")
        assert asked.status_code == 202, asked.text
        deliver_all(desk.store, allow=ALLOWED)
    (headers, content) = heard[0]
    assert len(heard) == 1, "a test is not tried again"
    said = dict(part.split("=", 1) for part in headers["x-goldloop-signature"].split(","))
    wanted = hmac.new(made["secret"].encode(), f"{said['t']}.".encode() + content, hashlib.sha256).hexdigest()
    assert said["v1"] == wanted
    body = json.loads(content)
    assert (body["kind"], body["about"], body["by"], body["data"]) == ("webhook.tested", made["id"], "Mona", {})
    job_ = mona.ask("GET", f"jobs/{asked.json()['id']}").json()
    assert job_["state"] == state
    assert (job_["result"] or {}).get("status", job_["error"] and int(job_["error"]["found"])) == status
    assert "webhook.tested" not in [kind for kind, _seen in told(mona)]
    assert house.invite(mona, "eve").ask("POST", f"programmes/desk/webhooks/{made['id']}/test").status_code == 404


def test_a_test_of_what_cannot_be_reached_is_over_at_once(desk: Kernel, mona: Guest) -> None:
    with listener(200) as (url, _heard):
        made = declare(mona, url)
    asked = mona.ask("POST", f"programmes/desk/webhooks/{made['id']}/test").json()
    deliver_all(desk.store, allow=ALLOWED)
    assert mona.ask("GET", f"jobs/{asked['id']}").json()["error"]["message"] == "the webhook cannot be reached"
    assert deliveries(desk.store) == [("failed", 1)]
    assert mona.ask("DELETE", f"programmes/desk/webhooks/{made['id']}").status_code == 204
    assert mona.ask("POST", f"programmes/desk/webhooks/{made['id']}/test").status_code == 404


def test_a_webhook_that_was_removed_is_told_no_more(desk: Kernel, mona: Guest) -> None:
    (batch,) = desk.batches()
    with listener(200) as (url, heard):
        made = declare(mona, url)
        happen(desk, "gate.decided", batch, outcome="pass")
        tick(desk.store, REACTIONS)
        assert mona.ask("DELETE", f"programmes/desk/webhooks/{made['id']}").status_code == 204
        deliver_all(desk.store, allow=ALLOWED)
    assert heard == []
    assert mona.ask("DELETE", f"programmes/desk/webhooks/{made['id']}").status_code == 404


def test_every_kind_of_news_has_its_words_and_the_shared_ones_can_be_sent(desk: Kernel, mona: Guest) -> None:
    words = Path(__file__).parents[2] / "ui" / "src" / "i18n"
    bell = json.loads((words / "shell.json").read_text())["news"]["kind"]
    assert {f"{noun}.{verb}" for noun, verbs in bell.items() for verb in verbs} == set(NEWS)
    assert set(json.loads((words / "pages.json").read_text())["webhooks"]["kind"]) == set(SHARED)
    offered = mona.ask("GET", "programmes/desk/webhooks").json()["kinds"]
    assert offered == list(SHARED)
    url = {"url": "https://example.org/hook"}
    refused = mona.ask("POST", "programmes/desk/webhooks", json={**url, "kinds": ["escalation.answered"]})
    assert (refused.status_code, refused.json()["field"]) == (422, "kinds.0")
    assert mona.ask("POST", "programmes/desk/webhooks", json={**url, "kinds": offered}).status_code == 201


def test_news_is_read_by_its_own_index(desk: Kernel) -> None:
    """However many judgements the ledger holds."""
    with desk.store.write() as connection:
        events = (ledger.NewEvent("judgement.made", desk.programme, None, str(n), {}, n) for n in range(20_000))
        ledger.record_many(connection, events)
        connection.exec_driver_sql("ANALYZE")
    said: list[tuple[str, Any]] = []
    prefix = "EXPLAIN " if desk.store.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    with desk.store.read() as connection:

        def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
            said.append((statement, parameters))

        listen(connection, "before_cursor_execute", note)
        store_news.news(connection, desk.mona, [desk.programme], limit=20)
        store_news.count_unseen(connection, desk.mona, None, 0)
        remove(connection, "before_cursor_execute", note)
        for statement, parameters in said:
            plan = "\n".join(str(row[-1]) for row in connection.exec_driver_sql(prefix + statement, parameters))
            assert "event_news" in plan, plan
