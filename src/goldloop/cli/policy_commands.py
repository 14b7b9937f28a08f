"""`goldloop policy`."""

from pathlib import Path
from typing import Annotated

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import batch_id
from goldloop.cli.nouns import noun
from goldloop.cli.saying import Json, remark, say, say_rows
from goldloop.core.programme_file import read_policy
from goldloop.http.paging import as_csv

app = noun("Try a policy on a batch, and explain where an item goes.")


@app.command("try")
def try_(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="the programme file to try", exists=True, dir_okay=False)],
    batch: Annotated[str, typer.Option(help="PROGRAMME/NAME or an id: a batch that was routed")],
    changed: Annotated[Path | None, typer.Option(help="a .csv file for the items that would go elsewhere")] = None,
    json: Json = False,
) -> None:
    """What a policy would have done with a batch: items rule by rule then and now, load of the queues, cost."""
    text = file.read_text(encoding="utf-8")
    programme = read_policy(text, name=file.name).programme
    with client(context) as ours:
        key = batch_id(ours, batch)
        found = ours.policies.dry_run(programme, key, text, name=file.name)
        if changed is not None:
            rows = [one.model_dump(mode="json") for one in ours.policies.changed(programme, key, text, name=file.name)]
            changed.write_text(as_csv(rows), encoding="utf-8", newline="")
    if json:
        say(found)
        return
    columns = ("was.rule", "was.to", "was.tier", "now.rule", "now.to", "now.tier", "items")
    rows = [{"was": one["was"], "now": one["now"], "items": one["items"]} for one in found.flows]
    say_rows(rows, columns, as_json=False)
    print()
    say_rows(found.load, ("to", "tier", "was", "now"), as_json=False)
    print(f"\n{found.changed:,} of {found.items:,} items would go elsewhere; confidence {found.confidence}")
    if found.cost_now is not None and found.cost_was is not None:
        print(f"cost then {found.cost_was:,.0f}, now {found.cost_now:,.0f} minor units of {found.currency}")
    else:
        print(f"cost: unknown; {found.prices['because']}")
    if found.unasked:
        remark(f"{found.unasked:,} items: {found.unasked_because}")


@app.command()
def explain(
    context: typer.Context,
    item: Annotated[str, typer.Argument(help="id of an item")],
    file: Annotated[
        Path | None, typer.Option(help="a programme file; the one in force if left out", exists=True, dir_okay=False)
    ] = None,
    json: Json = False,
) -> None:
    """Which rules are looked at for an item, in order, and why each does or does not match."""
    text = file.read_text(encoding="utf-8") if file is not None else None
    with client(context) as ours:
        found = ours.policies.explain(item, text, name=file.name if file is not None else "programme.yaml")
    if json:
        say(found)
        return
    for rule in found.looked_at:
        print(f"{'->' if rule['holds'] else '  '} {rule['rule']} ({rule['to']}, tier {rule['tier']})")
        for one in rule["conditions"]:
            print(f"     {'yes' if one['holds'] else 'no '} {one['field']}: {one['wanted']}; {one['found']}")
    if found.unasked:
        remark("the second model would be asked first")
