"""The command `goldloop`: its nouns, loaded only when asked for, and what becomes of errors."""

import json
import os
import sys
from functools import cache
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from goldloop import __version__
from goldloop.core.errors import Conflict, Forbidden, GoldloopError, Invalid, NotFound, Unavailable

EXIT: dict[type[GoldloopError], int] = {Invalid: 2, Forbidden: 3, NotFound: 4, Conflict: 5, Unavailable: 6}
INTERRUPTED = 130
NOUNS = {
    "serve": "Run the server: people's workbench, API and background work.",
    "setup": "Create the first owner of a data folder.",
    "sign-in": "Sign in and keep the sign-in for later commands.",
    "sign-out": "Forget the sign-in and end it.",
    "organisation": "Organisations that own people and programmes.",
    "person": "People, their accounts and invitations.",
    "token": "API tokens for programs.",
    "programme": "Programmes and the files that declare them.",
    "plan": "Simulate a programme before it starts, or replay its history.",
    "ontology": "Ontology and guidelines: propose, discuss, approve, publish.",
    "import": "Files taken in, and what was rejected.",
    "source": "Where items come from: terms, counts, and the releases that rest on them.",
    "item": "Items: find them, read everything said of one, keep filters.",
    "confidence": "How far a model's confidence can be believed, and thresholds that keep an error bound.",
    "policy": "Try a policy on a batch, and explain where an item goes.",
    "model": "Models that pre-label: train, preview, run, compare and promote their versions.",
    "learn": "What to label next, and how rounds of learning went.",
    "work": "Open work, take it, answer it.",
    "escalation": "Questions about hard items, their answers, and precedents.",
    "batch": "Batches: progress, evidence, verdicts.",
    "gate": "Gates: run them, find where errors come from, send labels back, waive by name.",
    "delivery": "Label files that providers deliver, gated like our own batches.",
    "accuracy": "How many labels are right, over all audited batches.",
    "economics": "What labels take and cost, what suggestions save, and the budget.",
    "anchoring": "What showing suggestions does to answers, and errors that people and models share.",
    "audit": "Audits of delivered releases.",
    "sla": "What a programme promises its client, and the report on it.",
    "statement": "What a client owes for accepted work, and what people are paid.",
    "brief": "Briefs: findings that somebody repairs, until their number is healthy.",
    "raci": "Who answers for what, and who is missing.",
    "finding": "What an engineer's evaluation found, slice by slice.",
    "protection": "Erasures, openings of the vault, data-handling terms, the air gap.",
    "masking": "Audits of masking: what detectors of personal data left, kind by kind.",
    "workspace": "Where items may be read, the devices that people state, and who was shown which item.",
    "gold": "Gold sets: seal them, see which items people doubt, withdraw one.",
    "calibration": "Exams and hidden gold: how people stand, pauses and their ends.",
    "judgement": "Labels traced to person, model, versions, batch and release, and back.",
    "release": "Cut releases, and verify them with no server.",
    "run": "Training runs on releases, and what lies behind a regression.",
    "ledger": "Check the ledger's arithmetic.",
    "news": "What happened that you should know of.",
    "webhook": "Where a programme's news is sent.",
    "job": "Background work: watch it, cancel it, run it.",
    "stats": "Statistics from a table in a file, with no server.",
    "kinds": "Everything that plugs in.",
    "simulate": "Let simulated people work through a programme.",
    "demo": "Run the main job on a small data set, then serve it.",
}


class Asked(NamedTuple):
    """What was asked of every command: whose data folder, or which server."""

    home: str | None
    url: str | None
    token: str | None


class Noun(TyperGroup):
    """A command that is there by name and loaded when it is used, so that `--help` costs next to nothing."""

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Hand over to the real command."""
        return command_of(str(self.name)).make_context(info_name, args, parent, **extra)


@cache
def command_of(noun: str) -> Any:
    """The real command of a noun."""
    module = import_module(f"goldloop.cli.{noun.replace('-', '_')}_commands")
    command = typer.main.get_command(module.app)
    command.name = noun
    return command


class Nouns(TyperGroup):
    """The root group over the table of nouns."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: Noun(name=name, help=text, rich_markup_mode=None) for name, text in NOUNS.items()}


app = typer.Typer(
    name="goldloop",
    cls=Nouns,
    help="AI data operations: from raw data to training-ready datasets whose quality is proved.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"goldloop {__version__}")
        raise typer.Exit


@app.callback()
def root(
    context: typer.Context,
    home: Annotated[str | None, typer.Option(help="data folder (GOLDLOOP_HOME)", show_default=False)] = None,
    url: Annotated[str | None, typer.Option(help="server to talk to (GOLDLOOP_URL)", show_default=False)] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version")
    ] = False,
) -> None:
    """AI data operations: from raw data to training-ready datasets whose quality is proved."""
    context.obj = Asked(home, url or os.environ.get("GOLDLOOP_URL") or None, os.environ.get("GOLDLOOP_TOKEN") or None)


def main(args: list[str] | None = None) -> None:
    """The entry point. Our five errors become one line on stderr and their exit code; nothing else is caught."""
    arguments = sys.argv[1:] if args is None else args
    command = typer.main.get_command(app)
    try:
        command.main(args=arguments, prog_name="goldloop")
    except GoldloopError as error:
        say_error(error, as_json="--json" in arguments)
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # who read our output has gone, for instance `| head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)


def exit_code(error: GoldloopError) -> int:
    """The exit code of an error."""
    return next((code for kind, code in EXIT.items() if isinstance(error, kind)), 1)


def say_error(error: GoldloopError, *, as_json: bool) -> None:
    """One line: what is wrong, where, what was expected and what was found."""
    if as_json:
        print(json.dumps(error.as_json(), default=str), file=sys.stderr)
        return
    text = " ".join(str(error).split())
    request = error.details.get("request_id")
    print(f"goldloop: {text}" + (f" [request {request}]" if request else ""), file=sys.stderr)
