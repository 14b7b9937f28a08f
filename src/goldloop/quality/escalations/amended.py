"""Rulings that would change a clause: the labels that were accepted under it before are a worklist.

A ruling holds for its own item. Where it says how the clause should read instead, every label given under the old words
is in doubt: they are a finding with an owner, whose remedy judges them again, blind. It is closed once all of them were
judged again, or are read otherwise since the guidelines were changed by proposal.
"""

import json
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.ids import Ids
from goldloop.jobs.running import Running
from goldloop.loop.brief import MOST_ITEMS, Reading, heard
from goldloop.store.batches import LABELLED, batches
from goldloop.store.briefs import UNREPAIRED, briefs
from goldloop.store.escalations import Ruling, amending, note_of
from goldloop.store.overview import READ, newest_within
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import release_row_of
from goldloop.store.schema import brief
from goldloop.store.standing_labels import standing_labels

NEWEST = 50  # rulings that are looked at; older ones have had their finding
SOURCE = "ruling"


def find_amended(job: Running) -> dict[str, Any]:
    """The job, of a programme. Runs when a question was answered: what the ruling puts in doubt is found at once."""
    assert job.programme_id is not None
    with job.store.read() as connection:
        found = amended(connection, job.store.ids, job.programme_id)
    with job.store.write() as connection:
        changed = [key for one in found if (key := heard(connection, one, at=now())) is not None]
    return {"rulings": len(found), "briefs": len(changed)}


def amended(connection: Connection, ids: Ids, programme_id: int) -> list[Reading]:
    """How the newest rulings that would change a clause stand; those whose finding is over are left alone."""
    over = {
        one.key for one in briefs(connection, programme_id, brief.c.source == SOURCE) if one.state not in UNREPAIRED
    }
    named = [(one, _label(connection, one)) for one in amending(connection, programme_id, limit=NEWEST)]
    open_ = [(one, label) for one, label in named if label is not None and _key(ids, one) not in over]
    if not open_:
        return []
    labels = policy_in_force(connection, programme_id).policy.labels
    scope = newest_within([one for one in batches(connection, programme_id) if one.purpose in LABELLED], READ)
    out = []
    for one, label in open_:
        standing = [
            each
            for each in standing_labels(
                connection,
                [row.id for row in scope],
                labels=[label],
                before=one.said_at,
                until_decided=True,
                most=MOST_ITEMS + 1,
            )
            if each.item_id != one.item_id
        ]
        clause, n = note_of(one.note)["clause"], len(standing)
        count = f"more than {MOST_ITEMS:,}" if n > MOST_ITEMS else f"{n:,}"
        out.append(
            Reading(
                programme_id,
                _key(ids, one),
                SOURCE,
                f"A ruling would change clause {clause}: labels given before it are in doubt",
                not n,
                f"{count} accepted labels say {labels.name_of(label)}, were given before the ruling of {one.ruler}, "
                "and were not judged again",
                scope={
                    "labels": [label],
                    "clause": clause,
                    "items": [each.external_id for each in standing[:MOST_ITEMS]],
                },
            )
        )
    return out


def _key(ids: Ids, one: Ruling) -> str:
    return f"{SOURCE}:{ids.show('judgement', one.id)}"


def _label(connection: Connection, one: Ruling) -> str | None:
    """The label that a ruling is about: as it says, else that of the clause it would change; None for neither."""
    note = note_of(one.note)
    if "about" in note or one.guideline_id is None:
        return note.get("about")
    clauses = json.loads(release_row_of(connection, one.guideline_id).body)["clauses"]
    label: str | None = next((each["label"] for each in clauses if each["id"] == note["clause"]), None)
    return label
