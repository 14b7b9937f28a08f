"""Accepted labels that a model doubts: what it said of their items, held against them by confident learning.

Items that several people answered are doubted by their answers (`measures/suspects.py`); most have one answer and a
suggestion, and this reads those. A version that learnt from the labels would find them right: what it may have learnt
is left out. People who saw the suggestion tend to leave it, so that more is doubted where it was hidden.
"""

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core.families import Measured, Task
from goldloop.core.nouns import Spec
from goldloop.loop.mapped import Reading
from goldloop.store.actors import ModelRow, models
from goldloop.store.batches import LABELLED, batches
from goldloop.store.overview import READ, newest_within
from goldloop.store.programmes import PolicyRow
from goldloop.store.standing_labels import StandingLabel, standing_labels
from goldloop.store.suggestions import labels_of, suggestions_of
from goldloop.store.unseen import decided_until, taught_until
from goldloop.store.values import answers

DOUBTED = Spec(name="doubted.v1", params={"most": 200})
MOST = 200
SHARE = "share that the model gives the accepted label; where it is not among the five it keeps, the most it can be"


def doubted(connection: Connection, policy: PolicyRow, task: Task) -> list[tuple[int | None, Measured]]:
    """What each model in force doubts: (None, its own reckoning of the whole), then (item, one label), worst first."""
    if task.reads_body:  # marks on a text are no one label of the item
        return []
    scope = newest_within([one for one in batches(connection, policy.programme_id) if one.purpose in LABELLED], READ)
    keys = [one.id for one in scope]
    standing = standing_labels(connection, keys, most=READ)
    once = {one.item_id for one in standing_labels(connection, keys, judged_once=True, most=READ)}
    said = _labels(connection, policy, task, standing)
    out: list[tuple[int | None, Measured]] = []
    for name in policy.policy.models:
        version = next(iter(models(connection, policy.programme_id, name)), None)
        if version is not None:
            out += _by(connection, version, standing, said, once)
    return out


def _by(
    connection: Connection,
    version: ModelRow,
    standing: Sequence[StandingLabel],
    said: dict[int, str],
    once: set[int],
) -> list[tuple[int | None, Measured]]:
    """What one version doubts of what was judged `once`; the lines of its labels are drawn by everything."""
    keys = [one.item_id for one in standing if one.item_id in said]
    learnt = _learnt(connection, version, keys)
    keys = [key for key in keys if key not in learnt]
    suggestions = suggestions_of(connection, version.actor_id, keys)
    spoken = labels_of(connection, [one.value_id for one in suggestions.values() if one.value_id is not None])
    item, label, share = list[int](), list[str](), list[float]()
    most = dict[int, float]()  # that a label may have which is not among those that a model keeps
    for n, key in enumerate(keys):
        one = suggestions.get(key)
        if one is None:
            continue
        first = spoken.get(one.value_id or 0, ())
        told = one.top or (((first[0], one.confidence),) if len(first) == 1 and one.confidence is not None else ())
        if told:
            most[n] = max(0.0, min(told[-1][1], 1 - sum(given for _, given in told)))
        for name, given in dict(told).items():
            item.append(n)
            label.append(name)
            share.append(min(1.0, max(0.0, given)))
    found = statistics.confidence.label_errors([said[key] for key in keys], item, label, share)
    by = {"model": version.name, "version": version.version}
    whole = Measured(
        value=None if found.expected is None or not found.n else found.expected / found.n,
        n=found.n,
        eligible=len(standing),
        method=f"{found.method}; share of wrong labels by the model's own reckoning",
        slice=by,
        because=found.because or "a model's reckoning, not a measurement: an audit measures it",
    )
    doubts = [
        (
            keys[int(row)],
            Measured(
                value=float(own) or most[int(row)],
                n=1,
                eligible=1,
                method=SHARE,
                slice=by | {"instead": str(instead)},
                because="a share of the model, without an interval",
                details={"instead": float(other)},
            ),
        )
        for row, instead, own, other in zip(found.items, found.instead, found.own, found.other, strict=True)
        if keys[int(row)] in once
    ]
    return [(None, whole), *doubts[:MOST]]


def _labels(connection: Connection, policy: PolicyRow, task: Task, standing: Sequence[StandingLabel]) -> dict[int, str]:
    """The one label of each item, read under the ontology in force; what says none or several is left out."""
    reading = Reading(connection, policy.programme_id, task, policy.ontology_id)
    texts = answers(connection, list({one.value_id for one in standing}))
    known: dict[tuple[int, int], str | None] = {}
    for one in standing:
        at = (one.value_id, one.ontology_id)
        if at not in known:
            text = reading.text(texts[one.value_id], one.ontology_id)
            labels = task.labels(json.loads(text)) if text is not None else ()
            known[at] = labels[0] if len(labels) == 1 else None
    found = {one.item_id: known[one.value_id, one.ontology_id] for one in standing}
    return {key: label for key, label in found.items() if label is not None}


def _learnt(connection: Connection, version: ModelRow, keys: Sequence[int]) -> set[int]:
    """The items whose label a version that was trained here may have learnt."""
    until = taught_until(connection, version)
    return set() if until is None else decided_until(connection, keys, until)
