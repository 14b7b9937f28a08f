"""Independent answers of a batch as one ontology has them, so that what says the same is the same."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.loop.context import BatchContext
from goldloop.loop.mapped import Reading
from goldloop.store.independent import independent
from goldloop.store.values import answers


class Read(NamedTuple):
    """One independent answer; `answer` is the key of its text."""

    item_id: int
    actor_id: int
    answer: int


class Compared(NamedTuple):
    """The independent answers of items that have several, and what each key says, without remarks."""

    said: Sequence[Read]
    texts: Mapping[int, str]


def compared(connection: Connection, context: BatchContext) -> Compared:
    """The answers under the newest ontology that any of them was given under; what no rule maps is left out.

    Remarks say nothing that is compared. An item that is left with one answer is left out, too.
    """
    found = independent(connection, context.row.id)
    newest = max([one.ontology_id for one in found if one.ontology_id is not None], default=context.row.ontology_id)
    reading = Reading(connection, context.row.programme_id, context.task, newest)
    stored = answers(connection, sorted({one.value_id for one in found}))
    code_of: dict[str, int] = {}
    known: dict[tuple[int, int | None], int | None] = {}
    for one in found:
        pair = (one.value_id, one.ontology_id)
        if pair not in known:
            text = reading.text(stored[one.value_id], one.ontology_id)
            bare = canonical(context.task.bare(json.loads(text))) if text is not None and context.task.remarks else text
            known[pair] = None if bare is None else code_of.setdefault(bare, len(code_of))
    read = [(one, known[one.value_id, one.ontology_id]) for one in found]
    said = [Read(one.item_id, one.actor_id, code) for one, code in read if code is not None]
    each = Counter(one.item_id for one in said)
    return Compared([one for one in said if each[one.item_id] > 1], {code: text for text, code in code_of.items()})
