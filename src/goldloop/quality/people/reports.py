"""Reports on people: what a manager sees of somebody, and they of themselves. Intervals everywhere, and no ranking."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection

from goldloop import statistics
from goldloop.core import families
from goldloop.core.clock import DAY, iso
from goldloop.core.families import STANCES, Measured, Task
from goldloop.core.ids import Ids
from goldloop.core.nouns import Evidence
from goldloop.core.ontology import Ontology
from goldloop.loop.context import ontology_of
from goldloop.loop.mapped import Reading
from goldloop.measures.say import measured, nothing
from goldloop.quality.people import rules
from goldloop.quality.people.cohorts import COHORTS, month_of
from goldloop.quality.people.competence import COMPETENCE
from goldloop.quality.people.contest import outcome, overturns
from goldloop.quality.people.rules import Pair, Tally
from goldloop.store import person_record as record
from goldloop.store.contests import ContestRow, contests
from goldloop.store.evidence import programme_evidence
from goldloop.store.person_record import Checked, Held, Roster, Volume
from goldloop.store.programmes import policy_in_force
from goldloop.store.releases import release_row_of

MOST_TIMES = 5000
MOST_SHOWN = 200
PERIOD = 30 * DAY


class Reader(NamedTuple):
    """How a programme's answers are read: task, ontology in force, published plans, and the texts of answers."""

    task: Task
    ontology: Ontology
    reading: Reading
    texts: dict[int, str]

    def says(self, value_id: int, under: int | None) -> str | None:
        """The text of an answer under the ontology in force; None where only a person could say."""
        return self.reading.text(self.texts[value_id], under)

    def named(self, text: str) -> str:
        """An answer as the names of its labels."""
        return ", ".join(self.ontology.name_of(label) for label in self.task.labels(json.loads(text))) or "nothing"


def reader(connection: Connection, programme_id: int, value_ids: Iterable[int]) -> Reader:
    """How to read these answers of a programme."""
    policy = policy_in_force(connection, programme_id)
    task = families.task.build(policy.policy.task)
    return Reader(
        task=task,
        ontology=ontology_of(release_row_of(connection, policy.ontology_id).body),
        reading=Reading(connection, programme_id, task, policy.ontology_id),
        texts=record.answer_texts(connection, list(value_ids)),
    )


def tallies(read: Reader, held: Sequence[Held]) -> dict[int, Tally]:
    """Right and checked answers by person; what no plan can read is left out."""
    out: dict[int, Tally] = {}
    for one in held:
        said, reference = read.says(one.value_id, one.ontology_id), read.says(one.reference_id, one.reference_under)
        if said is None or reference is None:
            continue
        before = out.get(one.actor_id, Tally(0, 0))
        out[one.actor_id] = Tally(before.right + one.answers * (said == reference), before.checked + one.answers)
    return out


def everybody(found: dict[int, Tally]) -> Tally:
    """All tallies in one."""
    return Tally(sum(one.right for one in found.values()), sum(one.checked for one in found.values()))


def team(connection: Connection, ids: Ids, programme_id: int) -> dict[str, Any]:
    """Everybody who works in a programme, by name: how much, how right, how fast; and cohorts by when they came."""
    volume = _by_person(record.volumes(connection, programme_id))
    people = record.roster(connection, programme_id, list(volume))
    held = record.held_against(connection, programme_id)
    read = reader(connection, programme_id, {key for one in held for key in (one.value_id, one.reference_id)})
    found = tallies(read, held)
    skill = _skills(connection, ids, programme_id)
    whole = everybody(found)
    rows = []
    total = 0
    for one in people:
        mine, said = found.get(one.actor_id, Tally(0, 0)), volume.get(one.actor_id, [])
        public = ids.show("actor", one.actor_id)
        answers = _answers(said)
        total += answers
        timed = sum(part.timed for part in said)
        rows.append(
            {
                "actor_id": public,
                "name": one.name,
                "simulated": one.simulated,
                "since": one.started_at,
                "answers": answers,
                "accuracy": rules.accuracy(mine, answers=answers).model_dump(mode="json"),
                "mean_active_ms": sum(part.active_ms for part in said) / timed if timed else None,
                "timed": timed,
                "competence": _dumped(skill.get(public)),
                "stands_out": rules.stands_out(mine, whole, people=len(found)),
            }
        )
    return {
        "people": rows,
        "everybody": rules.accuracy(whole, answers=total).model_dump(mode="json"),
        "cohorts": _cohorts(people, found, volume, _alike(connection, ids, programme_id)),
    }


