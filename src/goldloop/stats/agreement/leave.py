"""What agreement would be without each annotator in turn."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement.alpha import SETS, disagreement_form, krippendorff
from goldloop.stats.agreement.disagreement import Form
from goldloop.stats.agreement.distance import Distance, as_set
from goldloop.stats.agreement.pairing import Ratings, alone, ratings
from goldloop.stats.agreement.table import table
from goldloop.stats.agreement.units import CHUNK
from goldloop.stats.arguments import Floats, Whole

WORK = 500_000_000


@dataclass(frozen=True, slots=True)
class Left:
    """Alpha without one annotator. `gain` > 0: agreement rises without them. `ratings` of theirs could be paired.

    `alpha` and `gain` are None where nothing is left to compare.
    """

    annotator: Any
    ratings: int
    alpha: float | None
    gain: float | None


def leave_one_out(item: Any, annotator: Any, value: Any, *, metric: str | Distance = "nominal") -> tuple[Left, ...]:
    """Krippendorff's alpha without each annotator, lowest gain last; empty where alpha itself does not exist.

    Items left with one rating drop out. A large gain marks someone who reads the guideline differently from the rest,
    which is not yet someone who is wrong. Exact; with up to 64 answers (256 nominal) the cost grows with the rows, not
    with the annotators.
    """
    if isinstance(metric, str) and metric in SETS:
        value = [None if arguments.missing(one) else as_set(one) for one in arguments.rows("value", value)]
    whole = krippendorff(item, annotator, value, metric=metric, interval="none")
    if whole.value is None:
        return ()
    data = table(item, annotator, value)
    kept = ratings(data) if isinstance(metric, str) and metric in ("nominal", "ordinal", "interval", "ratio") else None
    people, names = data.annotator.codes, data.annotator.names
    form = None if kept is None or alone(data) else disagreement_form(kept, metric)
    present = np.unique(people)
    if kept is not None and form is not None and form.feature is not None:
        used = np.bincount(data.item.codes, minlength=data.item.size) >= 2
        alphas, own = _by_difference(kept, form, people[used[data.item.codes]], data.annotator.size)
    else:
        if len(present) * data.rows > WORK:
            raise Invalid("is too large for this metric", field="item", expected=f"<= {WORK} steps", found="more")
        alphas, own = _by_recomputing(item, annotator, value, data.kept, people, metric, data.annotator.size)
    left = [
        Left(
            names[int(k)],
            int(own[k]),
            float(alphas[k]) if np.isfinite(alphas[k]) else None,
            float(alphas[k]) - whole.value if np.isfinite(alphas[k]) else None,
        )
        for k in present
    ]
    return tuple(sorted(left, key=lambda one: -np.inf if one.gain is None else one.gain, reverse=True))


def _by_difference(kept: Ratings, form: Form, people: Whole, size: int) -> tuple[Floats, Whole]:
    """Alpha without each person: the sums over all items, less each of their items as it was, plus as it would be."""
    assert form.feature is not None
    feature, counts = form.feature, kept.counts
    pairs, of_row = np.unique(people.astype(np.int64) * kept.items + kept.item, return_inverse=True)
    person, item = np.divmod(pairs, kept.items)
    order = np.argsort(of_row, kind="stable")
    bounds = np.searchsorted(of_row[order], np.arange(len(pairs) + 1))
    total = form.units.total
    change = np.zeros((size, len(total)))
    step = max(1, CHUNK // max(len(total), kept.values))
    for start in range(0, len(pairs), step):
        end = min(start + step, len(pairs))
        rows = order[bounds[start] : bounds[end]]
        before = counts[item[start:end]]
        own = np.bincount((of_row[rows] - start) * kept.values + kept.value[rows], minlength=before.size)
        after = before - own.reshape(before.shape)
        after[after.sum(axis=1) < 2] = 0
        difference = feature(after) - feature(before)
        for column in range(difference.shape[1]):
            change[:, column] += np.bincount(person[start:end], difference[:, column], minlength=size)
    return form.alpha(total + change), np.bincount(people, minlength=size)


def _by_recomputing(
    item: Any, annotator: Any, value: Any, there: Any, people: Any, metric: str | Distance, size: int
) -> tuple[Floats, Whole]:
    columns = [np.fromiter(column, object, len(column)) for column in (item, annotator, value)]
    if there is not None:
        columns = [column[there] for column in columns]
    alphas = np.full(size, np.nan)
    for person in np.unique(people):
        rest = people != person
        found = krippendorff(*(column[rest] for column in columns), metric=metric, interval="none").value
        alphas[person] = np.nan if found is None else found
    return alphas, np.bincount(people, minlength=size)
