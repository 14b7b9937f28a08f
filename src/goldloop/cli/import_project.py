"""`goldloop programme import-project`: a whole project of another tool."""

import json as json_text
from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.authors import Pairs, pairs
from goldloop.cli.doors import client, readable
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.sources import source_named
from goldloop.cli.watching import telling, watched
from goldloop.client.projects import Survey


def import_project(
    context: typer.Context,
    files: Annotated[
        list[Path], typer.Argument(help="an export, a zip or folder with its configuration, or both files")
    ],
    programme: Annotated[str, typer.Option("--to", help="the programme it becomes, or one that takes it in")],
    organisation: Annotated[str | None, typer.Option(help="whose programme it becomes; yours if left out")] = None,
    title: Annotated[str, typer.Option(help="the programme's title")] = "",
    source: Annotated[str, typer.Option(help="the kind of the export")] = "label_studio.v1",
    set_: Annotated[list[str] | None, typer.Option("--set", help="a parameter of the source: control=intent")] = None,
    is_: Annotated[Pairs, typer.Option("--is", help="AUTHOR=NAME: an author is the person who signs in here")] = None,
    as_: Annotated[Pairs, typer.Option("--as", help="AUTHOR=NAME: an author is kept under another name")] = None,
    yaml: Annotated[Path | None, typer.Option(help="the programme file, where the draft was changed")] = None,
    report: Annotated[Path | None, typer.Option(help="write what was found, as JSON, to this file")] = None,
    draft: Annotated[Path | None, typer.Option(help="write the drafted programme file to this file")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only look: nothing comes in")] = False,
    json: Json = False,
) -> None:
    """Bring a whole project in: its configuration becomes a programme file, its annotations judgements.

    What cannot be carried is told first, counted by kind.
    """
    accounts, names = pairs("--is", is_), pairs("--as", as_)
    text = readable(yaml, "--yaml") if yaml is not None else None
    with client(context) as ours:
        whose = organisation or ours.me().organisation
        with telling("upload") as tell:
            job = ours.projects.look(
                files,
                programme,
                organisation=whose,
                title=title,
                source=source_named(source, set_ or ()),
                report=lambda sent, size: tell(sent, size, ""),
            )
        try:
            found = ours.projects.surveyed(watched(ours, job, "look through"))
            _write(found, report, draft)
            if not json:
                _say(found)
            if dry_run:
                if json:
                    say(found)
                elif draft is None and found.yaml is not None:
                    typer.echo("\n" + found.yaml, nl=False)
                return
            begun = ours.projects.bring_in(found, accounts=accounts, names=names, yaml=text)
        finally:
            ours.projects.forget(job.id)
        done = watched(ours, begun, "import")
        if json:
            say({"survey": found, "import": done.result})
            return
        print()
        say_one(done.result, ("items", "duplicates", "rejects", "judgements"), as_json=False)
        remark(f"next: goldloop work open {programme}, which settles what people agreed on and opens the rest")


def _write(found: Survey, report: Path | None, draft: Path | None) -> None:
    if report is not None:
        told = json_text.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=1)
        report.write_text(told + "\n", encoding="utf-8")
    if draft is not None and found.yaml is not None:
        draft.write_text(found.yaml, encoding="utf-8")


def _say(found: Survey) -> None:
    say_rows(
        [{"what": what, "times": times} for what, times in found.counts.items()],
        ("what", "times"),
        as_json=False,
        none="nothing was found",
    )
    print()
    say_rows(found.lost, ("times", "what"), as_json=False, none="everything can be carried")
    if found.rejects:
        print("\nrejected:")
        say_rows(found.rejects, ("times", "field", "expected", "found", "line"), as_json=False)
    if found.authors:
        print("\nauthors:")
        say_rows(found.authors, ("author", "address", "said", "taken", "may_be"), as_json=False)
    if found.models:
        print("\nmodels:")
        say_rows(found.models, ("model", "version", "said"), as_json=False)
