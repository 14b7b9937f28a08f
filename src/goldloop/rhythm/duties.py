"""What is due: one thing that somebody answers for, until when, and whether it was done. Pure.

due      its day has not come
done     it was met, in time or late
lapsed   its day is over and it was not met
"""

from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

Kind = Literal["audit", "exam", "promise", "remediation", "question", "brief", "batch", "erasure"]
State = Literal["due", "done", "lapsed"]
KINDS: tuple[Kind, ...] = ("audit", "exam", "promise", "remediation", "question", "brief", "batch", "erasure")
STATES: tuple[State, ...] = ("due", "done", "lapsed")


class Duty(NamedTuple):
    """One thing that is due. `key` stays the same from one time it is due to the next.

    `place` is where it is done, as (noun or room, key); `people` are who has to do it, where it is theirs alone.
    """

    kind: Kind
    key: str
    title: str
    due_at: int
    done_at: int | None
    state: State
    accountable: str  # sign-in name
    because: str
    place: tuple[str, int | None]
    n: int = 1
    people: tuple[int, ...] = ()


def state_of(due_at: int, done_at: int | None, *, at: int) -> State:
    """How something stands: done whenever it was, lapsed once its moment is over."""
    if done_at is not None:
        return "done"
    return "lapsed" if due_at < at else "due"


def in_window(found: Iterable[Duty], *, since: int, until: int) -> list[Duty]:
    """What is due in [since, until), and whatever has lapsed before and still waits; by time."""
    shown = [one for one in found if since <= one.due_at < until or (one.state == "lapsed" and one.due_at < since)]
    return sorted(shown, key=lambda one: (one.due_at, KINDS.index(one.kind), one.key))


def counted(found: Sequence[Duty]) -> dict[str, int]:
    """How many stand in each state."""
    return {state: sum(one.n for one in found if one.state == state) for state in STATES}
