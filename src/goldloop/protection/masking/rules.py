"""What an audit of masking proves: of how many items people read, in how many something was left, kind by kind."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from goldloop import statistics
from goldloop.core.families import Measured
from goldloop.core.figures import figure
from goldloop.core.protection import MaskingAudit

OTHER = "other"  # personal data of a kind that nothing looks for
ALL = "any kind"
LEFT = "share of items read in which people found personal data left unmasked, exact limits"
MISSED = "share of items holding this kind in which some of it was left unmasked, exact limits"


class Standing(NamedTuple):
    """Whether masking keeps its line, with the numbers in words; None: it is neither proved nor broken."""

    healthy: bool | None
    because: str


def left_in(
    kinds: Sequence[str],
    found: Mapping[int, frozenset[str]],
    masked: Mapping[int, frozenset[str]],
    *,
    eligible: int,
    level: float,
) -> list[Measured]:
    """The share of items with anything left first, then of each kind how often it was missed where there was any.

    A kind's miss rate is counted over items that hold it at all: those in which it was masked, or found left. Beside
    it stands in how many of all items read it was left.
    """
    with_any = sum(bool(one) for one in found.values())
    out = [_share(with_any, len(found), eligible, level, LEFT, {"kind": ALL}, {"left": float(with_any)})]
    for kind in (*kinds, OTHER):
        left = sum(kind in one for one in found.values())
        held = sum(kind in one or kind in masked.get(key, frozenset()) for key, one in found.items())
        details = {"left": float(left), "read": float(len(found))}
        out.append(_share(left, held, len(found), level, MISSED, {"kind": kind}, details))
    return out


def standing(doc: MaskingAudit, whole: Measured) -> Standing:
    """Healthy where the upper limit lies at or below the line, unhealthy where the share itself lies above it."""
    if whole.value is None or whole.high is None:
        return Standing(None, whole.because or "nothing was read")
    left = int(whole.details["left"])
    said = (
        f"{left} of {whole.n} items read held personal data that masking left, drawn of {whole.eligible}; "
        f"with {doc.level:.0%} confidence between {whole.low:.2%} and {whole.high:.2%} of all do; "
        f"allowed are {doc.at_most:.2%}"
    )
    if whole.high <= doc.at_most:
        return Standing(True, f"{said}: proved")
    if whole.value > doc.at_most:
        return Standing(False, f"{said}: more than allowed")
    return Standing(None, f"{said}: not proved by this sample")


def _share(
    count: int, n: int, eligible: int, level: float, method: str, part: dict[str, str], details: dict[str, float]
) -> Measured:
    found = statistics.estimate.proportion(count, n, method="clopper-pearson", level=level, eligible=max(n, eligible))
    because = None if n else "no item that was read holds this kind"
    how = found.interval.method if found.interval else None
    return Measured(**figure(found, method=method, because=because, interval_method=how, slice=part, details=details))
