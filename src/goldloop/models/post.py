"""One POST to a URL that somebody declared: to the address that was looked up and checked, without redirects."""

import random
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httpx2

from goldloop.core.errors import Unavailable
from goldloop.models.address import public_address

TRY_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
ERROR_BYTES = 1 << 16  # of an error's body that are read
PAUSE, LONGEST_PAUSE = 1.0, 60.0
Wait = Callable[[float], None]
Answer = TypeVar("Answer")
Explain = Callable[[httpx2.Response, bytes], Unavailable]


@contextmanager
def posted(
    url: httpx2.URL, content: bytes, *, headers: Mapping[str, str], timeout: float, allow_private: bool
) -> Iterator[httpx2.Response]:
    """The open response, for `timeout` seconds from its first byte to its last, however it drips.

    Raises Forbidden for a private address, Unavailable for a name that does not resolve.
    """
    port = url.port or (443 if url.scheme == "https" else 80)
    address = public_address(url.host, port, allow_private=allow_private)
    sent = {**headers, "host": url.netloc.decode(), "content-type": "application/json"}
    line = _Line()
    about = {"sni_hostname": url.host, "trace": line.hear}  # the certificate is checked against the name
    try:
        with (
            line.cut_after(timeout),
            httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
            client.stream(
                "POST", url.copy_with(host=address), content=content, headers=sent, extensions=about
            ) as response,
        ):
            yield response
    except httpx2.TransportError as error:
        if line.cut:
            raise _over(timeout) from error
        raise
    if line.cut:  # what ends with the connection looks whole
        raise _over(timeout)


class _Line:
    """The connection of one request. A timeout of reading begins anew with every byte; this one does not."""

    def __init__(self) -> None:
        self.cut = False
        self._socket: socket.socket | None = None

    def hear(self, event: str, about: Mapping[str, Any]) -> None:
        """Know the socket, and the one that TLS puts in its place."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            self._socket = about["return_value"].get_extra_info("socket")
            if self.cut:
                self._end()

    @contextmanager
    def cut_after(self, seconds: float) -> Iterator[None]:
        """End the connection when its time is up."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _cut(self) -> None:
        self.cut = True
        self._end()

    def _end(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # it may have ended by itself
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)  # the plain one: TLS may be read meanwhile


def _over(seconds: float) -> httpx2.ReadTimeout:
    return httpx2.ReadTimeout(f"not done within {seconds:g} seconds")


def asked(
    url: httpx2.URL,
    content: bytes,
    *,
    headers: Mapping[str, str],
    timeout: float,
    allow_private: bool,
    most_mb: int,
    explain: Explain,
) -> bytes:
    """The body of a 200, in bounded time and memory. Everything else is Unavailable; `explain` reads an error."""
    deadline = time.monotonic() + timeout
    sent = posted(url, content, headers=headers, timeout=timeout, allow_private=allow_private)
    with _told(), sent as response:
        good = response.status_code == 200
        if 300 <= response.status_code < 400:
            raise Unavailable(
                "the model's URL redirects", permanent=True, expected="200", found=str(response.status_code)
            )
        parts, size = [], 0
        for part in response.iter_bytes():
            size += len(part)
            if good and size > most_mb << 20:
                raise Unavailable("the model's reply is too large", permanent=True, expected=f"at most {most_mb} MiB")
            if time.monotonic() > deadline:
                raise Unavailable("the model did not finish in time", expected=f"{timeout:g} seconds")
            parts.append(part)
            if not good and size > ERROR_BYTES:
                break
        if not good:
            raise explain(response, b"".join(parts)[:ERROR_BYTES])
    return b"".join(parts)


def persistently(once: Callable[[bool], Answer], *, attempts: int, wait: Wait) -> Answer:
    """What `once` answers, asked again after a failure that may pass; it is told whether this is the last attempt.

    Pauses are as long as the endpoint asks for, else random and growing.
    """
    for attempt in range(1, attempts + 1):
        try:
            return once(attempt == attempts)
        except Unavailable as error:
            asked_for = error.details.get("retry_after")
            # an endpoint that wants a longer pause gets it from the job, which waits without a thread
            if error.permanent or attempt == attempts or (asked_for or 0) > LONGEST_PAUSE:
                raise
            backoff = min(PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5), LONGEST_PAUSE)
        wait(backoff if asked_for is None else asked_for)
    raise AssertionError("unreachable: the last attempt returns or raises")


def refused(
    response: httpx2.Response, *, permanent: bool | None = None, said: str | None = None, expected: str = "200"
) -> Unavailable:
    """What an error of the endpoint means: whether it may pass, and when it asks to be asked again."""
    status = response.status_code
    return Unavailable(
        "the model answered with an error" + (f": {said}" if said else ""),
        permanent=status not in TRY_AGAIN if permanent is None else permanent,
        expected=expected,
        found=str(status),
        retry_after=_seconds(response.headers.get("retry-after", "")),
    )


def _seconds(after: str) -> float | None:
    """How long an endpoint asks to be left alone, which it says in seconds or as a date; None where it does not."""
    if after.isascii() and after.replace(".", "", 1).isdigit():
        return float(after)
    try:
        at = parsedate_to_datetime(after)
    except ValueError:
        return None
    known = at if at.tzinfo is not None else at.replace(tzinfo=UTC)
    return max(0.0, (known - datetime.now(UTC)).total_seconds())


@contextmanager
def _told() -> Iterator[None]:
    """Failures of the line as Unavailable."""
    try:
        yield
    except httpx2.TimeoutException as error:
        raise Unavailable("the model did not answer in time", found=type(error).__name__) from error
    except (httpx2.TransportError, httpx2.DecodingError) as error:
        raise Unavailable("the model cannot be reached", found=f"{type(error).__name__}: {error}"[:160]) from error
