"""`goldloop programme archive`, `check-archive` and `open`: a whole programme as one file."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client, readable
from goldloop.cli.saying import Json, remark, say, say_one, say_rows
from goldloop.cli.watching import telling, watched
from goldloop.core.errors import Conflict, Invalid, NotFound
from goldloop.core.nouns import Noun
from goldloop.core.programme_file import read_noun

EXIT = {"pass": 0, "unknown": 1, "fail": 2}
File = Annotated[Path, typer.Argument(help="an archive that `goldloop programme archive` wrote")]
PEOPLE = ("name", "sign_in", "organisation", "seats")


class WhoIsWho(Noun):
    """Who the people of an archive are here: `accounts` sign in here, `names` are kept without a sign-in."""

    accounts: dict[str, str] = {}
    names: dict[str, str] = {}


def archive(
    context: typer.Context,
    programme: str,
    file: Annotated[Path, typer.Argument(help="the file to write")],
    names: Annotated[bool, typer.Option("--names", help="people leave by name, and not under pseudonyms")] = False,
    json: Json = False,
) -> None:
    """Write a whole programme into one file that opens in another installation. Owners only."""
    if file.exists():
        raise Conflict("this file is there already", field="FILE", expected="no such file", found=str(file))
    with client(context) as ours:
        job = ours.archives.write(programme, names=names)
        done = watched(ours, job, "archive")
        with telling("download") as tell:
            ours.archives.save(job, file, report=lambda read, size: tell(read, size or None, ""))
        ours.archives.forget(job)
    if json:
        say(done)
        return
    say_one(done.result, ("programme", "size", "sha256", "fingerprint", "names", "masked"), as_json=False)
    remark(f"wrote {file}; no key, password or vault leaves with it. Check it: goldloop programme check-archive {file}")


def check_archive(
    file: File,
    key: Annotated[str | None, typer.Option(help="fingerprint of the signer you trust, ed25519:...")] = None,
    json: Json = False,
) -> None:
    """Check an archive with no server: 0 verified, 1 intact but signer unknown, 2 changed or unreadable."""
    from goldloop.programmes.archive.reading import check  # the server's half, which HTTP does not need
    from goldloop.programmes.sealed.signing import read_fingerprint

    if not file.is_file():
        raise NotFound("there is no such file", field="FILE", expected="an archive", found=str(file))
    found = check(file, key=read_fingerprint(key) if key is not None else None)
    if json:
        say({**found.model_dump(mode="json"), "exit_code": EXIT[found.outcome]})
    else:
        say_one(
            found,
            ("outcome", "programme", "organisation", "fingerprint", "blocks", "events", "unsealed", "head"),
            as_json=False,
        )
        print()
        say_rows(
            [{"table": name, "rows": n} for name, n in found.counts.items() if n], ("table", "rows"), as_json=False
        )
        print()
        say_rows(found.people, PEOPLE, as_json=False, none="nobody is in it")
        for problem in found.problems:
            print(problem)
        if found.outcome == "unknown":
            remark("intact, but nobody said whose key to expect: --key ed25519:...")
    raise typer.Exit(EXIT[found.outcome])


def open_(
    context: typer.Context,
    file: File,
    name: Annotated[str | None, typer.Option("--as", help="the programme's name here")] = None,
    organisation: Annotated[str | None, typer.Option(help="whose it is here; as it was, if left out")] = None,
    people: Annotated[
        Path | None, typer.Option(help="YAML: accounts (name there: sign-in name here) and names (name there: name)")
    ] = None,
    json: Json = False,
) -> None:
    """Open an archive as a programme here. Owners only; its people come without a seat and without a sign-in."""
    who = WhoIsWho() if people is None else read_noun(readable(people, "--people"), WhoIsWho, name=str(people))
    if not file.is_file():
        raise NotFound("there is no such file", field="FILE", expected="an archive", found=str(file))
    if file.suffix == ".yaml":
        raise Invalid("this is a programme file", field="FILE", expected="goldloop programme apply", found=str(file))
    with client(context) as ours:
        with telling("upload") as tell:
            sent = ours.archives.send(file, report=lambda read, size: tell(read, size, ""))
        try:
            job = ours.archives.open(sent, name=name, organisation=organisation, accounts=who.accounts, names=who.names)
            done = watched(ours, job, "open")
        except BaseException:
            ours.archives.give_up(sent)
            raise
    if json:
        say(done)
        return
    found = done.result
    say_one(found, ("programme", "programme_id", "version", "signed_by", "key", "people", "masked"), as_json=False)
    for who_ in found["stood_in_for"]:
        remark(f"the programme file names {who_}, who is nobody here: you stand in until it says otherwise")
    remark(f"next: goldloop programme staff {found['programme']} NAME, which gives people their seats")
