"""Where a proposal stands, and who may say what of it. Pure."""

from collections.abc import Sequence
from typing import Literal, NamedTuple

from goldloop.core.errors import Conflict, Forbidden, Invalid
from goldloop.core.families import Task
from goldloop.core.migration import Step
from goldloop.store.proposals import Word

Stance = Literal["comment", "approve", "refuse", "withdraw"]
State = Literal["open", "approved", "refused", "withdrawn", "published", "overtaken"]


SETTLED = ("published", "withdrawn")


class Standing(NamedTuple):
    """Where a proposal stands, and why."""

    state: State
    because: str


def check_readable(task: Task, steps: Sequence[Step]) -> None:
    """Raise Invalid where a plan reads labels as others and the task cannot: its answers would silently drop out."""
    if type(task).relabelled is not Task.relabelled:
        return
    for n, step in enumerate(steps):
        if step.to is not None:
            raise Invalid(
                f"an answer to {task.name} cannot be read under another label; people have to look again",
                field=f"migration.{n}",
                expected=f"{{from: {step.label}, review: true}}",
                found=f"to: {step.to}",
            )


def standing(words: Sequence[Word], *, consulted: Sequence[int], author: int, overtaken: bool) -> Standing:
    """The last word of each consulted expert counts: one approval suffices, one refusal holds it up.

    `overtaken`: the programme file has moved on since; what was proposed may not fit it any more.
    """
    ends = {word.stance: word for word in words if word.stance in ("withdraw", "publish")}
    if "publish" in ends:
        return Standing("published", f"published by {ends['publish'].name}")
    if "withdraw" in ends:
        return Standing("withdrawn", f"withdrawn by {ends['withdraw'].name}")
    if overtaken:
        return Standing("overtaken", "the programme file has changed since; propose it anew")
    last = {word.actor_id: word for word in words if word.stance in ("approve", "refuse")}
    experts = [word for key, word in last.items() if key in consulted and key != author]
    refused = next((word for word in experts if word.stance == "refuse"), None)
    if refused is not None:
        return Standing("refused", f"{refused.name} refused it: {refused.text}")
    approved = next((word for word in experts if word.stance == "approve"), None)
    if approved is not None:
        return Standing("approved", f"{approved.name} approved it")
    if not consulted:
        return Standing("approved", "the programme consults no expert (raci.consulted)")
    return Standing("open", "no consulted expert has approved it yet")


def sayable(now: Standing, *, actor: int, consulted: Sequence[int], author: int) -> list[Stance]:
    """What somebody may say of a proposal as it stands."""
    if now.state in SETTLED:
        return []
    decides: list[Stance] = ["approve", "refuse"] if actor in consulted and actor != author else []
    own: list[Stance] = ["withdraw"] if actor == author else []
    return ["comment", *decides, *own]


def check_word(
    now: Standing, stance: Stance, text: str, *, actor: int, consulted: Sequence[int], author: int, names: Sequence[str]
) -> None:
    """Refuse what may not be said. Raises Conflict, Forbidden, Invalid."""
    if now.state in SETTLED:
        raise Conflict("this proposal is settled", field="stance", expected="an open proposal", found=now.because)
    if stance in ("comment", "refuse") and not text.strip():
        raise Invalid(f"a {_NOUN[stance]} says something", field="text", expected="some text", found="nothing")
    if stance == "withdraw" and actor != author:
        raise Forbidden("only who proposed it may withdraw it", field="stance", expected="its author")
    if stance in ("approve", "refuse"):
        if actor == author:
            raise Forbidden("nobody approves what they proposed", field="stance", expected="another consulted expert")
        if actor not in consulted:
            raise Forbidden(
                "only the experts this programme consults may say this",
                field="stance",
                expected=" or ".join(names) or "raci.consulted names nobody",
            )


_NOUN = {"comment": "comment", "refuse": "refusal"}
