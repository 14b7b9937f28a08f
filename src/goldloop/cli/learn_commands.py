"""`goldloop learn`."""

import json as json_
from typing import Annotated, Any

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.core.errors import Invalid

app = noun("What to label next, and how rounds of learning went.")
ROUNDS = (
    "batch",
    "strategy.name",
    "version",
    "size",
    "random",
    "random_arm.automated.value",
    "random_arm.automated.low",
    "random_arm.automated.high",
    "random_arm.error.value",
    "random_arm.error.low",
    "random_arm.error.high",
    "random_arm.error.n",
    "selected_arm.error.value",
    "selected_arm.error.n",
)


@app.command("next")
def next_(
    context: typer.Context,
    programme: str,
    strategy: Annotated[str, typer.Option(help="a selection: see `goldloop learn strategies`")],
    size: Annotated[int, typer.Option(help="how many items")],
    random: Annotated[float, typer.Option(help="share of them drawn at random, as control")] = 0.2,
    param: Annotated[list[str] | None, typer.Option(help="NAME=VALUE of the selection, such as target=50")] = None,
    model: Annotated[str | None, typer.Option(help="whose suggestions; the routing model if left out")] = None,
    second: Annotated[str | None, typer.Option(help="second model of a committee")] = None,
    json: Json = False,
) -> None:
    """Choose what people label next, and open it as a batch."""
    params = dict(_param(one) for one in param or ())
    with client(context) as ours:
        job = ours.learning.next(
            programme, strategy, size=size, random=random, params=params, model=model, second=second
        )
        done = watched(ours, job, "choose")
        columns = ("batch", "items", "random", "selected", "filled", "version", "pool", "considered")
        say_one(done if json else done.result, columns, as_json=json)


@app.command()
def rounds(context: typer.Context, programme: str, json: Json = False) -> None:
    """Every round: what the policy could automate and how often the model erred, on the random arm."""
    with client(context) as ours:
        found = ours.learning.page(programme)
        if json:
            say(found)
            return
        say_rows(found.rounds, ROUNDS, as_json=False, none="no round yet: goldloop learn next")
        if found.rounds:
            remark("automated: " + str(found.rounds[-1].random_arm["automated"]["method"]))
            remark("error: " + str(found.rounds[-1].random_arm["error"]["method"]))


@app.command()
def strategies(context: typer.Context, programme: str, json: Json = False) -> None:
    """The selections there are, with what they mean."""
    with client(context) as ours:
        say_rows(ours.learning.page(programme).selections, ("name", "doc"), as_json=json)


def _param(text: str) -> tuple[str, Any]:
    """NAME=VALUE; a value that is JSON is read as such, any other is text."""
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise Invalid("a parameter is NAME=VALUE", field="param", expected="NAME=VALUE", found=text[:60])
    try:
        return name, json_.loads(value)
    except ValueError:
        return name, value
