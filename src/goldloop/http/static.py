"""The user interface: hashed assets for ever, the page itself never from a cache, every other path the page."""

import mimetypes
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, Response

FOLDER = Path(__file__).resolve().parents[1] / "static"
MISSING = """<!doctype html><meta charset="utf-8"><title>goldloop</title>
<h1>goldloop is running</h1><p>The user interface is not built here. In a checkout, run <code>make ui</code>.</p>
<p>The API answers under <a href="/api/state">/api</a>.</p>"""
FOREVER = {"cache-control": "public, max-age=31536000, immutable"}
NEVER = {"cache-control": "no-cache"}


def install(app: FastAPI, folder: Path = FOLDER) -> None:
    """Serve the built interface below `/`."""

    @app.get("/{path:path}", include_in_schema=False, name="page")
    async def page(path: str, request: Request) -> Response:
        if path == "api" or path.startswith("api/"):
            return Response(
                '{"code":"not_found","message":"there is no such address"}', 404, media_type="application/json"
            )
        target = (folder / path).resolve()
        if path and target.is_relative_to(folder.resolve()) and target.is_file():
            return _file(target, request, FOREVER if path.startswith("assets/") else NEVER)
        index = folder / "index.html"
        if not index.is_file():
            return HTMLResponse(MISSING, 200, NEVER)
        return _file(index, request, NEVER)


def _file(path: Path, request: Request, headers: dict[str, str]) -> Response:
    """A file, by its smaller twin where the browser takes it."""
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    twin = path.with_name(path.name + ".br")
    if twin.is_file() and "br" in request.headers.get("accept-encoding", ""):
        return FileResponse(
            twin, headers={**headers, "content-encoding": "br", "vary": "accept-encoding"}, media_type=kind
        )
    return FileResponse(path, headers=headers, media_type=kind)
