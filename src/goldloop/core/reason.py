"""The words in which routing says why an item came to a queue."""

SURE = ", confidence "


def reason(rule: str, confidence: float | None, calibrated: float | None = None, version: int | None = None) -> str:
    """The rule that sent an item, and the confidence that it was sent by, if any."""
    return rule if confidence is None else f"{rule}{SURE}{confidence_in_words(confidence, calibrated, version)}"


def rule_in(because: str) -> str:
    """A reason without how sure a model was, for people whom that would sway."""
    return because.partition(SURE)[0]


def confidence_in_words(confidence: float | None, calibrated: float | None, version: int | None = None) -> str:
    """A confidence as stated, and what it comes to where a recalibration is in force."""
    if confidence is None:
        return "none"
    if calibrated is None:
        return f"{confidence:.3f}"
    by = f" by version {version}" if version is not None else ""
    return f"{confidence:.3f} (calibrated {calibrated:.3f}{by})"
