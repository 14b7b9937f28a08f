"""`goldloop ledger`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, say_done, say_one, say_rows
from goldloop.core.errors import Conflict
from goldloop.programmes.ledger.segment import Anchor, check_segment
from goldloop.programmes.sealed import verify_release

app = noun("Check the ledger's arithmetic, take it along, and see what left.")
EXIT = {"pass": 0, "unknown": 1, "fail": 2}


@app.command()
def show(context: typer.Context, programme: str, json: Json = False) -> None:
    """How much is sealed, and the newest block."""
    with client(context) as ours:
        say_one(ours.ledger.head(programme), ("sealed", "unsealed", "head"), as_json=json)


@app.command()
def verify(context: typer.Context, programme: str, json: Json = False) -> None:
    """Check every event, block and committed judgement. Exits 0 pass, 1 nothing sealed yet, 2 broken."""
    with client(context) as ours:
        report = ours.ledger.verify(programme)
        columns = ("outcome", "blocks", "events", "unsealed", "judgements", "unopened", "head")
        say_one(report, columns, as_json=json)
        if not json:
            for problem in report.problems:
                print(f"block {problem.get('block')}, event {problem.get('event')}: {problem.get('because')}")
            for closed in report.closed:
                print(f"closed segment {closed['number']}, of {closed['programme']}, signed by {closed['signer']}:")
                say_one(closed, columns, as_json=False)
                for problem in closed["problems"]:
                    print(f"block {problem.get('block')}, event {problem.get('event')}: {problem.get('because')}")
    raise typer.Exit(EXIT[report.outcome])


@app.command()
def exports(context: typer.Context, programme: str, json: Json = False) -> None:
    """What was taken out of a programme and which tokens were opened, by whom and when, newest first."""
    with client(context) as ours:
        found = ours.ledger.exports(programme)
        say_rows(found, ("at", "who", "kind", "what"), as_json=json, none="nothing has left")


@app.command()
def export(
    context: typer.Context,
    programme: str,
    to: Annotated[Path, typer.Option(help="the file to write")],
    since: Annotated[int, typer.Option(help="its first block")] = 1,
    json: Json = False,
) -> None:
    """Write a programme's ledger to a file that a third party can check: goldloop ledger check FILE.

    From its first block on, it begins with the segments that were closed where the programme was opened from.
    """
    if to.exists():
        raise Conflict("this file is there already", field="--to", expected="no such file", found=str(to))
    with client(context) as ours:
        ours.ledger.segment(programme, to, since=since)
    say_done(f"wrote {to}", as_json=json, programme=programme, file=to, since=since)


@app.command()
def check(
    file: Annotated[Path, typer.Argument(help="a segment: goldloop ledger export")],
    release: Annotated[
        Path | None, typer.Option(help="a release folder, whose certificate names a block of this ledger")
    ] = None,
    key: Annotated[str | None, typer.Option(help="fingerprint of the key that you trust for it, ed25519:...")] = None,
    json: Json = False,
) -> None:
    """Check a ledger's segment with no server: 0 anchored by a release, 1 its arithmetic holds alone, 2 broken."""
    anchors = (_anchor(release, key),) if release is not None else ()
    found = check_segment(file, anchors=anchors)
    say_one(found, ("outcome", "because", "programme", "first", "last", "closed", "events", "head"), as_json=json)
    if not json:
        for problem in found.problems:
            print(f"  {problem}")
    raise typer.Exit(EXIT[found.outcome])


def _anchor(folder: Path, key: str | None) -> Anchor:
    """The block that a release's certificate names. Raises Conflict where the folder does not verify."""
    found = verify_release(folder, key=key)
    if found.exit_code == 2 or found.ledger is None:
        because = found.because if found.exit_code == 2 else "no block was sealed when it was"
        raise Conflict("this release anchors nothing", field="--release", expected="one that verifies", found=because)
    who = f"the certificate of {found.release}"
    return Anchor(found.ledger.number, found.ledger.hash, who if key else f"{who} (signer unknown)")
