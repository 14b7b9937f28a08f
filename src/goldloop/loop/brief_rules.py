"""What a reading makes of a brief. Pure: how it stands and what was read in, the step and its reason out.

unhealthy -> open -> in work -> waiting -> healthy on newer data -> closed -> unhealthy -> open again, a relapse
               '--------- waived by a named person ---------'
"""

from typing import Literal, NamedTuple

Step = Literal["opened", "heard", "closed", "reopened"]


class Standing(NamedTuple):
    """How a brief stands before it is read again. `since_at`: when it was opened or last reopened."""

    state: str
    since_at: int
    waived_until: int | None = None


class Followed(NamedTuple):
    """What a reading makes of a brief: the step, the state after it, whether it is a relapse, and a remark."""

    step: Step
    state: str
    relapse: bool = False
    remark: str = ""


def what_follows(before: Standing | None, healthy: bool | None, *, data_at: int, at: int) -> Followed | None:
    """The step of a reading made at `at` on data up to `data_at`; None where it says nothing new of the brief."""
    if before is None:
        return Followed("opened", "open") if healthy is False else None
    if before.state == "closed":
        return Followed("reopened", "open", relapse=True) if healthy is False else None
    if healthy:
        return _healthy(before, data_at)
    if before.state == "waived":
        over = healthy is False and before.waived_until is not None and at > before.waived_until
        return Followed("reopened", "open") if over else Followed("heard", "waived")
    unrepaired = before.state == "waiting" and healthy is False
    return Followed("heard", "in_work" if unrepaired else before.state)


def _healthy(before: Standing, data_at: int) -> Followed:
    if data_at > before.since_at:
        return Followed("closed", "closed")
    return Followed("heard", before.state, remark="healthy, but nothing was measured that is newer than the finding")
