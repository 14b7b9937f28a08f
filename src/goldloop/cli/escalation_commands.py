"""`goldloop escalation`."""

from typing import Annotated, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_done, say_one, say_rows
from goldloop.cli.work_commands import answer_of

app = noun("Questions about hard items, their answers, and the precedents among these.")
State = Literal["open", "answered"]


@app.command("list")
def list_(
    context: typer.Context,
    programme: str,
    state: Annotated[State | None, typer.Option(help="only these")] = None,
    text: Annotated[str | None, typer.Option(help="words of the question")] = None,
    json: Json = False,
) -> None:
    """Questions that people asked of items, newest first, with their deadlines and answers."""
    with client(context) as ours:
        columns = ("id", "asked_at", "state", "due_at", "overdue", "question", "answer.text", "answer.clause")
        rows = ours.escalations.all(programme, state=state, text=text)
        say_rows(rows, columns, as_json=json, none="no questions")


@app.command()
def take(context: typer.Context, escalation: str, json: Json = False) -> None:
    """Take the work in which a question is answered, to read its item first."""
    with client(context) as ours:
        columns = ("work_id", "programme", "queue", "due_at", "body", "questions", "others")
        say_one(ours.escalations.take(escalation), columns, as_json=json)


@app.command()
def answer(
    context: typer.Context,
    escalation: str,
    label: Annotated[str, typer.Option("--answer", help="labels parted by commas, or JSON")],
    say: Annotated[str, typer.Option(help="the answer in words; the asker reads it")],
    reason: Annotated[str | None, typer.Option(help="entry of the programme's error taxonomy")] = None,
    about: Annotated[str | None, typer.Option(help="id of the label that it is about")] = None,
    clause: Annotated[str | None, typer.Option(help="id of the clause that it rests on")] = None,
    amend: Annotated[str | None, typer.Option(help="how that clause should be put instead")] = None,
    precedent: Annotated[bool, typer.Option(help="everybody who works here may read it")] = False,
    json: Json = False,
) -> None:
    """Rule on the item that a question was asked of, and say why."""
    with client(context) as ours:
        said = ours.escalations.answer(
            escalation,
            answer_of(label),
            say,
            reason=reason,
            about=about,
            clause=clause,
            amends=amend,
            precedent=precedent,
        )
        say_one(said, ("judgement_id", "state", "surplus"), as_json=json)


@app.command()
def precedents(
    context: typer.Context,
    programme: str,
    text: Annotated[str | None, typer.Option(help="words of the question or the ruling")] = None,
    clause: Annotated[str | None, typer.Option(help="only on this clause")] = None,
    json: Json = False,
) -> None:
    """Rulings that hold for items like theirs."""
    with client(context) as ours:
        columns = ("id", "at", "clause", "labels", "questions", "text", "amends")
        say_rows(ours.escalations.precedents(programme, text=text, clause=clause), columns, as_json=json)


@app.command()
def withdraw(
    context: typer.Context,
    precedent: str,
    because: Annotated[str, typer.Option(help="why it holds no longer; it stays on record")],
    json: Json = False,
) -> None:
    """Withdraw a precedent: its ruling stands, and nobody is shown it beside the rules any more."""
    with client(context) as ours:
        ours.escalations.withdraw(precedent, because)
    say_done("it is a precedent no longer", as_json=json, precedent=precedent, because=because)


@app.command()
def flags(context: typer.Context, programme: str, json: Json = False) -> None:
    """What people flagged while they answered."""
    with client(context) as ours:
        say_rows(ours.escalations.flags(programme), ("at", "by", "item_id", "text", "comment"), as_json=json)
