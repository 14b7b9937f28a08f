"""Files of what people and models said elsewhere, imported into a kernel as the server does it."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection
from tests.contract.gates import run
from tests.contract.kernel import Kernel, open_more

from goldloop.core.canonical import canonical
from goldloop.core.nouns import Spec
from goldloop.loop.take_in import take_in
from goldloop.store import take_ins
from goldloop.store.items import known_ids

JSONL = Spec(name="jsonl.v1", params={"judgements": "judgements"})


def bring(made: Kernel, content: str, source: Spec = JSONL, *, name: str = "default", opened: bool = True) -> None:
    """Import a file as the server does, and open the work."""
    with made.store.write() as connection:
        key = begun(made, connection, content, source, name)
        source_id = take_ins.source_key(connection, made.programme, name)
    run(made, "take_in", take_in, {"take_in": key})
    with made.store.read() as connection:
        rows = [json.loads(line) for line in content.splitlines()] if source.name == "jsonl.v1" else json.loads(content)
        there = known_ids(connection, source_id, [str(row["id"]) for row in rows])
    made.items.update({external: key for external, (key, _) in there.items()})
    if opened:
        open_more(made)


def begun(made: Kernel, connection: Connection, content: str, source: Spec, name: str) -> int:
    blob = made.store.blobs.put([content.encode()])
    spec = canonical(source.model_dump(mode="json"))
    of = take_ins.source_key(connection, made.programme, name)
    new = take_ins.NewTakeIn(made.programme, of, spec, "rows", blob.name, b"", "{}", made.mona, made.at)
    return take_ins.begin(connection, new)


def rows(said: Mapping[str, Mapping[str, Any]], *, body: Any = lambda name: f"text of {name}", **more: Any) -> str:
    """JSON Lines: of each item who said what; `more` stands in every row."""
    listed = [
        {"id": name, "text": body(name), **more}
        | ({"judgements": [{"actor": who, "answer": answer} for who, answer in answers.items()]} if answers else {})
        for name, answers in said.items()
    ]
    return "".join(json.dumps(one) + "\n" for one in listed)
