"""Working off: everybody takes what they may and answers it, until nothing is left or enough is done."""

import time
from collections import Counter
from collections.abc import Callable, Sequence

from goldloop.client.work import Assignment
from goldloop.core.errors import Forbidden
from goldloop.core.nouns import Noun, Queue
from goldloop.simulate.hire import Worker
from goldloop.simulate.says import saying
from goldloop.simulate.truth import Truth

HOLD = 4
Told = Callable[[int], None]


class Tally(Noun):
    """What was done: judgements by queue, stance and person, and the simulated time they took."""

    judgements: int
    by_queue: dict[str, int]
    by_stance: dict[str, int]
    by_person: dict[str, int]
    active_ms: int


class _Shift:
    """The state of one run: what everybody did so far, and the labels of every ontology."""

    def __init__(self, truth: Truth, seed: int, pace: float) -> None:
        self.truth, self.seed, self.pace = truth, seed, pace
        self.queues: Counter[str] = Counter()
        self.stances: Counter[str] = Counter()
        self.people: Counter[str] = Counter()
        self.active_ms = 0
        self._labels: dict[str, Sequence[str]] = {}

    def answer(self, worker: Worker, work: Assignment) -> None:
        persona = worker.persona
        labels = self._labels_of(worker, work.ontology_id)
        done = self.people[persona.name]
        said = saying(work, self.truth, labels, persona, seed=self.seed, done=done)
        if self.pace:
            time.sleep(said.active_ms / 1000 * self.pace)
        worker.client.work.submit(
            work.work_id,
            said.stance,
            answer=said.answer,
            reason=said.reason,
            active_ms=said.active_ms,
            wall_ms=said.active_ms,
            first_ms=said.active_ms // 3,
        )
        self.queues[work.queue] += 1
        self.stances[said.stance] += 1
        self.people[persona.name] += 1
        self.active_ms += said.active_ms

    def _labels_of(self, worker: Worker, ontology_id: str) -> Sequence[str]:
        if ontology_id not in self._labels:
            found = worker.client.programmes.ontology(ontology_id)
            self._labels[ontology_id] = [label.id for label in found.labels if label.selectable]
        return self._labels[ontology_id]

    def tally(self) -> Tally:
        return Tally(
            judgements=self.people.total(),
            by_queue=dict(sorted(self.queues.items())),
            by_stance=dict(sorted(self.stances.items())),
            by_person=dict(sorted(self.people.items())),
            active_ms=self.active_ms,
        )


def work_off(
    workers: Sequence[Worker],
    truth: Truth,
    *,
    seed: int,
    programme_id: str | None = None,
    queue: Queue | None = None,
    count: int | None = None,
    pace: float = 0.0,
    told: Told | None = None,
) -> Tally:
    """Everybody in turn takes a few works and answers them, until nobody finds any, or `count` are answered.

    `pace` is how much of the simulated time really passes: 0 none, 1 all of it. `told` hears the count so far.
    """
    shift = _Shift(truth, seed, pace)
    told_off: Forbidden | None = None
    while True:
        before = shift.people.total()
        for worker in workers:
            left = HOLD if count is None else min(HOLD, count - shift.people.total())
            if left <= 0:
                return shift.tally()
            try:
                held = worker.client.work.claim(count=left, programme_id=programme_id, queue=queue)
            except Forbidden as refused:  # somebody failed an exam: the others go on without them
                told_off = refused
                continue
            for work in held:
                shift.answer(worker, work)
            if told is not None:
                told(shift.people.total())
        if shift.people.total() == before:
            if told_off is not None and not before:
                raise told_off
            return shift.tally()
