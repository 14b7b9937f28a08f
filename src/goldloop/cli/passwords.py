"""Passwords as they come in: typed unseen, or one line on standard input."""

import sys
from typing import Annotated

import typer

from goldloop.core.errors import Invalid

PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="read the password from standard input")]


def password(*, from_stdin: bool) -> str:
    """A password that is known already."""
    return _line() if from_stdin else str(typer.prompt("Password", hide_input=True, err=True))


def new_password(*, from_stdin: bool) -> str:
    """A new password, typed twice where it is typed."""
    if from_stdin:
        return _line()
    return str(typer.prompt("New password", hide_input=True, confirmation_prompt=True, err=True))


def _line() -> str:
    line = sys.stdin.readline().rstrip("\r\n")
    if not line:
        raise Invalid("there is no password on standard input", field="--password-stdin", expected="one line")
    return line
