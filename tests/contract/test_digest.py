"""A week is told once, for everybody who is informed: what changed in it, and how the programme stands now."""

from datetime import UTC, date, datetime

from tests.contract import gates
from tests.contract.kernel import ANNOTATE, PROGRAMME, Kernel, kernel, owner

from goldloop.core.clock import DAY, HOUR
from goldloop.core.policy import Policy
from goldloop.core.programme_file import read_policy
from goldloop.loop.brief import Reading, heard
from goldloop.news.shown import shown
from goldloop.programmes.file.apply import apply
from goldloop.rhythm.digest import counts_of, tell_weeks, weeks_to_tell
from goldloop.store import accounts, news
from goldloop.store.digests import Digest, digests
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant, organisation_key
from goldloop.store.releases import add_release

FILE = PROGRAMME.replace("raci: {accountable: mona}", "raci: {accountable: mona, informed: [mona]}")
GATE = """
batches: {gate: release, size: 10}
gates: {release: {owner: mona, checks: [completeness.v1]}}
"""


def moment(text: str) -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000


def policy(rhythm: str) -> Policy:
    return read_policy(f"{PROGRAMME}{ANNOTATE}\nrhythm: {{{rhythm}}}\n", name="p.yaml")


def told(made: Kernel, *, at: int) -> list[Digest]:
    tell_weeks(made.store, made.contexts, made.programme, at=at)
    with made.store.read() as connection:
        return digests(connection, made.programme)


def test_a_week_ends_on_its_day_of_the_programmes_clock() -> None:
    berlin = policy("zone: Europe/Berlin, digest: mon")
    late_on_sunday = moment("2026-05-10T21:30:00")
    (week,) = weeks_to_tell(berlin, created_at=0, told_until=None, at=late_on_sunday)
    assert (week.first, week.end) == (date(2026, 4, 27), date(2026, 5, 4))
    (week,) = weeks_to_tell(berlin, created_at=0, told_until=None, at=late_on_sunday + HOUR)
    assert (week.first, week.end) == (date(2026, 5, 4), date(2026, 5, 11))
    assert week.until == moment("2026-05-10T22:00:00")
    assert weeks_to_tell(berlin, created_at=0, told_until=week.until, at=late_on_sunday + 6 * DAY) == []
    assert weeks_to_tell(berlin, created_at=week.until, told_until=None, at=late_on_sunday + HOUR) == []


def test_weeks_in_which_no_server_ran_are_made_up_for_and_no_moment_is_told_twice() -> None:
    monday = policy("digest: mon")
    until = moment("2026-05-04T00:00:00")
    found = weeks_to_tell(monday, created_at=0, told_until=until, at=moment("2026-05-26T12:00:00"))
    assert [one.end.isoformat() for one in found] == ["2026-05-11", "2026-05-18", "2026-05-25"]
    assert [one.since for one in found] == [until, *(one.until for one in found[:-1])]
    friday = policy("digest: fri")
    (moved,) = weeks_to_tell(friday, created_at=0, told_until=until, at=moment("2026-05-08T05:00:00"))
    assert (moved.since, moved.first, moved.end) == (until, date(2026, 5, 4), date(2026, 5, 8))
    years = weeks_to_tell(monday, created_at=0, told_until=moment("2020-01-06T00:00:00"), at=until + DAY)
    assert len(years) == 8
    assert years[0].until - years[0].since == 7 * DAY


def test_a_digest_says_what_changed_once_and_is_news(store: Store) -> None:
    made = kernel(store, ANNOTATE + GATE, items=4, programme_file=FILE)
    (batch,) = made.batches()
    gates.work_off(made, "ann", lambda _: "a")
    gates.gate(made, batch)
    with store.write() as connection:
        add_release(connection, made.programme, "dataset", "data", "{}", by=made.mona, at=made.at)
        for key in ("k", "k2"):
            heard(connection, Reading(made.programme, key, "audit", "Too many errors", False, "7 of 9"), at=made.at)
        heard(connection, Reading(made.programme, "k2", "audit", "Too many errors", True, "0 of 9"), at=made.at + 1)
    (one,) = told(made, at=made.at + 8 * DAY)
    assert counts_of(one.doc) | {"lapsed": 0, "unhealthy": 0} == {
        "verdicts": 1,
        "releases": 1,
        "opened": 2,
        "closed": 1,
        "reopened": 0,
        "promises": 0,
        "lapsed": 0,
        "unhealthy": 0,
    }
    assert one.informed == ("mona",)
    assert (one.doc["verdicts"][0]["batch"], one.doc["verdicts"][0]["outcome"]) == ("batch-1", "pass")
    assert one.doc["budget"]["state"] == "none"
    assert told(made, at=made.at + 8 * DAY + HOUR) == [one], "one a week, also after a restart"
    with store.read() as connection:
        (said,) = [row for row in news.news(connection, made.mona, None) if row.kind == "digest.weekly"]
    seen = shown(store.ids, said)
    assert seen["about"] == store.ids.show("digest", one.id)
    assert (seen["data"]["verdicts"], seen["data"]["opened"], seen["data"]["last_day"]) == (1, 2, one.last_day)


def test_a_digest_is_told_to_whom_the_file_names_and_who_sees_the_programme(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=1)
    with store.write() as connection:
        acme = organisation_key(connection, "Acme", "enterprise", at=made.at)
        for name, role in (
            ("max", "engineer"),
            ("rae", "manager"),
            ("sam", "expert"),
            ("una", None),
            ("ned", "manager"),
        ):
            made.people[name] = add_person(connection, acme, Person(name.title()), at=made.at)
            accounts.add_account(connection, made.people[name], name, password=None, at=made.at)
            if role is not None:
                grant(connection, made.programme, made.people[name], role, (), by=made.mona, at=made.at)
    raci = "raci: {accountable: mona, responsible: [rae], consulted: [sam], informed: [max, una]}"
    with store.write() as connection:
        text = PROGRAMME.replace("raci: {accountable: mona}", raci) + ANNOTATE
        apply(connection, owner(connection, made), text, at=made.at)
    (one,) = told(made, at=made.at + 8 * DAY)
    assert one.informed == ("max", "mona", "rae"), "una has no part in it, sam is only asked"
    everybody = {"mona": made.mona, **{name: made.people[name] for name in ("max", "rae", "sam", "una", "ned")}}
    with store.read() as connection:
        here = [made.programme]
        seen = {name: [row.kind for row in news.news(connection, key, here)] for name, key in everybody.items()}
    assert {name for name, kinds in seen.items() if "digest.weekly" in kinds} == {"mona", "rae", "max"}


def test_a_week_without_anything_is_told_as_such(store: Store) -> None:
    made = kernel(store, ANNOTATE, items=1)
    first, second = told(made, at=made.at + 8 * DAY), told(made, at=made.at + 15 * DAY)
    assert (len(first), len(second)) == (1, 2)
    newest = second[0]
    assert newest.since_at == second[1].until_at
    assert (newest.doc["verdicts"], newest.doc["briefs"], newest.doc["budget"]["week"]) == ([], [], None)
