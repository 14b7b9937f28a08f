"""`goldloop demo`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Annotated

import typer

from goldloop.cli.doors import settings_of
from goldloop.cli.folder import in_process
from goldloop.cli.nouns import verb
from goldloop.cli.saying import Json, remark, say
from goldloop.cli.serving import Serving, serve
from goldloop.cli.watching import telling, watched
from goldloop.client import Client, Job
from goldloop.core.errors import Conflict
from goldloop.core.settings import Settings, changed
from goldloop.demo.main_job import KEYS, Shown, main_job

app = verb("Run the main job on a small data set, then serve it.")


class _Terminal:
    """The demo told on standard error."""

    def stage(self, title: str) -> None:
        remark(f"\n{title}")

    def fact(self, text: str) -> None:
        remark(f"  {text}")

    def job(self, client: Client, job: Job, title: str) -> Job:
        return watched(client, job, title)

    @contextmanager
    def counting(self, title: str, total: int | None) -> Iterator[Callable[[int], None]]:
        with telling(title) as tell:
            yield lambda done: tell(done, max(total, done) if total else None, "")


@app.command()
def demo(
    context: typer.Context,
    home: Annotated[Path | None, typer.Option(help="an empty data folder; else a temporary one")] = None,
    port: Annotated[int | None, typer.Option(help="port to serve on afterwards, 0 for a free one")] = None,
    serve_: Annotated[bool, typer.Option("--serve/--no-serve", help="serve the result when the job is done")] = True,
    json: Json = False,
) -> None:
    """Import, pre-label, route, work, gate, seal and verify; then serve the result with real work left to do."""
    folder = _fresh(home)
    own = {"home": folder, "database": "", "blobs": "", "host": "127.0.0.1"}  # whatever the environment names
    settings = changed(settings_of(context.obj), **own, **({} if port is None else {"port": port}))
    with in_process(settings, keys=KEYS) as here, Client(app=here.app) as client:
        shown = main_job(client, str(here.set_up_token), folder / "demo", _Terminal())
    if json:
        say({"home": folder, **shown._asdict(), "sign_ins": [one._asdict() for one in shown.sign_ins]})
    else:
        _say(shown, folder)
    if serve_:
        _serve(settings, json)


def _fresh(home: Path | None) -> Path:
    if home is None:
        return Path(mkdtemp(prefix="goldloop-demo-"))
    if home.exists() and any(home.iterdir()):
        raise Conflict("the demo starts from nothing", field="--home", expected="an empty folder", found=str(home))
    return home


def _say(shown: Shown, folder: Path) -> None:
    print(f"\nData folder   {folder}")
    print(f"Release       {shown.release}")
    print(f"Check it      goldloop release verify {shown.release} --key {shown.fingerprint}")
    print("\nSign-ins of this run:")
    for one in shown.sign_ins:
        print(f"  {one.name:<6} {one.password:<14} {one.about}")


def _serve(settings: Settings, json: bool) -> None:
    """Serve on loopback; a port that is taken is no reason to end the demo."""

    def ready(about: Serving) -> None:
        if json:
            say(about._asdict())
        else:
            print(f"\ngoldloop serves the demo at {about.url} (Ctrl-C ends it)", flush=True)

    serve(settings, workers=1, ready=ready)
