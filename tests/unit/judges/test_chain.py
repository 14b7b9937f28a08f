import itertools

import numpy as np
import pytest

from goldloop.judges.chain import allowed, decode, log_share, transitions


@pytest.mark.parametrize("seed", range(5))
def test_the_best_sequence_its_probability_and_the_posteriors_are_those_of_counting_every_sequence(seed):
    r = np.random.default_rng(seed)
    scores = r.normal(size=(4, 5))
    moves = np.where(allowed(2), r.normal(size=(6, 5)), -np.inf)
    totals = {}
    for tags in itertools.product(range(5), repeat=4):
        total = moves[5, tags[0]] + scores[range(4), tags].sum() + sum(moves[a, b] for a, b in itertools.pairwise(tags))
        if np.isfinite(total):
            totals[tags] = np.exp(total)
    whole = sum(totals.values())
    best = max(totals, key=totals.get)
    found = decode(scores, moves)
    assert tuple(found.tags) == best
    assert np.exp(found.log_share) == pytest.approx(totals[best] / whole)
    assert log_share(np.array(best), scores, moves) == pytest.approx(found.log_share)
    for t, tag in itertools.product(range(4), range(5)):
        share = sum(total for tags, total in totals.items() if tags[t] == tag) / whole
        assert found.posterior[t, tag] == pytest.approx(share, abs=1e-12)


def test_inside_never_opens_a_span_however_likely_it_looks():
    scores = np.full((3, 5), -5.0)
    scores[:, 2] = 50.0
    moves = transitions([np.array([0, 1, 2])], labels=2)
    tags = decode(scores, moves).tags
    assert tags[0] == 1
    assert list(tags[1:]) == [2, 2]