def person_report(connection: Connection, ids: Ids, programme_id: int, actor_id: int) -> dict[str, Any] | None:
    """Everything about one person's work in a programme; None where they said nothing there."""
    said = record.volumes(connection, programme_id, actor_id=actor_id)
    person = next(iter(record.roster(connection, programme_id, [actor_id])), None)
    if not said or person is None:
        return None
    held = record.held_against(connection, programme_id)
    checked = record.checked(connection, programme_id, actor_id)
    keys = {key for one in held for key in (one.value_id, one.reference_id)}
    read = reader(connection, programme_id, keys | {k for one in checked for k in (one.value_id, one.reference_id)})
    found = tallies(read, held)
    mine, whole = found.get(actor_id, Tally(0, 0)), everybody(found)
    answers = _answers(said)
    readable = [(one, *_both(read, one)) for one in checked]
    sure = [(one, text, reference) for one, text, reference in readable if text is not None and reference is not None]
    rows = contests(connection, programme_id, person_id=actor_id)
    times = record.times(connection, programme_id, actor_id, most=MOST_TIMES)
    public = ids.show("actor", actor_id)
    pairs = [Pair(read.named(reference), read.named(text), 1) for _, text, reference in sure]
    chart = rules.drift([text != reference for _, text, reference in sure], whole)
    signal = chart["signal"]
    return {
        "person": {
            "id": public,
            "name": person.name,
            "simulated": person.simulated,
            "since": person.started_at,
        },
        "said": {STANCES[part.stance]: part.judgements for part in said},
        "accuracy": rules.accuracy(mine, answers=answers).model_dump(mode="json"),
        "everybody": rules.accuracy(whole, answers=whole.checked).model_dump(mode="json"),
        "stands_out": rules.stands_out(mine, whole, people=len(found)),
        "speed": rules.speed(times, answers=answers).model_dump(mode="json"),
        "competence": _dumped(_skills(connection, ids, programme_id).get(public)),
        "confusion": [one._asdict() for one in rules.confusion(pairs)],
        "drift": {**chart, "signal_at": sure[signal][0].said_at if signal is not None else None},
        "history": [_line(ids, read, *one) for one in reversed(sure[-MOST_SHOWN:])],
        "contests": [contest_line(ids, read, one) for one in rows],
    }


def contest_page(connection: Connection, ids: Ids, programme_id: int) -> dict[str, Any]:
    """The contests of a programme, and how often gold and seniors were overturned."""
    rows = contests(connection, programme_id)
    read = reader(connection, programme_id, ())
    return {
        "contests": [contest_line(ids, read, one) for one in rows],
        "overturned": [
            {"kind": one.kind, "who": one.who, "rate": one.rate.model_dump(mode="json")} for one in overturns(rows)
        ],
    }


def contest_line(ids: Ids, read: Reader, row: ContestRow) -> dict[str, Any]:
    """A contest as clients read it."""
    return {
        "id": ids.show("contest", row.id),
        "batch": row.batch,
        "item_id": ids.show("item", row.item_id),
        "external_id": row.external_id,
        "person": row.person,
        "kind": row.kind,
        "because": row.because,
        "contested_at": row.contested_at,
        "said": read.named(row.said) if row.said else None,
        "held": read.named(row.held) if row.held else None,
        "ruled": read.named(row.ruled) if row.ruled else None,
        "outcome": outcome(row),
    }


