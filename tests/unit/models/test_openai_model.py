"""A chat model behind a real server of this process: what is sent, what its answers become, what it may cost."""

import math
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from tests.chat import chat, endpoint

from goldloop import kinds
from goldloop.core import families
from goldloop.core.errors import Forbidden, Invalid, Unavailable
from goldloop.core.families import Refusal, Suggestion, task
from goldloop.core.nouns import Spec
from goldloop.core.settings import Settings
from goldloop.judges.answer_form import placed, schema_of
from goldloop.judges.chat import Chat
from goldloop.models import openai
from goldloop.models.connect import connect
from goldloop.models.pace import Pace
from goldloop.tasks.choice import Choice
from goldloop.tasks.spans import Spans

kinds.load()
BODY, ONTOLOGY, _ = Choice.sample()
SETTINGS = Settings(allow_private_urls=True)


def asked(url, *, items=1, waits=None, body=BODY, of=None, ontology=ONTOLOGY, **params):
    """What a chat judge makes of some items through a connected model, and the model."""
    of = of or Choice()
    judge = Chat(url=url, model="small", **params).told(
        task=of, ontology=ontology, guidelines=[("Cards", "A card that is late is card.arrival.")]
    )
    wait = (waits if waits is not None else []).append
    model = connect(judge.needs(), blobs=None, settings=SETTINGS, wait=wait)
    return judge.judge([(str(n), body) for n in range(items)], model, task=of, ontology=ontology), model


def test_a_request_holds_the_prompt_with_labels_and_guidelines_the_text_and_a_strict_schema(monkeypatch):
    monkeypatch.setenv("GOLDLOOP_MODEL_KEY", "secret-key")
    with endpoint(chat('{"answer": {"labels": ["rate"]}, "confidence": 0.7}')) as (url, seen):
        asked(url, key_env="GOLDLOOP_MODEL_KEY", request={"temperature": 0, "max_completion_tokens": 50})
    path, headers, body = seen[0]
    assert path == "/v1/chat/completions"
    assert headers["authorization"] == "Bearer secret-key"
    assert (body["model"], body["temperature"], body["max_completion_tokens"]) == ("small", 0, 50)
    assert not {"stream", "n"} & body.keys(), "one whole answer is asked for"
    system, user = body["messages"]
    assert "rate: Exchange rate" in system["content"]
    assert "A card that is late is card.arrival." in system["content"]
    assert user["content"] == BODY["text"]
    form = body["response_format"]["json_schema"]
    assert form["strict"] is True
    answer = form["schema"]["properties"]["answer"]["properties"]["labels"]["items"]
    assert answer == {"type": "string", "enum": ["card.arrival", "card.lost", "rate"]}  # a heading is no answer


@pytest.mark.parametrize("kind", [kind for kind in task if not kind.people_only], ids=lambda kind: kind.name)
def test_every_task_that_a_machine_may_say_has_a_strict_schema(kind):
    def strict(schema):
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False
            assert schema["required"] == list(schema["properties"])
        for inner in [*schema.get("properties", {}).values(), *schema.get("anyOf", [])]:
            strict(inner)
        if schema.get("type") == "array":
            strict(schema["items"])

    _, ontology, _ = kind.sample()
    strict(schema_of(kind.example(), ontology, stated=True))


def test_confidence_is_the_probability_of_the_answers_own_tokens():
    content = '{"answer": {"labels": ["rate"]}, "confidence": 0.2}'
    pieces = ['{"answer": ', '{"labels": ["', "ra", "te", '"]}', ', "confidence": ', "0.2", "}"]
    logs = [-9.0, 0.0, math.log(0.5), math.log(0.8), 0.0, -3.0, -4.0, 0.0]
    tokens = [
        {"token": piece, "logprob": log, "bytes": list(piece.encode())} for piece, log in zip(pieces, logs, strict=True)
    ]
    with endpoint(chat(content, logprobs=tokens)) as (url, seen):
        ((said,), _) = asked(url)
        assert seen[0][2]["logprobs"] is True
    assert said.confidence == pytest.approx(0.4)
    assert said.confidence_from == "logprobs"
    beside = [{"token": t, "logprob": -7.0, "bytes": list(t.encode())} for t in ("thinking ", " ", "</s>")]
    with endpoint(chat(content, logprobs=[beside[0], *tokens, *beside[1:]])) as (url, _):
        ((said,), _) = asked(url)  # servers tell more tokens than those of the content
    assert (said.confidence, said.confidence_from) == (pytest.approx(0.4), "logprobs")
    with endpoint(chat(content, logprobs=[{**tokens[0], "bytes": [300]}, *tokens[1:]])) as (url, _):
        ((said,), _) = asked(url)
    assert (said.confidence, said.confidence_from) == (0.2, "stated")


