"""One run of one version: what it says becomes judgements, what it refuses and uses is counted.

Every suggestion is looked at by the human-only triggers, also when the item is already being worked on: the latch
closes at once and reopens what leaned on a machine.
"""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import GoldloopError, Unavailable
from goldloop.core.families import Metered, Refusal, Suggestion
from goldloop.jobs.running import Running
from goldloop.labelling.models.tally import MOST_WORDS, Tally
from goldloop.labelling.models.versions import Speaker, Wait, speaker
from goldloop.labelling.routing.rules import Suggested
from goldloop.loop.context import Contexts
from goldloop.loop.human_only import human_only_because
from goldloop.loop.latch import latch
from goldloop.store import ledger
from goldloop.store.actors import ModelRow
from goldloop.store.codes import STANCE
from goldloop.store.items import attributes, bodies
from goldloop.store.judgements import NewJudgement, add_judgements
from goldloop.store.models import Use, begin_run, note_run, run_row, spent
from goldloop.store.phrases import phrase_key
from goldloop.store.programmes import PolicyRow
from goldloop.store.schema import item
from goldloop.store.suggestions import judged_by, newest_answers
from goldloop.store.values import NewValue, value_keys

LIMIT = "money_limit"
AGAIN, SPARE = 5, 20  # items that are asked about once more, and of how many new ones there is one such
MAY_CHANGE = frozenset({"http", "openai", "python"})  # clients behind which something may be exchanged unseen
LOOK_S = 0.5  # how often somebody who waits looks whether they were told to stop


