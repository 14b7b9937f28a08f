"""Pre-labels: a version of a model speaks, and its suggestions become judgements.

Every suggestion is looked at by the human-only triggers, also when the item is already being worked on: the latch
closes at once and reopens what leaned on a machine.
"""

import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select

from goldloop.core import families
from goldloop.core.canonical import canonical
from goldloop.core.clock import now
from goldloop.core.errors import GoldloopError, Unavailable
from goldloop.core.families import Metered, Refusal, Suggestion
from goldloop.jobs.running import Running
from goldloop.judges.reply import CERTAIN
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
from goldloop.store.programmes import PolicyRow, policy_in_force
from goldloop.store.schema import erased, gold, item
from goldloop.store.suggestions import judged_by, newest_answers
from goldloop.store.values import NewValue, value_keys

PAGE = 2_000  # items that are read at once
MOST_REASONS = 20
MOST_WORDS = 160  # of one reason
LIMIT = "money_limit"
AGAIN, SPARE = 5, 20  # items that are asked about once more, and of how many new ones there is one such
MAY_CHANGE = frozenset({"http", "openai", "python"})  # clients behind which something may be exchanged unseen
LOOK_S = 0.5  # how often somebody who waits looks whether they were told to stop


def run(job: Running) -> dict[str, Any]:
    """The job: args {"programme", "model", "version"}. A version speaks of every item it has not spoken of.

    Without a version it is the one in force; any other runs in the shadow: it speaks, and routes nothing.
    """
    with job.store.read() as connection:
        policy = policy_in_force(connection, job.args["programme"])
        total = count_waiting(connection, policy.programme_id)
    name, resume = str(job.args["model"]), job.resume or {}
    talk = Talk(job, policy, name, "prelabel", version=job.args.get("version"), resume=resume.get("talk"))
    after, done, stopped = int(resume.get("after", 0)), int(resume.get("done", 0)), None
    while True:
        with job.store.read() as connection:
            keys = _page(connection, policy.programme_id, after)
        if not keys:
            break
        try:
            talk.judge(keys, tell=_telling(job, done, total))
        except Unavailable as error:
            if error.field == LIMIT:
                stopped = f"{error}; raise it in the programme file and run again: it goes on where it stopped"
                break
            raise Unavailable(
                f"{error.message}; {done:,} of {total:,} items are done, and `goldloop job retry` goes on there",
                permanent=error.permanent,
                field=error.field,
                expected=error.expected,
                found=error.found,
                **error.details,
            ) from error
        after, done = keys[-1], done + len(keys)
        token = {"after": after, "done": done, "talk": talk.token}
        job.progress(done, total=max(total, done), unit="items", resume=token)
    return {"model": name, "version": talk.speaker.row.version, "items": done, **talk.summary(), "stopped": stopped}


def _telling(job: Running, done: int, total: int) -> Callable[[int], None]:
    return lambda more: job.progress(done + more, total=max(total, done + more), unit="items")


