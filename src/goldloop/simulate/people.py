"""Who the simulated people are: accuracy by label, confusions, speed, fatigue, anchoring."""

from collections.abc import Sequence

from pydantic import Field

from goldloop.core.nouns import Noun
from goldloop.core.policy import Share
from goldloop.simulate.chance import stream

NAMES = (
    "ada", "bo", "cleo", "dian", "eli", "fay", "gus", "hana", "ivo", "jun", "kofi", "lia",
    "milo", "noor", "ola", "pia", "quin", "rosa", "sami", "tova", "uma", "vito", "wen", "yara",
)  # fmt: skip
HOUR_JUDGEMENTS = 200  # what a shift is about: fatigue is said per this many


class Persona(Noun):
    """One simulated person.

    The chance to be right of an item is `by_label[true label]`, or `accuracy`, less what fatigue took. Who is wrong
    says a label of `confusion[true label]` in proportion to its weights, or any other label. Shown a suggestion that
    differs from what they would say, they let it stand with the chance `anchoring`.
    """

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,60}$")
    tiers: tuple[int, ...] = (1,)
    accuracy: Share = 0.95
    by_label: dict[str, Share] = {}
    confusion: dict[str, dict[str, float]] = {}
    fatigue: Share = Field(default=0.02, description="accuracy lost after 200 judgements, and again after the next")
    anchoring: Share = 0.1
    corrects: Share = Field(default=0.8, description="chance to correct a wrong suggestion rather than only reject it")
    skips: Share = 0.0
    escalates: Share = 0.0
    seconds: float = Field(default=6.0, gt=0, description="median time on an item")
    spread: float = Field(default=0.5, ge=0, description="standard deviation of the logarithm of that time")

    def chance_right(self, label: str | None, *, done: int) -> float:
        """The chance to be right of an item with this true label after `done` judgements."""
        base = self.by_label.get(label, self.accuracy) if label is not None else self.accuracy
        return max(0.0, base - self.fatigue * done / HOUR_JUDGEMENTS)


def crew(
    size: int, *, seed: int, tiers: Sequence[Sequence[int]] = ((1,), (1, 2), (2,), (3,)), prefix: str = ""
) -> list[Persona]:
    """Different people, the same for the same seed; tiers go round. Seniors are better and slower."""
    people = []
    for number in range(size):
        mine = tuple(sorted(tiers[number % len(tiers)]))
        chance = stream(seed, "crew", number)
        senior = max(mine) - 1
        people.append(
            Persona(
                name=f"{prefix}{NAMES[number % len(NAMES)]}{number // len(NAMES) or ''}",
                tiers=mine,
                accuracy=round(min(0.995, chance.uniform(0.955, 0.98) + 0.006 * senior), 4),
                anchoring=round(chance.uniform(0.02, 0.18) / (1 + senior), 4),
                fatigue=round(chance.uniform(0.0, 0.02), 4),
                seconds=round(chance.uniform(4.0, 7.0) * (1 + 0.4 * senior), 2),
                escalates=0.004 if senior < 2 else 0.0,
            )
        )
    return people