class Talk:
    """One run of one version: what it says is kept, what it refuses counted, what it uses written down as it goes."""

    def __init__(
        self,
        job: Running,
        policy: PolicyRow,
        name: str,
        purpose: str,
        *,
        version: int | None = None,
        resume: Mapping[str, Any] | None = None,
    ) -> None:
        """`resume`: the `token` of an earlier start of the same run; the version is then the one it began with."""
        self._job, self._policy, self._contexts = job, policy, Contexts()
        version = resume["version"] if resume else version
        self.speaker: Speaker = speaker(job.store, policy, name, version=version, wait=patience(job))
        self._dearest, self._looked_back = 0.0, False
        actor_id = self.speaker.row.actor_id
        with job.store.write(durable=False) as connection:
            self._key = (
                int(resume["run"])
                if resume
                else begin_run(connection, policy.programme_id, actor_id, purpose, job_id=job.id, at=now())
            )
            begun = run_row(connection, self._key)
        self._before = self.use = begun.use
        self.tally = Tally(begun.tally)
        self.tally.counts["starts"] = self.tally.counts.get("starts", 0) + 1
        if self.speaker.declared is not None:
            self.tally.counts["declared"] = self.speaker.declared

    @property
    def token(self) -> dict[str, Any]:
        """What another start of this run needs."""
        return {"run": self._key, "version": self.speaker.row.actor_id}

    def judge(self, keys: Sequence[int], *, tell: Callable[[int], None] | None = None) -> None:
        """Ask about those of these items that the version has said nothing of. Raises Unavailable.

        `tell` hears how many of them are done.
        """
        store, speaks = self._job.store, self.speaker
        with store.read() as connection:
            before = judged_by(connection, speaks.row.actor_id, keys)
        missing = [key for key in keys if key not in before]
        if not self._looked_back:
            self._ask_again(min(AGAIN, len(missing) // SPARE))
        if tell is not None:
            tell(len(keys) - len(missing))
        start = 0
        while start < len(missing):
            self._job.check_cancel()
            chunk = missing[start : start + self._affordable(speaks.judge.batch_size)]
            start += len(chunk)
            spent_before = self.use.cost or 0.0
            answers = self._ask(chunk)
            good = {key: one for key, one in zip(chunk, answers, strict=True) if isinstance(one, Suggestion)}
            with store.write(durable=False) as connection:
                keep(connection, self._contexts, self._policy, speaks.row, good)
            self._count(answers)
            self._dearest = max(self._dearest, ((self.use.cost or 0.0) - spent_before) / len(chunk))
            if tell is not None:
                tell(len(keys) - len(missing) + start)
            time.sleep(0.0005)  # a model of this process holds the interpreter: people's requests get their turn

    def _ask(self, keys: Sequence[int]) -> list[Suggestion | Refusal]:
        """What the version says of items. What was paid for is written down, also where it fails."""
        with self._job.store.read() as connection:
            texts, names = bodies(connection, keys), external_ids(connection, keys)
        asked = [(names[key], texts[key]) for key in keys]
        policy, speaks = self._policy.policy, self.speaker
        task = families.task.build(policy.task)
        try:
            return speaks.judge.judge(asked, speaks.model, task=task, ontology=policy.labels)
        except BaseException as error:
            self._note_away(error)
            self._count([])
            raise

    def _note_away(self, error: BaseException) -> None:
        """Where a model cannot be asked, this start of the run ends; the job tries again while it is only away."""
        if isinstance(error, GoldloopError):
            away = self.tally.counts.get("away", 0) + 1
            self.tally.counts |= {"away": away, "away_because": error.message[:MOST_WORDS]}

    def _ask_again(self, most: int) -> None:
        """Ask about a few items that the version spoke of before; count those that it says something else of now."""
        self._looked_back = True  # once a start: while a model was away, another may have taken its place
        if not most or self.speaker.judge.needs().client not in MAY_CHANGE:
            return
        with self._job.store.read() as connection:
            before = dict(newest_answers(connection, self.speaker.row.actor_id, limit=most))
        if not before:
            return
        self._affordable(len(before))
        answers = [canonical(one.answer) if isinstance(one, Suggestion) else None for one in self._ask(list(before))]
        other = sum(a != b for a, b in zip(answers, before.values(), strict=True))
        counts = self.tally.counts
        counts |= {"again": counts.get("again", 0) + len(before), "other": counts.get("other", 0) + other}
        self._count([])

    def summary(self) -> dict[str, Any]:
        """What came of it, for people: counts, reasons, cost, and what is strange about the answers."""
        use = self.use
        return {
            **use._asdict(),
            "reasons": self.tally.counts.get("reasons", {}),
            "confidence_from": self.tally.counts.get("from", {}),
            "warnings": [one.says for one in self.tally.warnings(use.said, use.refused)],
        }

    def _affordable(self, most: int) -> int:
        """How many items may be asked about at once, so that the limit is not passed by more than one answer's cost."""
        with self._job.store.read() as connection:
            left = affordable(connection, self.speaker, self._dearest)
        if left is None:
            return most
        return min(most, max(1, int(left / self._dearest))) if self._dearest else 1

    def _count(self, answers: Sequence[Suggestion | Refusal]) -> None:
        self.tally.add(answers)
        refused = sum(isinstance(one, Refusal) for one in answers)
        self.use = used_by(self.speaker, self._before)._replace(
            said=self.use.said + len(answers) - refused, refused=self.use.refused + refused
        )
        with self._job.store.write(durable=False) as connection:
            note_run(connection, self._key, self.use, self.tally.counts, at=now())


def affordable(connection: Connection, speaker: Speaker, dearest: float = 0.0) -> float | None:
    """What a version may still cost, in minor units; None is no limit.

    Raises Unavailable with the field `money_limit` where not even the dearest answer so far would fit.
    """
    limit = speaker.model.money_limit if isinstance(speaker.model, Metered) else None
    if limit is None:
        return None
    gone = spent(connection, speaker.row.actor_id)
    if gone >= limit or gone + dearest > limit:
        raise Unavailable(
            "the money limit of this version is met",
            permanent=True,
            field=LIMIT,
            expected=f"less than {limit:,} minor units",
            found=f"{gone:,.4g} spent",
        )
    return limit - gone


def used_by(speaker: Speaker, before: Use = Use()) -> Use:  # noqa: B008 - frozen
    """What a version has used since it was connected, on top of what was counted before."""
    if not isinstance(speaker.model, Metered):
        return before
    used = speaker.model.used

    def added(a: Any, b: Any) -> Any:
        return b if not before.requests else None if a is None or b is None else a + b

    return before._replace(
        requests=before.requests + used.requests,
        tokens_in=added(before.tokens_in, used.tokens_in),
        tokens_out=added(before.tokens_out, used.tokens_out),
        cost=added(before.cost, used.cost),
        currency=used.currency,
    )


def patience(job: Running) -> Wait:
    """Waiting that ends as soon as the job is to end."""

    def wait(seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            job.check_cancel()
            time.sleep(min(left, LOOK_S))

    return wait


def keep(
    connection: Connection,
    contexts: Contexts,
    policy: PolicyRow,
    model: ModelRow,
    suggestions: Mapping[int, Suggestion],
) -> None:
    """Store suggestions as judgements of a model version, and latch what they make human-only."""
    at = now()
    task = families.task.build(policy.policy.task)
    task_id = phrase_key(connection, canonical(policy.policy.task.model_dump(mode="json")))
    new = {key: NewValue(canonical(one.answer), task.labels(one.answer)) for key, one in suggestions.items()}
    values = value_keys(connection, task_id, list(new.values()))
    rows = [
        NewJudgement(
            item_id=key,
            actor_id=model.actor_id,
            task_id=task_id,
            stance=STANCE["answer"],
            said_at=at,
            value_id=values[new[key].answer],
            ontology_id=policy.ontology_id,
            confidence=one.confidence,
            margin=one.margin,
            entropy=one.entropy,
            top=json.dumps(one.top) if one.top else None,
        )
        for key, one in suggestions.items()
    ]
    keys = add_judgements(connection, rows)
    slices = attributes(connection, list(suggestions))
    reasons = {}
    for judgement_id, (key, one) in zip(keys, suggestions.items(), strict=True):
        said = Suggested(judgement_id, None, task.labels(one.answer), one.confidence, one.margin, one.top)
        of_item = slices[key].slices if key in slices else {}
        because = human_only_because(policy.policy, [said], of_item, human_labels=policy.policy.labels.human_only)
        if because is not None:
            reasons[key] = because
    latch(connection, contexts, reasons, at=at)
    ledger.record(
        connection,
        "model.spoke",
        programme=policy.programme_id,
        actor=model.actor_id,
        subject=str(model.actor_id),
        data={"judgements": len(rows), "first": keys[0] if keys else None, "fingerprint": model.fingerprint},
        at=at,
    )


def external_ids(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """What the data's owner calls items."""
    rows = connection.execute(select(item.c.id, item.c.external_id).where(item.c.id.in_(keys)))
    return {key: name for key, name in rows}
