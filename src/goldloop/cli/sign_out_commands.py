"""`goldloop sign-out`."""

import typer

from goldloop.cli import signins
from goldloop.cli.doors import door, place_of
from goldloop.cli.nouns import verb
from goldloop.cli.saying import remark
from goldloop.core.errors import GoldloopError

app = verb("Forget the sign-in and end it.")


@app.command()
def sign_out(context: typer.Context) -> None:
    """End the kept token and forget it."""
    place = place_of(context)
    kept = signins.kept(place)
    if kept is None:
        remark("nobody is signed in here")
        return
    try:
        with door(context) as found:
            found.client.tokens.revoke(kept.token_id)
    except GoldloopError as error:
        remark(f"forgotten here, but it could not be ended there: {error}")
    signins.forget(place)