def test_without_tokens_it_is_what_the_model_states_and_without_either_nobody_knows():
    with endpoint(chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}')) as (url, seen):
        ((said,), _) = asked(url)
        assert (said.confidence, said.confidence_from) == (0.2, "stated")
        asked(url, confidence="stated")
        assert "logprobs" not in seen[1][2]
        ((said,), _) = asked(url, confidence="none")
        assert (said.confidence, said.confidence_from) == (None, None)
        schema = seen[2][2]["response_format"]["json_schema"]["schema"]
        assert list(schema["properties"]) == ["answer"]


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        (chat("Exchange rate, I am sure"), "not the JSON that was asked for"),
        (chat('```json\n{"answer": 1}\n```'), "not the JSON that was asked for"),
        (chat('{"answer": {"labels": ["rate"]}, "confidence": NaN}'), "NaN is no JSON number"),
        (chat('{"answer": {"labels": ["rate"]}, "answer": 1}'), "a key stands twice"),
        (chat('{"label": "rate"}'), "no `answer`"),
        (chat('{"answer": {"labels": ["weather"]}, "confidence": 0.9}'), "not in the ontology"),
        (chat('{"answer": {"labels": ["rate"]}, "confidence": 7}'), "0 to 1"),
        (chat(None, refusal="I would rather not."), "the model refused: I would rather not."),
        (chat(None), "answered nothing"),
        ((200, {}, {"choices": []}), "without a choice"),
        ((200, {}, {"choices": [{"message": {"content": "{"}, "finish_reason": "length"}]}), "cut off"),
        ((200, {}, {"choices": [{"message": {"content": ""}, "finish_reason": "content_filter"}]}), "filter"),
    ],
)
def test_an_answer_that_is_none_is_refused_with_the_reason(answer, because):
    with endpoint(answer) as (url, _):
        ((said,), _) = asked(url)
    assert isinstance(said, Refusal)
    assert because in said.because


def test_a_busy_endpoint_is_asked_again_when_it_says_and_one_that_is_away_fails_in_bounded_tries():
    good, waits = chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}'), []
    with endpoint((429, {"Retry-After": "7"}, b""), (503, {}, b""), good) as (url, seen):
        ((said,), _) = asked(url, waits=waits)
        assert isinstance(said, Suggestion)
        assert len(seen) == 3
    assert waits[0] == 7
    assert 0 < waits[1] <= 3
    with endpoint((503, {}, b"")) as (url, seen), pytest.raises(Unavailable) as raised:
        asked(url, attempts=2)
    assert not raised.value.permanent  # the job waits and tries again
    assert len(seen) == 2
    with pytest.raises(Unavailable) as raised:
        asked("http://127.0.0.1:9/v1", attempts=1)
    assert not raised.value.permanent


@pytest.mark.parametrize("status", [408, 425, 500, 502, 504])
def test_an_endpoint_in_trouble_is_asked_again_and_may_recover(status):
    good, waits = chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}'), []
    with endpoint((status, {"content-type": "text/html"}, b"<h1>down</h1>"), good) as (url, seen):
        ((said,), _) = asked(url, waits=waits)
    assert isinstance(said, Suggestion)
    assert (len(seen), len(waits)) == (2, 1)


@pytest.mark.parametrize(
    ("answer", "because", "permanent"),
    [
        ((200, {}, b'{"choices": [{"mess'), "not JSON", True),
        ((200, {}, {"error": {"message": "overloaded", "code": 503}}), "overloaded", False),
    ],
)
def test_an_answer_cut_on_its_way_and_an_error_within_a_200_are_asked_for_again(answer, because, permanent):
    with endpoint(answer, chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}')) as (url, seen):
        ((said,), _) = asked(url, waits=[])
        assert isinstance(said, Suggestion)
        assert len(seen) == 2
    with endpoint(answer) as (url, seen), pytest.raises(Unavailable, match=because) as raised:
        asked(url, waits=[], attempts=2)
    assert len(seen) == 2
    assert raised.value.permanent is permanent  # a page in the place of an answer is no passing trouble


