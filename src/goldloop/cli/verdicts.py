"""Evidence and verdicts in words."""

from goldloop.core.nouns import Evidence, Verdict


def said_evidence(one: Evidence) -> str:
    """A measured value on one line: never without its denominator."""
    part = ", ".join(f"{name} {value}" for name, value in one.slice.items())
    name = one.measure.name.rpartition(".v")[0] + (f" ({part})" if part else "")
    if one.value is None:
        return f"{name}: none, because {one.because}"
    interval = f" [{one.interval.low:.4f}, {one.interval.high:.4f}]" if one.interval else ""
    return f"{name}: {one.value:.4f}{interval}, n = {one.n:,} of {one.eligible:,}"


def say_verdict(verdict: Verdict) -> None:
    """A verdict with every reason."""
    print(f"gate {verdict.gate}, owner {verdict.owner}: {verdict.outcome}")
    for result in verdict.results:
        print(f"  {result.outcome:<7} {result.check.name}: {result.because}")
    if verdict.proved:
        print(f"  {verdict.proved}")
    for result in verdict.contract:
        print(f"  contract: {result.outcome:<7} {result.check.name}: {result.because}")
    if verdict.waiver is not None:
        print(f"  waived by {verdict.waiver.by}: {verdict.waiver.because}")
