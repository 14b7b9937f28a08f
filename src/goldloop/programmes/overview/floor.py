"""The line that a programme draws for a measure."""

from goldloop.core.policy import Policy


def floor_of(policy: Policy, measure: str) -> float | None:
    """The line that the gate of the programme's batches holds a measure to; None where it has none."""
    gate = policy.gates.get(policy.batches.gate or "")
    for check in gate.checks if gate else ():
        of = check.params.get("of")
        named = of.get("name", next(iter(of), "")) if isinstance(of, dict) else of
        if check.name.startswith("floor.") and named == measure and not check.params.get("slice"):
            return float(check.params["at"])
    return None
