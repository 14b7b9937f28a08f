"""Which stored answers say the same: those that differ only in their remarks."""

import json
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from goldloop.core.canonical import canonical
from goldloop.core.families import Task
from goldloop.store.values import answers


def alike(connection: Connection, task: Task, value_ids: Collection[int]) -> Mapping[int, int]:
    """Value key -> the key that stands for all that say the same. Empty where the task has no remarks."""
    if not task.remarks or len(value_ids) < 2:
        return {}
    first: dict[str, int] = {}
    texts = answers(connection, sorted(value_ids))
    return {key: first.setdefault(canonical(task.bare(json.loads(texts[key]))), key) for key in sorted(texts)}