def ontology_decay(connection: Connection, programme_id: int) -> list[dict[str, Any]]:
    """How labels fare over time, in periods of 30 days: the share of answers that say them, skips and questions."""
    found = record.decay(connection, programme_id, period=PERIOD)
    read = reader(connection, programme_id, ())
    answers: dict[int, int] = {}
    lines: dict[tuple[str, int], dict[str, int]] = {}
    for one in found:
        name = STANCES[one.stance]
        kind = "answers" if name in ("answer", "accept") else name
        if kind == "answers":
            answers[one.period] = answers.get(one.period, 0) + one.judgements
        line = lines.setdefault((one.label or "", one.period), {"answers": 0, "skip": 0, "escalate": 0})
        line[kind] += one.judgements
    return [
        {
            "label": label or None,
            "name": read.ontology.name_of(label) if label else None,
            "from": iso(period * PERIOD)[:10],
            "share": _share(line["answers"], answers.get(period, 0), "share of the period's answers that say it"),
            "hard": _share(
                line["skip"] + line["escalate"],
                line["skip"] + line["escalate"] + line["answers"],
                "share skipped or escalated, of what was said of its items",
            ),
            "skips": line["skip"],
            "escalations": line["escalate"],
        }
        for (label, period), line in sorted(lines.items())
    ]


def _share(part: int, whole: int, method: str) -> dict[str, Any]:
    if not whole:
        return nothing("nothing was said", method=method).model_dump(mode="json")
    return measured(statistics.estimate.proportion(min(part, whole), whole), method=method).model_dump(mode="json")


def _both(read: Reader, one: Checked) -> tuple[str | None, str | None]:
    return read.says(one.value_id, one.ontology_id), read.says(one.reference_id, one.reference_under)


def _line(ids: Ids, read: Reader, one: Checked, text: str, reference: str) -> dict[str, Any]:
    return {
        "judgement_id": ids.show("judgement", one.judgement_id),
        "item_id": ids.show("item", one.item_id),
        "said": read.named(text),
        "reference": read.named(reference),
        "right": text == reference,
        "source": one.source,
        "said_at": one.said_at,
    }


def _by_person(found: Sequence[Volume]) -> dict[int, list[Volume]]:
    out: dict[int, list[Volume]] = {}
    for one in found:
        out.setdefault(one.actor_id, []).append(one)
    return out


def _answers(said: Sequence[Volume]) -> int:
    return sum(part.judgements for part in said if part.stance in record.ANSWERS)


def _skills(connection: Connection, ids: Ids, programme_id: int) -> dict[str, Evidence]:
    return {
        one.slice["person"]: one
        for one in programme_evidence(connection, ids, programme_id, COMPETENCE)
        if "person" in one.slice
    }


def _alike(connection: Connection, ids: Ids, programme_id: int) -> dict[str, Evidence]:
    return {one.slice["month"]: one for one in programme_evidence(connection, ids, programme_id, COHORTS)}


def _dumped(one: Evidence | Measured | None) -> dict[str, Any] | None:
    return one.model_dump(mode="json") if one is not None else None


def _cohorts(
    people: Sequence[Roster],
    found: dict[int, Tally],
    volume: dict[int, list[Volume]],
    alike: dict[str, Evidence],
) -> list[dict[str, Any]]:
    """Everybody who came in one month, together; `alike`: how they read the rules beside the others, as measured."""
    months: dict[str, list[int]] = {}
    for one in people:
        months.setdefault(month_of(one.started_at), []).append(one.actor_id)
    whole, out = everybody(found), []
    for month, keys in sorted(months.items()):
        mine = everybody({key: found[key] for key in keys if key in found})
        answers = sum(_answers(volume.get(key, ())) for key in keys)
        out.append(
            {
                "month": month,
                "people": len(keys),
                "accuracy": rules.accuracy(mine, answers=answers).model_dump(mode="json"),
                "stands_out": rules.stands_out(mine, whole, people=len(months), of="cohorts"),
                "alike": _dumped(alike.get(month)),
            }
        )
    return out
