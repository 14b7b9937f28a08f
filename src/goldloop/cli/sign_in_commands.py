"""`goldloop sign-in`."""

import platform
from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli import signins
from goldloop.cli.doors import Door, door
from goldloop.cli.nouns import verb
from goldloop.cli.passwords import PasswordStdin, password
from goldloop.cli.saying import Json, remark, say_one
from goldloop.client.tokens import SCOPES

app = verb("Sign in and keep the sign-in for later commands.")
DAYS = 90


@app.command()
def sign_in(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="sign-in name")],
    password_stdin: PasswordStdin = False,
    json: Json = False,
) -> None:
    """Sign in; an API token is kept in a file that only you may read, for 90 days."""
    with door(context, signed_in=False) as found:
        me = found.client.sign_in(name, password(from_stdin=password_stdin))
        kept = keep_signed_in(found, me.account)
    remark(f"{me.account} is signed in ({kept})")
    say_one(me, ("account", "organisation", "owner", "actor.id"), as_json=json)


def keep_signed_in(found: Door, account: str) -> Path:
    """Turn the session of a client into a kept token, and end the session."""
    new = found.client.tokens.add(f"command line on {platform.node()}", scopes=SCOPES, days=DAYS)
    kept = signins.keep(found.place, signins.SignIn(account, new.id, new.token))
    found.client.sign_out()
    return kept
