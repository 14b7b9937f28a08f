"""A synchronous way into an ASGI application in this process: no socket, the same requests and answers."""

import asyncio
import queue
import threading
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from concurrent.futures import Future
from typing import Any

import httpx2

Asgi = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
AHEAD = 16  # chunks of an answer that may wait for their reader
FULL_S = 0.005  # between two looks at whether the reader has caught up


class Bridge(httpx2.BaseTransport):
    """Requests run on an event loop in a thread of its own, so that any number of threads may ask at once."""

    def __init__(self, app: Asgi) -> None:
        self._app = app
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bridge", daemon=True)
        self._thread.start()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """See httpx2: the answer as soon as it begins; its body is read as it comes."""
        exchange = _Exchange(request, self._loop)
        running = asyncio.run_coroutine_threadsafe(exchange.run(self._app), self._loop)
        status, headers = exchange.begun(running)
        return httpx2.Response(status, headers=headers, stream=_Body(exchange), request=request)

    def close(self) -> None:
        """Stop the loop; an answer that is still being read ends there."""
        if self._loop.is_running():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._loop.close()


class _Exchange:
    """One request and its answer, between the asking thread and the loop."""

    def __init__(self, request: httpx2.Request, loop: asyncio.AbstractEventLoop) -> None:
        self.request = request
        self.chunks: queue.Queue[bytes | None] = queue.Queue(AHEAD)
        self._loop = loop
        self._left = asyncio.Event()
        self._begun: Future[tuple[int, list[tuple[bytes, bytes]]]] = Future()
        self._body = _chunks(request)

    def begun(self, running: "Future[None]") -> tuple[int, list[tuple[bytes, bytes]]]:
        """Status and headers; whatever the application raised before them is raised here."""
        running.add_done_callback(self._ended)
        return self._begun.result()

    def leave(self) -> None:
        """Nobody reads on: the application is told that its reader has gone."""
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._left.set)

    async def run(self, app: Asgi) -> None:
        """The application at work on this request."""
        url = self.request.url
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": self.request.method,
            "headers": [(key.lower(), value) for key, value in self.request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.split(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 0),
            "root_path": "",
        }
        try:
            await app(scope, self._receive, self._send)
        finally:
            await self._put(None)

    async def _receive(self) -> MutableMapping[str, Any]:
        chunk = await asyncio.get_running_loop().run_in_executor(None, next, self._body, None)
        if chunk is None:
            await self._left.wait()
            return {"type": "http.disconnect"}
        body, more = chunk
        return {"type": "http.request", "body": body, "more_body": more}

    async def _send(self, message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            self._begun.set_result((message["status"], list(message.get("headers", []))))
            return
        if body := message.get("body", b""):
            await self._put(body)

    async def _put(self, chunk: bytes | None) -> None:
        while not self._left.is_set():
            try:
                self.chunks.put_nowait(chunk)
                return
            except queue.Full:
                await asyncio.sleep(FULL_S)

    def _ended(self, running: "Future[None]") -> None:
        error = running.exception() if not running.cancelled() else httpx2.ReadError("the application was closed")
        if error is not None and not self._begun.done():
            self._begun.set_exception(error)


class _Body(httpx2.SyncByteStream):
    def __init__(self, exchange: _Exchange) -> None:
        self._exchange = exchange

    def __iter__(self) -> Iterator[bytes]:
        while (chunk := self._exchange.chunks.get()) is not None:
            yield chunk

    def close(self) -> None:
        self._exchange.leave()


def _chunks(request: httpx2.Request) -> Iterator[tuple[bytes, bool]]:
    """The request's body: whole where it is known, else as its stream gives it."""
    try:
        yield request.content, False
        return
    except httpx2.RequestNotRead:
        stream = request.stream
    assert isinstance(stream, httpx2.SyncByteStream)
    for chunk in stream:
        yield chunk, True
    yield b"", False
