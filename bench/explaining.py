"""Why one of very many items goes where it goes: asked of the whole server's half, in this process, on SQLite.

Some items are imported with predictions and routed as usual; then their rows are repeated in the database.
"""

import time
from pathlib import Path

from bench.house import PASSWORD
from bench.repeated import filled, repeat
from bench.report import Line
from bench.scale import Scale
from bench.texts import fresh
from sqlalchemy import Connection, func, select

from goldloop import kinds
from goldloop.app import create_app
from goldloop.client import Client
from goldloop.core.settings import Settings
from goldloop.store.open import open_store
from goldloop.store.schema import batch_item, item, judgement

BAR_MS = 50
KNOWN = 1_000  # items that are imported; the others are theirs again


def explaining(folder: Path, scale: Scale) -> list[Line]:
    """The slowest of a hundred answers; and the first of a process, which writes its SQL and loads what it needs."""
    home = folder / "explaining"
    known = min(KNOWN, scale.released // 2)
    filled(home, "explaining", fresh(folder, known))
    kinds.load()
    store = open_store(Settings(home=home))
    try:
        with store.write(durable=False) as connection:
            count = _repeated(connection, scale.released // known - 1)
        with Client(app=create_app(store)) as client:
            client.sign_in("mona", PASSWORD)
            asked = [1 + n * (count - 1) // scale.keys for n in range(scale.keys + 1)]
            first = _took(client, store.ids.show("item", asked[0]))
            worked = time.process_time()
            took = [_took(client, store.ids.show("item", key)) for key in asked[1:]]
            worked = (time.process_time() - worked) / len(took)
    finally:
        store.close()
    bar, here = None if scale.small else BAR_MS, f"explaining one of {count:,} items"
    return [
        Line(f"{here}, the slowest of {len(took)}", 1000 * max(took), "ms", bar),
        Line(f"{here}, the usual one", 1000 * sorted(took)[len(took) // 2], "ms"),
        Line(f"{here}, processor of client and server", 1000 * worked, "ms"),
        Line(f"{here}, the first that a process answers", 1000 * first, "ms"),
    ]


def _repeated(connection: Connection, times: int) -> int:
    step, said = (int(connection.execute(select(func.max(table.c.id))).scalar_one()) for table in (item, judgement))
    there = f"item_id + n * {step}"
    repeat(connection, item, times, id=f"id + n * {step}", external_id="external_id || '-' || n")
    repeat(connection, judgement, times, id=f"id + n * {said}", item_id=there)
    repeat(connection, batch_item, times, item_id=there, suggestion_id=f"suggestion_id + n * {said}")
    return step * (times + 1)


def _took(client: Client, key: str) -> float:
    began = time.perf_counter()
    found = client.policies.explain(key)
    took = time.perf_counter() - began
    assert found.looked_at, key
    return took
