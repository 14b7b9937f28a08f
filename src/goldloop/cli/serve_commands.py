"""`goldloop serve`."""

import signal
from typing import Annotated

import typer

from goldloop.cli.doors import settings_of
from goldloop.cli.nouns import verb
from goldloop.cli.saying import Json, say
from goldloop.cli.serving import Serving, serve
from goldloop.core.settings import Settings, changed

app = verb("Run the server: people's workbench, API and background work.")


@app.command()
def serve_command(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="address to listen on (GOLDLOOP_HOST)")] = None,
    port: Annotated[int | None, typer.Option(help="port to listen on, 0 for a free one (GOLDLOOP_PORT)")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="server processes; more than one on PostgreSQL")] = 1,
    json: Json = False,
) -> None:
    """Run the server until SIGTERM or Ctrl-C. The first start prints the one-time link that makes the owner."""
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = changed(settings_of(context.obj), **given)

    def ready(about: Serving) -> None:
        if json:
            say(about._asdict())
        else:
            _say(about, settings)

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # also while it is still starting
    serve(settings, workers=workers, ready=ready)


def _say(about: Serving, settings: Settings) -> None:
    typer.echo(f"goldloop serves {settings.home} at {about.url}")
    if about.set_up is not None:
        typer.echo(f"First start: create the owner at {about.set_up}")
    typer.echo("Ctrl-C ends it.")
