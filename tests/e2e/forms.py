"""A server with one small programme for every kind of form: what is rated, compared, ranked, written and judged."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import httpx2 as httpx
from tests.e2e.house import (
    PASSWORD,
    House,
    _client,
    _done,
    _finished,
    _person,
    _signed_in,
    _upload,
    first_served,
)

People = dict[str, tuple[str, httpx.Client]]
ITEMS = 8
ANSWERS_EACH = 3  # of six or more to annotate, at least one of them by both
HUMAN_ONLY = {"human_only": {"judgements": 2, "ruling": "disputes"}}


class Form(NamedTuple):
    """A programme: its task and labels, the body of its nth item, what two people and a model say of it."""

    task: dict[str, Any]
    labels: list[dict[str, Any]]
    body: Any
    opinions: tuple[Any, Any]
    suggested: Any = None
    extra: Mapping[str, Any] = {}


def label(name: str, **more: Any) -> dict[str, Any]:
    """A label whose id is its name in small letters."""
    return {"id": name.lower().replace(" ", "_"), "name": name, **more}


def tree(parents: int, children: int, grandchildren: int, leaves: int) -> list[dict[str, Any]]:
    """A taxonomy in four levels; only the deepest can be said."""
    out: list[dict[str, Any]] = []
    topics = ("Cards", "Transfers", "Loans", "Savings", "Travel", "Security")
    for a in range(parents):
        out.append({"id": f"t{a}", "name": topics[a % len(topics)], "selectable": False})
        for b in range(children):
            out.append({"id": f"t{a}.{b}", "name": f"Kind {b + 1}", "parent": f"t{a}", "selectable": False})
            for c in range(grandchildren):
                group = f"t{a}.{b}.{c}"
                out.append({"id": group, "name": f"Group {c + 1}", "parent": f"t{a}.{b}", "selectable": False})
                for d in range(leaves):
                    name = f"{topics[a % len(topics)]} case {b + 1}{c + 1}{d + 1}"
                    out.append({"id": f"{group}.{d}", "name": name, "parent": group, "definition": f"The case {d}."})
    return out


def _rated(correct: int, clear: int, comment: str = "") -> dict[str, Any]:
    said = [
        {"label": "clear", "score": clear, "comment": ""},
        {"label": "correct", "score": correct, "comment": comment},
    ]
    return {"ratings": said}


def _preferred(prefer: str, strength: int, why: str) -> dict[str, Any]:
    return {"preferences": [{"label": "better_overall", "prefer": prefer, "strength": strength}], "why": why}


QUESTION = "I was charged twice for order {n} and the second parcel never came. What happens now?"
ANSWERS = (
    "The duplicate charge is reversed in 3 working days, and the parcel is traced first.\n\nThen you choose.",
    "Thank you for contacting us! Our policy allows refunds within 90 days. Please send us your card number.",
    "Please wait two weeks and write again if the parcel has not arrived by then.",
)
LEVELS = {"1": "Unusable", "2": "Weak", "3": "Acceptable", "4": "Good", "5": "Excellent"}
REASONING = [
    "The order holds 2 boxes of 6 eggs, so there are 12 eggs.",
    "3 eggs are broken, so 12 - 3 = 10 are left.",
    "10 eggs shared by 5 people are 2 for each.",
    "So everybody gets two eggs.",
]
TALK = [
    {"role": "user", "text": "My card is gone."},
    {"role": "assistant", "text": "I have blocked it. Shall I order a new one?"},
    {"role": "user", "text": "What does that cost?"},
    {"role": "assistant", "text": "Prices may vary. 🙂"},
]

FORMS: dict[str, Form] = {
    "rating": Form(
        {"rating.v1": {"scale": {"levels": LEVELS}, "criteria": {"correct": {"weight": 2}}}},
        [
            label("Correct", definition="Everything it says is so.", do=["3 working days"], dont=["90 days"]),
            label("Clear", definition="A hurried reader understands it at once."),
        ],
        lambda n: {"prompt": QUESTION.format(n=n), "text": ANSWERS[n % 2]},
        (_rated(4, 5, "Friday is a guess"), _rated(2, 5)),
        suggested=_rated(4, 4),
    ),
    "pairwise": Form(
        {"pairwise.v1": {"strength": 2}},
        [label("Better overall", definition="What a busy customer could act on first. Longer is not better.")],
        lambda n: {
            "prompt": QUESTION.format(n=n),
            "responses": [{"text": ANSWERS[at], "model": f"secret-model-{at}"} for at in (0, 1)],
            "meta": {"left": "secret-model-0"},
        },
        (_preferred("a", 2, "A says what happens next."), _preferred("b", 1, "B is kinder.")),
        extra=HUMAN_ONLY,
    ),
    "ranking": Form(
        {"ranking.v1": {}},
        [label("Better overall"), label("Shorter")],
        lambda n: {
            "prompt": QUESTION.format(n=n),
            "responses": [{"text": text, "model": f"secret-model-{at}"} for at, text in enumerate(ANSWERS)],
        },
        tuple(
            {
                "rankings": [{"label": "better_overall", "ranks": ranks}, {"label": "shorter", "ranks": [3, 2, 1]}],
                "why": "",
            }
            for ranks in ([1, 2, 3], [1, 3, 2])
        ),  # type: ignore[arg-type]  # two of them
        extra=HUMAN_ONLY,
    ),
    "write": Form(
        {"write.v1": {"start": "response", "least": 20, "most": 400}},
        [label("Correction", definition="The answer as it should have been."), label("Refusal")],
        lambda n: {"prompt": QUESTION.format(n=n), "response": ANSWERS[1]},
        (
            {"label": "correction", "text": "Thank you for contacting us. The duplicate charge is reversed in 3 days."},
            {"label": "correction", "text": "Thank you for writing. The second charge is reversed within 3 days."},
        ),
        suggested={"label": "correction", "text": "We are sorry. The duplicate charge is reversed in 3 working days."},
    ),
    "steps": Form(
        {"steps.v1": {"after_wrong": False}},
        [label("Wrong sum"), label("Does not follow"), label("Made up")],
        lambda n: {"prompt": f"{n + 2} boxes of six eggs; three break. How many each for five?", "steps": REASONING},
        tuple(
            {"steps": [{"verdict": verdict, "label": kind, "comment": ""} for verdict, kind in said]}
            for said in (
                [("right", ""), ("wrong", "wrong_sum"), ("unjudged", ""), ("unjudged", "")],
                [("right", ""), ("right", ""), ("wrong", "does_not_follow"), ("unjudged", "")],
            )
        ),  # type: ignore[arg-type]  # two of them
        suggested={"steps": [{"verdict": "right", "label": "", "comment": ""}] * 4},
    ),
    "turns": Form(
        {"turns.v1": {"roles": ["assistant"], "whole": True}},
        [label("Helpful"), label("Evasive"), label("Rude")],
        lambda n: {"turns": [{**TALK[0], "text": f"My card {n} is gone."}, *TALK[1:]]},
        (
            {"turns": [["helpful"], ["evasive"]], "whole": ["helpful"]},
            {"turns": [["helpful"], ["rude"]], "whole": ["helpful"]},
        ),
        suggested={"turns": [["helpful"], ["helpful"]], "whole": ["helpful"]},
    ),
    "taxonomy": Form(
        {"choice.v1": {}},
        tree(6, 3, 3, 5),
        lambda n: {"text": f"Question {n}: which case is this?"},
        ({"labels": ["t0.0.0.0"]}, {"labels": ["t0.0.0.1"]}),
    ),
}


@contextmanager
def forms_house(folder: Path, *kinds: str) -> Iterator[House]:
    """Start, set up, fill with these kinds, or all; stopped at the end."""
    with first_served(folder) as (url, token):
        owner = _client(url)
        form = {"token": token, "name": "mira", "password": PASSWORD, "organisation": "Example", "display_name": "Mira"}
        _signed_in(owner, "/api/setup", form)
        people = {name: _person(owner, url, name) for name in ("ana", "bo")}
        yield House(url, {kind: _programme(owner, kind, people) for kind in kinds or FORMS}, "", "")


def _programme(owner: httpx.Client, kind: str, people: People) -> str:
    about = FORMS[kind]
    applied = _done(owner.put("/api/programmes", json={"yaml": _yaml(kind, about)}))
    programme: str = applied["programme"]["id"]
    base = f"/api/programmes/{programme}"
    mine = _done(owner.get("/api/me"))["actor"]["id"]
    for actor, tiers in ((mine, [1, 2, 3]), *((actor, [1, 2]) for actor, _ in people.values())):
        _done(owner.put(f"{base}/members", json={"actor_id": actor, "role": "annotator", "tiers": tiers}))
    rows = [{"id": f"{kind}-{n}", "body": about.body(n)} for n in range(ITEMS)]
    stored = _upload(owner, base, "items.jsonl", rows)
    _finished(owner, owner.post(f"{base}/imports", json={"file": stored, "source": {"name": "jsonl.v1", "params": {}}}))
    if about.suggested is not None:
        said = [{"id": row["id"], "answer": about.suggested, "confidence": 0.9} for row in rows[ITEMS // 2 :]]
        predictions = _upload(owner, base, "predictions.jsonl", said)
        _done(owner.put("/api/programmes", json={"yaml": _yaml(kind, about, predictions)}))
        _finished(owner, owner.post(f"{base}/models/guess/run"))
    _finished(owner, owner.post(f"{base}/route", json={}))
    for at, (_, client) in enumerate(people.values()):
        for _ in range(ANSWERS_EACH):
            asked = {"programme_id": programme, "queue": "annotate", "count": 1}
            (work,) = _done(client.post("/api/work/claim", json=asked))["works"]
            say = {"key": str(uuid4()), "stance": "answer", "answer": about.opinions[at], "active_ms": 900}
            _done(client.post(f"/api/work/{work['work_id']}/submit", json=say))
    return programme


def _yaml(kind: str, about: Form, predictions: str | None = None) -> str:
    rules: list[dict[str, Any]] = [{"rule": "all by hand", "to": "annotate", "tier": 1}]
    routing: dict[str, Any] = {"rules": rules}
    document: dict[str, Any] = {
        "programme": f"form-{kind}",
        "title": kind.title(),
        "organisation": "Example",
        "raci": {"accountable": "mira"},
        "task": about.task,
        "ontology": {"labels": about.labels},
        "consensus": {"share": 0.5, "because": "half of a small batch", "judgements": 2, "limit": 2, "tier": 3},
        "routing": routing,
        **about.extra,
    }
    if predictions is not None:
        document["models"] = {"guess": {"judge": {"predictions.v1": {"file": predictions}}}}
        routing["model"] = "guess"
        rules.insert(0, {"rule": "confident", "when": {"confidence": {"from": 0.5}}, "to": "verify", "tier": 1})
    return json.dumps(document)  # JSON is YAML
