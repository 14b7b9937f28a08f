"""Leave and leaving, on both databases: nothing waits for an empty chair, nobody signs in as who has left."""

from datetime import date, timedelta
from typing import Any

import pytest
from tests.contract.gates import run
from tests.contract.kernel import ANNOTATE, Kernel, kernel, owner

from goldloop.core.clock import DAY, iso, now
from goldloop.core.errors import Conflict
from goldloop.core.roster import Leave, Roster
from goldloop.loop.answers import look_at_answers
from goldloop.loop.brief import Reading, heard
from goldloop.loop.offboard import offboard, take_back
from goldloop.loop.rostered import attending, capacity, hours_ahead
from goldloop.loop.seat_invited import seat_invited
from goldloop.loop.standing_in import stand_in_everywhere
from goldloop.programmes.file.apply import apply
from goldloop.store import accounts, sessions, tokens
from goldloop.store import work as queue
from goldloop.store.accounts import InvitedSeat
from goldloop.store.briefs import BriefRow, brief_row, brief_words
from goldloop.store.caller import caller_of_session, caller_of_token
from goldloop.store.credentials import hash_password
from goldloop.store.nobody_left import stuck
from goldloop.store.open import Store
from goldloop.store.people import Person, add_person, grant, members, organisation_key
from goldloop.store.programmes import policy_in_force, policy_text
from goldloop.store.rosters import add_leave, away, rosters, seats, set_roster, withdraw_leave

WEEK = ("mon", "tue", "wed", "thu", "fri")
TODAY = date.fromisoformat(iso(now())[:10])  # leaves last longer than a test runs


def days(first: int, last: int) -> Leave:
    """A leave from so many days from today to so many."""
    return Leave(first_day=TODAY + timedelta(days=first), last_day=TODAY + timedelta(days=last))


def staffed(store: Store) -> tuple[Kernel, dict[str, int]]:
    """A programme that tia answers for, and omar behind her; both work in it."""
    answers: dict[str, int] = {}

    made = kernel(store, ANNOTATE, items=4)
    with store.write() as connection:
        acme = organisation_key(connection, "Acme", "enterprise", at=made.at)
        for name in ("tia", "omar"):
            key = add_person(connection, acme, Person(name.title(), tiers=(1, 2, 3)), at=made.at)
            accounts.add_account(connection, key, name, password=hash_password("a password of theirs"), at=made.at)
            grant(connection, made.programme, key, "manager", (), by=made.mona, at=made.at)
            answers[name] = key
    return made, answers


def answered_by_tia(made: Kernel) -> None:
    with made.store.write() as connection:
        force = policy_in_force(connection, made.programme)
        text = policy_text(connection, made.programme, force.number)
        new = text.replace("raci: {accountable: mona}", "raci: {accountable: tia, responsible: [omar]}")
        apply(connection, owner(connection, made), new, at=made.at + 1)


def find(made: Kernel, key: str, *, at: int) -> int:
    with made.store.write() as connection:
        found = heard(connection, Reading(made.programme, key, "evaluation", key, False, "0.7 of 9"), at=at)
    assert found is not None
    return found


def brief(made: Kernel, key: int) -> BriefRow:
    with made.store.read() as connection:
        return brief_row(connection, key)


def test_who_is_on_leave_hands_over_what_is_due_before_they_are_back_and_takes_nothing_new(store: Store) -> None:
    made, people = staffed(store)
    answered_by_tia(made)
    at = now()
    soon = find(made, "soon", at=at)
    assert brief(made, soon).owner_id == people["tia"]
    with store.write() as connection:
        late = heard(
            connection, Reading(made.programme, "late", "evaluation", "late", False, "0.7 of 9"), at=at + 30 * DAY
        )
        assert late is not None
        assert brief_row(connection, late).owner_id == people["tia"]
        add_leave(connection, people["tia"], days(0, 20), by=people["tia"], at=at)
        assert away(connection, people.values(), at=at) == {people["tia"]: TODAY + timedelta(days=20)}
        handed = stand_in_everywhere(connection, people["tia"], at=at, has_left=False)
    assert [one.id for one in handed] == [soon]
    assert brief(made, soon).owner_id == people["omar"]
    assert brief(made, late).owner_id == people["tia"], "it is due when she is back"
    with store.read() as connection:
        last = brief_words(connection, [soon])[soon][-1]
    assert (last.kind, last.by) == ("owned", None)
    assert last.because == f"Tia is on leave until {TODAY + timedelta(days=20)}: Omar owns it"
    assert brief(made, find(made, "new", at=at)).owner_id == people["omar"], "what is found now goes to who is there"