def test_an_endpoint_that_is_asked_too_often_says_so_and_what_keeps_to_its_limit():
    busy = (429, {"Retry-After": "1"}, {"error": {"message": "slow down"}})
    with endpoint(busy) as (url, _), pytest.raises(Unavailable, match=r"slow down.*requests_per_minute"):
        asked(url, attempts=1)


def test_an_endpoint_that_asks_for_a_long_pause_gets_it_from_the_job_in_seconds_or_as_a_date():
    at = datetime.now(UTC) + timedelta(minutes=30)
    for after in ("1800", format_datetime(at, usegmt=True)):
        waits = []
        with endpoint((429, {"Retry-After": after}, b"")) as (url, seen), pytest.raises(Unavailable) as raised:
            asked(url, waits=waits)
        assert not raised.value.permanent
        assert raised.value.details["retry_after"] == pytest.approx(1800, abs=60)
        assert (len(seen), waits) == (1, []), "no thread waits half an hour"
    with endpoint((429, {"Retry-After": "soon"}, b"")) as (url, _), pytest.raises(Unavailable) as raised:
        asked(url, attempts=1)
    assert raised.value.details["retry_after"] is None


def test_an_endpoint_that_does_not_answer_in_time_is_given_up():
    over = threading.Event()

    def by(_number, _request):
        over.wait(30)
        return chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}')

    with endpoint(by=by) as (url, _):
        try:
            with pytest.raises(Unavailable, match="did not answer in time") as raised:
                asked(url, timeout_seconds=0.1, attempts=1)
        finally:
            over.set()
    assert not raised.value.permanent


def test_requests_begin_no_faster_than_the_limit_allows(monkeypatch):
    clock, begun = [0.0], []
    monkeypatch.setattr(openai.time, "monotonic", lambda: clock[0])

    def by(_number, _request):
        begun.append(clock[0])
        return chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}')

    judge = Chat(url="http://localhost/v1", model="small", requests_per_minute=2, parallel=1)
    with endpoint(by=by) as (url, _):
        told = judge.model_copy(update={"url": url}).told(task=Choice(), ontology=ONTOLOGY, guidelines=[])
        model = connect(told.needs(), blobs=None, settings=SETTINGS, wait=lambda s: clock.append(clock.pop() + s))
        told.judge([(str(n), BODY) for n in range(5)], model, task=Choice(), ontology=ONTOLOGY)
    assert begun == [0.0, 0.0, 60.0, 60.0, 120.0]


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ((400, {}, {"error": {"message": "response_format is not supported", "code": None}}), "response_format is not"),
        ((429, {}, {"error": {"message": "you have no credit", "code": "insufficient_quota"}}), "no credit"),
        ((401, {}, {"error": {"message": "wrong key sk-1234", "code": "invalid_api_key"}}), "key is not accepted"),
        ((302, {"Location": "http://127.0.0.1/"}, b""), "redirects"),
        ((200, {}, {"model": "small"}), "no answer to a chat"),
        ((200, {}, {"error": {"message": "no such model", "code": 404}}), "no such model"),
    ],
)
def test_what_another_try_cannot_mend_is_said_at_once_and_never_with_the_key(answer, because):
    with endpoint(answer) as (url, seen):
        with pytest.raises(Unavailable) as raised:
            asked(url)
        assert len(seen) == 1
    assert raised.value.permanent
    assert because in str(raised.value)
    assert "sk-1234" not in str(raised.value)


def test_what_it_uses_is_counted_and_costs_what_the_prices_say():
    good = chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}', usage=(1_000, 50))
    with endpoint(good) as (url, _):
        said, model = asked(url, items=5, price_in=15.0, price_out=60.0, currency="EUR")
        assert len(said) == 5
        assert model.used == (5, 5_000, 250, pytest.approx((5_000 * 15 + 250 * 60) / 1e6), "EUR")
        _, model = asked(url)
        assert model.used.cost is None  # no price is stated: unknown, not free
    silent = chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}', usage=None)
    with endpoint(silent) as (url, _):
        _, model = asked(url, price_in=1.0, price_out=1.0)
        assert model.used[:4] == (1, None, None, None)
        with pytest.raises(Unavailable, match="money limit cannot be kept"):
            asked(url, price_in=1.0, price_out=1.0, money_limit=5)


