"""Retrieval quality: trec_eval's measures with intervals over queries, and character-exact relevance spans."""

from goldloop.stats.retrieval.evaluate import Retrieval, evaluate
from goldloop.stats.retrieval.measures import Ranked, named
from goldloop.stats.retrieval.spans import SpanScores, span_scores

__all__ = ["Ranked", "Retrieval", "SpanScores", "evaluate", "named", "span_scores"]
