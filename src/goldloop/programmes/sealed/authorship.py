"""What share of the rows people labelled, people accepted from machines, machines decided, and simulated actors made.

Every row counts once, by the judgements that decided it:

    labelled      at least one person gave an answer of their own or ruled
    accepted      every person behind it accepted a suggestion as it stood
    machine       no person behind it
    unattributed  nobody is on record

`simulated` counts the rows of each way that rest on at least one simulated actor: those are not human labels.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

WAYS = ("labelled", "accepted", "machine", "unattributed")
WORDS = {
    "labelled": "labelled by people",
    "accepted": "suggested by a machine, accepted by people",
    "machine": "accepted from machines without a person",
    "unattributed": "without a judgement on record",
}


class Deciding(NamedTuple):
    """One judgement that decided a row."""

    kind: str
    stance: str
    simulated: bool


class Authorship:
    """The running count. Rows are kept by what decided them, which takes few forms, and judged once at the end."""

    def __init__(self) -> None:
        self._rows: Counter[tuple[Deciding, ...]] = Counter()

    def add(self, deciding: Iterable[Deciding], *, rows: int = 1) -> None:
        """Count rows that these judgements decided."""
        self._rows[tuple(deciding)] += rows

    def as_json(self) -> dict[str, dict[str, int]]:
        """Rows and simulated rows of every way."""
        ways = {way: {"rows": 0, "simulated": 0} for way in WAYS}
        for deciding, rows in self._rows.items():
            way = ways[_way(deciding)]
            way["rows"] += rows
            way["simulated"] += rows if any(one.simulated for one in deciding) else 0
        return ways


def _way(deciding: Sequence[Deciding]) -> str:
    stances = [one.stance for one in deciding if one.kind == "person"]
    if stances:
        return "accepted" if all(stance == "accept" for stance in stances) else "labelled"
    return "machine" if deciding else "unattributed"


def simulation(authorship: Mapping[str, Mapping[str, int]], authors: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The statement about simulated actors that certificate, datasheet and card repeat word for word."""
    rows = sum(way["rows"] for way in authorship.values())
    resting = sum(way["simulated"] for way in authorship.values())
    actors = sum(1 for one in authors if one["simulated"])
    if not actors:
        says = "No judgement in this release was made by a simulated actor."
    elif not resting:
        says = f"{actors} simulated actors judged items of this release; no accepted label rests on them."
    else:
        says = (
            f"SIMULATED: {resting:,} of {rows:,} rows rest on judgements by simulated actors ({actors} of them took "
            "part). They are not human labels."
        )
    return {"actors": actors, "rows": resting, "says": says}