def test_no_more_than_so_many_requests_and_tokens_begin_in_a_minute():
    pace = Pace(requests=2, tokens=None)
    pace.begin(0.0)
    assert pace.wait(1.0) == 0
    pace.begin(10.0)
    assert pace.wait(20.0) == 40.0
    assert pace.wait(60.0) == 0
    pace = Pace(requests=None, tokens=100)
    pace.use(60, 0.0)
    assert pace.wait(1.0) == 0
    pace.use(60, 5.0)
    assert pace.wait(10.0) == 50.0
    assert pace.wait(60.0) == 0


def test_a_version_is_its_endpoint_its_name_its_prompt_and_its_parameters_and_nothing_else():
    def fingerprint(**params):
        given = {"url": "http://localhost/v1", "model": "small", **params}
        judge = Chat(**given).told(task=Choice(), ontology=ONTOLOGY, guidelines=[])
        return connect(judge.needs(), blobs=None, settings=SETTINGS).fingerprint

    one = fingerprint()
    assert fingerprint(parallel=1, timeout_seconds=5, price_in=1.0, requests_per_minute=3) == one
    others = [
        fingerprint(url="http://localhost/v2"),
        fingerprint(model="large"),
        fingerprint(prompt="Say it.\n{form}"),
        fingerprint(ask="{body}"),
        fingerprint(request={"temperature": 1}),
        fingerprint(output="object"),
        fingerprint(confidence="stated"),
    ]
    assert len({one, *others}) == 8


def test_a_stretch_of_text_is_quoted_and_found_again():
    body, ontology, _ = Spans.sample()
    said = '{"answer": {"spans": [{"quote": "Ada Lovelace", "nth": 1, "label": "person"}]}, "confidence": 0.9}'
    with endpoint(chat(said)) as (url, seen):
        ((found,), _) = asked(url, body=body, of=Spans(), ontology=ontology)
        span = seen[0][2]["response_format"]["json_schema"]["schema"]["properties"]["answer"]["properties"]["spans"]
    assert found.answer == {"spans": [{"start": 0, "end": 12, "label": "person"}]}
    assert list(span["items"]["properties"]) == ["quote", "nth", "label"]
    text = {"text": "no, no"}
    assert placed({"spans": [{"quote": "no", "nth": 2, "label": "x"}]}, text)["spans"][0]["start"] == 4
    with pytest.raises(Invalid, match="does not hold"):
        placed({"spans": [{"quote": "yes", "nth": 1, "label": "x"}]}, text)


def test_a_field_that_an_item_lacks_refuses_that_item_alone_and_a_strange_name_the_whole_prompt():
    with endpoint(chat('{"answer": {"labels": ["rate"]}, "confidence": 0.2}')) as (url, seen):
        ((said,), _) = asked(url, ask="{title}: {text}")
        assert isinstance(said, Refusal)
        assert "{title}" in said.because
        assert not seen
        asked(url, ask="{meta.lang}: {text}", body={"text": "a {text} {labels}", "meta": {"lang": "en"}})
        assert seen[0][2]["messages"][1]["content"] == "en: a {text} {labels}"  # a text is no template
    with pytest.raises(Invalid, match="stands for nothing"):
        asked("http://localhost/v1", prompt="Label {everything}")


def test_private_addresses_and_other_variables_are_refused(monkeypatch):
    judge = Chat(url="http://127.0.0.1:9/v1", model="small")
    model = connect(judge.needs(), blobs=None, settings=Settings())
    with pytest.raises(Forbidden):
        judge.judge([("1", BODY)], model, task=Choice(), ontology=ONTOLOGY)
    monkeypatch.setenv("GOLDLOOP_BLOB_SECRET_KEY", "secret")
    with pytest.raises(Invalid, match="key_env"):
        connect(
            Chat(url="http://h/v1", model="m", key_env="GOLDLOOP_BLOB_SECRET_KEY").needs(),
            blobs=None,
            settings=SETTINGS,
        )
    with pytest.raises(Invalid, match="GOLDLOOP_MODEL_NONE"):
        connect(
            Chat(url="http://h/v1", model="m", key_env="GOLDLOOP_MODEL_NONE").needs(), blobs=None, settings=SETTINGS
        )


@pytest.mark.parametrize(
    "params", [{"request": {"messages": []}}, {"request": {"stream": True}}, {"money_limit": 5}, {"currency": "euro"}]
)
def test_parameters_that_cannot_be_meant_are_refused(params):

    with pytest.raises(Invalid):
        families.judge.build(Spec(name="chat.v1", params={"url": "http://h/v1", "model": "m", **params}))
