"""Simulated people with a planted anchoring: is the interval right about it, and is it found with the blind share that
the forecast recommends? `python -m bench.anchored` prints both; the tests run a few of the same seeds."""

import argparse
from collections.abc import Sequence
from typing import NamedTuple

from goldloop.client.work import Assignment, Shown
from goldloop.core.nouns import Spec
from goldloop.kinds import load
from goldloop.labelling.anchoring.rules import Effect, Line, effects
from goldloop.simulate import Persona, truth_of
from goldloop.simulate.chance import stream
from goldloop.simulate.says import saying
from goldloop.stats.bias import blind_share

LABELS = ("a", "b", "c", "d")
PEOPLE = 8
ACCURACY, RIGHT = 0.95, 0.90  # of a person, and of the suggestions
AGREE = RIGHT * ACCURACY + (1 - RIGHT) * (1 - ACCURACY) / (len(LABELS) - 1)
"""How often somebody says of their own what the suggestion says."""
POINTS = (0.0, 0.02, 0.05)
SURE = {"accuracy": ACCURACY, "fatigue": 0.0, "escalates": 0.0, "skips": 0.0}


class Run(NamedTuple):
    """One seed: the planted rise of agreement, and what was made of it."""

    planted: float
    effect: Effect

    @property
    def covers(self) -> bool:
        """The interval holds what was planted."""
        assert self.effect.low is not None
        assert self.effect.high is not None
        return self.effect.low <= self.planted <= self.effect.high

    @property
    def finds(self) -> bool:
        """The interval says that there is a rise."""
        return self.effect.low is not None and self.effect.low > 0


def recommended(items: int, *, points: float = 0.05) -> float:
    """The blind share that the forecast recommends for an effect, knowing how often people agree unseen."""
    plan = blind_share(points, items=items, blind_rate=AGREE, people=PEOPLE)
    assert plan.share is not None, f"{items} items show no effect of {points}"
    return plan.share


def run(planted: float, seed: int, *, items: int, share: float) -> Run:
    """People who let a suggestion that they would not give stand just so often that agreement rises as planted."""
    load()
    people = [Persona(name=f"p{n}", anchoring=planted / (1 - AGREE), corrects=0.5, **SURE) for n in range(PEOPLE)]
    chance = stream(seed, "items")
    work = Assignment(
        work_id="wrk_1", item_id="itm_1", programme_id="prg_1", programme="p", queue="verify", tier=1, body={},
        task=Spec(name="choice.v1"), ontology_id="rel_1", expires_at=0,
    )  # fmt: skip
    key = [chance.choice(LABELS) for _ in range(items)]
    truth = truth_of((f"item {n}", {"labels": [true]}) for n, true in enumerate(key))
    lines = []
    for n, true in enumerate(key):
        said = true if chance.random() < RIGHT else chance.choice([one for one in LABELS if one != true])
        hidden, person, body = chance.random() < share, people[n % PEOPLE], {"text": f"item {n}"}
        shown = None if hidden else Shown(id="jdg_1", answer={"labels": [said]})
        queue = "annotate" if hidden else "verify"
        one = work.model_copy(update={"body": body, "queue": queue, "suggestion": shown})
        answer = saying(one, truth, LABELS, person, seed=seed, done=0)
        agrees = answer.stance == "accept" or answer.answer == {"labels": [said]}
        how = "blind" if hidden else {"accept": "accept", "answer": "correct"}.get(answer.stance, "reject")
        lines.append(
            Line(
                hidden=hidden, chance=share if hidden else 1 - share, queue="suggested", person=person.name,
                label=said, model="m 1", how=how, agrees=agrees, active_ms=answer.active_ms,
            )
        )  # fmt: skip
    found = next(one for one in effects(lines, eligible=items) if (one.form, one.by) == ("agreement", "all"))
    return Run(planted, found)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print coverage and power over many seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--items", type=int, default=4000)
    given = parser.parse_args(arguments)
    share = recommended(given.items)
    print(f"{given.items} items, {PEOPLE} people, {share:.1%} of the suggestions hidden, {given.seeds} seeds")
    for planted in POINTS:
        runs = [run(planted, seed, items=given.items, share=share) for seed in range(given.seeds)]
        covered, found = (sum(one) / len(runs) for one in ([r.covers for r in runs], [r.finds for r in runs]))
        print(f"planted {planted:.0%}: the interval covers it in {covered:.1%}, an effect is found in {found:.1%}")


if __name__ == "__main__":
    main()
