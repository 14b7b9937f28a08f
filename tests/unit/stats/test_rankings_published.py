"""Rank agreement against published figures and a trusted library."""

import numpy as np
import pytest
from scipy import stats

from goldloop.core.errors import Invalid
from goldloop.stats.rankings import kendall_w, spearman


def test_spearmans_iq_and_television_example():
    # the worked example of Spearman's coefficient on Wikipedia: rho = -29/165
    iq = [106, 100, 86, 101, 99, 103, 97, 113, 112, 110]
    hours = [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]
    result = spearman(iq, hours)
    assert result.value == pytest.approx(-29 / 165)
    assert result.details["p_value"] == pytest.approx(0.627188, abs=1e-5)
    assert result.interval.low < -0.6 < 0.5 < result.interval.high


def test_rank_agreement_equals_scipy_with_ties():
    r = np.random.default_rng(0)
    table = r.integers(0, 5, (6, 15)).astype(float)
    result = kendall_w(table)
    friedman = stats.friedmanchisquare(*table.T)
    assert result.details["chi_square"] == pytest.approx(friedman.statistic)
    assert result.details["p_value"] == pytest.approx(friedman.pvalue)
    for a, b in ((0, 1), (2, 5)):
        assert spearman(table[a], table[b]).value == pytest.approx(stats.spearmanr(table[a], table[b]).statistic)


def test_w_is_the_mean_spearman_of_all_pairs_without_ties():
    r = np.random.default_rng(1)
    table = r.random((5, 9))
    result = kendall_w(table)
    assert result.value == pytest.approx((1 + 4 * result.details["mean_spearman"]) / 5)
    assert kendall_w(np.tile(np.arange(7), (4, 1))).value == pytest.approx(1)
    assert "judges" in result.caution


def test_judges_who_share_a_ranking_have_an_interval_that_holds_w():
    r = np.random.default_rng(2)
    table = np.arange(8) + r.normal(0, 2, (15, 8))
    result = kendall_w(table)
    assert result.interval.low < result.value < result.interval.high
    assert result.details["p_value"] < 1e-6


def test_refusals_have_reasons_and_bad_tables_are_named():
    assert kendall_w([[1, 2, 3]]).because == "one judge"
    assert kendall_w([[1], [2]]).because == "one thing to rank"
    assert kendall_w([[1, 1], [2, 2]]).because == "every judge ties everything"
    assert "ties everything" in kendall_w([[1, 1, 1], [1, 2, 3]]).caution
    assert "cannot be correlated" in spearman([1, 2], [1, 2]).because
    assert spearman([1, 1, 1], [1, 2, 3]).because == "a judge ties everything"
    assert "perfect order" in spearman(range(12), range(12)).caution
    for call, field in [
        (lambda: kendall_w([[1, np.nan]]), "scores"),
        (lambda: kendall_w([1, 2]), "scores"),
        (lambda: spearman([1, 2, 3], [1, 2]), "first"),
    ]:
        with pytest.raises(Invalid) as caught:
            call()
        assert caught.value.field == field
