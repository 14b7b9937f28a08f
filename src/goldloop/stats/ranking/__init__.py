"""Rankings from pairwise preferences: abilities with intervals, and how sure the places are."""

from goldloop.stats.ranking.bradley_terry import Ranking, bradley_terry
from goldloop.stats.ranking.ranks import rank_sets

__all__ = ["Ranking", "bradley_terry", "rank_sets"]
