"""The user interface: what is cached for ever, what never, and what is no file of ours."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI

from goldloop.client.bridge import Bridge
from goldloop.http import errors, static

SECRET = "not for the web"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path / "static"
    (root / "assets").mkdir(parents=True)
    (root / "index.html").write_text("<!doctype html><p>the page")
    (root / "icon.svg").write_text("<svg/>")
    (root / "assets" / "app-1a2b.js").write_text("plain")
    (root / "assets" / "app-1a2b.js.br").write_bytes(b"squeezed")
    (root / "assets" / "app-3c4d.css").write_text("p {}")
    (tmp_path / "secret.txt").write_text(SECRET)
    return root


@pytest.fixture
def web(folder: Path) -> Iterator[httpx2.Client]:
    yield from _serving(folder)


def _here() -> dict[str, str]:
    return {}


def _serving(folder: Path) -> Iterator[httpx2.Client]:
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    errors.install(app)
    app.add_api_route("/api/here", _here)
    static.install(app, folder)
    bridge = Bridge(app)
    with httpx2.Client(transport=bridge, base_url="http://127.0.0.1", headers={"accept-encoding": "gzip"}) as client:
        yield client
    bridge.close()


def test_a_hashed_asset_is_kept_for_a_year(web: httpx2.Client) -> None:
    answer = web.get("/assets/app-3c4d.css")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/css")
    assert "content-encoding" not in answer.headers


def test_a_browser_that_takes_brotli_gets_the_smaller_twin(web: httpx2.Client) -> None:
    with web.stream("GET", "/assets/app-1a2b.js", headers={"accept-encoding": "gzip, br"}) as answer:
        assert b"".join(answer.iter_raw()) == b"squeezed"
    assert answer.headers["content-encoding"] == "br"
    assert answer.headers["content-type"].startswith("text/javascript")
    plain = web.get("/assets/app-1a2b.js")
    assert plain.text == "plain"
    assert plain.headers["vary"] == answer.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize("path", ["/", "/programmes/prg_1/batches", "/sign-in", "/index.html"])
def test_every_place_of_the_interface_is_the_page_and_never_from_a_cache(web: httpx2.Client, path: str) -> None:
    answer = web.get(path)
    assert answer.text == "<!doctype html><p>the page"
    assert answer.headers["cache-control"] == "no-cache"


def test_a_script_of_an_older_version_is_not_found_rather_than_the_page(web: httpx2.Client) -> None:
    answer = web.get("/assets/app-0000.js")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    "path",
    ["/../secret.txt", "/assets/../../secret.txt", "/%2e%2e/secret.txt", "/assets/%2e%2e%2f%2e%2e%2fsecret.txt",
     "//etc/passwd", "/..%5csecret.txt", "/" + "a" * 5000],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder(web: httpx2.Client, path: str) -> None:
    answer = web.send(httpx2.Request("GET", httpx2.URL("http://127.0.0.1", raw_path=path.encode())))
    assert answer.status_code in (200, 404)
    assert SECRET not in answer.text
    assert "root:" not in answer.text


def test_the_api_is_never_the_page(web: httpx2.Client) -> None:
    for path in ("/api", "/api/", "/api/nowhere"):
        assert web.get(path).status_code == 404
    assert web.get("/api/here").json() == {}
    assert web.post("/api/here").status_code == 405


def test_the_page_takes_no_answers(web: httpx2.Client) -> None:
    assert web.post("/").status_code == 405
    assert web.head("/").status_code == 200


def test_without_a_built_interface_a_plain_page_says_so(tmp_path: Path) -> None:
    for client in _serving(tmp_path / "none"):
        assert "goldloop is running" in client.get("/").text
