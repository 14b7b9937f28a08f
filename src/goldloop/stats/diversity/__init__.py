"""How varied a data set is. None of these numbers says that the variety is useful, and copies must not raise them.

categories      coverage (1-, 2-, 3-way), effective_number
texts           distinct, self_bleu, compression
any similarity  vendi
"""

from goldloop.stats.diversity.categories import coverage, effective_number
from goldloop.stats.diversity.texts import compression, distinct, self_bleu
from goldloop.stats.diversity.vendi import vendi

__all__ = ["compression", "coverage", "distinct", "effective_number", "self_bleu", "vendi"]
