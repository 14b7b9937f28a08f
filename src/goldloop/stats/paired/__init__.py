"""Two versions on the same items: is the new one better, or at least not worse?

right or wrong, item by item    compare, from_counts, mcnemar, non_inferior, compare_slices
any score, clustered items      bootstrap_difference
many tests at once              adjust, family
"""

from goldloop.stats.paired.bootstrap import SliceComparison, bootstrap_difference, compare_slices
from goldloop.stats.paired.multiplicity import Family, adjust, family
from goldloop.stats.paired.verdicts import NonInferiority, PairedVerdicts, compare, from_counts, mcnemar, non_inferior

__all__ = [
    "Family",
    "NonInferiority",
    "PairedVerdicts",
    "SliceComparison",
    "adjust",
    "bootstrap_difference",
    "compare",
    "compare_slices",
    "family",
    "from_counts",
    "mcnemar",
    "non_inferior",
]
