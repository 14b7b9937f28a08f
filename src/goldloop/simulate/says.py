"""What a simulated person does with a work: accept, correct, reject, answer, rule, skip or escalate."""

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from goldloop.client.work import Assignment
from goldloop.core.canonical import canonical
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Stance
from goldloop.simulate.chance import stream
from goldloop.simulate.people import Persona
from goldloop.simulate.sayings import SAID
from goldloop.simulate.truth import Truth


class Saying(NamedTuple):
    """What is submitted."""

    stance: Stance
    answer: Any
    reason: str | None
    active_ms: int


def saying(work: Assignment, truth: Truth, labels: Sequence[str], person: Persona, *, seed: int, done: int) -> Saying:
    """What the person does; the same for the same seed, person, item and queue. An item without truth is skipped."""
    chance = stream(seed, person.name, work.queue, canonical(work.body))
    active_ms = round(1000 * person.seconds * math.exp(chance.gauss(0, person.spread)))
    right = truth(work.body)
    if right is None:
        return Saying("skip", None, "I cannot tell", active_ms)
    if chance.random() < person.skips:
        return Saying("skip", None, "I cannot tell", active_ms)
    if work.queue != "review" and chance.random() < person.escalates:
        return Saying("escalate", None, "the guideline does not say", active_ms)
    mine = _said(work.task.name)(right, work.body, labels, person, chance, done=done)
    if work.queue == "review":
        return Saying("adjudicate", mine, None, active_ms)
    if work.suggestion is None:
        return Saying("answer", mine, None, active_ms)
    if mine == work.suggestion.answer or chance.random() < person.anchoring:
        return Saying("accept", None, None, max(300, active_ms // 2))
    if chance.random() < person.corrects:
        return Saying("answer", mine, None, active_ms)
    return Saying("reject", None, None, active_ms)


def _said(task: str) -> Callable[..., Any]:
    if task not in SAID:
        known = ", ".join(sorted(SAID))
        raise Invalid("nobody is simulated for this task", field="task", expected=f"one of {known}", found=task)
    return SAID[task]
