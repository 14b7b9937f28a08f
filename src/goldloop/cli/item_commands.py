"""`goldloop item`."""

from collections.abc import Sequence
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import person_named
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, say, say_done, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.client.items import SavedFilter
from goldloop.core.errors import Invalid, NotFound
from goldloop.core.headline import headline

app = noun("Items of a programme: find them, read everything said of one, keep filters.")
COLUMNS = ("id", "external_id", "text", "queue", "rule", "confidence", "state", "answer")


@app.command("list")
def list_(
    context: typer.Context,
    programme: str,
    text: Annotated[str | None, typer.Option(help="words that all occur; the last may go on")] = None,
    label: Annotated[str | None, typer.Option(help="id of an accepted label")] = None,
    by: Annotated[str | None, typer.Option(help="sign-in name of who said something of it")] = None,
    answered_by: Annotated[str | None, typer.Option(help="sign-in name of whose answer to it stands")] = None,
    slice_: Annotated[str | None, typer.Option("--slice", help="key=value")] = None,
    state: Annotated[str | None, typer.Option(help="open, disputed or decided")] = None,
    queue: Annotated[str | None, typer.Option(help="verify, annotate, review or accept")] = None,
    rule: Annotated[str | None, typer.Option(help="the rule that routed them")] = None,
    at_least: Annotated[float | None, typer.Option(min=0, max=1, help="lowest confidence")] = None,
    below: Annotated[float | None, typer.Option(min=0, max=1, help="confidence below")] = None,
    disagree: Annotated[bool, typer.Option("--disagree", help="people said something different")] = False,
    open_in: Annotated[str | None, typer.Option(help="work of this queue is open; any for all")] = None,
    in_hand: Annotated[str | None, typer.Option(help="somebody holds work of this queue; any for all")] = None,
    waits_in: Annotated[str | None, typer.Option(help="work of this queue waits for somebody; any for all")] = None,
    tier: Annotated[int | None, typer.Option(min=1, max=3, help="of that work")] = None,
    batch: Annotated[str | None, typer.Option(help="id of the batch they stand in, with route and work there")] = None,
    answered_at: Annotated[int | None, typer.Option(min=1, max=3, help="a person answered work of this tier")] = None,
    import_: Annotated[str | None, typer.Option("--import", help="id of the import that brought them")] = None,
    saved: Annotated[str | None, typer.Option(help="a filter you kept, beside or instead of options")] = None,
    sort: Sort = None,
    order: Order = None,
    json: Json = False,
) -> None:
    """The items for which all of this holds; sorted by taken, id, queue, confidence, state or answer."""
    with client(context) as ours:
        query = {
            "q": text,
            "label": label,
            "by": person_named(ours, by).id if by else None,
            "answered_by": person_named(ours, answered_by).id if answered_by else None,
            "slice": slice_,
            "state": state,
            "queue": queue,
            "rule": rule,
            "confidence_from": at_least,
            "confidence_below": below,
            "disagree": disagree or None,
            "open_in": open_in,
            "in_hand": in_hand,
            "waits_in": waits_in,
            "batch": batch,
            "tier": tier,
            "answered_at": answered_at,
            "import": import_,
            "sort": sort,
            "order": order,
        }
        kept = _kept(ours.items.filters(programme), saved) if saved else {}
        asked = {**kept, **{name: value for name, value in query.items() if value is not None}}
        say_rows(ours.items.where(programme, asked), COLUMNS, as_json=json)


@app.command()
def show(context: typer.Context, item: str, json: Json = False) -> None:
    """Everything ever said of an item, by whom, and why it was routed so."""
    with client(context) as ours:
        found = ours.items.get(item)
        if json:
            say(found)
            return
        say_one(found.item, ("id", "external_id", "digest", "human_only"), as_json=False)
        print(headline(found.item.body))
        print()
        say_rows(found.routes, ("batch", "queue", "tier", "because"), as_json=False, none="not routed")
        print()
        columns = ("said_at", "actor.kind", "actor.name", "stance", "answer", "saw.shown", "comment")
        say_rows(found.judgements, columns, as_json=False, none="nobody has said anything")
        print()
        say_rows(found.decisions, ("state", "answer", "because"), as_json=False, none="not decided")


