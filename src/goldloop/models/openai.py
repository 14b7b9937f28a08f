"""A chat model behind an OpenAI-compatible endpoint: one request an item, answered as JSON.

POST {url}/chat/completions  {"model", "messages", "response_format", "logprobs", ...}
200                          {"choices": [{"message": {"content" | "refusal"}, "finish_reason", "logprobs"}], "usage"}

What an item's request says is the judge's; here it is sent, paid for, and its answer read.
"""

import json
import math
import os
import random
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import httpx2
from pydantic import Field

from goldloop.core.errors import Invalid, Unavailable
from goldloop.core.families import Body, Used
from goldloop.core.nouns import Noun
from goldloop.models.fingerprint import digest
from goldloop.models.pace import Pace
from goldloop.models.post import asked, refused

Wait = Callable[[float], None]
PAUSE, LONGEST_PAUSE = 1.0, 60.0
MILLION = 1_000_000
_ANSWER = re.compile(r'\s*\{\s*"answer"\s*:\s*')
_SCAN = json.JSONDecoder()


class OpenAIParams(Noun):
    """Where the model is, what decides its answers, what it costs, and how patient we are with it."""

    url: str = Field(pattern=r"^https?://[^\s@#]+$", description="without user, password or fragment")
    model: str = Field(min_length=1, max_length=200)
    request: dict[str, Any] = {}
    decides: dict[str, Any] = Field(default={}, description="what else decides the answers: the prompt and its form")
    confidence: Literal["logprobs", "stated", "none"] = "logprobs"
    key_env: str | None = Field(default=None, pattern=r"^GOLDLOOP_MODEL_[A-Z0-9_]+$")
    price_in: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)
    currency: str | None = None
    money_limit: int | None = Field(default=None, ge=0)
    requests_per_minute: int | None = Field(default=None, ge=1)
    tokens_per_minute: int | None = Field(default=None, ge=1)
    parallel: int = Field(default=4, ge=1, le=64)
    timeout_seconds: float = Field(default=60.0, gt=0, le=3600)
    attempts: int = Field(default=4, ge=1, le=10)


class OpenAIModel:
    """Counts what it uses. A hang, an error page and an endpoint that is away are Unavailable; a strange answer is
    refused for its item alone."""

    def __init__(self, params: OpenAIParams, *, allow_private: bool, wait: Wait = time.sleep) -> None:
        self._params, self._allow_private, self._wait = params, allow_private, wait
        self._url = httpx2.URL(params.url.rstrip("/") + "/chat/completions")
        self._headers = _key(params.key_env)
        self._pace = Pace(requests=params.requests_per_minute, tokens=params.tokens_per_minute)
        self._lock = threading.Lock()
        self._requests = self._untold = self._in = self._out = 0
        self._fingerprint = digest(
            client="openai",
            url=params.url.rstrip("/"),
            model=params.model,
            request=params.request,
            decides=params.decides,
            confidence=params.confidence,
        )

    @property
    def fingerprint(self) -> str:
        """See `Model.fingerprint`: the endpoint, the model's name, the prompt and the parameters."""
        return self._fingerprint

    @property
    def used(self) -> Used:
        """See `Metered.used`. Tokens are None once an answer came without its usage."""
        params = self._params
        if self._untold:
            return Used(self._requests, None, None, None, params.currency)
        priced = params.price_in is not None and params.price_out is not None
        cost = (self._in * (params.price_in or 0) + self._out * (params.price_out or 0)) / MILLION if priced else None
        return Used(self._requests, self._in, self._out, cost, params.currency)

    @property
    def money_limit(self) -> int | None:
        """See `Metered.money_limit`."""
        return self._params.money_limit

    def say(self, items: Sequence[tuple[str, Body]]) -> Sequence[Mapping[str, Any]]:
        """See `Model.say`. A body is what an item's request says beside the model's name: messages and their form.

        Once a request has failed for good no other one begins: nobody would read its answer.
        """
        failed = threading.Event()

        def one(body: Body) -> Mapping[str, Any]:
            if failed.is_set():
                return {}
            try:
                return self._one(body)
            except BaseException:
                failed.set()
                raise

        with ThreadPoolExecutor(self._params.parallel, thread_name_prefix="model") as pool:
            return list(pool.map(one, [body for _, body in items]))

    def _one(self, body: Body) -> Mapping[str, Any]:
        if "refused" in body:
            return body
        params = self._params
        sent = {"model": params.model, **params.request, **body}
        if params.confidence == "logprobs":
            sent["logprobs"] = True
        content = json.dumps(sent, ensure_ascii=False).encode()
        for attempt in range(1, params.attempts + 1):
            self._take_turn()
            try:
                return self._read(self._post(content))
            except Unavailable as error:
                asked_for = error.details.get("retry_after")
                # an endpoint that wants a longer pause gets it from the job, which waits without a thread
                if error.permanent or attempt == params.attempts or (asked_for or 0) > LONGEST_PAUSE:
                    raise
                backoff = PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)
                self._wait(asked_for if asked_for is not None else min(backoff, LONGEST_PAUSE))
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _take_turn(self) -> None:
        while True:
            with self._lock:
                at = time.monotonic()
                due = self._pace.wait(at)
                if due <= 0:
                    self._pace.begin(at)
                    self._requests += 1
                    return
            self._wait(due)

    def _post(self, content: bytes) -> bytes:
        params = self._params
        return asked(
            self._url,
            content,
            headers=self._headers,
            timeout=params.timeout_seconds,
            allow_private=self._allow_private,
            most_mb=32,
            explain=_explained,
        )

    def _read(self, content: bytes) -> Mapping[str, Any]:
        """The reply in the form of `goldloop.judges.reply`; what it took is counted first."""
        try:
            said = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Unavailable(
                "the endpoint's answer is not JSON", permanent=True, expected="JSON", found=repr(content[:60])
            ) from error
        self._count(said.get("usage") if isinstance(said, dict) else None)
        try:
            choice = said["choices"][0]
            message = choice["message"]
        except (TypeError, KeyError, IndexError) as error:
            raise Unavailable(
                "this is no answer to a chat",
                permanent=True,
                field="choices",
                expected="choices[0].message",
                found=repr(said)[:80],
            ) from error
        return _reply(message, choice, self._params.confidence)

    def _count(self, usage: Any) -> None:
        tokens = _tokens(usage)
        with self._lock:
            if tokens is None:
                self._untold += 1
            else:
                self._in, self._out = self._in + tokens[0], self._out + tokens[1]
                self._pace.use(sum(tokens), time.monotonic())
        if tokens is None and self._params.money_limit is not None:
            raise Unavailable(
                "the endpoint does not say what a request used, so its money limit cannot be kept",
                permanent=True,
                field="usage",
                expected="prompt_tokens and completion_tokens",
                found=repr(usage)[:80],
            )