def judge_items(job: Running, policy: PolicyRow, name: str, keys: Sequence[int]) -> tuple[int, int]:
    """Ask a model's version in force about items it has said nothing of; how many it answered, and refused."""
    talk = Talk(job, policy, name, "second")
    talk.judge(keys)
    return talk.use.said, talk.use.refused


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
        self._dearest = 0.0
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

    @property
    def token(self) -> dict[str, Any]:
        """What another start of this run needs."""
        return {"run": self._key, "version": self.speaker.row.actor_id}

    def judge(self, keys: Sequence[int], *, tell: Callable[[int], None] | None = None) -> None:
        """Ask about those of these items that the version has said nothing of. Raises Unavailable.

        `tell` hears how many of them are done.
        """
        store, policy, (row, judge, model) = self._job.store, self._policy, self.speaker
        task = families.task.build(policy.policy.task)
        with store.read() as connection:
            before = judged_by(connection, row.actor_id, keys)
        missing = [key for key in keys if key not in before]
        if "again" not in self.tally.counts:
            self._ask_again(min(AGAIN, len(missing) // SPARE))
        start = 0
        while start < len(missing):
            self._job.check_cancel()
            chunk = missing[start : start + self._affordable(judge.batch_size)]
            start += len(chunk)
            with store.read() as connection:
                texts, names = bodies(connection, chunk), external_ids(connection, chunk)
            asked = [(names[key], texts[key]) for key in chunk]
            spent_before = self.use.cost or 0.0
            try:
                answers = judge.judge(asked, model, task=task, ontology=policy.policy.labels)
            except BaseException as error:  # also on the way out: what was paid for is written down
                self._note_away(error)
                self._count([], ())
                raise
            good = {key: one for key, one in zip(chunk, answers, strict=True) if isinstance(one, Suggestion)}
            with store.write(durable=False) as connection:
                keep(connection, self._contexts, policy, row, good)
            self._count(answers, good)
            self._dearest = max(self._dearest, ((self.use.cost or 0.0) - spent_before) / len(chunk))
            if tell is not None:
                tell(len(keys) - len(missing) + start)
            time.sleep(0.0005)

    def _note_away(self, error: BaseException) -> None:
        """Where a model cannot be asked, this start of the run ends; the job tries again while it is only away."""
        if isinstance(error, GoldloopError):
            away = self.tally.counts.get("away", 0) + 1
            self.tally.counts |= {"away": away, "away_because": error.message[:MOST_WORDS]}

    def _ask_again(self, most: int) -> None:
        """Ask about a few items that the version spoke of before; count those that it says something else of now."""
        store, policy, (row, judge, model) = self._job.store, self._policy, self.speaker
        self.tally.counts |= {"again": 0, "other": 0}
        if not most or judge.needs().client not in MAY_CHANGE:
            return
        with store.read() as connection:
            before = dict(newest_answers(connection, row.actor_id, limit=most))
            texts, names = bodies(connection, list(before)), external_ids(connection, list(before))
        if not before:
            return
        asked, task = [(names[key], texts[key]) for key in before], families.task.build(policy.policy.task)
        self._affordable(len(asked))
        try:
            answers = judge.judge(asked, model, task=task, ontology=policy.policy.labels)
        finally:
            self._count([], ())
        now_ = [canonical(one.answer) if isinstance(one, Suggestion) else None for one in answers]
        other = sum(a != b for a, b in zip(now_, before.values(), strict=True))
        self.tally.counts |= {"again": len(asked), "other": other}

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

    def _count(self, answers: Sequence[Suggestion | Refusal], good: Any) -> None:
        self.tally.add(answers)
        self.use = used_by(self.speaker, self._before)._replace(
            said=self.use.said + len(good), refused=self.use.refused + len(answers) - len(good)
        )
        with self._job.store.write(durable=False) as connection:
            note_run(connection, self._key, self.use, self.tally.counts, at=now())


class Strange(NamedTuple):
    """Something strange about the answers of a run: how many of how many, and in words."""

    kind: str
    n: int
    of: int
    words: str
    more: str = ""

    @property
    def says(self) -> str:
        """The words with their numbers."""
        return self.words.format(n=f"{self.n:,}", of=f"{self.of:,}") + self.more

    def told(self) -> dict[str, Any]:
        """For whoever reads it."""
        return {"kind": self.kind, "n": self.n, "of": self.of, "says": self.says}


OTHER = (
    "{n} of {of} items that this version had spoken of got another answer now: it answers by chance, or something else "
    "stands behind it"
)
REFUSED = (
    (
        "certain",
        ("claims confidence 1.0",),
        "{n} of {of} answers were refused: the model claims confidence 1.0 for everything",
    ),
    (
        "labels",
        ("not in the ontology",),
        "{n} of {of} answers use labels that are not in the ontology: they were refused",
    ),
    (
        "numbers",
        ("no such number", "0-1", "NaN", "Infinity"),
        "{n} of {of} answers have a confidence that is no share, such as NaN: they were refused",
    ),
)
"""What is refused for a reason that has a name of its own, by what the reason says."""


class Tally:
    """What answers of a run have in common: why they were refused, what their confidence was read from."""

    def __init__(self, counts: Mapping[str, Any]) -> None:
        self.counts: dict[str, Any] = json.loads(json.dumps(dict(counts)))

    def add(self, answers: Sequence[Suggestion | Refusal]) -> None:
        """Count some more answers."""
        reasons, sources = Counter(self.counts.get("reasons", {})), Counter(self.counts.get("from", {}))
        for one in answers:
            if isinstance(one, Refusal):
                reason = _reason(one)
                reasons[reason if reason in reasons or len(reasons) < MOST_REASONS else "other reasons"] += 1
                continue
            if one.confidence_from is not None:
                sources[one.confidence_from] += 1
            self.counts["certain"] = self.counts.get("certain", 0) + (one.confidence == 1.0)
            self.counts["unknown"] = self.counts.get("unknown", 0) + (one.confidence is None)
        self.counts |= {"reasons": dict(reasons), "from": dict(sources)}

    def warnings(self, said: int, refused: int) -> list[Strange]:
        """What is strange about the answers, each with how many of how many."""
        return strange(self.counts, said, refused)


def merged(tallies: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What was counted of several starts of a run, the newest first, as of one."""
    out: dict[str, Any] = {}
    for one in tallies:
        for name, found in one.items():
            if isinstance(found, Mapping):
                out[name] = dict(Counter(out.get(name, {})) + Counter(found))
            elif isinstance(found, int):
                out[name] = out.get(name, 0) + found
            else:
                out.setdefault(name, found)
    return out


def strange(counts: Mapping[str, Any], said: int, refused: int) -> list[Strange]:
    """What is strange about the answers of a run, from what was counted of it."""
    out: list[Strange] = []
    certain, unknown = counts.get("certain", 0), counts.get("unknown", 0)
    reasons, asked = counts.get("reasons", {}), said + refused
    if said and certain == said and said >= CERTAIN:
        out.append(Strange("certain", said, said, "{n} of {of} answers claim confidence 1.0: that measures nothing"))
    for kind, words, says in REFUSED:
        if n := sum(n for reason, n in reasons.items() if any(one in reason for one in words)):
            out.append(Strange(kind, n, asked, says))
    if other := counts.get("other", 0):
        out.append(Strange("other", other, counts["again"], OTHER))
    if unknown:
        says = "{n} of {of} answers have no confidence: rules that ask for one do not match them"
        out.append(Strange("unknown", unknown, said, says))
    if len(sources := counts.get("from", {})) > 1:
        parts = ", ".join(f"{n:,} {source}" for source, n in sorted(sources.items()))
        says = "{n} of {of} confidences are of several kinds, which no one threshold fits: "
        out.append(Strange("kinds", sum(sources.values()), said, says, parts))
    if away := counts.get("away", 0):
        says = "{n} of {of} starts of the run broke off, because the model could not be asked; the last time: "
        out.append(Strange("away", away, counts["starts"], says, counts["away_because"]))
    return out


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


def _reason(refusal: Refusal) -> str:
    """The part of a reason that many refusals share: without what was expected and found, and without its place."""
    text = refusal.because.partition(" (expected")[0].partition(" (found")[0]
    field, colon, rest = text.partition(": ")
    return (rest if colon and " " not in field else text)[:MOST_WORDS]


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


def _page(connection: Connection, programme_id: int, after: int) -> list[int]:
    """The next items that still need a label: gold teaches and measures, it is not pre-labelled."""
    statement = (
        select(item.c.id)
        .where(item.c.programme_id == programme_id, item.c.id > after, _NO_GOLD)
        .order_by(item.c.id)
        .limit(PAGE)
    )
    return list(connection.execute(statement).scalars())


def count_waiting(connection: Connection, programme_id: int) -> int:
    """How many items there are to pre-label: all but known gold and what was erased."""
    statement = select(item.c.id).where(item.c.programme_id == programme_id, _NO_GOLD).subquery()
    return int(connection.execute(select(func.count()).select_from(statement)).scalar_one())


def external_ids(connection: Connection, keys: Sequence[int]) -> dict[int, str]:
    """What the data's owner calls items."""
    rows = connection.execute(select(item.c.id, item.c.external_id).where(item.c.id.in_(keys)))
    return {key: name for key, name in rows}


_THERE = ~select(erased.c.item_id).where(erased.c.item_id == item.c.id).exists()
_NO_GOLD = ~select(gold.c.item_id).where(gold.c.item_id == item.c.id).exists() & _THERE
