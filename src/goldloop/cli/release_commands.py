"""`goldloop release`."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id, release_id
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.sources import source_of
from goldloop.cli.watching import telling, watched
from goldloop.client import Client
from goldloop.core.errors import Conflict, NotFound
from goldloop.core.ids import PREFIXES
from goldloop.programmes.release import verify_release
from goldloop.programmes.release.layout import VERIFIER

app = noun("Cut releases, and verify them with no server.")
CHANGES = ("added", "relabelled", "confirmed", "removed")
MOST_ROWS = 100
KEYS = ("fingerprint", "signs_now", "made_by", "made_at", "because", "vouched")
COLUMNS = ("id", "kind", "name", "number", "digest", "sealed_at", "withdrawn.because")
Release = Annotated[str, typer.Argument(help="PROGRAMME/NAME, PROGRAMME/NAME@NUMBER or an id")]


@app.command()
def cut(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Option(help="what the release is called")],
    batch: Annotated[list[str] | None, typer.Option(help="batches it holds; all whose gate opens if left out")] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--as", help="a format it holds beside its rows; jsonl.v1 if left out")
    ] = None,
    waive: Annotated[
        str | None, typer.Option(help="why rows that stand in an evaluation set are sealed all the same")
    ] = None,
    json: Json = False,
) -> None:
    """Seal accepted labels with their lineage and evidence under a signed certificate."""
    with client(context) as ours:
        keys = [batch_id(ours, one, programme=programme) for one in batch or ()]
        job = ours.releases.cut(programme, name, batch_ids=keys, exports=kind or ["jsonl.v1"], waive=waive)
        done = watched(ours, job, "release")
        if json:
            say(done)
        else:
            say_one(done.result, tuple(done.result), as_json=False)


@app.command("list")
def list_(context: typer.Context, programme: str, sort: Sort = None, order: Order = None, json: Json = False) -> None:
    """The releases of a programme; sorted by sealed, name or number."""
    with client(context) as ours:
        say_rows(ours.releases.all(programme, sort=sort, order=order), COLUMNS, as_json=json)


@app.command()
def show(context: typer.Context, release: Release, json: Json = False) -> None:
    """One release."""
    with client(context) as ours:
        say_one(ours.releases.get(release_id(ours, release)), COLUMNS, as_json=json)


@app.command()
def diff(
    context: typer.Context,
    release: Release,
    since: Annotated[str | None, typer.Option(help="the release to compare with; the one before if left out")] = None,
    only: Annotated[str | None, typer.Option(help="added, relabelled, confirmed or removed")] = None,
    json: Json = False,
) -> None:
    """The rows that differ from an earlier release of the same name: how, why, and by whom."""
    with client(context) as ours:
        key, other = release_id(ours, release), release_id(ours, since) if since is not None else None
        rows = ours.releases.changes(key, since=other, only=only)
        if json:
            say(list(rows))
            return
        found = ours.releases.count_changes(key, since=other)
        print(", ".join(f"{getattr(found, change):,} {change}" for change in CHANGES))
        shown = [{**one.model_dump(), "by": ", ".join(by["name"] for by in one.by)} for one in islice(rows, MOST_ROWS)]
        say_rows(shown, ("change", "external_id", "before", "after", "by", "because"), as_json=False)
        if len(shown) == MOST_ROWS:
            remark(f"the first {MOST_ROWS} are shown; --json has them all")


@app.command()
def contamination(
    context: typer.Context,
    programme: str,
    release: Annotated[
        str | None, typer.Option(help="NAME, NAME@NUMBER or an id; what may be cut now if left out")
    ] = None,
    against: Annotated[list[str] | None, typer.Option(help="an evaluation set: PROGRAMME/NAME or an id")] = None,
    gold: Annotated[list[str] | None, typer.Option(help="a gold set: its name in the programme, or an id")] = None,
    eval_only: Annotated[bool, typer.Option(help="of gold only what is never handed out as training")] = False,
    file: Annotated[Path | None, typer.Option(help="a file of evaluation texts")] = None,
    source: Annotated[str | None, typer.Option(help="its kind, such as csv.v1; by its name if left out")] = None,
    split: Annotated[list[str] | None, typer.Option(help="only the rows of this split of a release")] = None,
    words: Annotated[int, typer.Option(help="words in a row that make an overlap")] = 8,
    json: Json = False,
) -> None:
    """Count and name rows that stand in evaluation sets: exactly, normalised, or in a phrase."""
    with client(context) as ours:
        key = release_id(ours, release if _is_id(release) else f"{programme}/{release}") if release else None
        sets = [release_id(ours, one) for one in against or ()]
        sets += [one if _is_id(one) else _gold_id(ours, programme, one) for one in gold or ()]
        job = ours.releases.contamination(
            programme,
            key,
            against=sets,
            eval_only=eval_only,
            file=file,
            source=source_of(file, source, ()) if file is not None else None,
            splits=split or (),
            words=words,
        )
        found = watched(ours, job, "contamination").result
    if json:
        say(found)
        return
    share = "" if found["share"] is None else f" ({found['share']:.2%})"
    print(f"{found['collide']:,} of {found['rows']:,} rows{share} collide with {', '.join(found['against'])}")
    print(", ".join(f"{n:,} {way}" for way, n in found["ways"].items()))
    say_rows(found["collisions"][:MOST_ROWS], ("external_id", "way", "evaluation", "evaluation_id"), as_json=False)
    if len(found["collisions"]) > MOST_ROWS:
        remark(f"the first {MOST_ROWS} are shown; --json has more")


def _is_id(name: str | None) -> bool:
    return name is not None and name.startswith(f"{PREFIXES['release']}_")


def _gold_id(ours: Client, programme: str, name: str) -> str:
    """The newest gold release of a name. Raises NotFound."""
    for one in ours.calibration.gold(programme):
        if one.name == name:
            return one.id
    raise NotFound("there is no such gold set", field="--gold", expected="the name of a gold set", found=name)


@app.command()
def withdraw(
    context: typer.Context,
    release: Release,
    because: Annotated[str, typer.Option(help="why nobody should use it any longer")],
    json: Json = False,
) -> None:
    """Withdraw a release, by name and with a reason: it is no longer given out, and its followers are told."""
    with client(context) as ours:
        say_one(ours.releases.withdraw(release_id(ours, release), because), COLUMNS, as_json=json)


@app.command()
def download(
    context: typer.Context,
    release: Release,
    to: Annotated[Path, typer.Option(help="the zip file to write")],
) -> None:
    """Write a release to a zip file."""
    with client(context) as ours, telling("download") as tell:
        ours.releases.download(release_id(ours, release), to, report=lambda read, size: tell(read, size or None, ""))
    remark(f"wrote {to}")


@app.command()
def keys(context: typer.Context, programme: str, json: Json = False) -> None:
    """The keys that a programme's releases are signed with, the newest first, which signs now."""
    with client(context) as ours:
        say_rows(ours.releases.keys(programme), KEYS, as_json=json)


