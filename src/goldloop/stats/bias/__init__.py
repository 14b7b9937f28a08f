"""What people and models get wrong together: following suggestions, accepting unseen, erring systematically.

does showing the suggestion change answers     anchoring (a randomised blind arm)
how large must the blind arm be                blind_share
are planted errors caught                      catch_rates, rubber_stamping, hasty
where do errors pile up                        error_clusters
are these counts more than chance gives        binomial_at_least, hypergeometric_at_least
"""

from goldloop.stats.bias.anchoring import Anchoring, anchoring
from goldloop.stats.bias.blind_share import BlindShare, blind_share
from goldloop.stats.bias.clusters import Cluster, error_clusters
from goldloop.stats.bias.exact import binomial_at_least, hypergeometric_at_least
from goldloop.stats.bias.probes import CatchRates, catch_rates, hasty, rubber_stamping

__all__ = [
    "Anchoring",
    "BlindShare",
    "CatchRates",
    "Cluster",
    "anchoring",
    "binomial_at_least",
    "blind_share",
    "catch_rates",
    "error_clusters",
    "hasty",
    "hypergeometric_at_least",
    "rubber_stamping",
]
