"""`goldloop calibration`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_done, say_one, say_rows
from goldloop.client import Client
from goldloop.core.errors import NotFound

app = noun("Exams and hidden gold: how people stand, pauses and their ends.")
PEOPLE = (
    "name",
    "state",
    "exam.value",
    "exam.low",
    "exam.high",
    "exam.n",
    "hidden.value",
    "hidden.low",
    "hidden.high",
    "hidden.n",
    "probes.value",
    "probes.low",
    "probes.high",
    "probes.n",
    "because",
    "contested",
)


@app.command()
def people(context: typer.Context, programme: str, json: Json = False) -> None:
    """How everybody stands to a programme's exam, on hidden gold and planted errors, with intervals."""
    with client(context) as ours:
        found = ours.calibration.people(programme)
        if json:
            say(found)
            return
        if found.rule is None:
            remark("the programme file asks for no exam: see `calibration` there")
        say_rows(found.people, PEOPLE, as_json=False, none="nobody has sat an exam yet")
        say_one(found.overturned, ("value", "low", "high", "n", "eligible", "method", "because"), as_json=False)


@app.command()
def mine(context: typer.Context, json: Json = False) -> None:
    """How you stand, your results on gold once they may be known, and your training."""
    with client(context) as ours:
        found = ours.calibration.mine()
        if json:
            say(found)
            return
        columns = ("programme", "state", "answered", "of", "exam.value", "exam.n", "training_open", "because")
        say_rows(found, columns, as_json=False, none="no programme of yours has examined you")
        for one in found:
            results = ("kind", "text", "mine", "accepted", "right", "explanation", "judgement_id")
            say_rows(one.results, results, as_json=False, none="")


@app.command()
def lift(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Argument(help="who is paused, by name or id")],
    because: Annotated[str, typer.Option(help="why the pause ends")],
    again: Annotated[bool, typer.Option("--again", help="to another exam instead of live work")] = False,
    json: Json = False,
) -> None:
    """End somebody's pause, by name and with a reason."""
    with client(context) as ours:
        state = ours.calibration.lift(programme, _person(ours, programme, name), because, again=again)
        say_one({"state": state}, ("state",), as_json=json)


@app.command()
def uphold(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Argument(help="who contested their pause, by name or id")],
    because: Annotated[str, typer.Option(help="why it stands")],
    json: Json = False,
) -> None:
    """Rule that a contested pause stands."""
    with client(context) as ours:
        ours.calibration.uphold(programme, _person(ours, programme, name), because)
    say_done(f"the pause of {name} stands", as_json=json, programme=programme, person=name, because=because)


@app.command()
def contest(
    context: typer.Context,
    programme: str,
    because: Annotated[str, typer.Option(help="why your pause is wrong")],
    json: Json = False,
) -> None:
    """Say that your own pause is wrong: a senior rules. A gold answer is contested with `goldloop person contest`."""
    with client(context) as ours:
        ours.calibration.contest(programme, because)
    say_done("a senior rules on it", as_json=json, programme=programme, because=because)


def _person(ours: Client, programme: str, name: str) -> str:
    for one in ours.calibration.people(programme).people:
        if name in (one.name, one.actor_id):
            return one.actor_id
    raise NotFound("nobody of this name has sat an exam here", field="name", expected="a name", found=name)
