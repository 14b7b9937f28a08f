"""A chat model behind an OpenAI-compatible endpoint: one request an item, answered as JSON.

POST {url}/chat/completions  {"model", "messages", "response_format", "logprobs", ...}
200                          {"choices": [{"message": {"content" | "refusal"}, "finish_reason", "logprobs"}], "usage"}

What an item's request says is the judge's; here it is sent, paid for, and its answer read.
"""

import json
import math
import os
import re
import threading
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Literal

import httpx2
from pydantic import Field

from goldloop.core.errors import Invalid, Unavailable
from goldloop.core.families import Body, Used
from goldloop.core.nouns import Noun
from goldloop.models.fingerprint import digest
from goldloop.models.pace import Pace
from goldloop.models.post import TRY_AGAIN, Wait, asked, persistently, refused

MILLION = 1_000_000
NO_MONEY = "insufficient_quota"  # asking again cannot help, though the status says so
SLOWER = "fewer requests: `parallel`, `requests_per_minute` or `tokens_per_minute` of the model keep to a limit"
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

        def once(last: bool) -> Mapping[str, Any]:
            self._take_turn()
            return self._read(self._post(content), last=last)

        return persistently(once, attempts=params.attempts, wait=self._wait)

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

    def _read(self, content: bytes, *, last: bool) -> Mapping[str, Any]:
        """The reply in the form of `goldloop.judges.reply`; what it took is counted first.

        What is no JSON may have been cut on its way: it is asked for again, unless this was the last time.
        """
        try:
            said = json.loads(content)
        except (ValueError, RecursionError) as error:
            raise Unavailable(
                "the endpoint's answer is not JSON", permanent=last, expected="JSON", found=repr(content[:60])
            ) from error
        if isinstance(said, dict) and isinstance(said.get("error"), dict):
            raise _error_in_200(said["error"])
        self._count(said.get("usage") if isinstance(said, dict) else None)
        if isinstance(said, dict) and said.get("choices") == []:
            return {"refused": "the endpoint answered without a choice"}
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
    pieces = [told for one in tokens if (told := _piece(one)) is not None]
    if len(pieces) < len(tokens):
        return None
    # what a server tells beside the content: reasoning before it, blanks it took off, the token that ends an answer
    before = b"".join(piece for piece, _ in pieces).rfind(content.encode())
    first, last = before + len(content[:start].encode()), before + len(content[:end].encode())
    at, total = 0, 0.0
    for piece, logprob in pieces:
        if at < last and at + len(piece) > first:
            total += logprob
        at += len(piece)
    if before < 0 or math.isnan(total) or total > 1e-6:
        return None
    return min(1.0, math.exp(total))


def _piece(token: Any) -> tuple[bytes, float] | None:
    """What a token adds to the text, and its log probability."""
    if not isinstance(token, dict) or not isinstance(token.get("logprob"), int | float):
        return None
    raw = token.get("bytes")
    if not isinstance(raw, list):
        return str(token.get("token", "")).encode(), float(token["logprob"])
    if not all(type(one) is int and 0 <= one < 256 for one in raw):
        return None
    return bytes(raw), float(token["logprob"])


def _explained(response: httpx2.Response, content: bytes) -> Unavailable:
    """An error in the endpoint's own words, except about the key: those may hold part of it."""
    if response.status_code in (401, 403):
        return refused(response, said="the key is not accepted")
    try:
        error = json.loads(content)["error"]
        code, message = error.get("code"), str(error["message"])[:300]
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return refused(response)
    if code == NO_MONEY:
        return refused(response, permanent=True, said=message)
    return refused(response, said=message, expected=SLOWER if response.status_code == 429 else "200")


def _error_in_200(error: Mapping[str, Any]) -> Unavailable:
    """What a gateway says of the model behind it."""
    code = error.get("code")
    return Unavailable(
        f"the model answered with an error: {str(error.get('message'))[:300]}",
        permanent=code == NO_MONEY or (type(code) is int and code not in TRY_AGAIN),
        expected="an answer",
        found=str(code)[:60],
    )


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