@app.command()
def erase(
    context: typer.Context,
    item: str,
    because: Annotated[str, typer.Option(help="why, in a sentence; it stands in the ledger")],
    releases: Annotated[bool, typer.Option("--releases", help="with the folders of releases that hold it")] = False,
    derived: Annotated[
        bool | None,
        typer.Option(
            "--derived/--keep-derived", help="erase what was made from it, too; or keep it, in no new release"
        ),
    ] = None,
    wait: Annotated[bool, typer.Option(help="wait for its end")] = True,
    json: Json = False,
) -> None:
    """Forget an item for good: what it said and what was written of it. Labels and the ledger stay."""
    with client(context) as ours:
        job = ours.protection.erase(item, because, releases=releases, derived=derived)
        if not wait:
            say_one(job, ("id", "kind", "state"), as_json=json)
            return
        done = watched(ours, job, "erase")
        say_one(done.result, ("items", "words", "works", "tokens", "upload", "releases"), as_json=json)


@app.command()
def erasure(context: typer.Context, item: str, json: Json = False) -> None:
    """The certificate of an item's deletion: when, why, by whom, and where it stands in the ledger."""
    with client(context) as ours:
        found = ours.protection.erasure(item)
        columns = ("item_id", "external_id", "erased_at", "because", "by", "commitment", "ledger")
        say_one(found, columns, as_json=json)


@app.command()
def tokens(context: typer.Context, item: str, json: Json = False) -> None:
    """The tokens that stand in an item for personal data."""
    with client(context) as ours:
        columns = ("token", "kind", "kept", "may_open")
        say_rows(ours.protection.tokens(item), columns, as_json=json, none="nothing in it is masked")


@app.command("open")
def open_(
    context: typer.Context,
    item: str,
    token: Annotated[str, typer.Argument(help="the token, such as [EMAIL:7f3k9m2q4hxd]")],
    because: Annotated[str, typer.Option(help="why, in a sentence; it stands in the ledger")],
    json: Json = False,
) -> None:
    """Open a token of an item. Who opened it, why and which stands in the ledger."""
    with client(context) as ours:
        say_one(ours.protection.open(item, token, because), ("token", "kind", "value"), as_json=json)


@app.command("filters")
def filters(context: typer.Context, programme: str, json: Json = False) -> None:
    """The filters that you kept in a programme."""
    with client(context) as ours:
        say_rows(ours.items.filters(programme), ("place", "name", "query"), as_json=json)


@app.command()
def keep(
    context: typer.Context,
    programme: str,
    name: Annotated[str, typer.Argument(help="what you call it")],
    filter_: Annotated[list[str], typer.Argument(metavar="KEY=VALUE...", help="as in an address: q=refund state=open")],
    json: Json = False,
) -> None:
    """Keep filters under a name, for yourself; `list --saved NAME` uses them."""
    query = {}
    for one in filter_:
        key, equals, value = one.partition("=")
        if not equals:
            raise Invalid("a filter is a key and a value", field="FILTER", expected="KEY=VALUE", found=one)
        query[key] = value
    with client(context) as ours:
        ours.items.keep_filter(programme, name, query)
    say_done(f"{name} is kept", as_json=json, programme=programme, name=name, query=query)


@app.command()
def forget(context: typer.Context, programme: str, name: str, json: Json = False) -> None:
    """Forget a filter."""
    with client(context) as ours:
        ours.items.forget_filter(programme, name)
    say_done(f"{name} is forgotten", as_json=json, programme=programme, name=name)


def _kept(found: Sequence[SavedFilter], name: str) -> dict[str, str]:
    rows = {one.name: one.query for one in found if one.place == "items"}
    if name not in rows:
        raise NotFound("you keep no such filter", field="--saved", expected=", ".join(rows) or "none kept", found=name)
    return dict(rows[name])
