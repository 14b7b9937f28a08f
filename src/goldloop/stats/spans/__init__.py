"""Agreement and accuracy on spans of text: whole spans, their parts, and why they differ.

score            F1 of two annotators or of a system against gold, exact or by overlap, micro and by type
pairwise_f1      the same over all pairs of many annotators
position_alpha   Krippendorff's alpha per token or character
split            boundary, type or both: what kind of difference it is
"""

from goldloop.stats.spans.alpha import pairwise_f1, position_alpha
from goldloop.stats.spans.bio import from_bio, to_columns
from goldloop.stats.spans.difference import Split, split
from goldloop.stats.spans.score import Score, score

__all__ = ["Score", "Split", "from_bio", "pairwise_f1", "position_alpha", "score", "split", "to_columns"]
