"""Withdrawn sources: releases that hold what came from one are a finding until none that stands does."""

import json

from sqlalchemy import Connection

from goldloop.loop.brief import Reading, heard
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import releases, withdrawals

SOURCE = "rights"


def holding(connection: Connection, programme_id: int) -> dict[str, list[tuple[str, int]]]:
    """The releases of data that stand, with their rows, by the source that the rows rest on."""
    rows = releases(connection, programme_id, "dataset")
    gone = withdrawals(connection, [row.id for row in rows])
    out: dict[str, list[tuple[str, int]]] = {}
    for row in reversed(rows):
        about = json.loads(row.body)
        if row.id in gone or about.get("erased"):
            continue
        for name, count in about.get("sources", {}).items():
            out.setdefault(name, []).append((f"{row.name} #{row.number}", count))
    return out


def check_sources(connection: Connection, programme_id: int, *, at: int) -> None:
    """Hear of every source of a programme whether what was withdrawn is still out there, in the same transaction."""
    sources = policy_in_force(connection, programme_id).policy.sources
    held = holding(connection, programme_id) if sources else {}
    for name, terms in sources.items():
        holds = held.get(name, []) if terms.withdrawn is not None else []
        named = ", ".join(f"{release} ({count:,} rows)" for release, count in holds)
        because = f"withdrawn: {terms.withdrawn}; it is in {named}" if holds else "no release that stands holds it"
        reading = Reading(
            programme_id,
            f"source:{name}",
            SOURCE,
            f"Releases hold what came from {name}, which was withdrawn",
            not holds,
            because,
            scope={"source": name, "releases": [release for release, _ in holds]},
        )
        heard(connection, reading, at=at)
