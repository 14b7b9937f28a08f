"""Human-only items of a programme: how many there are, by which trigger, and how many no trigger suspected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from goldloop.core.clock import now
from goldloop.core.policy import Policy
from goldloop.jobs.running import Running
from goldloop.labelling.human_only.rules import Line, Missed, judge, misses, thresholds, triggers
from goldloop.loop.audited import audited
from goldloop.loop.brief import Reading, heard
from goldloop.loop.context import Contexts
from goldloop.loop.human_only import named
from goldloop.loop.latch import latch_reasons
from goldloop.loop.replay import RULE as REPLAYED
from goldloop.store import batches
from goldloop.store.actors import actors
from goldloop.store.codes import NO_QUEUE, QUEUE
from goldloop.store.draws import chances
from goldloop.store.human_only import Watched, count_latched, named_in_audits, watched
from goldloop.store.overview import READ, newest_within
from goldloop.store.programmes import policy_in_force
from goldloop.store.suggestions import labels_of, shares_in

KEY, SOURCE = "human_only:misses", "human_only"
TITLE = "Human-only items go unsuspected"
NO_MODEL = "no model"
PEOPLE = "named by people, suspected by no trigger"


def human_only_of(connection: Connection, programme_id: int) -> dict[str, Any]:
    """Everything the page on human-only items says of a programme."""
    policy = policy_in_force(connection, programme_id).policy
    production = [one for one in batches.batches(connection, programme_id) if one.purpose == "production"]
    scope = newest_within(production, READ)
    rows = {one.id: watched(connection, one.id) for one in scope}
    lines = [line for key, found in rows.items() for line in _lines(connection, key, found)]
    because = Counter(
        PEOPLE if one.by_people else one.latched.split(":")[0]
        for found in rows.values()
        for one in found
        if one.latched is not None
    )
    return {
        "scope": {"batches": len(scope), "of": len(production), "items": sum(one.item_count for one in scope)},
        "latched": count_latched(connection, programme_id),
        "triggers": [{"rule": rule, "items": items} for rule, items in sorted(because.items())],
        "line": policy.human_only.misses,
        "misses": [_named(one, policy).model_dump(mode="json") for one in misses(lines, policy)],
        "thresholds": [
            one.model_dump(mode="json") | {"label": policy.labels.name_of(one.label)}
            for one in thresholds(lines, policy)
        ],
    }


def find_misses(job: Running) -> dict[str, Any]:
    """The job, of a programme; runs after every gate. Unhealthy is a miss rate that may lie above the declared line.

    What the gate's audit found is human-only from now on: its verdict stands, and what it measured is not put right
    before it.
    """
    assert job.programme_id is not None
    with job.store.read() as connection:
        policy = policy_in_force(connection, job.programme_id).policy
    _latch_audited(job, policy)
    with job.store.read() as connection:
        if not triggers(policy):
            return {"healthy": None, "because": "nothing is human-only by a label", "briefs": 0}
        production = [one for one in batches.batches(connection, job.programme_id) if one.purpose == "production"]
        lines = [
            line
            for one in newest_within(production, READ)
            for line in _lines(connection, one.id, watched(connection, one.id))
        ]
    found = judge(misses(lines, policy)[0], thresholds(lines, policy), line=policy.human_only.misses)
    reading = Reading(
        programme_id=job.programme_id,
        key=KEY,
        source=SOURCE,
        title=TITLE,
        healthy=found.healthy,
        because=found.because,
    )
    with job.store.write() as connection:
        key = heard(connection, reading, at=now())
    return {"healthy": found.healthy, "because": found.because, "briefs": int(key is not None)}


def _latch_audited(job: Running, policy: Policy) -> None:
    """Make human-only what people named in the audit of the gate that this job follows."""
    labels = policy.labels.human_only
    if not labels or job.args.get("data", {}).get("outcome") not in ("pass", "fail"):  # else its audit goes on
        return
    with job.store.write() as connection:
        found = named_in_audits(connection, int(job.args["subject"]), labels)
        reasons = {key: named(said, elsewhere=False) for key, said in found.items()}
        latch_reasons(connection, Contexts(), reasons, at=now())


def _lines(connection: Connection, batch_id: int, rows: Sequence[Watched]) -> list[Line]:
    """The items of a batch, each with what people said of it where its stratum's draw had it labelled unassisted."""
    rows = [one for one in rows if one.rule != REPLAYED]  # said elsewhere: no trigger had its turn
    accepted = {one.item_id for one in rows if one.queue == NO_QUEUE}
    audit = audited(connection, batch_id, accepted) if accepted else None
    reference: Mapping[int, int] = audit.reference if audit is not None else {}
    unseen = _unseen_with(connection, batch_id)
    truth = {one.item_id: _truth(one, reference) for one in rows}
    values = [key for key in truth.values() if key is not None] + [one.suggested for one in rows if one.suggested]
    labels = labels_of(connection, values)
    names = actors(connection, [one.model_id for one in rows if one.model_id is not None])
    out = []
    for one in rows:
        value_id = truth[one.item_id]
        said = dict(shares_in(one.top)) if one.top else {}
        for label in labels.get(one.suggested, ()) if one.suggested is not None else ():
            said.setdefault(label, 1.0)
        model = names[one.model_id] if one.model_id is not None else None
        out.append(
            Line(
                stratum=f"{one.rule}, {one.queue}, {unseen.get(one.rule, 0):.6f}",
                whole=one.queue not in (QUEUE["verify"], NO_QUEUE),
                suspected=_suspected(one),
                model=f"{model.name} {model.version}" if model is not None else NO_MODEL,
                truth=frozenset(labels[value_id]) if value_id is not None else None,
                shares=said,
            )
        )
    return out


def _truth(one: Watched, reference: Mapping[int, int]) -> int | None:
    """What people said of an item without the suggestion, as its stratum's draw has it; None where they did not."""
    if _suspected(one) or one.queue not in (QUEUE["verify"], NO_QUEUE):
        return one.value_id
    if one.queue == NO_QUEUE:
        return reference.get(one.item_id)
    return one.value_id if one.blind else None


def _suspected(one: Watched) -> bool:
    """True where a trigger made an item human-only; what people named, the triggers had missed."""
    return one.latched is not None and not one.by_people


def _unseen_with(connection: Connection, batch_id: int) -> dict[str, float]:
    """The chance to be hidden of an item, by rule: what is drawn otherwise is another stratum."""
    out: dict[str, float] = {}
    for purpose in ("blind", "consensus"):
        for rule, chance in chances(connection, batch_id, purpose).items():
            out[rule] = 1 - (1 - out.get(rule, 0.0)) * (1 - chance)
    return out


def _named(one: Missed, policy: Policy) -> Missed:
    return one.model_copy(update={"name": policy.labels.name_of(one.name)}) if one.by == "label" else one
