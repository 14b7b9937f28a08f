"""`goldloop ontology`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client, readable
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.client import Client
from goldloop.client.governance import Impact, LabelChange, ProposalView
from goldloop.core.errors import NotFound

app = noun("Ontology and guidelines: propose, discuss, approve, publish.")
Programme = Annotated[str, typer.Argument(help="its name")]
File = Annotated[Path, typer.Argument(help="a programme file, or its ontology, guidelines and migration; YAML")]
Proposal = Annotated[str, typer.Argument(help="PROGRAMME/NUMBER or an id")]
Text = Annotated[str, typer.Option(help="what you say of it")]
LABELS = ("kind", "label", "name", "to", "review", "into")
ENTRIES, CLAUSES = ("id", "name", "definition", "parent", "human_only"), ("id", "label", "title", "text")
IN_BATCHES, BY_PEOPLE = ("label", "batch", "labels"), ("label", "who", "labels")


@app.command()
def propose(
    context: typer.Context,
    programme: Programme,
    file: File,
    note: Annotated[str, typer.Option(help="why")] = "",
    json: Json = False,
) -> None:
    """Propose a changed ontology or changed guidelines, with what becomes of the labels given so far."""
    text = readable(file, "FILE")
    with client(context) as ours:
        _say(ours.ontology.propose(programme, text, note=note, name=str(file)[-200:]), as_json=json)


@app.command()
def diff(context: typer.Context, programme: Programme, file: File, json: Json = False) -> None:
    """What a proposal would change, without making it."""
    text = readable(file, "FILE")
    with client(context) as ours:
        found = ours.ontology.preview(programme, text, name=str(file)[-200:])
        if json:
            say(found)
            return
        _say_labels(found.labels)
        _say_impact(found.impact)


@app.command("list")
def list_(context: typer.Context, programme: Programme, json: Json = False) -> None:
    """The proposals of a programme, newest first."""
    with client(context) as ours:
        columns = ("number", "state", "because", "proposed_by", "proposed_at", "note")
        say_rows(ours.ontology.proposals(programme), columns, as_json=json)


@app.command()
def show(context: typer.Context, proposal: Proposal, json: Json = False) -> None:
    """A proposal: what it changes, what was said of it, where it stands."""
    with client(context) as ours:
        _say(ours.ontology.get(_id(ours, proposal)), as_json=json)


@app.command()
def impact(context: typer.Context, proposal: Proposal, json: Json = False) -> None:
    """How many labels a proposal touches, whose, and in which batches."""
    with client(context) as ours:
        found = ours.ontology.impact(_id(ours, proposal))
        if json:
            say(found)
            return
        say_rows(found.accepted, IN_BATCHES, as_json=False, none="no accepted label is touched")
        say_rows(found.by_person, BY_PEOPLE, as_json=False, none="nobody's judgement is touched")
        _say_impact(found)


@app.command()
def comment(context: typer.Context, proposal: Proposal, text: Text, json: Json = False) -> None:
    """Say something of a proposal."""
    with client(context) as ours:
        _say(ours.ontology.say(_id(ours, proposal), "comment", text), as_json=json)


@app.command()
def approve(context: typer.Context, proposal: Proposal, text: Text = "", json: Json = False) -> None:
    """Approve a proposal, as an expert whom the programme consults. Nobody approves their own."""
    with client(context) as ours:
        _say(ours.ontology.say(_id(ours, proposal), "approve", text), as_json=json)


@app.command()
def refuse(context: typer.Context, proposal: Proposal, text: Text, json: Json = False) -> None:
    """Refuse a proposal, with why."""
    with client(context) as ours:
        _say(ours.ontology.say(_id(ours, proposal), "refuse", text), as_json=json)


@app.command()
def withdraw(context: typer.Context, proposal: Proposal, text: Text = "", json: Json = False) -> None:
    """Take your own proposal back."""
    with client(context) as ours:
        _say(ours.ontology.say(_id(ours, proposal), "withdraw", text), as_json=json)


@app.command()
def publish(context: typer.Context, proposal: Proposal, json: Json = False) -> None:
    """Put an approved proposal in force; what no rule of its plan reads becomes work."""
    with client(context) as ours:
        _say(ours.ontology.publish(_id(ours, proposal)), as_json=json)


@app.command()
def version(context: typer.Context, version: str, json: Json = False) -> None:
    """A version of labels or guidelines, word for word, by the id that a judgement names it by."""
    with client(context) as ours:
        found = ours.ontology.version(version)
        if json:
            say(found)
            return
        say_one(found, ("programme", "kind", "number", "in_force", "sealed_at", "sealed_by", "digest"), as_json=False)
        rows, columns = (found.labels, ENTRIES) if found.kind == "ontology" else (found.clauses, CLAUSES)
        say_rows(rows, columns, as_json=False)


@app.command("look-again")
def look_again(context: typer.Context, programme: Programme, json: Json = False) -> None:
    """Open the work of looking again at what no rule reads under the ontology in force; never twice."""
    with client(context) as ours:
        done = watched(ours, ours.ontology.look_again(programme), "rereview")
        say_one(done.result, ("batches", "items"), as_json=json)


def _id(ours: Client, name: str) -> str:
    """A proposal's id, from its id or from PROGRAMME/NUMBER."""
    programme, slash, number = name.rpartition("/")
    if not slash:
        return name
    found = [one.id for one in ours.ontology.proposals(programme) if str(one.number) == number]
    if not found:
        raise NotFound("there is no such proposal", field="proposal", expected="PROGRAMME/NUMBER or an id", found=name)
    return found[0]


def _say(view: ProposalView, *, as_json: bool) -> None:
    if as_json:
        say(view)
        return
    say_one(view.proposal, ("id", "number", "state", "because", "proposed_by", "note"), as_json=False)
    _say_labels(view.labels)
    say_rows(view.words, ("by", "stance", "text", "said_at"), as_json=False, none="nobody has said anything yet")


def _say_labels(labels: tuple[LabelChange, ...]) -> None:
    say_rows(labels, LABELS, as_json=False, none="no label changes; the guidelines do")


def _say_impact(found: Impact) -> None:
    remark(
        f"{found.mapped:,} accepted labels are read as others, {found.reviewed:,} are looked at again; "
        f"{found.said:,} judgements of {found.people:,} people in {found.batches:,} batches"
    )
