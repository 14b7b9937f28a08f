"""What a gate concludes, and how many of each queue its audit looks at. Pure."""

from collections.abc import Mapping, Sequence

from goldloop.core.nouns import CheckResult, Outcome


def conclude(results: Sequence[CheckResult]) -> Outcome:
    """Fail where any check fails, unknown where any is unknown, else pass. A gate without checks is unknown."""
    outcomes = {one.outcome for one in results}
    if "fail" in outcomes:
        return "fail"
    return "pass" if outcomes == {"pass"} else "unknown"


def audit_sizes(held: Mapping[str, int], *, size: int, minimum: int) -> dict[str, int]:
    """How many items of each stratum to audit: in proportion, but at least `minimum` of each, or all it holds."""
    total = sum(held.values())
    return {name: min(count, max(minimum, round(size * count / total))) if total else 0 for name, count in held.items()}


def batch_state(outcome: str | None) -> str:
    """What a batch is after its newest verdict: held after a fail, open while nothing is known."""
    return {"pass": "passed", "waived": "waived", "fail": "held"}.get(outcome or "", "open")
