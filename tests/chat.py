"""A real server of this process that answers as OpenAI-compatible endpoints do."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, dict[str, str], Any]


def chat(
    content: str | None, *, logprobs: Any = None, usage: tuple[int, int] | None = (100, 10), **message: Any
) -> Answer:
    """An answer as such endpoints give it."""
    said: dict[str, Any] = {
        "choices": [
            {"message": {"role": "assistant", "content": content, **message}, "finish_reason": "stop"}
            | ({"logprobs": {"content": logprobs}} if logprobs else {})
        ],
    }
    if usage:
        said["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    return 200, {}, said


@contextmanager
def endpoint(
    *answers: Answer, by: Callable[[int, dict[str, Any]], Answer] | None = None
) -> Iterator[tuple[str, list[Any]]]:
    """A server that gives these answers in turn, then the last for ever; or what `by` makes of (number, request)."""
    seen: list[Any] = []
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            with lock:
                number = len(seen)
                answer = by(number, body) if by else answers[min(number, len(answers) - 1)]
                status, headers, content = answer
                seen.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content if isinstance(content, bytes) else json.dumps(content).encode())

        def log_message(self, *_: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/v1", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
