"""`goldloop work`."""

from typing import Annotated, Any

import typer
import yaml

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_done, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Queue, Stance

app = noun("Open work, take it, answer it.")


@app.command()
def open(context: typer.Context, programme: str, json: Json = False) -> None:
    """Form batches of what has come in, route every item with its reason, and open the work."""
    with client(context) as ours:
        done = watched(ours, ours.work.open(programme), "open work")
        say_one(done if json else done.result, ("batches", "items", "settled"), as_json=json)


@app.command("next")
def next_(
    context: typer.Context,
    programme: Annotated[str | None, typer.Option(help="only from this programme")] = None,
    queue: Annotated[Queue | None, typer.Option(help="only from this queue")] = None,
    count: Annotated[int, typer.Option(min=1, max=10, help="how much to hold")] = 1,
    json: Json = False,
) -> None:
    """Take the next work; asking again gives the same until it is answered."""
    with client(context) as ours:
        wanted = ours.programmes.get(programme).programme.id if programme else None
        held = ours.work.claim(count=count, programme_id=wanted, queue=queue)
        columns = ("work_id", "programme", "queue", "tier", "body.text", "suggestion.answer", "because")
        say_rows(held, columns, as_json=json, none="no work for you now")


@app.command()
def submit(
    context: typer.Context,
    work_id: str,
    stance: Annotated[Stance, typer.Option(help="what you do with it")] = "answer",
    answer: Annotated[str | None, typer.Option(help="labels parted by commas, or JSON")] = None,
    comment: Annotated[str | None, typer.Option(help="for the next reader")] = None,
    reason: Annotated[str | None, typer.Option(help="why you skip, or the kind of mistake that you rule on")] = None,
    flag: Annotated[bool, typer.Option(help="somebody should look at this item again")] = False,
    json: Json = False,
) -> None:
    """Answer a work that you hold."""
    with client(context) as ours:
        note = {"flag": True} if flag else None
        said = ours.work.submit(work_id, stance, answer=answer_of(answer), comment=comment, reason=reason, note=note)
        say_one(said, ("judgement_id", "state", "surplus"), as_json=json)
        if said.revealed is not None and not json:
            remark(
                f"a model suggests {said.revealed.named}; `goldloop work revise {work_id} --answer ...` changes yours"
            )


@app.command()
def revise(
    context: typer.Context,
    work_id: str,
    answer: Annotated[str, typer.Option(help="labels parted by commas, or JSON")],
    json: Json = False,
) -> None:
    """Change your answer after its suggestion was shown; what you said first stays in the record."""
    with client(context) as ours:
        said = ours.work.revise(work_id, answer_of(answer))
        say_one(said, ("judgement_id", "state", "surplus"), as_json=json)


@app.command("give-back")
def give_back(context: typer.Context, work_id: str, json: Json = False) -> None:
    """Give a work back unanswered."""
    with client(context) as ours:
        ours.work.give_back(work_id)
    say_done("it is given back", as_json=json, work=work_id)


@app.command()
def queues(context: typer.Context, json: Json = False) -> None:
    """Where you may take work from."""
    with client(context) as ours:
        say_rows(ours.work.queues(), ("programme", "queue", "tier", "open", "held"), as_json=json)


@app.command()
def recent(context: typer.Context, limit: int = 10, json: Json = False) -> None:
    """Your last answers, and which can be taken back."""
    with client(context) as ours:
        columns = ("work_id", "programme", "said_at", "queue", "stance", "answer", "undoable", "because_not")
        say_rows(ours.work.recent(limit=limit), columns, as_json=json)


@app.command()
def undo(context: typer.Context, work_id: str, json: Json = False) -> None:
    """Take your last answer to a work back."""
    with client(context) as ours:
        say_one(ours.work.undo(work_id), ("work_id", "queue", "mine"), as_json=json)


@app.command()
def mine(
    context: typer.Context,
    days: Annotated[int, typer.Option(min=1, max=366, help="how many days back")] = 7,
    json: Json = False,
) -> None:
    """What you did, what came back corrected and why, your gold results and your questions."""
    with client(context) as ours:
        page = ours.work.mine(days=days)
        if json:
            say(page)
            return
        remark(f"what you did in {days} days")
        say_rows(page.did, ("programme", "queue", "stance", "count", "active_ms"), as_json=False, none="nothing yet")
        remark("what came back")
        columns = ("ruled_at", "text", "stance", "mine", "ruled", "reason", "comment")
        say_rows(page.corrected, columns, as_json=False, none="nothing was put otherwise")
        remark("gold")
        say_rows(page.gold, ("batch", "right", "n"), as_json=False, none=page.gold_because or "none")
        remark("your questions")
        say_rows(page.questions, ("asked_at", "state", "due_at", "question", "answer.text"), as_json=False)


@app.command()
def guidance(context: typer.Context, programme: str, json: Json = False) -> None:
    """The guidelines in force; reading them here counts as having opened what was changed."""
    with client(context) as ours:
        found = ours.work.guidance(programme)
        say_rows(found.clauses, ("id", "version", "unread", "title", "text"), as_json=json)
        for one in found.clauses:
            if one.unread:
                ours.work.read_clause(programme, one.id, one.version)


def answer_of(text: str | None) -> Any:
    """An answer as people type it: labels parted by commas, or JSON. Raises Invalid."""
    if text is None:
        return None
    if not text.lstrip().startswith(("{", "[")):
        return {"labels": [word.strip() for word in text.split(",") if word.strip()]}
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise Invalid("this answer cannot be read", field="--answer", expected="labels or JSON", found=text) from error
