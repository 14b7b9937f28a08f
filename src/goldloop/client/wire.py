"""Requests and answers: addresses, sign-ins, repeats of what may be repeated, rows as frozen models."""

import ssl
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from goldloop import __version__
from goldloop.client.bridge import Asgi, Bridge
from goldloop.client.failures import failure, unreachable
from goldloop.core.errors import Unavailable

HERE = "http://127.0.0.1"
PAUSES = (0.1, 0.3, 0.9)  # seconds before what may be repeated is asked again
PASSING = frozenset({502, 503, 504})
SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE"})
CHUNK = 1 << 18
Report = Callable[[int, int], None]
Target = str | Asgi
Way = Literal["asc", "desc"]


class Row(BaseModel):
    """Base of what the server answers: frozen, and what a newer server adds is kept."""

    model_config = ConfigDict(frozen=True, extra="allow")


M = TypeVar("M", bound=BaseModel)


def ordered(sort: str | None, order: Way | None) -> dict[str, str | None]:
    """What asks for a list in order of a heading, up or down; the server's own order where both are None."""
    return {"sort": sort, "order": order}


class Wire:
    """A way to one goldloop under one sign-in. Safe to share between threads."""

    def __init__(self, target: Target, *, token: str | None = None, timeout: float = 60.0) -> None:
        """`target` is an address or an ASGI application; `timeout` in seconds for one answer."""
        if isinstance(target, str):
            self._begin(_over(target), target.rstrip("/"), token, timeout)
        else:
            self._begin(Bridge(target), HERE, token, timeout)
        self._owns = True

    def acting(self, token: str | None) -> "Wire":
        """The same way under another sign-in; it ends with this one."""
        other = object.__new__(Wire)
        other._begin(self._transport, self.url, token, self._timeout)
        other._owns = False
        return other

    def _begin(self, transport: httpx2.BaseTransport, url: str, token: str | None, timeout: float) -> None:
        headers = {"user-agent": f"goldloop/{__version__}"}
        if token:
            headers["authorization"] = f"Bearer {token}"
        self.url, self._transport, self._timeout = url, transport, timeout
        self._http = httpx2.Client(transport=transport, base_url=f"{url}/api/", headers=headers, timeout=timeout)

    def close(self) -> None:
        """End every connection."""
        if self._owns:
            self._http.close()

    def carry(self, csrf: str) -> None:
        """Carry the secret that unsafe requests of a session need."""
        self._http.headers["x-csrf-token"] = csrf

    def ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, Any] | None = None,
        json: Any = None,
        content: Iterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
        again: bool | None = None,
    ) -> Any:
        """One request; the JSON of its answer, None where it is empty. Raises one of the five errors.

        `again` says whether it may be asked twice; by default what HTTP calls idempotent may.
        """
        again = method in SAFE if again is None else again
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        parts: dict[str, Any] = {"params": asked, "json": json, "content": content, "headers": headers}
        response = self._send(method, path, again=again and content is None, **parts)
        if response.status_code >= 400:
            raise failure(response)
        return response.json() if response.content else None

    def one(self, model: type[M], method: str, path: str, **parts: Any) -> M:
        """One request whose answer is a row."""
        return read(model, self.ask(method, path, **parts))

    def rows(self, model: type[M], path: str, *, params: Mapping[str, Any] | None = None) -> Iterator[M]:
        """Every row of a list, page after page."""
        after: str | None = None
        while True:
            page = self.ask("GET", path, params={**(params or {}), "after": after})
            yield from (read(model, row) for row in page["rows"])
            after = page.get("next")
            if not after:
                return

    def upload(self, path: str, file: Path, *, params: Mapping[str, Any], report: Report | None = None) -> Any:
        """Send a file as it is read. `report` is called with (bytes sent, bytes in all)."""
        size = file.stat().st_size
        headers = {"content-length": str(size), "content-type": "application/octet-stream"}
        return self.ask("POST", path, params=params, content=_read(file, size, report), headers=headers)

    def download(
        self, path: str, file: Path, *, params: Mapping[str, Any] | None = None, report: Report | None = None
    ) -> Mapping[str, str]:
        """Write an answer's body to a file, which appears when it is whole; the answer's headers."""
        part = file.with_name(f".{file.name}.part")
        try:
            with self._http.stream("GET", path, params=params, timeout=None) as response:
                if response.status_code >= 400:
                    response.read()
                    raise failure(response)
                total = int(response.headers.get("content-length", 0))
                with part.open("wb") as out:
                    for chunk in response.iter_bytes(CHUNK):
                        out.write(chunk)
                        if report is not None:
                            report(out.tell(), total)
            part.replace(file)
            return response.headers
        except httpx2.TransportError as error:
            raise unreachable(self.url, error) from error
        finally:
            part.unlink(missing_ok=True)

    def save(self, path: str, file: Path | str, **asked: str | None) -> Path:
        """Download into a file, by what is asked for (what is None is not); where it is."""
        to = Path(file)
        self.download(path, to, params={name: value for name, value in asked.items() if value is not None})
        return to

    def _send(self, method: str, path: str, *, again: bool, **parts: Any) -> httpx2.Response:
        for pause in (*PAUSES, None):
            try:
                response = self._http.request(method, path, **parts)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:  # nothing has reached the server
                if pause is None or parts["content"] is not None:
                    raise unreachable(self.url, error) from error
            except httpx2.TransportError as error:
                if pause is None or not again:
                    raise unreachable(self.url, error) from error
            else:
                if pause is None or not again or response.status_code not in PASSING:
                    return response
            time.sleep(pause)
        raise AssertionError("the last pause is None")


def _over(target: str) -> httpx2.HTTPTransport:
    """The way to an address. A plain one meets no certificate: to read all that are trusted would take longest."""
    plain = target.startswith("http://")
    return httpx2.HTTPTransport(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT) if plain else True)


def read(model: type[M], value: Any) -> M:
    """An answer as a row. Raises Unavailable where a server of another version answers in another shape."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise Unavailable(
            "the server answers in a shape that this client does not know; are their versions the same?",
            permanent=True,
            field=".".join(str(part) for part in (model.__name__, *first["loc"])),
            expected=first["msg"],
            found=repr(first.get("input"))[:80],
        ) from error


def address(*parts: str) -> str:
    """The path of a thing below `/api/`, its parts quoted."""
    return "/".join(quote(part, safe="") for part in parts)


def _read(file: Path, size: int, report: Report | None) -> Iterator[bytes]:
    sent = 0
    with file.open("rb") as data:
        while chunk := data.read(CHUNK):
            yield chunk
            sent += len(chunk)
            if report is not None:
                report(sent, size)
