"""The way in: over HTTP where a server has the data folder, else the folder itself, under the kept sign-in."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import typer

from goldloop.cli import running_server, signins
from goldloop.cli.root import Asked
from goldloop.client import Client
from goldloop.core.errors import Forbidden, Invalid, NotFound, Unavailable
from goldloop.core.settings import Settings, read_settings


class Door(NamedTuple):
    """A client, the place that its sign-in is kept under, and the set-up token where the folder is in this process."""

    client: Client
    place: str
    set_up_token: str | None


def settings_of(asked: Asked) -> Settings:
    """The settings in force for the data folder asked for."""
    environment = dict(os.environ)
    if asked.home is not None:
        environment["GOLDLOOP_HOME"] = asked.home
    return read_settings(environment)


@contextmanager
def client(context: typer.Context) -> Iterator[Client]:
    """A signed-in client. Raises Forbidden where nobody has signed in yet."""
    with door(context) as found:
        yield found.client


@contextmanager
def door(context: typer.Context, *, signed_in: bool = True, create: bool = False) -> Iterator[Door]:
    """A client of the server asked for, of the data folder's server, or of the folder itself with its jobs.

    `create` makes a data folder where there is none. Raises NotFound without it.
    """
    asked: Asked = context.obj
    if asked.url is not None:
        with _over_http(asked, asked.url.rstrip("/"), asked.url.rstrip("/"), signed_in) as found:
            yield found
        return
    settings = settings_of(asked)
    place = str(settings.home.resolve())
    server = _living(settings)
    if server is not None:
        with _over_http(asked, server, place, signed_in) as found:
            yield found
        return
    if not create and not settings.database and not (settings.home / "goldloop.db").is_file():
        raise NotFound(
            "there is no goldloop here",
            field="home",
            expected="a data folder; `goldloop serve` or `goldloop setup` makes one",
            found=str(settings.home),
        )
    token = _token(asked, place, signed_in)
    from goldloop.cli.folder import in_process  # the server's half: a second of imports that HTTP does not need

    with in_process(settings) as here, Client(app=here.app, token=token) as ours:
        yield Door(ours, place, here.set_up_token)


def place_of(context: typer.Context) -> str:
    """What a sign-in is kept under."""
    asked: Asked = context.obj
    return asked.url.rstrip("/") if asked.url is not None else str(settings_of(asked).home.resolve())


def _living(settings: Settings) -> str | None:
    """The address of the server that has the data folder, if one answers there."""
    server = running_server.announced(settings.home)
    if server is None:
        return None
    try:
        os.kill(server.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # another user's process lives
    with Client(server.url, timeout=10) as anybody:
        try:
            anybody.state()
        except Unavailable:
            return None
    return server.url


@contextmanager
def _over_http(asked: Asked, url: str, place: str, signed_in: bool) -> Iterator[Door]:
    with Client(url, token=_token(asked, place, signed_in)) as ours:
        yield Door(ours, place, None)


def _token(asked: Asked, place: str, signed_in: bool) -> str | None:
    if not signed_in:
        return None
    found = signins.kept(place)
    token = asked.token or (found.token if found else None)
    if token is None:
        raise Forbidden("nobody is signed in here", expected="goldloop sign-in NAME, or GOLDLOOP_TOKEN", found=place)
    return token


def readable(path: Path, field: str) -> str:
    """The text of a file. Raises NotFound, or Invalid where it is not UTF-8."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise NotFound("this file cannot be read", field=field, expected="a readable file", found=str(path)) from error
    except UnicodeDecodeError as error:
        found = f"{path}, byte {error.start}"
        raise Invalid("this is not UTF-8 text", field=field, expected="UTF-8", found=found) from error
