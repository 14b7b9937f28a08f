"""Telling the webhooks of a programme: a job an event finds who is to be told, a job each tells them.

    x-goldloop-signature: t=SECONDS,v1=HEX      HMAC-SHA-256 of "SECONDS.BODY" under the webhook's secret
    x-goldloop-delivery: evt_...                the same for every attempt, so that a repeat can be told

What fails and may pass is tried again by the job runner, later each time; a redirect is a failure.
"""

import hashlib
import hmac
import json
import time
from typing import Any

from goldloop.core.errors import Unavailable
from goldloop.core.news import TESTED
from goldloop.jobs.running import Running
from goldloop.news.shown import shown
from goldloop.store import jobs
from goldloop.store.news import one_event
from goldloop.store.webhooks import find_webhook, webhooks

TIMEOUT_S = 10.0
TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
OURS = frozenset({"announce", "deliver"})
"""Jobs whose own failure is told to nobody: it would be told by themselves."""


def announce(job: Running) -> dict[str, Any]:
    """The job of a reaction: args {"event", "data", ...}. Queues one delivery a webhook, each once for ever."""
    key = int(job.args["event"])
    if job.programme_id is None or job.args["data"].get("kind") in OURS:
        return {"deliveries": 0}
    queued = 0
    with job.store.write(durable=False) as connection:
        one = one_event(connection, key)
        for hook in webhooks(connection, job.programme_id):
            if one is not None and one.kind in hook.kinds:
                args = {"event": key, "webhook": hook.id}
                once = f"deliver:{key}:{hook.id}"
                jobs.enqueue(connection, "deliver", args, programme=job.programme_id, asked_by=None, once=once)
                queued += 1
    return {"deliveries": queued}


def deliver(job: Running) -> dict[str, Any]:
    """The job: args {"event", "webhook"}. Raises Unavailable, `permanent` where another try cannot help.

    A test is not tried again either: somebody waits for what came of it.
    """
    with job.store.read() as connection:
        hook = find_webhook(connection, int(job.args["webhook"]))
        one = one_event(connection, int(job.args["event"]))
    if hook is None or one is None:
        return {"delivered": False, "because": "the webhook was removed"}
    told = shown(job.store.ids, one)
    content = json.dumps(told, ensure_ascii=False, sort_keys=True).encode()
    headers = {
        "x-goldloop-signature": signature(hook.secret, content, seconds=int(time.time())),
        "x-goldloop-delivery": told["id"],
        "user-agent": "goldloop-webhook",
    }
    try:
        status = _post(hook.url, content, headers, allow_private=job.store.settings.allow_private_urls)
    except Unavailable as error:
        error.permanent = error.permanent or one.kind == TESTED
        raise
    if 200 <= status < 300:
        return {"delivered": True, "status": status}
    raise Unavailable(
        "the webhook's answer is not a success",
        permanent=one.kind == TESTED or status not in TRY_AGAIN,
        field="url",
        expected="200 to 299",
        found=str(status),
    )


def signature(secret: str, content: bytes, *, seconds: int) -> str:
    """What proves that a delivery comes from here, and when it was made."""
    made = hmac.new(secret.encode(), f"{seconds}.".encode() + content, hashlib.sha256).hexdigest()
    return f"t={seconds},v1={made}"


def _post(url: str, content: bytes, headers: dict[str, str], *, allow_private: bool) -> int:
    """The status of the answer; nobody reads what it says."""
    import httpx2  # brings an HTTP client: a job process may never need one

    from goldloop.models.post import posted

    sent = posted(httpx2.URL(url), content, headers=headers, timeout=TIMEOUT_S, allow_private=allow_private)
    try:
        with sent as response:
            return int(response.status_code)
    except httpx2.HTTPError as error:
        found = f"{type(error).__name__}: {error}"[:160]
        raise Unavailable("the webhook cannot be reached", field="url", found=found) from error
