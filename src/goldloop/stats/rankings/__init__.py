"""Do judges rank the same things alike?"""

from goldloop.stats.rankings.concordance import kendall_w
from goldloop.stats.rankings.spearman import spearman

__all__ = ["kendall_w", "spearman"]
