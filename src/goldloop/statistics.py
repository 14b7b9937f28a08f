"""The statistics, each area loaded when it is first used, so that a server that hands out work starts without NumPy.

`statistics.estimate.proportion` is `goldloop.stats.estimate.proportion`. Whoever uses the statistics alone imports
`goldloop.stats`; whoever is loaded at every start says `statistics`.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from goldloop.stats import agreement as agreement
    from goldloop.stats import bias as bias
    from goldloop.stats import confidence as confidence
    from goldloop.stats import drift as drift
    from goldloop.stats import estimate as estimate
    from goldloop.stats import overlap as overlap
    from goldloop.stats import paired as paired
    from goldloop.stats import ranking as ranking
    from goldloop.stats import sampling as sampling
    from goldloop.stats import transcripts as transcripts
    from goldloop.stats import truth as truth
else:
    from importlib import import_module

    def __getattr__(area: str) -> object:
        """An area by name; after its first use it is an attribute like any other."""
        if area.startswith("_"):
            raise AttributeError(area)
        found = globals()[area] = import_module(f"goldloop.stats.{area}")
        return found
