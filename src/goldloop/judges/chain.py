"""Tags in a row, where some may not follow others: the best sequence, and how likely it and each of its tags is.

Tag 0 is outside; label k opens with tag 2k + 1 (B) and goes on with tag 2k + 2 (I), which follows only its own B or I.
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

OUTSIDE = 0


class Tagged(NamedTuple):
    """The best valid sequence; the log of its probability; and the posterior of every tag, (tokens, tags)."""

    tags: "NDArray[np.int64]"
    log_share: float
    posterior: "Floats"


def transitions(sequences: "list[NDArray[np.int64]]", *, labels: int) -> "Floats":
    """(from, to) log of how much likelier than by chance a tag follows another; the last row is the start.

    One is added to every valid count; what may not follow is minus infinity.
    """
    import numpy as np

    size = 2 * labels + 1
    counts = allowed(labels).astype(np.float64)
    for tags in sequences:
        if len(tags):
            counts[size, tags[0]] += 1
            np.add.at(counts, (tags[:-1], tags[1:]), 1)
    share = counts / counts.sum(axis=1, keepdims=True)
    overall = counts.sum(axis=0) / counts.sum()
    with np.errstate(divide="ignore"):
        return np.asarray(np.log(share) - np.log(overall))


def allowed(labels: int) -> "NDArray[np.bool_]":
    """(from, to) whether a tag may follow another; the last row is the start."""
    import numpy as np

    size = 2 * labels + 1
    out = np.ones((size + 1, size), np.bool_)
    for k in range(labels):
        begins, goes_on = 2 * k + 1, 2 * k + 2
        out[:, goes_on] = False
        out[[begins, goes_on], goes_on] = True
    return out


def decode(scores: "Floats", moves: "Floats") -> Tagged:
    """The best sequence for token scores (tokens, tags) and transitions (tags + 1, tags), by Viterbi; its probability
    and the posteriors by the forward-backward algorithm (Rabiner 1989).
    """
    import numpy as np

    n, size = scores.shape
    start, between = moves[size], moves[:size]
    best, forward, back = np.empty_like(scores), np.empty_like(scores), np.zeros((n, size), np.int64)
    best[0] = forward[0] = start + scores[0]
    for t in range(1, n):
        reached = best[t - 1][:, None] + between
        back[t] = reached.argmax(axis=0)
        best[t] = reached.max(axis=0) + scores[t]
        forward[t] = _log_sum(forward[t - 1][:, None] + between, axis=0) + scores[t]
    backward = np.zeros_like(scores)
    for t in range(n - 2, -1, -1):
        backward[t] = _log_sum(between + (scores[t + 1] + backward[t + 1])[None, :], axis=1)
    whole = float(_log_sum(forward[-1], axis=0))
    tags = np.empty(n, np.int64)
    tags[-1] = best[-1].argmax()
    for t in range(n - 1, 0, -1):
        tags[t - 1] = back[t, tags[t]]
    return Tagged(tags, min(0.0, float(best[-1].max()) - whole), np.exp(np.minimum(forward + backward - whole, 0.0)))


def log_share(tags: "NDArray[np.int64]", scores: "Floats", moves: "Floats") -> float:
    """The log-probability of one given sequence."""
    import numpy as np

    n, size = scores.shape
    forward = moves[size] + scores[0]
    score = moves[size, tags[0]] + scores[np.arange(n), tags].sum() + moves[tags[:-1], tags[1:]].sum()
    for t in range(1, n):
        forward = _log_sum(forward[:, None] + moves[:size], axis=0) + scores[t]
    return float(score - _log_sum(forward, axis=0))


def _log_sum(values: "Floats", *, axis: int) -> "Floats":
    import numpy as np

    top = values.max(axis=axis, keepdims=True)
    with np.errstate(divide="ignore"):  # a tag that nothing leads to stays at minus infinity
        total = np.log(np.exp(values - np.maximum(top, -1e300)).sum(axis=axis))
    return np.asarray(total + np.maximum(top, -1e300).squeeze(axis))