def test_a_leave_that_begins_later_is_heeded_in_the_night_and_one_that_is_taken_back_is_none(store: Store) -> None:
    made, people = staffed(store)
    answered_by_tia(made)
    key = find(made, "soon", at=now())
    with store.write() as connection:
        leave = add_leave(connection, people["tia"], days(-1, 30), by=people["tia"], at=made.at)
        assert withdraw_leave(connection, people["tia"], leave, at=made.at)
        assert not withdraw_leave(connection, people["tia"], leave, at=made.at)
    assert run(made, "raci", look_at_answers, {"programme": made.programme})["handed_over"] == 0
    with store.write() as connection:
        add_leave(connection, people["tia"], days(-1, 30), by=people["tia"], at=made.at)
    assert run(made, "raci", look_at_answers, {"programme": made.programme})["handed_over"] == 1
    assert brief(made, key).owner_id == people["omar"]
    assert run(made, "raci", look_at_answers, {"programme": made.programme})["handed_over"] == 0, "once"


def test_where_nobody_else_answers_a_brief_stays_where_it_is(store: Store) -> None:
    made, people = staffed(store)
    answered_by_tia(made)
    key = find(made, "soon", at=now())
    with store.write() as connection:
        for one in people.values():
            add_leave(connection, one, days(0, 20), by=one, at=made.at)
        assert stand_in_everywhere(connection, people["tia"], at=now(), has_left=False) == []
    assert brief(made, key).owner_id == people["tia"]


def test_work_that_only_somebody_on_leave_may_do_is_named_with_the_day_they_are_back(store: Store) -> None:
    made, _ = staffed(store)
    able = [made.people[name] for name in ("ann", "ben", "cid", "dee")]
    with store.read() as connection:
        assert stuck(connection, made.programme) == []
    with store.write() as connection:
        for n, one in enumerate(able):
            add_leave(connection, one, days(0, 5 + n), by=made.mona, at=made.at)
    with store.read() as connection:
        (found,) = stuck(connection, made.programme)
    assert (found.works, found.because) == (
        4,
        f"who may do it is on leave, the first until {TODAY + timedelta(days=5)}",
    )


def test_capacity_is_what_rosters_say_by_tier_and_skill_shared_between_programmes(store: Store) -> None:
    made, _ = staffed(store)
    ann, ben, sue = (made.people[name] for name in ("ann", "ben", "sue"))
    with store.write() as connection:
        for one in (ann, ben, sue):
            set_roster(
                connection, one, Roster(zone="Europe/Berlin", week={"mon": ("09:00-12:00",)}), by=one, at=made.at
            )
            set_roster(
                connection, one, Roster(zone="UTC", week=dict.fromkeys(WEEK, ("00:00-24:00",))), by=one, at=made.at
            )
        add_leave(connection, ben, days(0, 60), by=ben, at=made.at)
        assert rosters(connection, [ann])[ann].roster.zone == "UTC", "the newest is in force"
    midnight = now() // DAY * DAY
    with store.read() as connection:
        found = {one.name: one for one in attending(connection, made.programme, at=midnight, days=14)}
    assert set(found) == {*made.people, "Mona"}, "who only manages is no capacity"
    assert (found["ann"].hours, found["ben"].hours, found["cid"].roster) == (240.0, 0.0, None)
    rows = {(one.tier, one.skill): one for one in capacity(list(found.values()))}
    assert (rows[1, None].people, rows[1, None].declared, rows[1, None].hours) == (4, 2, 240.0)
    assert rows[3, None].hours == 240.0
    assert sum(hours for _, hours in hours_ahead(list(found.values()))) == 480.0


