"""A programme's standing in words, for the one row it has in the list: what it is, why, and until when."""

from typing import Literal, NamedTuple

from goldloop.core.clock import DAY, HOUR

State = Literal["empty", "unrouted", "late", "held", "behind", "on_time", "open", "ungated", "done"]


class Part(NamedTuple):
    """One batch of a programme: what is left of it, when it is due, what its newest verdict says."""

    name: str
    left: int
    due_at: int | None
    gate: str | None
    outcome: str | None


class Standing(NamedTuple):
    """The word, its reason, and the moment that it speaks of."""

    state: State
    because: str
    due_at: int | None


def standing(items: int, parts: list[Part], per_day: float, *, at: int) -> Standing:
    """Where a programme stands: the most pressing of what holds of its batches, and which gates were waived."""
    found = _pressing(items, parts, per_day, at=at)
    waived = [one.name for one in parts if one.outcome == "waived"]
    if not waived:
        return found
    which = f"the gate of {waived[0]}" if len(waived) == 1 else f"the gates of {len(waived):,} batches"
    return found._replace(because=f"{found.because}; {which} {'was' if len(waived) == 1 else 'were'} waived")


def _pressing(items: int, parts: list[Part], per_day: float, *, at: int) -> Standing:
    if not items:
        return Standing("empty", "nothing was imported yet", None)
    if not parts:
        return Standing("unrouted", f"{items:,} items wait to be routed", None)
    due = sorted((one for one in parts if one.left and one.due_at is not None), key=lambda one: one.due_at or 0)
    if due and (first := due[0]).due_at is not None and first.due_at <= at:
        return Standing("late", f"{first.name} still has {first.left:,} open items", first.due_at)
    held = [one for one in parts if one.outcome in ("fail", "unknown") and not one.left]
    if held:
        said = "failed" if held[0].outcome == "fail" else "is unknown"
        return Standing("held", f"the gate of {held[0].name} {said}", held[0].due_at)
    left = sum(one.left for one in parts)
    if due:
        needed = promised(parts, at=at)
        because = f"{left:,} items are open; {needed:,.0f} a day are needed, {per_day:,.0f} a day were decided lately"
        return Standing("behind" if per_day < needed else "on_time", because, due[0].due_at)
    if left:
        return Standing("open", f"{left:,} items are open, without a deadline", None)
    ungated = [one for one in parts if one.gate is not None and one.outcome is None]
    if ungated:
        return Standing("ungated", f"{ungated[0].name} is decided; its gate has not been run", ungated[0].due_at)
    return Standing("done", "every item is decided and no gate is shut", None)


def promised(parts: list[Part], *, at: int) -> float:
    """Items a day that every deadline needs from now on: the steepest of the cumulated demands."""
    needed, left = 0.0, 0
    for one in sorted((one for one in parts if one.left and one.due_at is not None), key=lambda one: one.due_at or 0):
        left += one.left
        days = max((one.due_at or at) - at, HOUR) / DAY
        needed = max(needed, left / days)
    return needed
