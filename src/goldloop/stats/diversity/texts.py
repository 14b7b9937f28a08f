"""How varied texts are: repeated words, repeated phrases, how well they compress."""

import math
import zlib
from collections import Counter
from collections.abc import Sequence

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.result import Estimate, undefined

Gram = tuple[str, ...]
Text = str | Sequence[str]


def distinct(texts: Sequence[Text], *, n: int = 2) -> Estimate:
    """The share of n-grams that are different (Li et al. 2016, distinct-n); falls with length, so compare equal sizes.

    A text is a string (split at white space) or a list of tokens. None without n-grams.
    """
    n = arguments.whole("n", n, low=1)
    counts: Counter[Gram] = Counter()
    for text in _tokens(texts):
        counts.update(_grams(text, n))
    total = sum(counts.values())
    method = f"distinct-{n}"
    if not total:
        return undefined(f"no text has {n} tokens", n=len(texts), eligible=len(texts), method=method)
    return Estimate(
        value=len(counts) / total, n=len(texts), eligible=len(texts), method=method, details={"grams": float(total)}
    )


def self_bleu(texts: Sequence[Text], *, n: int = 4) -> Estimate:
    """The mean BLEU of every text with all others as references (Zhu et al. 2018): 1 copies, 0 nothing shared.

    BLEU-n with uniform weights, clipped counts, the closest reference length (the shorter of two), and 0 where some
    order shares nothing (no smoothing). None with fewer than 2 texts.
    """
    n = arguments.whole("n", n, low=1)
    tokens = _tokens(texts)
    method = f"self-BLEU-{n}, no smoothing"
    if len(tokens) < 2:
        return undefined("fewer than 2 texts", n=len(tokens), eligible=len(tokens), method=method)
    grams = [[Counter(_grams(text, order)) for text in tokens] for order in range(1, n + 1)]
    tops = [_two_largest(counters) for counters in grams]
    lengths = Counter(len(text) for text in tokens)
    scores = [_bleu(i, tokens, grams, tops, lengths) for i in range(len(tokens))]
    return Estimate(value=sum(scores) / len(scores), n=len(tokens), eligible=len(tokens), method=method)


def compression(texts: Sequence[str]) -> Estimate:
    """How many times smaller the texts become together under DEFLATE: 1 varied, high repetitive (Shaib et al. 2024).

    zlib level 9 over the texts joined by line ends; its window is 32 kB, so copies further apart are not seen.
    """
    if any(not isinstance(text, str) for text in arguments.rows("texts", texts)):
        raise Invalid("must hold strings", field="texts", expected="strings", found="another type")
    raw = "\n".join(texts).encode()
    if not raw:
        return undefined("no text", n=len(texts), eligible=len(texts), method="compression ratio, zlib 9")
    ratio = len(raw) / len(zlib.compress(raw, 9))
    return Estimate(value=ratio, n=len(texts), eligible=len(texts), method="compression ratio, zlib 9")


def _tokens(texts: Sequence[Text]) -> list[list[str]]:
    texts = arguments.rows("texts", texts)
    if any(not isinstance(text, (str, Sequence)) for text in texts):
        raise Invalid("must hold texts", field="texts", expected="strings or token lists", found="another type")
    return [text.split() if isinstance(text, str) else list(text) for text in texts]


def _grams(tokens: list[str], n: int) -> list[Gram]:
    return [tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)]


def _two_largest(counters: list[Counter[Gram]]) -> dict[Gram, tuple[int, int, int]]:
    """For every n-gram the largest count, who has it, and the largest count of anybody else."""
    top: dict[Gram, tuple[int, int, int]] = {}
    for owner, counter in enumerate(counters):
        for gram, count in counter.items():
            largest, holder, second = top.get(gram, (0, -1, 0))
            top[gram] = (count, owner, largest) if count > largest else (largest, holder, max(second, count))
    return top


def _bleu(
    i: int, tokens: list[list[str]], grams: list[list[Counter[Gram]]], tops: list[dict[Gram, tuple[int, int, int]]],
    lengths: Counter[int],
) -> float:  # fmt: skip
    logs = 0.0
    for counters, top in zip(grams, tops, strict=True):
        total = sum(counters[i].values())
        shared = 0
        for gram, count in counters[i].items():
            largest, holder, second = top[gram]
            shared += min(count, second if holder == i else largest)
        if not shared:
            return 0.0
        logs += math.log(shared / total)
    own = len(tokens[i])
    others = [length for length, count in lengths.items() if count > (length == own)]
    closest = min(others, key=lambda length: (abs(length - own), length))
    penalty = 1.0 if own > closest else math.exp(1 - closest / own)
    return penalty * math.exp(logs / len(grams))
