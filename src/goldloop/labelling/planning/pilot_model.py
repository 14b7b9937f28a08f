"""What batches tell of the model: how sure it is, how often it is right, what it suggests."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from sqlalchemy import Connection

from goldloop.core.policy import Policy
from goldloop.labelling.confidence.pairs import MOST, paired
from goldloop.labelling.planning.cells import human_labels
from goldloop.labelling.planning.measured import LEAST, WILSON, Pilot, put, share
from goldloop.store.actors import models
from goldloop.store.observed import Seen
from goldloop.store.programmes import PolicyRow
from goldloop.store.suggestions import labels_of
from goldloop.store.unseen import unseen_of

BANDS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0001)


def put_model(connection: Connection, policy: PolicyRow, seen: Sequence[Seen], out: Pilot) -> None:
    doc = policy.policy
    free = [one for one in seen if not one.human_only]
    said = [one for one in free if one.suggested is not None and one.confidence is not None]
    if doc.routing.model is None or not said:
        out.missing["model"] = "no model of this programme has spoken of these items with a confidence"
        return
    right, method = _right(connection, policy, said)
    cuts = sorted({*BANDS, *_thresholds(doc)})
    bands = []
    whole = list(right.values())
    for low, high in pairwise(cuts):
        mine = [one for one in said if low <= (one.confidence or 0) < high]
        if not mine:
            continue
        known = [right[one.item_id] for one in mine if one.item_id in right]
        if len(known) < LEAST:
            known = [one.suggested == one.decided for one in mine if one.decided is not None] or whole
        if not known:
            out.missing["model"] = "none of its suggestions stands beside a label yet"
            return
        bands.append(
            {"from": low, "below": high, "share": share(len(mine), len(said)), "right": share(sum(known), len(known))}
        )
    put(out, "model.confidence", bands, len(right), len(said), f"suggestions by confidence; right: {method}; {WILSON}")
    put(out, "model.suggests", share(len(said), len(free)), len(free), len(seen), f"items with a suggestion; {WILSON}")
    latched = sum(one.human_only for one in seen)
    put(out, "model.suspects", share(latched, len(seen)), len(seen), len(seen), f"items that are human-only; {WILSON}")
    asked = {label for rule in doc.routing.rules if rule.when is not None for label in rule.when.labels or ()}
    if asked := asked | set(human_labels(doc)):
        labels = labels_of(connection, sorted({one.suggested for one in said if one.suggested is not None}))
        counts = Counter(label for one in said for label in labels.get(one.suggested or 0, ()) if label in asked)
        shares = {label: counts[label] / len(said) for label in sorted(asked)}
        put(out, "model.labels", shares, len(said), len(said), "suggested labels that rules ask for")


def _right(connection: Connection, policy: PolicyRow, said: Sequence[Seen]) -> tuple[dict[int, bool], str]:
    """Whether suggestions are right, by item, where people labelled without seeing them."""
    versions = models(connection, policy.programme_id, policy.policy.routing.model)
    unseen = unseen_of(connection, policy.programme_id, [one.item_id for one in said][:MOST])
    right: dict[int, bool] = {}
    for version in versions:
        for pair in paired(connection, policy, version, unseen).pairs:
            right.setdefault(pair.item_id, pair.right)
    ours = {one.item_id for one in said}
    return {key: hit for key, hit in right.items() if key in ours}, (
        f"people's labels given without the suggestion; where a band has fewer than {LEAST}, accepted labels"
    )


def _thresholds(doc: Policy) -> set[float]:
    ranges = [rule.when.confidence for rule in doc.routing.rules if rule.when is not None and rule.when.confidence]
    ends = [end for one in ranges for end in (one.at_least, one.below)]
    return {end for end in ends if end is not None and 0 < end < 1}
