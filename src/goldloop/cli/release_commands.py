"""`goldloop release`."""

from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id, release_id
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, remark, say, say_done, say_one, say_rows
from goldloop.cli.sources import source_of
from goldloop.cli.watching import telling, watched
from goldloop.client import Client
from goldloop.core.errors import Conflict, NotFound
from goldloop.core.ids import PREFIXES
from goldloop.programmes.sealed import verify_release
from goldloop.programmes.sealed.layout import VERIFIER

app = noun("Cut releases, and verify them with no server.")
CHANGES = ("added", "relabelled", "confirmed", "removed")
MOST_ROWS = 100
KEYS = ("fingerprint", "signs_now", "withdrawn", "made_by", "made_at", "because", "vouched")
COLUMNS = ("id", "kind", "name", "number", "state", "digest", "sealed_at", "withdrawn.because")
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


@app.command()
def draft(context: typer.Context, programme: str, json: Json = False) -> None:
    """What the next release would hold, batch by batch, and why the others are left out. Nothing is sealed."""
    with client(context) as ours:
        found = ours.releases.draft(programme)
        say_rows(found, ("batch", "items", "leaves", "because"), as_json=json, none="there is no batch of labels yet")


@app.command()
def places(context: typer.Context, programme: str, json: Json = False) -> None:
    """The places that releases of a programme may be delivered to, as the operator declared them."""
    with client(context) as ours:
        none = "no place is declared for this programme: GOLDLOOP_PLACES"
        say_rows(ours.releases.places(programme), ("name", "kind"), as_json=json, none=none)


@app.command()
def deliver(
    context: typer.Context,
    release: Release,
    to: Annotated[str, typer.Option(help="the name of a place: goldloop release places")],
    json: Json = False,
) -> None:
    """Deliver a release to a folder or an object store: whole or not at all, and read again where it arrived."""
    with client(context) as ours:
        done = watched(ours, ours.releases.deliver(release_id(ours, release), to), "delivery")
        if json:
            say(done)
        else:
            say_one(done.result, ("name", "number", "place", "at", "files", "bytes", "digest"), as_json=False)


@app.command()
def receipts(context: typer.Context, release: Release, json: Json = False) -> None:
    """Who received a release: downloaded it, or had it delivered to a place."""
    with client(context) as ours:
        found = ours.releases.receipts(release_id(ours, release))
        say_rows(found, ("at", "who", "place", "files", "bytes"), as_json=json, none="nobody has received it")


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
    to: Annotated[Path | None, typer.Option(help="a .csv file to write every row to instead")] = None,
    json: Json = False,
) -> None:
    """The rows that differ from an earlier release of the same name: how, why, and by whom."""
    with client(context) as ours:
        key, other = release_id(ours, release), release_id(ours, since) if since is not None else None
        if to is not None:
            remark(f"wrote {ours.releases.save_changes(key, to, since=other, only=only)}")
            return
        rows = ours.releases.changes(key, since=other, only=only)
        if json:
            say(list(rows))
            return
        found = ours.releases.count_changes(key, since=other)
        print(", ".join(f"{getattr(found, change):,} {change}" for change in CHANGES))
        shown = [{**one.model_dump(), "by": ", ".join(by["name"] for by in one.by)} for one in islice(rows, MOST_ROWS)]
        say_rows(shown, ("change", "external_id", "before", "after", "by", "because"), as_json=False)
        if len(shown) == MOST_ROWS:
            remark(f"the first {MOST_ROWS} are shown; --to FILE.csv or --json has them all")


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
    json: Json = False,
) -> None:
    """Write a release to a zip file."""
    with client(context) as ours, telling("download") as tell:
        ours.releases.download(release_id(ours, release), to, report=lambda read, size: tell(read, size or None, ""))
    say_done(f"wrote {to}", as_json=json, file=to, bytes=to.stat().st_size)


@app.command()
def keys(
    context: typer.Context,
    programme: str,
    to: Annotated[
        Path | None, typer.Option(help="a file for the list that the newest key signs: `release verify --keys`")
    ] = None,
    json: Json = False,
) -> None:
    """The keys that a programme's releases are signed with, the newest first, which signs now."""
    with client(context) as ours:
        if to is not None:
            ours.releases.key_list(programme, to)
            remark(f"wrote {to}")
            return
        say_rows(ours.releases.keys(programme), KEYS, as_json=json)


@app.command()
def new_key(
    context: typer.Context,
    programme: str,
    because: Annotated[str, typer.Option(help="why it signs with another key from now on")],
    distrust: Annotated[bool, typer.Option(help="withdraw the old key: somebody else may hold it")] = False,
    json: Json = False,
) -> None:
    """Sign with a new key from now on: the old one was lost, or is to be trusted no more."""
    with client(context) as ours:
        say_one(ours.releases.new_key(programme, because, distrust=distrust), KEYS, as_json=json)


@app.command()
def verifier(
    to: Annotated[Path, typer.Option(help="the HTML file to write")] = Path("goldloop-verifier.html"),
    json: Json = False,
) -> None:
    """Write the page that verifies a release folder in a browser, with no server and no network."""
    if to.exists():
        raise Conflict("this file is there already", field="--to", expected="no such file", found=str(to))
    to.write_bytes(VERIFIER.read_bytes())
    text = f"wrote {to}: open it, say whose fingerprint you trust, and choose the folder"
    say_done(text, as_json=json, file=to)


@app.command()
def verify(
    folder: Annotated[Path, typer.Argument(help="a release folder")],
    key: Annotated[
        str | None, typer.Option(help="fingerprint of a key that you trust, ed25519:...; it may be an older one")
    ] = None,
    keys: Annotated[
        Path | None, typer.Option(help="list of the programme's keys: leads back to older ones, names withdrawn ones")
    ] = None,
    json: Json = False,
) -> None:
    """Check a release folder with no server: 0 verified, 1 intact but signer unknown, 2 tampered or unreadable."""
    found = verify_release(folder, key=key, keys=keys)
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
