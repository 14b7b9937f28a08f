"""The default: Dawid-Skene whose confusion matrices are drawn from a common one, learnt from the same labels.

row of annotator w, true class k  ~ Dirichlet(strength * common_k)
common_k    pooled answers, with five pseudo-answers per annotator that follow the pooled one-coin matrix: fewer, and a
            handful of annotators with little overlap invent confusions to suit themselves
strength    how alike annotators are, by maximum marginal likelihood (one number)
class share the votes' own, moved up to half way to the posteriors' where items have more than two labels: votes make
            rare classes look frequent, but a share learnt freely drifts away where labels are few
"""

from typing import Any

import numpy as np
from scipy.special import digamma

from goldloop.stats import arguments
from goldloop.stats.arguments import Floats
from goldloop.stats.truth import skill
from goldloop.stats.truth.expectation import sums
from goldloop.stats.truth.labels import Labels, confusable, labels
from goldloop.stats.truth.result import Truth, inferred, nothing
from goldloop.stats.truth.signal import DOUBT, independence
from goldloop.stats.truth.temperature import cooled, temperature

NAME = "hierarchical Dawid-Skene, variational"
WEAKEST, STRONGEST = 0.1, 1e4
PSEUDO = 5


def hierarchical(
    item: Any,
    annotator: Any,
    value: Any,
    *,
    classes: Any = None,
    tolerance: float = 1e-4,
    iterations: int = 300,
    level: float = 0.95,
) -> Truth:
    """Truth by Dawid-Skene with shrinkage: what an annotator's few labels do not tell, the crowd's do.

    Variational Bayes (Kim & Ghahramani 2012; hierarchy after Paun et al. 2018) from vote shares, until the mean change
    of the posteriors is below `tolerance`. There is nothing to tune: with one label an annotator it is close to
    majority, with hundreds to Dawid-Skene. It assumes that annotators err independently given the truth; where they
    share a mistake (hard items, one misleading guideline) it believes them. The posteriors are cooled by a temperature
    at which they foretell left-out answers best, which takes back most, not all, of that confidence.
    skill: credible interval from the annotator's own rows and the common prior.

    Where annotators' answers might as well be independent of each other (Pearson's statistic over their pairs, p >
    .01), nothing tells who is right: the posteriors are then the shares of the votes, and `caution` says so.
    """
    level = arguments.share("level", level)
    tolerance = arguments.share("tolerance", tolerance)
    iterations = arguments.whole("iterations", iterations, low=1)
    data = labels(item, annotator, value, classes=classes)
    empty = nothing(data, method=NAME, level=level)
    if empty is not None:
        return empty
    confusable(data)
    model = sums(data)
    posterior = data.vote_shares
    size = len(data.classes)
    voted, learnt = _share(posterior), _learnt(data.votes.sum(axis=1))
    strength, steps, converged = float(size), 0, False
    counts = model.confusion(posterior)
    common = _common(counts)
    chance = independence(data)
    if chance is not None and chance > DOUBT:
        return _voted(data, posterior, counts + strength * common, chance, level=level)
    while steps < iterations and not converged:
        steps += 1
        if steps > 1:
            strength = _strength(counts, common, strength)
        share = (1 - learnt) * voted + learnt * _share(posterior)
        new, bound = model.posterior(_expected_log(counts + strength * common), np.log(share))
        converged = float(np.abs(new - posterior).sum()) / len(posterior) < tolerance
        posterior = new
        counts = model.confusion(posterior)
        common = _common(counts)
    rows = counts + strength * common
    heat = temperature(data, posterior, rows)
    cool = cooled(posterior, heat)
    return inferred(
        data,
        cool,
        skill.of_confusion(rows, posterior.mean(axis=0), data, cool, level=level),
        level=level,
        method=NAME,
        skill_method=skill.METHOD,
        iterations=steps,
        converged=converged,
        log_likelihood=bound,
        confusion=rows / rows.sum(axis=2, keepdims=True),
        details={"strength": strength, "temperature": heat},
    )


def _voted(data: Labels, votes: Floats, rows: Floats, chance: float, *, level: float) -> Truth:
    """The votes' shares as they are, where the answers have nothing in common."""
    return inferred(
        data,
        votes,
        skill.of_confusion(rows, votes.mean(axis=0), data, votes, level=level),
        level=level,
        method=NAME,
        skill_method=skill.METHOD,
        confusion=rows / rows.sum(axis=2, keepdims=True),
        caution=f"annotators agree no more than by chance (p = {chance:.2g}): these are the votes' shares",
        details={"independence": chance},
    )


def _expected_log(rows: Floats) -> Floats:
    return np.asarray(digamma(rows) - digamma(rows.sum(axis=2, keepdims=True)))


def _share(posterior: Floats) -> Floats:
    size = posterior.shape[1]
    return np.asarray((posterior.sum(axis=0) + 0.5) / (len(posterior) + 0.5 * size))


def _learnt(labels: Floats) -> float:
    """How much of the class share is learnt: 0 at two labels an item (as the average label has it), 1/2 at many."""
    company = float((labels**2).sum() / labels.sum())
    return max(0.0, 0.5 - 1 / company)


def _common(counts: Floats) -> Floats:
    """The common confusion matrix: pooled counts plus `PSEUDO` answers per annotator from the one-coin matrix."""
    pooled = counts.sum(axis=0)
    size, people = len(pooled), len(counts)
    right = (float(np.trace(pooled)) + 1) / (float(pooled.sum()) + 2)
    coin = np.full((size, size), (1 - right) / (size - 1))
    np.fill_diagonal(coin, right)
    rows = pooled + PSEUDO * people * coin
    return np.asarray(rows / rows.sum(axis=1, keepdims=True))


def _strength(counts: Floats, common: Floats, strength: float) -> float:
    """A fixed-point step to the Dirichlet-multinomial maximum (Minka 2000), rows of all annotators together."""
    prior = strength * common
    gained = float((common * (digamma(counts + prior) - digamma(prior))).sum())
    spent = float((digamma(counts.sum(axis=2) + strength) - digamma(strength)).sum())
    if gained <= 0 or spent <= 0:
        return strength
    return min(max(strength * gained / spent, WEAKEST), STRONGEST)
