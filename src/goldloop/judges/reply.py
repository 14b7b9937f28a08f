"""What a model says, read into suggestions: every model client speaks this form, and nonsense becomes a refusal.

    {"answer": ..., "confidence": 0.93}                       the answer in the task's form, labels by id or name
    {"answer": ..., "confidence": ..., "top": [["a", 0.93], ["b", 0.04]], "margin": 0.89, "entropy": 0.3}
    {"scores": {"a": 0.93, "b": 0.04}}                        one label is asked for: the best score answers
    {"answer": ..., "confidence": null}                       the model does not know how sure it is
    {"answer": ..., "confidence": 0.93, "confidence_from": "logprobs"}
    {"refused": "the text is empty"}

Shares lie in 0-1. Entropy is in nats. Where margin is missing, it is the gap between the two best shares; where entropy
is missing, it is computed from scores that add up to 1.
"""

import math
from collections.abc import Mapping, Sequence
from numbers import Real
from typing import Any

from goldloop.core.errors import Invalid, Unavailable
from goldloop.core.families import Body, Model, Refusal, Suggestion, Task
from goldloop.core.ontology import Ontology

TOP = 5
CERTAIN = 20  # so many answers, each at exactly 1.0, show that the model does not measure its confidence
Items = Sequence[tuple[str, Body]]


def ask(items: Items, model: Model, *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
    """One suggestion or refusal per item. Raises Unavailable where the model fails or answers another number of items.

    A model that claims certainty of each of 20 or more answers is refused for all of them: its confidence routes
    nothing.
    """
    return read(items, model.say(items), task=task, ontology=ontology) if items else []


def read(items: Items, replies: Sequence[Any], *, task: Task, ontology: Ontology) -> list[Suggestion | Refusal]:
    """What a model replied about items; see `ask`."""
    if len(replies) != len(items):
        raise Unavailable(
            "the model answered another number of items",
            permanent=True,
            expected=f"{len(items)} answers",
            found=str(len(replies)),
        )
    said = [
        read_reply(reply, body, task=task, ontology=ontology) for (_, body), reply in zip(items, replies, strict=True)
    ]
    confident = [one.confidence for one in said if isinstance(one, Suggestion)]
    if len(confident) >= CERTAIN and all(one == 1.0 for one in confident):
        because = f"the model claims confidence 1.0 for all {len(confident)} answers of a batch: that measures nothing"
        return [Refusal(because) if isinstance(one, Suggestion) else one for one in said]
    return said


def read_reply(reply: Any, body: Body, *, task: Task, ontology: Ontology) -> Suggestion | Refusal:
    """One reply as a suggestion with a canonical answer, or the refusal that says what is wrong with it."""
    if not isinstance(reply, Mapping):
        return Refusal(f"the model's reply is no JSON object: {repr(reply)[:80]}")
    if "refused" in reply:
        return Refusal(str(reply["refused"])[:500])
    try:
        return _suggestion(reply, body, task, ontology)
    except Invalid as error:
        return Refusal(str(error)[:500])


def _suggestion(reply: Mapping[str, Any], body: Body, task: Task, ontology: Ontology) -> Suggestion:
    confidence: float | None
    scores = "answer" not in reply and "scores" in reply
    shares = _shares(reply.get("scores" if scores else "top") or (), ontology, field="scores" if scores else "top")
    if scores:
        if not shares:
            raise Invalid("the model scored no label", field="scores", expected="a share per label", found="none")
        answer, confidence = [shares[0][0]], shares[0][1]
    elif "answer" in reply:
        unknown = "confidence" in reply and reply["confidence"] is None
        answer, confidence = reply["answer"], None if unknown else _share(reply.get("confidence"), field="confidence")
    else:
        raise Invalid("the model's reply has no answer", field="answer", expected="an answer", found=_keys(reply))
    margin = reply.get("margin")
    entropy = reply.get("entropy")
    if margin is None and len(shares) > 1:
        margin = shares[0][1] - shares[1][1]
    if entropy is None and scores and math.isclose(sum(share for _, share in shares), 1, abs_tol=0.01):
        entropy = -sum(share * math.log(share) for _, share in shares if share > 0)
    return Suggestion(
        answer=task.canonical(answer, body, ontology),
        confidence=confidence,
        top=tuple(shares[:TOP]),
        margin=None if margin is None else _share(margin, field="margin"),
        entropy=None if entropy is None else _number(entropy, field="entropy"),
        confidence_from=source if isinstance(source := reply.get("confidence_from"), str) else None,
    )


def _shares(given: Any, ontology: Ontology, *, field: str) -> list[tuple[str, float]]:
    """(label id, share) pairs, best first; ties in the order of the ids."""
    pairs = list(given.items()) if isinstance(given, Mapping) else given
    whole = isinstance(pairs, list | tuple) and all(
        isinstance(pair, list | tuple) and len(pair) == 2 and isinstance(pair[0], str) for pair in pairs
    )
    if not whole:
        raise Invalid("this is no list of shares", field=field, expected="[label, share] pairs", found=repr(given)[:80])
    shares = [(ontology.find(word, field=field), _share(share, field=field)) for word, share in pairs]
    return sorted(shares, key=lambda pair: (-pair[1], pair[0]))


def _share(value: Any, *, field: str) -> float:
    number = _number(value, field=field)
    if number > 1:
        raise Invalid("a share lies in 0-1", field=field, expected="0 to 1", found=str(number))
    return number


def _number(value: Any, *, field: str) -> float:
    if isinstance(value, bool) or not isinstance(value, Real) or not math.isfinite(value) or value < 0:
        expected = "a finite number of at least 0"
        raise Invalid("this is no such number", field=field, expected=expected, found=repr(value)[:40])
    return float(value)


def _keys(reply: Mapping[str, Any]) -> str:
    return ", ".join(map(str, list(reply)[:8])) or "nothing"