def test_leaving_ends_everything_at_once_says_what_it_did_and_can_be_taken_back(store: Store) -> None:
    made, people = staffed(store)
    answered_by_tia(made)
    at, tia = now(), people["tia"]
    key = find(made, "soon", at=at)
    with store.write() as connection:
        grant(connection, made.programme, tia, "annotator", (1, 2), by=made.mona, at=at)
        account = accounts.account_of_actor(connection, tia)
        assert account is not None
        session = sessions.begin_session(connection, account.id, days=1, at=at)
        _, token = tokens.add_token(connection, account.id, "nightly", ["read"], expires_at=None, at=at)
        accounts.invite(connection, account.id, at=at)
        before = seats(connection, [tia], None)[tia]
    made.people["tia"] = tia
    held = made.claim("tia", 3, at=at)
    assert len(held) == 3
    with store.write() as connection:
        done = offboard(connection, account, by=made.mona, at=at + 1)
    assert (done.sessions, done.tokens, done.invitations, done.works) == (1, 1, 1, 3)
    assert done.seats == tuple(before)
    assert done.handed_over == (key,)
    assert done.kept == ()
    assert len(done.resting) == 1
    assert brief(made, key).owner_id == people["omar"]
    assert brief(made, done.resting[0]).key == "raci:tia"
    with store.read() as connection:
        assert caller_of_session(connection, session.secret, at=at + 2) is None
        assert caller_of_token(connection, token, at=at + 2) is None
        assert tia not in {one.actor_id for one in members(connection, made.programme)}
        assert queue.held(connection, tia, at=at + 2) == []
        gone = accounts.account_of_actor(connection, tia)
        assert gone is not None
    assert len(made.claim("ann", 4, at=at + 2)) == 4, "somebody else is given what she held"
    with store.write() as connection, pytest.raises(Conflict, match="has left before"):
        offboard(connection, gone, by=made.mona, at=at + 3)

    with store.write() as connection:
        back = take_back(connection, gone, by=made.mona, at=at + 4)
        assert list(back) == before
        assert seats(connection, [tia], None)[tia] == before
        assert caller_of_session(connection, session.secret, at=at + 5) is None, "sessions do not come back"
        assert caller_of_token(connection, token, at=at + 5) is None
    assert brief(made, done.resting[0]).state == "closed", "she is there for it again"
    with store.write() as connection, pytest.raises(Conflict, match="has not left"):
        again = accounts.account_of_actor(connection, tia)
        assert again is not None
        take_back(connection, again, by=made.mona, at=at + 6)


def test_an_invitation_gives_its_roles_when_it_is_taken_up_as_far_as_its_giver_still_may(store: Store) -> None:
    made, people = staffed(store)
    hashed = hash_password("a password of theirs")

    def invited(name: str, by: int, tiers: tuple[int, ...]) -> Any:
        with store.write() as connection:
            acme = organisation_key(connection, "Acme", "enterprise", at=made.at)
            actor = add_person(connection, acme, Person(name, tiers=(1,)), at=made.at)
            key = accounts.add_account(connection, actor, name, password=None, at=made.at)
            seat = InvitedSeat(made.programme, "annotator", tiers)
            return actor, accounts.invite(connection, key, at=made.at, seats=[seat], by=by)

    actor, secret = invited("new", people["tia"], (1, 2))
    with store.read() as connection:
        assert seats(connection, [actor], None)[actor] == [], "not before"
        (waiting,) = accounts.pending(connection, at=made.at).values()
    assert waiting.seats[0].role == "annotator"
    with store.write() as connection:
        seat_invited(connection, accounts.take_up(connection, secret, hashed, at=made.at), at=made.at)
        (got,) = seats(connection, [actor], None)[actor]
    assert (got.role, got.tiers) == ("annotator", (1,)), "no tier beyond their own"

    other, late = invited("late", people["tia"], (1,))
    with store.write() as connection:
        account = accounts.account_of_actor(connection, people["tia"])
        assert account is not None
        offboard(connection, account, by=made.mona, at=made.at + 1)
        assert (
            seat_invited(connection, accounts.take_up(connection, late, hashed, at=made.at + 2), at=made.at + 2) == []
        )
        assert seats(connection, [other], None)[other] == []
