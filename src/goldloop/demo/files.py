"""The files that the demo takes in, written from the templates, with the flaws that real files have."""

from pathlib import Path
from typing import Any, NamedTuple

from goldloop.demo.messages import Message, by_keywords, messages, write

SEED = 2026
WORDINGS = 5  # sentences of each intent that the known answers use; the others are new to the model
KNOWN, NEW, LATER, DETAILS_KNOWN, DETAILS = 360, 900, 240, 50, 70
BROKEN = ('{"id": "msg-9001"}\n', '{"id": "msg-9002", "text": \n')


class Files(NamedTuple):
    """The files, and what is true of every message in them."""

    known: Path
    new: Path
    later: Path
    details_known: Path
    details: Path
    truth: tuple[Message, ...]


def write_files(folder: Path) -> Files:
    """Write every file into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    known = messages(KNOWN, seed=SEED, prefix="known", wordings=WORDINGS)
    fresh = _without(messages(NEW + LATER + KNOWN, seed=SEED, prefix="msg"), known)[: NEW + LATER]
    new, later = fresh[:NEW], fresh[NEW:]
    details = messages(DETAILS_KNOWN + DETAILS, seed=SEED, prefix="detail")
    in_new = write(folder / "messages.jsonl", [_asked(one) for one in new])
    with in_new.open("a", encoding="utf-8") as file:
        file.writelines(BROKEN)
    return Files(
        known=write(folder / "known.jsonl", [{"id": m.id, "text": m.text, "gold": m.intent} for m in known]),
        new=in_new,
        later=write(folder / "later.jsonl", [_asked(one) for one in later]),
        details_known=write(folder / "details-known.jsonl", [_marked(one) for one in details[:DETAILS_KNOWN]]),
        details=write(folder / "details.jsonl", [{"id": m.id, "text": m.text} for m in details[DETAILS_KNOWN:]]),
        truth=(*known, *fresh),
    )


def _without(found: list[Message], others: list[Message]) -> list[Message]:
    texts = {one.text for one in others}
    return [one for one in found if one.text not in texts]


def _asked(one: Message) -> dict[str, Any]:
    """A message to label, with what the rule of thumb says of it."""
    return {"id": one.id, "text": one.text, "prediction": by_keywords(one.text)}


def _marked(one: Message) -> dict[str, Any]:
    spans = [{"start": start, "end": end, "label": label} for start, end, label in one.spans]
    return {"id": one.id, "text": one.text, "gold": {"spans": spans}}