@app.command()
def new_key(
    context: typer.Context,
    programme: str,
    because: Annotated[str, typer.Option(help="why it signs with another key from now on")],
    json: Json = False,
) -> None:
    """Sign with a new key from now on: the old one was lost, or is to be trusted no more."""
    with client(context) as ours:
        say_one(ours.releases.new_key(programme, because), KEYS, as_json=json)


@app.command()
def verifier(
    to: Annotated[Path, typer.Option(help="the HTML file to write")] = Path("goldloop-verifier.html"),
) -> None:
    """Write the page that verifies a release folder in a browser, with no server and no network."""
    if to.exists():
        raise Conflict("this file is there already", field="--to", expected="no such file", found=str(to))
    to.write_bytes(VERIFIER.read_bytes())
    remark(f"wrote {to}: open it, say whose fingerprint you trust, and choose the folder")


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="a release folder")],
    key: Annotated[str | None, typer.Option(help="fingerprint of the signer you trust, ed25519:...")] = None,
    json: Json = False,
) -> None:
    """Check a release folder with no server: 0 verified, 1 intact but signer unknown, 2 tampered or unreadable."""
    found = verify_release(folder, key=key)
    if json:
        say({**found.model_dump(mode="json"), "exit_code": found.exit_code})
    else:
        print(f"{found.outcome}: {found.because}")
        if found.release:
            counts = ", ".join(f"{n:,} {what}" for what, n in found.counts.items())
            print(f"  {found.release}: {counts}")
        for note in found.notes:
            print(f"  {note}")
        for problem in found.problems:
            print(f"  {problem}")
        if found.more_problems:
            print(f"  and {found.more_problems:,} more")
    raise typer.Exit(found.exit_code)
