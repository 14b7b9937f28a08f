"""What is the right answer where annotators differ, how sure is it, and how good is each annotator?

    hierarchical  the default: confusion matrices shrunk to the crowd's; never far below majority, calibrated
    majority      the rule everyone knows; no probabilities
    dawid_skene   plain maximum likelihood: many labels from every annotator
    one_coin      one accuracy an annotator
    glad          ability and difficulty
    mace          competence and spam

All take one long table (item, annotator, value) and return a `Truth`. An exact repeat counts once; who contradicts
themselves on an item voted for both answers. Consensus is not truth: where a crowd shares a blind spot every model here
shares it too, so measure against gold.
"""

from goldloop.stats.truth.dawid_skene import dawid_skene
from goldloop.stats.truth.glad import glad
from goldloop.stats.truth.hierarchical import hierarchical
from goldloop.stats.truth.mace import mace
from goldloop.stats.truth.majority import majority
from goldloop.stats.truth.one_coin import one_coin
from goldloop.stats.truth.result import Truth

__all__ = ["Truth", "dawid_skene", "glad", "hierarchical", "mace", "majority", "one_coin"]
