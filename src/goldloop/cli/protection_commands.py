"""`goldloop protection`."""

from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_done, say_rows
from goldloop.core.errors import NotFound

app = noun("Erasures, openings of the vault, data-handling terms, the air gap.")


@app.command()
def erasures(context: typer.Context, programme: str, json: Json = False) -> None:
    """What was erased of a programme, when, why and by whom."""
    with client(context) as ours:
        columns = ("item_id", "external_id", "erased_at", "by", "because")
        say_rows(ours.protection.erasures(programme), columns, as_json=json, none="nothing was erased")


@app.command()
def openings(context: typer.Context, programme: str, json: Json = False) -> None:
    """Who opened which token of personal data, and why."""
    with client(context) as ours:
        columns = ("opened_at", "who", "token", "external_id", "because")
        say_rows(ours.protection.openings(programme), columns, as_json=json, none="nobody opened anything")


@app.command()
def terms(context: typer.Context, programme: str, json: Json = False) -> None:
    """The data-handling terms of a programme."""
    with client(context) as ours:
        found = ours.protection.terms(programme)
        if json:
            say(found)
            return
        if found.version is None:
            remark("this programme has no terms")
            return
        print(found.text.rstrip())
        print()
        if found.accepted_at is None:
            remark(f"you have not accepted version {found.version}: goldloop protection accept {programme}")
        else:
            remark(f"you accepted version {found.version}")


@app.command()
def accept(
    context: typer.Context,
    programme: str,
    version: Annotated[int | None, typer.Option(help="the version you read; the one in force if left out")] = None,
    json: Json = False,
) -> None:
    """Accept the data-handling terms of a programme."""
    with client(context) as ours:
        read = version if version is not None else ours.protection.terms(programme).version
        if read is None:
            raise NotFound("this programme has no terms", found=programme)
        done = ours.protection.accept(programme, read)
    say_done(f"version {done.version} is accepted", as_json=json, programme=programme, version=done.version)


@app.command()
def acceptances(context: typer.Context, programme: str, json: Json = False) -> None:
    """Who accepted which version of the terms, and when."""
    with client(context) as ours:
        columns = ("who", "version", "accepted_at")
        say_rows(ours.protection.acceptances(programme), columns, as_json=json, none="nobody has accepted them")


@app.command()
def stuck(context: typer.Context, programme: str, json: Json = False) -> None:
    """Work that waits for nobody: who could do it is not on the roster."""
    with client(context) as ours:
        columns = ("queue", "tier", "works", "because")
        say_rows(ours.protection.stuck(programme), columns, as_json=json, none="all work has somebody who may do it")


@app.command("air-gap")
def air_gap(context: typer.Context, json: Json = False) -> None:
    """What reaches a network. Exits 0 when nothing does, 1 when the server cannot tell, 2 when something does."""
    with client(context) as ours:
        found = ours.protection.air_gap()
        if json:
            say(found)
        else:
            say_rows(found.outlets, ("what", "where", "outside"), as_json=False, none="nothing is set to connect")
            say_rows(
                found.connections,
                ("address", "port", "process", "outside"),
                as_json=False,
                none="no connection is open",
            )
    raise typer.Exit({True: 0, None: 1, False: 2}[found.closed])


@app.command()
def content(context: typer.Context, json: Json = False) -> None:
    """The kinds of harmful content in your programmes, and which you agreed to see."""
    with client(context) as ours:
        columns = ("programme", "content", "title", "agreed", "handed", "daily")
        say_rows(ours.protection.content(), columns, as_json=json, none="your programmes name none")


@app.command()
def agree(
    context: typer.Context,
    programme: str,
    kind: Annotated[str, typer.Argument(help="the kind of content")],
    no_longer: Annotated[bool, typer.Option("--no-longer", help="take it back")] = False,
    json: Json = False,
) -> None:
    """Agree to see a kind of content. Whether you do is nobody's business, and no measure knows it."""
    with client(context) as ours:
        ours.protection.agree(programme, kind, agree=not no_longer)
    text = f"you are handed no more of {kind}" if no_longer else f"you are handed {kind}"
    say_done(text, as_json=json, programme=programme, kind=kind, agreed=not no_longer)


@app.command()
def refuse(context: typer.Context, work: str, json: Json = False) -> None:
    """Give a work back because of its content, and be handed no more of that kind."""
    with client(context) as ours:
        done = ours.protection.refuse(work)
    say_done(f"you are handed no more of {', '.join(done.content)}", as_json=json, work=work, content=done.content)
