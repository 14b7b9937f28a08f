"""What a programme owes by day, read off its record; what lapses is a finding until it is done; on both databases."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import update
from tests.contract import gates
from tests.contract.guests import PASSWORD, Guest, House, open_house
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel, owner

from goldloop.app import create_app
from goldloop.core.clock import DAY, HOUR, now
from goldloop.core.errors import Invalid
from goldloop.core.programme_file import read_policy
from goldloop.core.pseudonym import pseudonym
from goldloop.loop.brief import Reading, heard
from goldloop.programmes.file.apply import apply
from goldloop.rhythm.calendar import calendar
from goldloop.rhythm.duties import Duty
from goldloop.rhythm.lapses import hear_lapses
from goldloop.rhythm.night import look
from goldloop.store import accounts, calibration_words, calibrations, jobs, people, phrases, schedules, schema
from goldloop.store.briefs import BriefRow, briefs
from goldloop.store.codes import CALIBRATION
from goldloop.store.credentials import hash_password
from goldloop.store.open import Store
from goldloop.store.people import grant
from goldloop.store.programmes import add_policy, policy_in_force
from goldloop.store.releases import add_release

FILE = """
batches: {due_days: 2, size: 10}
escalation: {hours: 8}
audits: {watch: {release: data, owner: mona, every_days: 14, plan: {aql: 0.02, ltpd: 0.2}}}
sla: {client: Northwind, terms: {answered: {promise: escalation, owner: mona, hours: 8}}}
protection: {retention: {bodies: 30}}
"""
EXAM = """
calibration: {gold: known, exam: {size: 5, limit: 15, floor: 0.5, level: 0.8}, days: 20}
"""


def owing(store: Store) -> Kernel:
    """A programme with a batch due in two days, a question, a release to audit, a promise, and something to erase."""
    made = kernel(store, ANNOTATE + FILE, items=2)
    (held,) = made.claim("ann")
    made.say("ann", held.work_id, "escalate", comment="Is this an a?")
    with store.write() as connection:
        add_release(connection, made.programme, "dataset", "data", "{}", by=made.mona, at=made.at)
    return made


def read(made: Kernel, *, after: int) -> dict[str, Duty]:
    """The calendar so long after the start, by key; of several times of one key the last."""
    at = made.at + after
    with made.store.read() as connection:
        found = calendar(connection, made.store.ids, made.programme, since=at - 60 * DAY, until=at + 60 * DAY, at=at)
    return {one.key.partition(":")[0]: one for one in found}


def hear(made: Kernel, *, after: int) -> list[str]:
    """Look what has lapsed so long after the start."""
    at = made.at + after
    with made.store.write() as connection:
        found = calendar(connection, made.store.ids, made.programme, since=at - 60 * DAY, until=at + 60 * DAY, at=at)
        return hear_lapses(connection, made.store.ids, made.programme, found, at=at)


def findings(made: Kernel) -> dict[str, BriefRow]:
    with made.store.read() as connection:
        return {one.key: one for one in briefs(connection, made.programme) if one.source == "lapse"}


def passed(made: Kernel, who: str, *, after: int, sitting: int = 1) -> None:
    """Somebody passes an exam so long after the start."""
    at, person = made.at + after, made.people[who]
    with made.store.write() as connection:
        task = phrases.phrase_key(connection, "any task")
        row = calibrations.CalibrationRow(made.programme, person, task, CALIBRATION["passed"], sitting, 0, at, "proved")
        calibrations.set_calibration(connection, row)
        word = calibration_words.NewWord(made.programme, person, sitting, "passed", "proved", None, 5, 5, 0.6, 1.0, at)
        calibration_words.add_word(connection, word)


def test_everything_that_is_owed_stands_on_its_day_with_who_answers_for_it(store: Store) -> None:
    made = owing(store)
    found = read(made, after=0)
    assert {kind: (one.due_at - made.at) // HOUR for kind, one in found.items() if kind not in ("sla", "erasure")} == {
        "batch": 48,
        "questions": 8,
        "audit": 14 * 24,
    }
    assert {one.state for one in found.values()} == {"due"}
    assert {one.accountable for one in found.values()} == {"mona"}
    assert found["batch"].because == "0 of 2 items are decided"
    assert found["erasure"].due_at - made.at == HOUR
    assert found["sla"].title.startswith("Promise answered: 100% of the questions")
    later = read(made, after=15 * DAY)
    assert {kind for kind, one in later.items() if one.state == "lapsed"} >= {"batch", "questions", "audit", "erasure"}


def test_what_lapsed_before_the_first_day_and_still_waits_is_shown_all_the_same(store: Store) -> None:
    made = owing(store)
    at = made.at + 40 * DAY
    with store.read() as connection:
        found = calendar(connection, store.ids, made.programme, since=at, until=at + DAY, at=at)
    assert {"audit", "batch", "question"} <= {one.kind for one in found if one.due_at < at}


def test_a_lapse_is_one_finding_that_is_told_once_and_ends_when_it_is_done(store: Store) -> None:
    made = owing(store)
    assert hear(made, after=HOUR) == []
    lapsed = hear(made, after=15 * DAY)
    assert lapsed == ["lapse:audit:watch", "lapse:batch:batch-1", "lapse:erasure", "lapse:questions"]
    assert {row.state for row in findings(made).values()} == {"open"}
    told = findings(made)["lapse:batch:batch-1"]
    assert (told.title, told.owner_id) == ("A batch is late: batch-1 is decided", made.mona)
    assert hear(made, after=16 * DAY) == lapsed
    assert findings(made)["lapse:batch:batch-1"].heard_at == told.heard_at, "a nightly look fills no timeline"

    done = made.at + 17 * DAY
    for who in ("ann", "ben", "sue"):
        while held := made.claim(who, at=done):
            made.say(who, held[0].work_id, "adjudicate" if held[0].queue == "review" else "answer", "a", at=done)
    with store.write() as connection:
        name, moment = f"retain:{made.programme}", done
        args = {"programme": made.programme}
        key = jobs.enqueue(connection, "retain", args, programme=None, asked_by=None, once=f"schedule:{name}:{moment}")
        claimed = jobs.claim(connection, ["retain"], runner="test", lease=HOUR)
        assert claimed is not None
        assert claimed.id == key
        jobs.end(connection, key, runner="test", state="done", result={})
        schedules.set_schedule(connection, name, "retain", args, every=DAY, first_at=done + DAY)
    assert hear(made, after=18 * DAY) == ["lapse:audit:watch"]
    ended = findings(made)
    assert {key: row.state for key, row in ended.items()} == {
        "lapse:audit:watch": "open",
        "lapse:batch:batch-1": "closed",
        "lapse:erasure": "closed",
        "lapse:questions": "closed",
    }
    assert ended["lapse:batch:batch-1"].because.startswith("done on ")


def test_what_the_file_asks_for_no_longer_is_no_finding_any_more(store: Store) -> None:
    made = owing(store)
    hear(made, after=15 * DAY)
    with store.write() as connection:
        text = PROGRAMME + ANNOTATE + FILE.replace("audits:", "# audits:")
        apply(connection, owner(connection, made), text, at=made.at + 15 * DAY)
    hear(made, after=16 * DAY)
    row = findings(made)["lapse:audit:watch"]
    assert (row.state, row.because) == ("closed", "nothing asks for it any more")


def calibrating(store: Store) -> Kernel:
    """A programme that examines people again after 20 days; ann and ben have passed."""
    made = kernel(store, ANNOTATE, items=1)
    policy = read_policy(PROGRAMME + ANNOTATE + EXAM, name="p.yaml")
    with store.write() as connection:
        force = policy_in_force(connection, made.programme)
        add_policy(
            connection,
            made.programme,
            PROGRAMME + ANNOTATE + EXAM,
            policy,
            ontology_id=force.ontology_id,
            guideline_id=force.guideline_id,
            by=made.mona,
            at=made.at,
        )
    passed(made, "ann", after=0)
    passed(made, "ben", after=DAY)
    return made


def test_exams_of_many_are_one_finding_that_ends_with_the_last_of_them(store: Store) -> None:
    made = calibrating(store)
    assert hear(made, after=19 * DAY) == []
    assert hear(made, after=22 * DAY) == ["lapse:exams"]
    assert findings(made)["lapse:exams"].because.startswith("2 people; the first was due on ")
    passed(made, "ann", after=23 * DAY, sitting=2)
    assert hear(made, after=23 * DAY) == ["lapse:exams"]
    with store.write() as connection:
        people.withdraw_grants(connection, made.programme, made.people["ben"])
    assert hear(made, after=24 * DAY) == [], "whoever has left is not examined"
    assert findings(made)["lapse:exams"].state == "closed"
    at = made.at + 24 * DAY
    with store.read() as connection:
        found = calendar(connection, store.ids, made.programme, since=made.at, until=at + 60 * DAY, at=at)
    mine = [one for one in found if one.people == (made.people["ann"],)]
    assert [(one.state, one.due_at - made.at) for one in mine] == [("done", 20 * DAY), ("due", 43 * DAY)]


def test_the_nightly_look_is_at_its_hour_of_the_programmes_clock_also_where_clocks_change() -> None:
    text = PROGRAMME + ANNOTATE + "\nrhythm: {zone: Europe/Berlin, hour: 4}\n"
    policy = read_policy(text, name="p.yaml")
    evening = round(datetime(2026, 3, 28, 20, tzinfo=UTC).timestamp()) * 1_000_000  # the night before summer time
    every, first = policy.next_look(evening)
    assert datetime.fromtimestamp(first / 1e6, UTC) == datetime(2026, 3, 29, 2, tzinfo=UTC)
    assert every == 24 * HOUR
    every, first = policy.next_look(evening - DAY)
    assert datetime.fromtimestamp(first / 1e6, UTC) == datetime(2026, 3, 28, 3, tzinfo=UTC)
    assert every == 23 * HOUR


def test_the_nightly_job_finds_lapses_and_keeps_its_hour(store: Store) -> None:
    made = kernel(store, ANNOTATE + "\nbatches: {due_days: 1}\n", items=1)
    with store.write() as connection:
        connection.execute(update(schema.batch).values(due_at=now() - HOUR))
    assert gates.run(made, "rhythm", look, {"programme": made.programme})["lapsed"] == ["lapse:batch:batch-1"]
    with store.read() as connection:
        assert schedules.next_at(connection, f"rhythm:{made.programme}") is not None


def doors(house: House, made: Kernel) -> dict[str, Guest]:
    """Mona, who owns everything, ann, who labels, and an auditor, at their browsers."""
    with made.store.write() as connection:
        ida = people.add_person(connection, 1, people.Person("Ida"), at=made.at)
        grant(connection, made.programme, ida, "auditor", (), by=made.mona, at=made.at)
        accounts.add_account(connection, ida, "ida", password=None, at=made.at)
        accounts.add_account(connection, made.people["ann"], "ann", password=None, at=made.at)
        for name in ("mona", "ann", "ida"):
            actor = accounts.actor_of_account(connection, name)
            account = accounts.account_of_actor(connection, actor)
            assert account is not None
            accounts.set_password(connection, account.id, hash_password(PASSWORD))
    out = {name: house.guest() for name in ("mona", "ann", "ida")}
    for name, guest in out.items():
        guest.sign_in(name)
    return out


def test_people_are_named_to_who_runs_gates_and_everybody_reads_their_own(store: Store) -> None:
    made = calibrating(store)
    with store.write() as connection:
        heard(connection, Reading(made.programme, "k", "gate", "Too many errors", False, "0.7 of 9"), at=made.at)
    app = create_app(store)
    with open_house(app, store) as house:
        at = doors(house, made)

        def rows(who: str, path: str, **asked: str) -> list[dict]:  # type: ignore[type-arg]
            answer = at[who].ask("GET", path, params=asked)
            assert answer.status_code == 200, answer.text
            return answer.json()["rows"]  # type: ignore[no-any-return]

        whole = "programmes/desk/calendar"
        assert [one["people"] for one in rows("mona", whole, kind="exam")] == [["ann"], ["ben"]]
        hidden = pseudonym(store.secret, store.ids.show("actor", made.people["ann"]))
        assert next(one["people"] for one in rows("ida", whole, kind="exam")) == [hidden]
        assert at["ann"].ask("GET", whole).status_code == 404
        (mine,) = rows("ann", "me/calendar")
        assert (mine["kind"], mine["people"], mine["state"]) == ("exam", ["ann"], "due")
        assert {one["kind"] for one in rows("mona", "me/calendar")} == {"exam", "brief"}
        assert rows("ida", "me/calendar") == []
        (brief,) = rows("mona", whole, kind="brief")
        assert at["mona"].ask("GET", brief["href"].removeprefix("/brief/").join(["briefs/", ""])).status_code == 200

        for wrong in ({"since": "soon"}, {"since": "2026-05-12", "until": "2026-05-11"}, {"until": "9999-01-01"}):
            refused = at["mona"].ask("GET", whole, params=wrong)
            assert (refused.status_code, refused.json()["code"]) == (422, "invalid"), wrong
        file = at["mona"].ask("GET", whole, params={"format": "ics"})
        assert file.headers["content-type"].startswith("text/calendar")
        assert file.text.count("BEGIN:VEVENT") == 3
        assert at["mona"].ask("GET", whole, params={"format": "csv"}).text.startswith("day,programme,kind,key,title")


@pytest.mark.parametrize("wrong", ["zone: Nowhere/At_All", "hour: 24", "clock: UTC"])
def test_a_clock_that_cannot_be_is_refused_by_line(wrong: str) -> None:
    with pytest.raises(Invalid, match=r"p\.yaml"):
        read_policy(PROGRAMME + ANNOTATE + f"\nrhythm: {{{wrong}}}\n", name="p.yaml")
