"""How often ability intervals and rank sets hold, and what breaks them."""

import numpy as np
import pytest

from goldloop.stats.ranking import bradley_terry

pytestmark = pytest.mark.simulation
LEVEL = 0.95
ABILITY = np.array([0.9, 0.3, 0.3, 0.0, -0.5, -1.0])


def votes(r, prompts, a_prompt, *, spread=0.0, tie=0.0):
    k, n = len(ABILITY), prompts * a_prompt
    prompt = np.repeat(np.arange(prompts), a_prompt)
    first = r.integers(0, k, n)
    second = (first + r.integers(1, k, n)) % k
    own = ABILITY + r.normal(0, spread, (prompts, k)) if spread else np.tile(ABILITY, (prompts, 1))
    eta = own[prompt, first] - own[prompt, second]
    weights = np.column_stack([np.exp(eta / 2), np.exp(-eta / 2), np.full(n, tie)])
    cumulative = np.cumsum(weights / weights.sum(1, keepdims=True), 1)
    outcome = np.array([1.0, 0.0, 0.5])[np.minimum(2, (r.random(n)[:, None] > cumulative).sum(1))]
    return first, second, outcome, prompt


def held(ranking, truth):
    return np.mean(
        [ranking.abilities[i].interval.low <= truth[i] <= ranking.abilities[i].interval.high for i in range(len(truth))]
    )


@pytest.mark.parametrize("tie", [0.0, 0.7])
@pytest.mark.parametrize("n", [120, 600])
def test_intervals_cover_and_rank_sets_hold_for_all_items_at_once(n, tie):
    r, repeats, truth = np.random.default_rng(1), 200, ABILITY - ABILITY.mean()
    best = 1 + (ABILITY[None, :] > ABILITY[:, None]).sum(1)
    worst = (ABILITY[None, :] >= ABILITY[:, None]).sum(1)
    cover, sets, done = [], 0, 0
    for _ in range(repeats):
        ranking = bradley_terry(*votes(r, n, 1, tie=tie)[:3])
        if ranking.because is None:
            done += 1
            cover.append(held(ranking, truth))
            sets += all(ranking.ranks[i][0] <= best[i] and worst[i] <= ranking.ranks[i][1] for i in range(len(truth)))
    print(
        f"n {n}, ties {tie}: abilities {np.mean(cover):.3f}, rank sets {sets / done:.3f}, fitted {done / repeats:.2f}"
    )
    assert abs(np.mean(cover) - LEVEL) <= 0.025
    assert sets / done >= LEVEL - 0.046


def test_prompts_with_tastes_of_their_own_need_the_cluster_bootstrap():
    r, repeats = np.random.default_rng(2), 40
    first, second, outcome, _ = votes(np.random.default_rng(3), 100_000, 1, spread=1.5)
    big = bradley_terry(first, second, outcome)
    truth = [big.abilities[i].value for i in range(len(ABILITY))]
    clustered, ignored = [], []
    for i in range(repeats):
        first, second, outcome, prompt = votes(r, 60, 20, spread=1.5)
        clustered.append(held(bradley_terry(first, second, outcome, clusters=prompt, resamples=100, seed=i), truth))
        ignored.append(held(bradley_terry(first, second, outcome), truth))
    print(f"clusters named {np.mean(clustered):.3f}, ignored {np.mean(ignored):.3f}")
    assert np.mean(clustered) >= LEVEL - 0.05
    assert np.mean(ignored) < 0.88


def test_a_length_bias_left_out_moves_the_ranking_and_taken_in_does_not():
    r = np.random.default_rng(4)
    first, second, _, _ = votes(r, 8000, 1)
    long_ = np.array([0.0, 0.0, 1.0, 0.0, 0.0, 0.0])
    length = long_[first] - long_[second] + r.normal(0, 1, 8000)
    outcome = (r.random(8000) < 1 / (1 + np.exp(-(ABILITY[first] - ABILITY[second] + 1.0 * length)))).astype(float)
    blind = bradley_terry(first, second, outcome)
    fair = bradley_terry(first, second, outcome, covariates={"length": length})
    assert next(iter(blind.abilities)) == 2
    assert next(iter(fair.abilities)) == 0
    assert fair.effects["length"].interval.low < 1.0 < fair.effects["length"].interval.high
