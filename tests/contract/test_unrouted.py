"""What waits to be routed is, at any time, what stands in no batch and has no known answer."""

import json
from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.story.house import done

from goldloop.cli.folder import in_process
from goldloop.client import Client
from goldloop.core.nouns import Spec
from goldloop.core.settings import Settings
from goldloop.store.open import Store
from goldloop.store.schema import batch_item, gold, item, unrouted

PROGRAMME = """
programme: p
title: P
organisation: Harbour Bank
raci: {accountable: mona}
task: choice.v1
routing: {rules: [{rule: all, to: annotate, tier: 1}]}
batches: {size: 7}
ontology: {labels: [a, b]}
"""
SOURCE = Spec(name="jsonl.v1", params={"judgements": "judgements", "gold": "gold"})


def waiting(store: Store) -> set[int]:
    """What the table says; it must agree with the definition."""
    with store.read() as connection:
        said = set(connection.execute(select(unrouted.c.item_id)).scalars())
        placed = set(connection.execute(select(batch_item.c.item_id)).scalars())
        known = set(connection.execute(select(gold.c.item_id)).scalars())
        assert said == set(connection.execute(select(item.c.id)).scalars()) - placed - known
    return said


def test_the_table_follows_imports_replays_gold_and_routing(tmp_path: Path) -> None:
    with in_process(Settings(home=tmp_path / "home")) as here, Client(app=here.app) as client:
        client.set_up(
            str(here.set_up_token), name="mona", password="a long one", organisation="Harbour Bank", display_name="Mona"
        )
        client.programmes.apply(PROGRAMME)
        file = tmp_path / "in.jsonl"

        def take_in(rows: list[dict[str, Any]]) -> None:
            file.write_text("".join(json.dumps({"text": row["id"], **row}) + "\n" for row in rows))
            done(client, client.imports.add("p", file, SOURCE))

        take_in([{"id": f"i{n}"} for n in range(20)] + [{"id": f"g{n}", "gold": "a"} for n in range(3)])
        assert len(waiting(here.store)) == 20
        take_in(
            [{"id": "i0", "gold": "b"}, {"id": "i1", "judgements": [{"actor": "ann", "answer": "a"}]}, {"id": "new"}]
        )
        assert len(waiting(here.store)) == 19
        done(client, client.work.open("p"))
        assert waiting(here.store) == set()
        take_in([{"id": "late"}])
        assert len(waiting(here.store)) == 1
        done(client, client.work.open("p"))
        assert waiting(here.store) == set()
