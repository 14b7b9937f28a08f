"""A model behind a URL: batches go out as JSON, replies come back in the form of `goldloop.judges.reply`.

POST url  {"items": [{"id": "...", "body": {...}}, ...], "params": {...}}
200       {"replies": [{...}, ...]}     one reply per item, in order; the bare list is taken, too
"""

import json
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2
from pydantic import Field

from goldloop.core.errors import Invalid, Unavailable
from goldloop.core.families import Body
from goldloop.core.nouns import Noun
from goldloop.models.fingerprint import digest
from goldloop.models.post import Wait, asked, persistently, refused


class HttpParams(Noun):
    """Where the model is, and how patient we are with it."""

    url: str = Field(pattern=r"^https?://[^\s@#]+$", description="without user, password or fragment")
    params: dict[str, Any] = Field(default={}, description="sent along with every batch: prompt, temperature ...")
    headers_env: str | None = Field(
        default=None,
        # a free choice would let a programme file send any secret of the server to any URL
        pattern=r"^GOLDLOOP_MODEL_[A-Z0-9_]+$",
        description="environment variable with `Name: value` lines to send, such as an API key",
    )
    timeout_seconds: float = Field(default=60.0, gt=0, le=3600, description="for a whole batch, answer included")
    attempts: int = Field(default=3, ge=1, le=10)
    max_reply_mb: int = Field(default=32, ge=1, le=1024)


class HttpModel:
    """Fails clearly: a hang, an error page and nonsense are all Unavailable, in bounded time and memory."""

    def __init__(self, params: HttpParams, *, allow_private: bool, wait: Wait = time.sleep) -> None:
        self._params, self._allow_private, self._wait = params, allow_private, wait
        self._url = httpx2.URL(params.url)
        self._headers = _headers(params.headers_env)
        self._fingerprint = digest(client="http", url=params.url, params=params.params)

    @property
    def fingerprint(self) -> str:
        """See `Model.fingerprint`: the URL and the parameters. What stands behind the URL may still change."""
        return self._fingerprint

    def say(self, items: Sequence[tuple[str, Body]]) -> Sequence[Mapping[str, Any]]:
        """See `Model.say`."""
        listed = [{"id": external_id, "body": dict(body)} for external_id, body in items]
        content = json.dumps({"items": listed, "params": self._params.params}, ensure_ascii=False).encode()

        def once(last: bool) -> Sequence[Mapping[str, Any]]:
            return _replies(self._post(content), expected=len(items), last=last)

        return persistently(once, attempts=self._params.attempts, wait=self._wait)

    def _post(self, content: bytes) -> bytes:
        """The body of a 200. Raises Unavailable for everything else."""
        params = self._params
        return asked(
            self._url,
            content,
            headers=self._headers,
            timeout=params.timeout_seconds,
            allow_private=self._allow_private,
            most_mb=params.max_reply_mb,
            explain=lambda response, _: refused(response),
        )


def _replies(content: bytes, *, expected: int, last: bool) -> Sequence[Mapping[str, Any]]:
    """Replies as JSON says them; `goldloop.judges.reply` refuses the entries that are nonsense.

    What is no JSON may have been cut on its way: it is asked for again, unless this was the last time.
    """
    try:
        said = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise Unavailable(
            "the model's reply is not JSON", permanent=last, expected="JSON", found=repr(content[:60])
        ) from error
    replies = said.get("replies") if isinstance(said, dict) else said
    if not isinstance(replies, list):
        raise Unavailable(
            "the model's reply has no list of replies", permanent=True, expected="replies", found=repr(said)[:60]
        )
    if len(replies) != expected:
        raise Unavailable(
            "the model answered another number of items",
            permanent=True,
            expected=f"{expected} replies",
            found=str(len(replies)),
        )
    return replies


def _headers(variable: str | None) -> dict[str, str]:
    """`Name: value` lines of an environment variable. Errors name the variable, never what it holds."""
    if variable is None:
        return {}
    text = os.environ.get(variable)
    if text is None:
        raise Invalid("this environment variable is not set", field="headers_env", expected=variable, found="nothing")
    headers: dict[str, str] = {}
    for line in text.splitlines():
        name, colon, value = line.partition(":")
        if not (colon and name.strip().replace("-", "").isalnum()):
            raise Invalid("headers are `Name: value` lines", field="headers_env", expected=variable, found="(hidden)")
        headers[name.strip().lower()] = value.strip()
    return headers
