"""`goldloop sign-out`."""

import typer

from goldloop.cli import signins
from goldloop.cli.doors import door, place_of
from goldloop.cli.nouns import verb
from goldloop.cli.saying import Json, remark, say_done
from goldloop.core.errors import GoldloopError

app = verb("Forget the sign-in and end it.")


@app.command()
def sign_out(context: typer.Context, json: Json = False) -> None:
    """End the kept token and forget it."""
    place = place_of(context)
    kept = signins.kept(place)
    if kept is None:
        say_done("nobody is signed in here", as_json=json, signed_out=False)
        return
    try:
        with door(context) as found:
            found.client.tokens.revoke(kept.token_id)
    except GoldloopError as error:
        remark(f"forgotten here, but it could not be ended there: {error}")
    signins.forget(place)
    say_done("signed out", as_json=json, signed_out=True)
