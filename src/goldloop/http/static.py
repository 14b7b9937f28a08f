"""The user interface: hashed assets for ever, the page itself never from a cache, every other path the page."""

import mimetypes
import os
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

FOLDER = Path(__file__).resolve().parents[1] / "static"
MISSING = """<!doctype html><meta charset="utf-8"><title>goldloop</title>
<h1>goldloop is running</h1><p>The user interface is not built here. In a checkout, run <code>make ui</code>.</p>
<p>The API answers under <a href="/api/state">/api</a>.</p>"""
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
NEVER = {"cache-control": "no-cache"}
PAGE = "index.html"
SAFE = ("GET", "HEAD")


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the built interface where no route answers; a wrong method on a route stays a wrong method.

    The files are listed once, so that no path of a request ever reaches the disk.
    """
    beneath = len(f"{folder}/")
    paths = (f"{place}/{name}" for place, _, names in os.walk(folder) for name in names)
    files = {path[beneath:]: path for path in paths}

    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise HTTPException(404)
        await _answer(files, Request(scope))(scope, receive, send)

    app.router.default = page


def _answer(files: dict[str, str], request: Request) -> Response:
    path = request.scope["path"].lstrip("/")
    if path == "api" or path.startswith("api/"):
        raise HTTPException(404)
    if request.method not in SAFE:
        raise HTTPException(405, headers={"Allow": ", ".join(SAFE)})
    if path.startswith("assets/"):
        if path not in files:  # the page in place of a script that a new version removed would be a riddle
            raise HTTPException(404)
        return _file(files, path, request, FOREVER)
    if path not in files:
        path = PAGE
    return _file(files, path, request, NEVER) if path in files else HTMLResponse(MISSING, 200, NEVER)


def _file(files: dict[str, str], path: str, request: Request, headers: dict[str, str]) -> Response:
    """A file, by its smaller twin where the browser takes it."""
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    twin = files.get(f"{path}.br")
    if twin is None:
        return FileResponse(files[path], headers=headers, media_type=kind)
    headers = {**headers, "vary": "accept-encoding"}
    if "br" not in request.headers.get("accept-encoding", ""):
        return FileResponse(files[path], headers=headers, media_type=kind)
    return FileResponse(twin, headers={**headers, "content-encoding": "br"}, media_type=kind)
