"""What every request passes first: an id, limits, the host check, security headers; unexpected failures end here."""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.exceptions import HTTPException

from goldloop.http.errors import error_response

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Asgi = Callable[[Scope, Receive, Send], Awaitable[None]]

CONTENT_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self'; font-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = [
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
NO_STORE = (b"cache-control", b"no-store")
LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
BODY_LIMIT = 8 << 20
FILES = re.compile(r"/api/(programmes/[^/]+/(uploads|findings)|(projects|archives)/uploads)")
"""The addresses that take files, each of which asks who it is before it reads. Others' bodies are read at once."""
log = logging.getLogger("goldloop.http")


class Guard:
    """Pure ASGI, so that it costs a request only microseconds."""

    def __init__(self, app: Asgi, *, hosts: frozenset[str] | None, upload_limit: int) -> None:
        self._app, self._hosts, self._upload_limit = app, hosts, upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["request_id"] = name = secrets.token_hex(8)
        headers = dict(scope["headers"])
        refused = self._refusal(scope, headers)
        started = False

        async def sending(message: MutableMapping[str, Any]) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                present = {key for key, _ in message["headers"]}
                extra = [pair for pair in (*HEADERS, NO_STORE) if pair[0] not in present]
                message["headers"] = [*message["headers"], *extra, (b"x-request-id", name.encode())]
            await send(message)

        if refused is not None:
            status, code, text = refused
            await error_response(status, {"code": code, "message": text}, name)(scope, receive, sending)
            return
        if b"content-length" not in headers:
            receive = _counted(receive, self._limit(scope))
        try:
            await self._app(scope, receive, sending)
        except Exception:
            route = getattr(scope.get("route"), "path", "(no route)")  # its template: paths may carry secrets
            log.exception("request %s failed: %s %s", name, scope["method"], route)
            if started:
                raise
            shape = {"code": "internal", "message": "something went wrong here; the log has the details"}
            await error_response(500, shape, name)(scope, receive, sending)

    def _refusal(self, scope: Scope, headers: dict[bytes, bytes]) -> tuple[int, str, str] | None:
        host = headers.get(b"host", b"").decode("latin-1").lower()
        bare = host if host.endswith("]") else host.rpartition(":")[0] or host
        if self._hosts is not None and bare not in self._hosts:
            return 421, "wrong_host", "this server does not answer for that host name"
        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            return 400, "invalid", "an address does not hold NUL"
        length = headers.get(b"content-length", b"0")
        if not length.isdigit() or int(length) > self._limit(scope):
            return 413, "too_large", _too_large(self._limit(scope))
        return None

    def _limit(self, scope: Scope) -> int:
        return self._upload_limit if FILES.fullmatch(scope["path"]) else BODY_LIMIT


def _counted(receive: Receive, limit: int) -> Receive:
    """A body that does not say its length is counted as it comes."""
    size = 0

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413, _too_large(limit))
        return message

    return receiving


def _too_large(limit: int) -> str:
    return f"at most {limit >> 20} MiB are taken here"