def _tokens(usage: Any) -> tuple[int, int] | None:
    """Tokens read and written; None where the endpoint does not tell them."""
    if not isinstance(usage, dict):
        return None
    read, written = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if type(read) is int and type(written) is int and read >= 0 and written >= 0:
        return read, written
    return None


def _reply(message: Any, choice: Any, mode: str) -> Mapping[str, Any]:
    if not isinstance(message, dict):
        return {"refused": f"the model's message is no object: {repr(message)[:80]}"}
    if message.get("refusal"):
        return {"refused": f"the model refused: {message['refusal']}"}
    if choice.get("finish_reason") == "length":
        return {"refused": "the model's answer was cut off: allow it more tokens"}
    if choice.get("finish_reason") == "content_filter":
        return {"refused": "the endpoint's filter held the answer back"}
    content = message.get("content")
    if not isinstance(content, str):
        return {"refused": "the model answered nothing"}
    try:
        said = json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        return {"refused": f"the model's answer is not the JSON that was asked for: {error} (found {content[:60]!r})"}
    if not isinstance(said, dict) or "answer" not in said:
        return {"refused": f"the model's answer has no `answer` (found {content[:60]!r})"}
    return {"answer": said["answer"], **_confidence(said, content, choice, mode)}


def _confidence(said: Mapping[str, Any], content: str, choice: Any, mode: str) -> dict[str, Any]:
    """How sure: the probability of the answer's own tokens where the endpoint tells it, else what the model states."""
    if mode == "none":
        return {"confidence": None}
    share = _share_of_tokens(content, choice.get("logprobs")) if mode == "logprobs" else None
    if share is not None:
        return {"confidence": share, "confidence_from": "logprobs"}
    if "confidence" in said:
        return {"confidence": said["confidence"], "confidence_from": "stated"}
    return {"confidence": None}


def _share_of_tokens(content: str, logprobs: Any) -> float | None:
    """The probability of the tokens that make up the value of `answer`; None where they are not told, or do not fit."""
    found = _ANSWER.match(content)
    tokens = logprobs.get("content") if isinstance(logprobs, dict) else None
    if found is None or not isinstance(tokens, list):
        return None
    start = found.end()
    _, end = _SCAN.raw_decode(content, start)
    # tokens may split a letter in two, so they are laid along the bytes
    first, last = len(content[:start].encode()), len(content[:end].encode())
    at, total = 0, 0.0
    whole = bytearray()
    for one in tokens:
        if not isinstance(one, dict) or not isinstance(one.get("logprob"), int | float):
            return None
        raw = one.get("bytes")
        piece = bytes(raw) if isinstance(raw, list) else str(one.get("token", "")).encode()
        whole += piece
        if at < last and at + len(piece) > first:
            total += float(one["logprob"])
        at += len(piece)
    if bytes(whole) != content.encode() or math.isnan(total) or total > 1e-6:
        return None
    return min(1.0, math.exp(total))


def _explained(response: httpx2.Response, content: bytes) -> Unavailable:
    """An error in the endpoint's own words, except about the key: those may hold part of it."""
    if response.status_code in (401, 403):
        return refused(response, said="the key is not accepted")
    try:
        error = json.loads(content)["error"]
        code, message = error.get("code"), str(error["message"])[:300]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return refused(response)
    # no money is left there: asking again cannot help, though the status says so
    return refused(response, permanent=True if code == "insufficient_quota" else None, said=message)


def _key(variable: str | None) -> dict[str, str]:
    """The header with the key of an environment variable. Errors name the variable, never what it holds."""
    if variable is None:
        return {}
    key = os.environ.get(variable, "").strip()
    if not key or not key.isascii() or not key.isprintable():
        found = "nothing" if not key else "(hidden)"
        raise Invalid("this environment variable holds no key", field="key_env", expected=variable, found=found)
    return {"authorization": f"Bearer {key}"}


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")
