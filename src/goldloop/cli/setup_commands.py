"""`goldloop setup`."""

from typing import Annotated

import typer

from goldloop.cli.doors import door
from goldloop.cli.nouns import verb
from goldloop.cli.passwords import PasswordStdin, new_password
from goldloop.cli.saying import Json, remark, say_one
from goldloop.cli.sign_in_commands import keep_signed_in
from goldloop.core.errors import Invalid

app = verb("Create the first owner of a data folder.")


@app.command()
def setup(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="sign-in name of the owner")],
    organisation: Annotated[str, typer.Option(help="the enterprise that owns this goldloop")],
    display_name: Annotated[str | None, typer.Option(help="name that people read")] = None,
    token: Annotated[str | None, typer.Option(help="token of the first start; needed where a server runs")] = None,
    password_stdin: PasswordStdin = False,
    json: Json = False,
) -> None:
    """Create the first owner and sign them in. Possible once."""
    with door(context, signed_in=False, create=True) as found:
        token = token or found.set_up_token
        if token is None:
            raise Invalid(
                "the set-up asks for its token",
                field="--token",
                expected="what the server printed at its first start; none where there is an owner already",
            )
        password = new_password(from_stdin=password_stdin)
        me = found.client.set_up(
            token, name=name, password=password, organisation=organisation, display_name=display_name or name
        )
        kept = keep_signed_in(found, me.account)
    remark(f"{me.account} owns this goldloop and is signed in ({kept})")
    say_one(me, ("account", "organisation", "owner", "actor.id"), as_json=json)
