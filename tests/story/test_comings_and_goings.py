"""People come and go: invited into a programme, there by their roster, away for a while, gone, and taken back."""

from contextlib import nullcontext
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.story.house import ENTERPRISE, PROVIDER, house
from typer.testing import CliRunner

from goldloop.cli import person_commands
from goldloop.client import Client
from goldloop.core.clock import iso, now
from goldloop.core.errors import Forbidden, Invalid, NotFound

FILE = """
programme: {name}
title: {name}
organisation: Harbour Bank
raci: {{accountable: mona, responsible: [mark]}}
task: choice.v1
routing: {{rules: [{{rule: all, to: annotate, tier: 1}}]}}
ontology: {{labels: [a, b]}}
"""
PASSWORD = "a password of theirs"


def test_people_are_invited_rostered_away_and_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runner = CliRunner()

    with house(tmp_path / "home") as mona:

        def person(who: Client, *words: str) -> str:
            monkeypatch.setattr(person_commands, "client", lambda _: nullcontext(who))
            ran = runner.invoke(person_commands.app, words)
            assert ran.exit_code == 0, (words, ran.output, ran.exception)
            return str(ran.output)

        mona.people.add("mark", "Mark", ENTERPRISE)
        for name in ("tickets", "secret"):
            mona.programmes.apply(FILE.format(name=name))
        people = {one.name: one.id for one in mona.people.all()}
        mark = mona.acting(None)
        link = mona.people.invite(people["mark"], seats=[{"programme": "tickets", "role": "manager"}])
        mark.take_up(link, PASSWORD)
        assert {(one.name, one.role) for one in mona.programmes.members("tickets")} >= {("Mark", "manager")}

        said = person(mark, "add", "ann", "--organisation", ENTERPRISE, "--seat", "tickets:annotator:1", "--days", "2")
        ann = mona.acting(None)
        ann.take_up(next(line for line in said.splitlines() if "invitation" in line).split()[-1], PASSWORD)
        key = next(one.id for one in mona.people.all() if one.name == "ann")
        with pytest.raises(Forbidden, match="their own organisation"):
            mark.people.add("eve", "Eve", PROVIDER, seats=[{"programme": "tickets", "role": "annotator", "tiers": [1]}])
        with pytest.raises(NotFound):
            mark.people.add("eve", "Eve", ENTERPRISE, seats=[{"programme": "secret", "role": "annotator"}])
        with pytest.raises(Forbidden, match="clearance"):
            seat = {"programme": "tickets", "role": "annotator", "tiers": [1]}
            mark.people.add("eve", "Eve", ENTERPRISE, clearance=["medical"], seats=[seat])
        with pytest.raises(Invalid, match="tier"):
            mona.people.invite(key, seats=[{"programme": "tickets", "role": "annotator", "tiers": [3]}])

        lost = mona.people.add("lost", "Lost", ENTERPRISE)
        assert next(one for one in mona.people.all() if one.name == "lost").invitation_ends_at is not None
        person(mona, "revoke", "lost")
        with pytest.raises(NotFound):
            mona.acting(None).take_up(lost.invitation, PASSWORD)

        mona.programmes.staff("secret", key, "annotator", tiers=[1])
        assert "40" in person(ann, "roster", "me", *_week(), "--zone", "Europe/Berlin")
        ann.people.set_roster(key, "Europe/Berlin", {day: ["09:00-17:00"] for day in ("mon", "tue", "wed")})
        assert {one.programme for one in ann.people.get(key).seats} == {"tickets", "secret"}, "all of one's own"
        assert {one.programme for one in mark.people.get(key).seats} == {"tickets"}, "no other client's"
        found = mark.people.roster("tickets", days=28)
        row = next(one for one in found.rows if one.name == "ann")
        assert row.weekly == 24.0
        assert row.here == pytest.approx((row.hours or 0) / 2), "shared with a programme that he does not see"
        assert (found.capacity[0].tier, found.capacity[0].declared) == (1, 1)
        assert "Europe/Berlin" in person(mark, "hours", "tickets")

        assert "0.0 of 6 h today, 0.0 of 30 h this week" in person(mark, "cap", "ann", "--day", "6", "--week", "30")
        assert "0.0 of 5 h today, 0.0 of 30 h this week" in person(ann, "cap", "me", "--day", "5", "--week", "30")
        with pytest.raises(Forbidden, match="can be lowered"):
            ann.people.set_cap(key, day=5)
        assert "0.0 of 5 h today" in person(mark, "hours", "tickets")

        today = date.fromisoformat(iso(now())[:10])
        first, last = (today - timedelta(days=2)).isoformat(), (today + timedelta(days=60)).isoformat()
        assert last in person(mark, "leave", "ann", first, last)
        away = mark.people.get(key)
        assert away.away_until == last
        assert {one.hours for one in mark.people.roster("tickets", days=28).rows} == {0.0, None}
        person(mark, "back", "ann", away.leave[0].id)
        assert mark.people.get(key).away_until is None
        with pytest.raises(Invalid):
            mark.people.add_leave(key, last, first)

        with pytest.raises(Forbidden):
            mark.people.offboard(key)
        said = person(mona, "offboard", "ann")
        assert "secret" in said
        assert "tickets" in said
        with pytest.raises(Exception, match="sign"):
            ann.people.get(key)
        assert "tickets" in person(mona, "take-back", "ann")
        assert ("ann", "annotator") in {(one.name, one.role) for one in mona.programmes.members("tickets")}
        ann.sign_in("ann", PASSWORD)
        assert ann.people.get(key).weekly == 24.0, "what was said of them is still there"


def _week() -> list[str]:
    """The hours of an office."""
    return [part for day in ("mon", "tue", "wed", "thu", "fri") for part in ("--day", f"{day}=09:00-17:00")]
