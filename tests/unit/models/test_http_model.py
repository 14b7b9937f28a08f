import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from goldloop.core.errors import Forbidden, Invalid, Unavailable
from goldloop.models import address, post
from goldloop.models.http import HttpModel, HttpParams

ITEMS = [("1", {"text": "ä"}), ("2", {"text": "b"})]
GOOD = json.dumps({"replies": [{"answer": "a", "confidence": 0.5}] * 2}).encode()


@contextmanager
def endpoint(*answers):
    """A real server that gives these (status, headers, content or function) answers in turn, then the last for ever."""
    seen = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            status, headers, content = answers[min(len(seen), len(answers) - 1)]
            seen.append(({name.lower(): value for name, value in self.headers.items()}, body))
            if status is None:
                content(self.wfile)
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if callable(content):
                content(self.wfile)
            else:
                self.wfile.write(content)

        def log_message(self, *_):
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/say", seen
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch):
    monkeypatch.setattr(post, "PAUSE", 0.001)


def client(url, **params):
    return HttpModel(HttpParams(url=url, **params), allow_private=True)


def test_a_batch_goes_out_with_its_parameters_and_replies_come_back():
    with endpoint((200, {}, GOOD)) as (url, seen):
        said = client(url, params={"prompt": "p"}).say(ITEMS)
    assert said == [{"answer": "a", "confidence": 0.5}] * 2
    headers, body = seen[0]
    assert body == {
        "items": [{"id": "1", "body": {"text": "ä"}}, {"id": "2", "body": {"text": "b"}}],
        "params": {"prompt": "p"},
    }
    assert headers["host"].startswith("localhost:")


def test_a_failure_that_may_pass_is_tried_again_and_a_permanent_one_is_not():
    with endpoint((503, {}, b"busy"), (429, {"Retry-After": "0"}, b""), (200, {}, GOOD)) as (url, seen):
        assert client(url).say(ITEMS)
        assert len(seen) == 3
    with endpoint((503, {}, b"busy")) as (url, seen):
        with pytest.raises(Unavailable) as raised:
            client(url, attempts=2).say(ITEMS)
        assert not raised.value.permanent
        assert len(seen) == 2
    with endpoint((401, {}, b"who are you?")) as (url, seen):
        with pytest.raises(Unavailable) as raised:
            client(url).say(ITEMS)
        assert raised.value.permanent
        assert len(seen) == 1


@pytest.mark.parametrize(
    ("answer", "because"),
    [
        ((302, {"Location": "http://169.254.169.254/"}, b""), "redirects"),
        ((200, {}, b"<html>oops"), "not JSON"),
        ((200, {}, b'{"answers": []}'), "list of replies"),
        ((200, {}, b'{"replies": [{}]}'), "another number"),
        ((200, {}, b"[" * 200_000), "not JSON"),
        ((200, {"Content-Encoding": "gzip"}, b"no gzip"), "cannot be reached"),
    ],
)
def test_nonsense_is_unavailable(answer, because):
    with endpoint(answer) as (url, _), pytest.raises(Unavailable, match=because):
        client(url, attempts=1).say(ITEMS)


def test_a_model_that_hangs_or_drips_is_given_up_in_time():
    given_up = threading.Event()

    def hang(_):
        given_up.wait()

    def drip(out):
        while not given_up.wait(0.05):
            out.write(b" ")
            out.flush()

    def drip_the_head(out):
        out.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
        drip(out)

    for status, answer in ((200, hang), (200, drip), (None, drip_the_head)):
        given_up.clear()
        with endpoint((status, {}, answer)) as (url, _):
            try:
                with pytest.raises(Unavailable, match="in time"):
                    client(url, attempts=1, timeout_seconds=0.4).say(ITEMS)
            finally:
                given_up.set()


def test_an_endless_reply_is_cut_off():
    def pour(out):
        try:
            for _ in range(64):
                out.write(b" " * (1 << 20))
        except OSError:
            return

    with endpoint((200, {}, pour)) as (url, seen), pytest.raises(Unavailable, match="too large"):
        client(url, max_reply_mb=2).say(ITEMS)
    assert len(seen) == 1


def test_nobody_listening_is_unavailable():
    with endpoint((200, {}, GOOD)) as (url, _):
        pass
    with pytest.raises(Unavailable, match="cannot be reached"):
        client(url, attempts=2).say(ITEMS)


def test_private_addresses_are_refused_unless_the_operator_allows_them():
    with endpoint((200, {}, GOOD)) as (url, seen):
        with pytest.raises(Forbidden, match="private"):
            HttpModel(HttpParams(url=url), allow_private=False).say(ITEMS)
        assert not seen


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "0.0.0.0", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "::1", "fd00::1", "fe80::1",
     "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "2130706433", "0x7f.1"],
)  # fmt: skip
def test_every_way_to_write_a_private_address_is_seen(host):
    with pytest.raises(Forbidden):
        address.public_address(host, 80, allow_private=False)


def test_a_public_address_passes():
    assert address.public_address("93.184.215.14", 443, allow_private=False) == "93.184.215.14"


def test_a_name_that_changes_its_mind_is_called_at_the_address_that_was_checked(monkeypatch):
    with endpoint((200, {}, GOOD)) as (url, seen):
        port = int(url.rpartition(":")[2].partition("/")[0])
        monkeypatch.setattr(post, "public_address", lambda *_, **__: "127.0.0.1")
        assert HttpModel(HttpParams(url=f"http://model.example:{port}/"), allow_private=False).say(ITEMS)
        assert seen[0][0]["host"] == f"model.example:{port}"


def test_headers_come_from_the_environment_and_stay_out_of_errors_and_fingerprints(monkeypatch):
    monkeypatch.setenv("GOLDLOOP_MODEL_KEY", "Authorization: Bearer s3cret\nX-Team: data")
    with endpoint((200, {}, GOOD), (401, {}, b"")) as (url, seen):
        model = client(url, headers_env="GOLDLOOP_MODEL_KEY")
        model.say(ITEMS)
        assert seen[0][0]["authorization"] == "Bearer s3cret"
        assert seen[0][0]["x-team"] == "data"
        assert model.fingerprint == client(url).fingerprint
        with pytest.raises(Unavailable) as raised:
            model.say(ITEMS)
    assert "s3cret" not in str(raised.value.as_json()) + repr(raised.value)
    monkeypatch.setenv("GOLDLOOP_MODEL_KEY", "s3cret")
    with pytest.raises(Invalid) as broken:
        client(url, headers_env="GOLDLOOP_MODEL_KEY")
    assert "s3cret" not in str(broken.value)
