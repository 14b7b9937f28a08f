"""A real server with programmes that hold work in every queue, made through the public API."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2 as httpx
from tests.databases import make
from tests.e2e.stretches import STRETCHES, TEXT

from goldloop.core.settings import Settings

PASSWORD = "a sentence nobody guesses"
START_S = 120
JOB_S = 120
ITEMS = 120
ANSWERS = 14  # of each of two people, on items that mostly want two judgements
HANDFUL = 32  # items of a programme that only its own stories visit: half for each rule, so 4 stay to be verified
MOST = 0.75  # of a handful wants two judgements, all but 4 of what is to be annotated:
HANDFUL_ANSWERS = 8  # whichever they are, two people who answer so many disagree about 4 of them or more
TOPICS = ("card", "transfer", "top up", "exchange", "account", "loan")
ASPECTS = ("arrival", "pending", "failed", "fee")
LABELS = tuple(f"{aspect} {topic}" for topic in TOPICS for aspect in ASPECTS)  # more than twenty: digits are slots
ENTITIES = ("person", "organisation", "location", "date")
RULE = "Money that has not come yet is pending for three days."
SENTENCE = "Dr. Amara Okafor of St Brigid's Hospital in Limerick saw patient {n} on 14 March 2026. 🫀"


class House(NamedTuple):
    """Where it answers, and what is in it."""

    url: str
    programmes: dict[str, str]
    batch: str
    item: str
    judgement: str = ""
    waived: str = ""
    """A batch whose gate was run, stayed shut, and was opened by hand."""
    person: str = ""
    release: str = ""
    """The second release of a dataset, whose labels two training runs learnt from."""
    run: str = ""
    brief: str = ""
    """A finding of an evaluation that came back after it was repaired."""
    version: str = ""
    """The labels that the first programme has in force."""


@contextmanager
def house(folder: Path) -> Iterator[House]:
    """Start, set up, fill; stopped at the end."""
    with first_served(folder) as (url, token):
        owner = _client(url)
        form = {"token": token, "name": "mira", "password": PASSWORD, "organisation": "Example", "display_name": "Mira"}
        _signed_in(owner, "/api/setup", form)
        people = {name: _person(owner, url, name) for name in ("ana", "bo")}
        names = {"choice": "banking", "spans": "clinical"}
        ids = {kind: _programme(owner, kind, name, people) for kind, name in names.items()}
        for programme in ids.values():
            _disagree(people, programme, answers=ANSWERS)
        for kind in STRETCHES:
            ids[kind] = _programme(owner, kind, kind, people, items=HANDFUL)
            _disagree(people, ids[kind], answers=HANDFUL_ANSWERS)
        _ask(owner, people["ana"][1], ids["choice"])
        ids["archive"] = _programme(owner, "choice", "archive", people, items=3)
        waived = _waived(owner, ids["archive"])
        batch = _rows(owner, f"/api/programmes/{ids['choice']}/batches")[0]["batch"]["id"]
        item = _rows(owner, f"/api/batches/{batch}/items")[0]["item_id"]
        judgement = _done(owner.get(f"/api/items/{item}"))["judgements"][-1]["id"]
        brief = _brief(owner, ids["choice"])
        release, run = _trained_on(owner, url)
        version = _done(owner.get(f"/api/programmes/{ids['choice']}"))["ontology_id"]
        yield House(url, ids, batch, item, judgement, waived, people["ana"][0], release, run, brief, version)


@contextmanager
def first_served(folder: Path) -> Iterator[tuple[str, str]]:
    """Where the server of a new house answers, and its set-up token."""
    make(Settings(home=folder))
    with served(folder) as (url, set_up):
        yield url, set_up.rpartition("token=")[2]


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, str]]:
    """Where a server answers, at a port the system gave it; and the set-up link that it says at its first start."""
    environment = {**os.environ, "GOLDLOOP_HOME": str(folder), "GOLDLOOP_JOBS": "thread"}
    command = [sys.executable, "-c", "from goldloop.cli import main; main()", "serve", "--port", "0", "--json"]
    said, log = folder.with_suffix(".json"), folder.with_suffix(".log")
    with said.open("wb") as out, log.open("wb") as err:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=err)
        try:
            about = _said(process, said, log)
            yield about["url"], about["set_up"] or ""
        finally:
            process.terminate()
            process.wait(START_S)


def _said(process: subprocess.Popen[bytes], said: Path, log: Path) -> dict[str, Any]:
    """What the server prints when it is up."""
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        if (text := said.read_text()).endswith("}\n"):
            about: dict[str, Any] = json.loads(text)
            return about
        time.sleep(0.1)
    raise AssertionError(f"the server did not come up: {log.read_text(errors='replace')}")


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=30)


def _signed_in(client: httpx.Client, path: str, form: dict[str, Any]) -> dict[str, Any]:
    me: dict[str, Any] = _done(client.post(path, json=form))
    client.headers["X-CSRF-Token"] = me["csrf"]
    return me


def _done(answer: httpx.Response) -> Any:
    assert answer.is_success, f"{answer.request.method} {answer.request.url}: {answer.status_code} {answer.text}"
    return answer.json() if answer.content else None


def _rows(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _done(client.get(path))["rows"]
    return rows


def _person(owner: httpx.Client, url: str, name: str) -> tuple[str, httpx.Client]:
    new = {"name": name, "display_name": name.title(), "organisation": "Example", "tiers": [1, 2]}
    made = _done(owner.post("/api/people", json=new))
    client = _client(url)
    secret = made["invitation"].rpartition("/")[2]
    _signed_in(client, f"/api/invitations/{secret}", {"password": PASSWORD})
    return made["person"]["id"], client


def _programme(
    owner: httpx.Client, kind: str, name: str, people: dict[str, tuple[str, httpx.Client]], *, items: int = ITEMS
) -> str:
    applied = _done(owner.put("/api/programmes", json={"yaml": _yaml(kind, name, predictions=None)}))
    programme: str = applied["programme"]["id"]
    base = f"/api/programmes/{programme}"
    mine = _done(owner.get("/api/me"))["actor"]["id"]
    for actor, tiers in ((mine, [1, 2, 3]), *((actor, [1, 2]) for actor, _ in people.values())):
        _done(owner.put(f"{base}/members", json={"actor_id": actor, "role": "annotator", "tiers": tiers}))
    rows = [_row(kind, n) for n in range(items)]
    stored = _upload(owner, base, "items.jsonl", [{"id": row["id"], "text": row["text"]} for row in rows])
    _finished(owner, owner.post(f"{base}/imports", json={"file": stored, "source": {"name": "jsonl.v1", "params": {}}}))
    said = [{key: row[key] for key in ("id", "answer", "confidence")} for row in rows]
    predictions = _upload(owner, base, "predictions.jsonl", said)
    _done(owner.put("/api/programmes", json={"yaml": _yaml(kind, name, predictions=predictions)}))
    _finished(owner, owner.post(f"{base}/models/guess/run"))
    _finished(owner, owner.post(f"{base}/route", json={}))
    return programme


def _waived(owner: httpx.Client, programme: str) -> str:
    """Its batch: the gate was run with nothing decided, and a named person opened it all the same."""
    batch: str = _rows(owner, f"/api/programmes/{programme}/batches")[0]["batch"]["id"]
    _finished(owner, owner.post(f"/api/batches/{batch}/gate"))
    _done(owner.post(f"/api/batches/{batch}/waiver", json={"because": "Kept as it is: nobody trains on it."}))
    return batch


def _brief(owner: httpx.Client, programme: str) -> str:
    """An evaluation finds one topic wrong, then right, then wrong again; its owner says what they do about it."""
    found: list[dict[str, Any]] = []
    for wrong in ("card", "", "card"):
        rows = [_row("choice", n) for n in range(ITEMS)]
        lines = [
            {
                "id": row["id"],
                "truth": row["answer"],
                "prediction": "failed_loan" if wrong and wrong in row["answer"] else row["answer"],
                "slices": {"topic": TOPICS[n // len(ASPECTS) % len(TOPICS)]},
            }
            for n, row in enumerate(rows)
        ]
        text = "\n".join(json.dumps(line) for line in lines)
        asked = {"name": "nightly", "floor": 0.8, "least": 10, "model": "guess 1"}
        answer = owner.post(f"/api/programmes/{programme}/findings", params=asked, content=text.encode())
        found = _done(answer)["slices"]
    brief: str = next(one["brief_id"] for one in found if one["brief_id"])
    because = "No training item of this topic was labelled after May."
    _done(owner.put(f"/api/briefs/{brief}/remedy", json={"remedy": "collect", "because": because}))
    return brief


def _trained_on(owner: httpx.Client, url: str) -> tuple[str, str]:
    """Two releases and two training runs on them: the second release, and the run that learnt from it."""
    raci = {"accountable": "mira"}
    document = {
        "programme": "traced",
        "title": "Traced",
        "organisation": "Example",
        "raci": raci,
        "task": "choice.v1",
        "ontology": {"labels": ["yes", "no"]},
        "routing": {"rules": [{"rule": "all", "to": "annotate", "tier": 1}]},
        "batches": {"size": 2, "gate": "delivery"},
        "gates": {"delivery": {"owner": "mira", "checks": ["completeness.v1"]}},
    }
    owner, programme = small(House(url, {}, "", ""), document, [f"trained on this, {n}" for n in range(4)])
    base = f"/api/programmes/{programme}"
    batches = [row["batch"]["id"] for row in _rows(owner, f"{base}/batches")]
    while works := _done(owner.post("/api/work/claim", json={"programme_id": programme, "queue": "annotate"}))["works"]:
        for work in works:
            said = {"key": str(uuid4()), "stance": "answer", "answer": {"labels": ["yes"]}, "active_ms": 900}
            _done(owner.post(f"/api/work/{work['work_id']}/submit", json=said))
    run = ""
    for number, batch in enumerate(sorted(batches), 1):
        _finished(owner, owner.post(f"/api/batches/{batch}/gate"))
        _finished(owner, owner.post(f"{base}/releases", json={"name": "answers"}))
        told = {"name": f"run-{number}", "releases": [f"answers@{number}"], "model": "answers"}
        run = _done(owner.post(f"{base}/runs", json=told))["id"]
        results = [{"right": 60 * number, "n": 200}, {"slice": {"label": "no"}, "right": 150 - 60 * number, "n": 200}]
        _done(owner.post(f"/api/runs/{run}/results", json={"evaluation": "held out", "results": results}))
    release = _rows(owner, f"{base}/releases")[0]["id"]
    return release, run


def _yaml(kind: str, name: str, *, predictions: str | None) -> str:
    task: dict[str, Any] = {"spans.v1": {"allow_overlap": True, "allow_gaps": True}}
    plain = LABELS if kind == "choice" else ENTITIES
    labels: list[dict[str, Any]] = [{"id": one.replace(" ", "_"), "name": one, "definition": one} for one in plain]
    if kind == "choice":
        task = {"choice.v1": {}}
    if kind in STRETCHES:
        task, labels = STRETCHES[kind].task, STRETCHES[kind].labels
    rules: list[dict[str, Any]] = [{"rule": "all by hand", "to": "annotate", "tier": 1}]
    document: dict[str, Any] = {
        "programme": name,
        "title": name.title(),
        "organisation": "Example",
        "raci": {"accountable": "mira"},
        "task": task,
        "ontology": {"labels": labels},
        "guidelines": [{"id": "1", "title": "Pending is not failed", "text": RULE, "label": "pending_top_up"}]
        if kind == "choice"
        else [],
        "consensus": {
            "share": MOST if kind in STRETCHES else 0.5,
            "because": "stories need disagreements",
            "judgements": 2,
            "limit": 2,
            "tier": 3,
        },
        "batches": {"size": ITEMS, "gate": "delivery"},
        "gates": {"delivery": {"owner": "mira", "checks": ["completeness.v1"], "failed_batch": ["completeness.v1"]}},
        "sla": {
            "client": "Northwind",
            "price": 5,
            "terms": {
                "pace": {"promise": "throughput", "owner": "mira", "items": 20},
                "failed": {"promise": "failed_batches", "owner": "mira", "credits": [{"above": 0, "share": 0.1}]},
            },
        },
    }
    routing: dict[str, Any] = {"rules": rules}
    if predictions is not None:
        document["models"] = {"guess": {"judge": {"predictions.v1": {"file": predictions}}}}
        routing["model"] = "guess"
        rules.insert(0, {"rule": "confident", "when": {"confidence": {"from": 0.5}}, "to": "verify", "tier": 1})
    return json.dumps({**document, "routing": routing})  # JSON is YAML


def _row(kind: str, n: int) -> dict[str, Any]:
    confidence = 0.9 if n % 2 else 0.2
    if kind == "choice":
        confidence = 0.2 if n % 3 == 0 else 0.9  # more to verify: one story takes twenty at once
        label = LABELS[n % len(LABELS)]
        text = f"Question {n}: what about my {label}?"
        return {"id": f"row-{n}", "text": text, "answer": label.replace(" ", "_"), "confidence": confidence}
    if kind in STRETCHES:
        answer = STRETCHES[kind].suggested
        return {"id": f"row-{n}", "text": TEXT.format(n=n), "answer": answer, "confidence": confidence}
    text = SENTENCE.format(n=n)
    spans = [_span(text, "Amara Okafor", "person"), _span(text, "St Brigid's Hospital", "organisation")]
    return {"id": f"row-{n}", "text": text, "answer": {"spans": spans}, "confidence": confidence}


def _span(text: str, words: str, label: str) -> dict[str, Any]:
    start = text.index(words)
    return {"start": start, "end": start + len(words), "label": label}


def _upload(owner: httpx.Client, base: str, name: str, rows: list[dict[str, Any]]) -> str:
    content = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()
    stored: str = _done(owner.post(f"{base}/uploads", params={"name": name}, content=content))["file"]
    return stored


def _finished(owner: httpx.Client, begun: httpx.Response) -> None:
    job = _done(begun)
    until = time.monotonic() + JOB_S
    while job["state"] in ("queued", "running") and time.monotonic() < until:
        time.sleep(0.03)
        job = _done(owner.get(f"/api/jobs/{job['id']}"))
    assert job["state"] == "done", job


def _disagree(people: dict[str, tuple[str, httpx.Client]], programme: str, *, answers: int) -> None:
    """Two people answer the same items differently, so that there is something to review."""
    for at, (_, client) in enumerate(people.values()):
        for _ in range(answers):
            asked = {"programme_id": programme, "queue": "annotate", "count": 1}
            (work,) = _done(client.post("/api/work/claim", json=asked))["works"]
            said = {"key": str(uuid4()), "stance": "answer", "answer": _opinion(work, at), "active_ms": 900}
            _done(client.post(f"/api/work/{work['work_id']}/submit", json=said))


def _ask(owner: httpx.Client, ana: httpx.Client, programme: str) -> None:
    """Ana asks, and Mira answers for everybody to read."""
    asked = _escalated(ana, programme, "Is a pending top up a failed one?")
    ruling = {
        "key": str(uuid4()),
        "answer": {"labels": ["pending_top_up"]},
        "comment": "No: pending money may still arrive.",
        "clause": "1",
        "precedent": True,
    }
    _done(owner.post(f"/api/escalations/{asked}/answer", json=ruling))


def _escalated(client: httpx.Client, programme: str, question: str) -> str:
    """The id of a question about the next item."""
    wanted = {"programme_id": programme, "queue": "annotate", "count": 1}
    (work,) = _done(client.post("/api/work/claim", json=wanted))["works"]
    said = {"key": str(uuid4()), "stance": "escalate", "comment": question, "active_ms": 700}
    asked: str = _done(client.post(f"/api/work/{work['work_id']}/submit", json=said))["judgement_id"]
    return asked


def ana_asks(about: House, owner: httpx.Client, programme: str, question: str) -> None:
    """Ana comes to a programme and escalates its first item."""
    client = _client(about.url)
    ana = _signed_in(client, "/api/session", {"name": "ana", "password": PASSWORD})["actor"]["id"]
    grant = {"actor_id": ana, "role": "annotator", "tiers": [1]}
    _done(owner.put(f"/api/programmes/{programme}/members", json=grant))
    _escalated(client, programme, question)


def _opinion(work: dict[str, Any], at: int) -> dict[str, Any]:
    if work["task"]["name"] == "choice.v1":
        return {"labels": [LABELS[at].replace(" ", "_")]}
    kind = work["task"]["name"].partition(".")[0]
    if kind in STRETCHES:
        answer: dict[str, Any] = STRETCHES[kind].opinions[at]
        return answer
    return {"spans": [_span(work["body"]["text"], ("Amara Okafor", "Limerick")[at], ("person", "location")[at])]}


def without_a_place(about: House, name: str) -> None:
    """Somebody who took their invitation and was given no role yet."""
    _person(owner_of(about), about.url, name)


def owner_of(about: House) -> httpx.Client:
    """Mira, through the API."""
    client = _client(about.url)
    _signed_in(client, "/api/session", {"name": "mira", "password": PASSWORD})
    return client


def small(about: House, document: dict[str, Any], texts: list[str]) -> tuple[httpx.Client, str]:
    """Another programme with these texts to annotate, in which Mira works: her client, and the programme's id."""
    owner = owner_of(about)
    programme: str = _done(owner.put("/api/programmes", json={"yaml": json.dumps(document)}))["programme"]["id"]
    mine = _done(owner.get("/api/me"))["actor"]["id"]
    base = f"/api/programmes/{programme}"
    _done(owner.put(f"{base}/members", json={"actor_id": mine, "role": "annotator", "tiers": [1, 2, 3]}))
    stored = _upload(owner, base, "in.jsonl", [{"id": str(n), "text": text} for n, text in enumerate(texts)])
    _finished(owner, owner.post(f"{base}/imports", json={"file": stored, "source": {"name": "jsonl.v1", "params": {}}}))
    _finished(owner, owner.post(f"{base}/route", json={}))
    return owner, programme


def apply(owner: httpx.Client, document: dict[str, Any]) -> None:
    """Put a changed programme file in force."""
    _done(owner.put("/api/programmes", json={"yaml": json.dumps(document)}))
