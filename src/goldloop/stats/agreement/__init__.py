"""Do annotators say the same of the same item, beyond chance?

One long table in (equal-length columns item, annotator, value; None or NaN as a value is a missing rating), an
Estimate with its interval out. Which one: `krippendorff` for nearly everything (any number of annotators, any scale,
gaps); `gwet` where one answer is rare; `cohen` for two fixed people; `fleiss` to compare with the literature; `percent`
beside any of them, never alone. Agreement is not accuracy: people agree on the same mistake.
"""

from goldloop.stats.agreement.alpha import krippendorff
from goldloop.stats.agreement.chance import fleiss, gwet, percent
from goldloop.stats.agreement.cohen import cohen
from goldloop.stats.agreement.leave import Left, leave_one_out
from goldloop.stats.agreement.pairwise import Pair, Pairwise, pairwise

__all__ = [
    "Left",
    "Pair",
    "Pairwise",
    "cohen",
    "fleiss",
    "gwet",
    "krippendorff",
    "leave_one_out",
    "pairwise",
    "percent",
]
