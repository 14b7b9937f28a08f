"""One piece of news as clients read it, in the app and in a webhook's delivery."""

from typing import Any

from goldloop.core.ids import Ids
from goldloop.core.news import NEWS, TESTED, Told
from goldloop.store.news import News

_TOLD = {**NEWS, TESTED: Told(about="webhook")}


def shown(ids: Ids, one: News) -> dict[str, Any]:
    """An event with public ids: what happened, to what, and the numbers it came with."""
    told = _TOLD[one.kind]
    return {
        "id": ids.show("event", one.id),
        "kind": one.kind,
        "programme_id": ids.show("programme", one.programme_id) if one.programme_id is not None else None,
        "programme": one.programme,
        "about": ids.show(told.about, int(one.subject)) if told.about else None,
        "name": one.name,
        "by": one.by,
        "data": {name: one.data[name] for name in told.of if name in one.data},
        "at": one.at,
    }
