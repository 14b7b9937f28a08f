"""WER and CER under both definitions in use, each with its interval."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from goldloop.core.errors import Invalid
from goldloop.stats import arguments
from goldloop.stats.agreement import resampling
from goldloop.stats.agreement.resampling import METHODS, Method
from goldloop.stats.agreement.units import Units, grouping, summed
from goldloop.stats.arguments import Floats, Whole
from goldloop.stats.result import Estimate, undefined
from goldloop.stats.transcripts.edits import edit_distance

FEWEST = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Two numbers that papers both call the error rate.

    utterance: mean over utterances of edits / reference length: short utterances weigh as much as long ones.
    corpus: all edits / all reference tokens. Either may exceed 1. `edits` and `lengths` line up with the utterances.
    """

    utterance: Estimate
    corpus: Estimate
    edits: Whole
    lengths: Whole


def wer(reference: Sequence[str], hypothesis: Sequence[str], **options: Any) -> Rates:
    """Word error rate: edits between words split at white space. Text is compared as it is: normalise it first.

    Options: cluster (one code an utterance, such as the speaker; resampled whole), interval ("bootstrap", "analytic",
    "none"), level, repeats, seed.
    Utterances with an empty reference have no rate of their own; their insertions count in the corpus rate. Invalid:
    unequal lengths, entries that are not text.
    """
    words = [
        [text.split() for text in _texts(*named)] for named in (("reference", reference), ("hypothesis", hypothesis))
    ]
    return _rates(words[0], words[1], unit="word", **options)


def cer(reference: Sequence[str], hypothesis: Sequence[str], **options: Any) -> Rates:
    """Character error rate: edits between code points, spaces included. Options as for `wer`."""
    return _rates(_texts("reference", reference), _texts("hypothesis", hypothesis), unit="character", **options)


def _rates(
    reference: Sequence[Sequence[Any]],
    hypothesis: Sequence[Sequence[Any]],
    *,
    unit: str,
    cluster: Any = None,
    interval: Method = "bootstrap",
    level: float = 0.95,
    repeats: int = 1000,
    seed: int = 0,
) -> Rates:
    arguments.one_of("interval", interval, METHODS)
    level, repeats = arguments.share("level", level), arguments.whole("repeats", repeats, low=2)
    n = arguments.same_length(reference=reference, hypothesis=hypothesis, cluster=cluster)
    codes = None if cluster is None else arguments.codes("cluster", cluster)[0]
    edits = np.array([edit_distance(a, b) for a, b in zip(reference, hypothesis, strict=True)], dtype=np.int64)
    lengths = np.array([len(tokens) for tokens in reference], dtype=np.int64)
    spoken = lengths > 0
    name = "WER" if unit == "word" else "CER"
    own = np.where(spoken, edits / np.maximum(lengths, 1), 0.0)
    labels, size, what = grouping(n, codes)
    # a document of the bootstrap is an utterance or a cluster of them
    what = what.replace("items", "utterances")
    features = summed(np.column_stack([own, spoken, edits, lengths]).astype(np.float64), labels, size)
    units = Units(features, np.ones(size, np.int64), what)
    options = {"method": interval, "level": level, "repeats": repeats, "seed": seed}
    return Rates(
        utterance=_estimate(units, 0, f"{name}, mean per utterance", n=int(spoken.sum()), eligible=n, options=options),
        corpus=_estimate(units, 2, f"{name}, corpus", n=n, eligible=n, options=options),
        edits=edits,
        lengths=lengths,
    )


def _estimate(units: Units, column: int, name: str, *, n: int, eligible: int, options: Mapping[str, Any]) -> Estimate:
    """The ratio of summed features column / column + 1."""

    def ratio(sums: Floats) -> Floats:
        over, under = sums[..., column], sums[..., column + 1]
        return np.where(under > 0, over / np.maximum(under, 1e-300), np.nan)

    if not len(units.times) or units.total[column + 1] == 0:
        return undefined("every reference is empty", eligible=eligible, method=name)
    size = len(units.times)
    wrong = int((units.features[:, column] > 0).sum())
    caution = None
    if size < FEWEST:
        caution = f"{size} {units.name}: an interval needs {FEWEST}"
    elif wrong < FEWEST // 2:
        caution = f"{wrong} {units.name} with an error: an interval needs {FEWEST // 2}"
    method = "none" if caution else options["method"]
    limits, details = resampling.interval(units, ratio, **{**options, "method": method}, most=math.inf)
    return Estimate(
        value=float(ratio(units.total)),
        n=n,
        eligible=eligible,
        method=name,
        interval=limits,
        caution=caution,
        details=details,
    )


def _texts(field: str, texts: Sequence[str]) -> list[str]:
    found = arguments.rows(field, texts)
    for text in found:
        if not isinstance(text, str):
            raise Invalid("holds something that is not text", field=field, expected="strings", found=repr(text))
    return found
