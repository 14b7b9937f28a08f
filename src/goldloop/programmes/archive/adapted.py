"""A programme file as it holds where a programme was opened: another name, organisation, and who answers there."""

from collections.abc import Mapping
from typing import Any

from goldloop.core.programme_file import read_document, read_policy, rewritten
from goldloop.core.raci import obligations


def adapted(text: str, *, name: str, organisation: str, answers: Mapping[str, str], otherwise: str) -> str:
    """The file under a name, with every person whom it names by their sign-in name here.

    `answers` says who they are here; whoever it leaves out is stood in for by `otherwise`.
    """
    doc, policy = read_document(text, name="programme.yaml"), read_policy(text)
    whose = {"programme": name, "organisation": organisation}
    changed: dict[str, Any] = {key: said for key, said in whose.items() if doc[key] != said}
    for one in obligations(policy):
        for part, who in one.named():
            here = answers.get(who, otherwise)
            path = one.where(part).split(".")
            if here != who and _replace(doc, path, who, here):
                changed[path[0]] = doc[path[0]]
    return rewritten(text, changed) if changed else text


def _replace(doc: Any, path: list[str], was: str, is_: str) -> bool:
    """Put one name for another where a path of the file says it; False where it does not."""
    for key in path[:-1]:
        doc = doc.get(key) if isinstance(doc, dict) else None
    last = path[-1]
    said = doc.get(last) if isinstance(doc, dict) else None
    if said == was:
        doc[last] = is_
    elif isinstance(said, list) and was in said:
        doc[last] = list(dict.fromkeys(is_ if one == was else one for one in said))
    else:
        return False
    return True
