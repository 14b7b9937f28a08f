"""Responses that are put side by side: what an item brings, what a person sees, and the reason they give."""

from collections.abc import Mapping
from typing import Any, Literal

from goldloop.core.errors import Invalid
from goldloop.core.families import Body
from goldloop.tasks.bodies import check_text, texts_of

SHOWN = ("prompt", "text")


def check_responses(body: Body, *, least: int, most: int) -> None:
    """Raise Invalid where an item does not bring so many responses, or not what they answer."""
    texts_of(body, "responses", least=least, most=most)
    prompt = body.get("prompt", "")
    if not isinstance(prompt, str):
        raise Invalid("this cannot be judged as it is", field="body.prompt", expected="text", found=repr(prompt)[:80])


def only_texts(body: Body) -> Body:
    """The prompt and the texts of the responses. Everything else could tell who wrote them."""
    texts = [one.get("text") if isinstance(one, Mapping) else one for one in body["responses"]]
    return {key: body[key] for key in SHOWN if key in body} | {"responses": [{"text": text} for text in texts]}


def check_why(answer: Any, asked: Literal["none", "optional", "required"]) -> tuple[Any, str]:
    """An answer without its reason, and the reason. Raises Invalid where it is missing, or not asked for."""
    if not isinstance(answer, Mapping) or "why" not in answer:
        answer, why = answer, ""
    else:
        why = check_text(answer["why"], "why").strip()
        answer = {key: value for key, value in answer.items() if key != "why"}
    if why and asked == "none":
        raise Invalid("no reason is asked for", field="why", expected="nothing", found=why[:80])
    if not why and asked == "required":
        raise Invalid("a reason is asked for", field="why", expected="text", found="nothing")
    return answer, why
