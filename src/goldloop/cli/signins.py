"""Kept sign-ins: one file in the user's configuration folder that only they may read."""

import json
import os
from pathlib import Path
from typing import NamedTuple

import typer

from goldloop.core.errors import Invalid


class SignIn(NamedTuple):
    """A kept API token: whose it is, its id, its secret."""

    account: str
    token_id: str
    token: str


def file() -> Path:
    """Where sign-ins are kept."""
    return Path(typer.get_app_dir("goldloop")) / "sign-ins.json"


def kept(place: str) -> SignIn | None:
    """The sign-in kept for a place: a server's address or a data folder."""
    found = _all().get(place)
    return SignIn(**found) if found else None


def keep(place: str, sign_in: SignIn) -> Path:
    """Keep a sign-in for a place."""
    return _write({**_all(), place: sign_in._asdict()})


def forget(place: str) -> None:
    """Forget the sign-in of a place."""
    _write({name: one for name, one in _all().items() if name != place})


def _all() -> dict[str, dict[str, str]]:
    path = file()
    if not path.is_file():
        return {}
    try:
        found = json.loads(path.read_text())
        return {place: {name: str(one[name]) for name in SignIn._fields} for place, one in found.items()}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Invalid(
            "the kept sign-ins cannot be read", field=str(path), expected="what `goldloop sign-in` wrote", found="else"
        ) from error


def _write(content: dict[str, dict[str, str]]) -> Path:
    path = file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    part = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as out:
        json.dump(content, out, indent=1, sort_keys=True)
    part.replace(path)
    return path
