"""`goldloop person`."""

from typing import Annotated, Literal

import typer

from goldloop.cli.doors import client
from goldloop.cli.finding import person_named
from goldloop.cli.nouns import noun
from goldloop.cli.ordering import Order, Sort
from goldloop.cli.saying import Json, remark, say, say_done, say_one, say_rows
from goldloop.cli.watching import watched
from goldloop.client import Client
from goldloop.client.people import CapRow, PersonPage, WorkedRow
from goldloop.core.errors import Invalid, NotFound

REPORT = (
    "programme",
    "person.name",
    "accuracy.value",
    "accuracy.low",
    "accuracy.high",
    "accuracy.n",
    "accuracy.eligible",
    "everybody.value",
    "stands_out",
    "competence.value",
    "speed.value",
    "drift.signal_at",
    "drift.run_length",
)
Name = Annotated[str, typer.Argument(help="sign-in name, id, or me")]
SEAT_HELP = "a role that comes with it: programme:role, or programme:role:1,2 with its tiers; again for more"
SEAT = ("programme", "role", "tiers")
app = noun("People, their accounts and invitations, hours and leave.")


@app.command()
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="sign-in name")],
    organisation: Annotated[str, typer.Option(help="name of the organisation they belong to")],
    display_name: Annotated[str | None, typer.Option(help="name that people read")] = None,
    employment: Literal["permanent", "contract", "gig"] = "permanent",
    tier: Annotated[list[int] | None, typer.Option(min=1, max=3, help="tiers they may work at")] = None,
    skill: Annotated[list[str] | None, typer.Option(help="what they can do")] = None,
    language: Annotated[list[str] | None, typer.Option(help="languages they work in")] = None,
    residency: Annotated[str | None, typer.Option(help="where data for them must stay")] = None,
    clearance: Annotated[list[str] | None, typer.Option(help="access labels they are cleared for")] = None,
    rate: Annotated[int | None, typer.Option(min=0, help="minor units an hour")] = None,
    currency: Annotated[str | None, typer.Option(help="of the rate")] = None,
    simulated: Annotated[bool, typer.Option("--simulated", help="no real person: a fact of the record")] = False,
    owner: Annotated[bool, typer.Option("--owner", help="an owner of this installation")] = False,
    seat: Annotated[list[str] | None, typer.Option(help=SEAT_HELP)] = None,
    days: Annotated[float, typer.Option(min=0.01, max=90, help="how long the link can be taken up")] = 7,
    json: Json = False,
) -> None:
    """Add a person; prints the one-time link with which they set their password."""
    with client(context) as ours:
        new = ours.people.add(
            name,
            display_name or name,
            organisation,
            employment=employment,
            tiers=tier or (1,),
            skills=skill or (),
            languages=language or (),
            residency=residency,
            clearance=clearance or (),
            rate=rate,
            currency=currency,
            simulated=simulated,
            owner=owner,
            seats=[_seat(one) for one in seat or ()],
            days=days,
        )
        say_one(new, ("person.id", "person.name", "person.organisation", "person.tiers", "invitation"), as_json=json)


@app.command()
def invite(
    context: typer.Context,
    name: str,
    seat: Annotated[list[str] | None, typer.Option(help=SEAT_HELP)] = None,
    days: Annotated[float, typer.Option(min=0.01, max=90, help="how long the link can be taken up")] = 7,
    json: Json = False,
) -> None:
    """A fresh one-time link for a person; it voids the one before and keeps its roles."""
    with client(context) as ours:
        link = ours.people.invite(person_named(ours, name).id, seats=[_seat(one) for one in seat or ()], days=days)
        say_one({"invitation": link}, ("invitation",), as_json=json)


@app.command()
def revoke(context: typer.Context, name: str, json: Json = False) -> None:
    """Make a person's link that waits to be taken up worth nothing."""
    with client(context) as ours:
        ours.people.revoke(person_named(ours, name).id)
    say_done(f"the link of {name} opens nothing any more", as_json=json, person=name)


@app.command()
def offboard(context: typer.Context, name: str, json: Json = False) -> None:
    """Somebody leaves: sign-ins end, work goes back, obligations surface; what they said stays. Says what it did."""
    with client(context) as ours:
        done = ours.people.offboard(person_named(ours, name).id)
        say_one(done, ("sessions", "tokens", "invitations", "works", "handed_over", "kept", "resting"), as_json=json)
        if not json:
            say_rows(done.seats, SEAT, as_json=False, none="they had no role")


@app.command("take-back")
def take_back(context: typer.Context, name: str, json: Json = False) -> None:
    """Take a leaving back: the account opens and the roles return; sessions, tokens and returned work do not."""
    with client(context) as ours:
        say_rows(ours.people.take_back(person_named(ours, name).id), SEAT, as_json=json, none="they had no role")


@app.command()
def show(context: typer.Context, name: Name, json: Json = False) -> None:
    """A person's hours, leave and seats, as far as one may see them."""
    with client(context) as ours:
        _say_person(ours.people.get(_id(ours, name)), json=json)


@app.command()
def roster(
    context: typer.Context,
    name: Name,
    day: Annotated[list[str] | None, typer.Option(help="mon=09:00-12:00,13:00-17:00; again for more days")] = None,
    zone: Annotated[str, typer.Option(help="IANA time zone of these hours")] = "UTC",
    json: Json = False,
) -> None:
    """Say when a person works, week by week; a day that is left out is free."""
    week = {}
    for one in day or ():
        key, equals, hours = one.partition("=")
        if not equals:
            raise Invalid("a day has hours", field="day", expected="mon=09:00-17:00", found=one)
        week[key] = hours.split(",")
    with client(context) as ours:
        _say_person(ours.people.set_roster(_id(ours, name), zone, week), json=json)


@app.command()
def cap(
    context: typer.Context,
    name: Name,
    day: Annotated[float | None, typer.Option(help="most hours of active work in a day; left out: no limit")] = None,
    week: Annotated[float | None, typer.Option(help="most hours in a week; left out: no limit")] = None,
    json: Json = False,
) -> None:
    """Say how many hours a person is handed work for, in all programmes together; one's own can only be lowered."""
    with client(context) as ours:
        _say_person(ours.people.set_cap(_id(ours, name), day=day, week=week), json=json)


@app.command()
def leave(
    context: typer.Context,
    name: Name,
    first_day: Annotated[str, typer.Argument(help="2026-05-12")],
    last_day: Annotated[str, typer.Argument(help="the last day, included")],
    json: Json = False,
) -> None:
    """Note days on which a person is away: what they hold and own goes to who is there."""
    with client(context) as ours:
        done = ours.people.add_leave(_id(ours, name), first_day, last_day)
        _say_person(done, json=json)
        if not json and (done.returned or done.handed_over):
            remark(f"{done.returned} works went back, {done.handed_over} briefs have another owner")


@app.command()
def back(
    context: typer.Context,
    name: Name,
    leave_id: Annotated[str, typer.Argument(help="id of the leave: see `goldloop person show`")],
    json: Json = False,
) -> None:
    """Take a leave back."""
    with client(context) as ours:
        ours.people.withdraw_leave(_id(ours, name), leave_id)
    say_done("this leave is taken back", as_json=json, person=name, leave=leave_id)


@app.command()
def hours(
    context: typer.Context,
    programme: str,
    days: Annotated[int, typer.Option(min=1, max=92, help="from today")] = 28,
    json: Json = False,
) -> None:
    """Who is there to work in a programme in the coming days, and the hours by tier and skill."""
    with client(context) as ours:
        found = ours.people.roster(programme, days=days)
        if json:
            say(found)
            return
        columns = ("name", "tiers", "skills", "zone", "weekly", "hours", "here", "away_until")
        say_rows(found.rows, columns, as_json=False, none="nobody works here")
        for one in found.rows:
            if one.cap.day is not None or one.cap.week is not None:
                print(f"{one.name}  {one.rests or _worked(one.worked, one.cap)}")
        say_rows(found.capacity, ("tier", "skill", "people", "declared", "hours"), as_json=False, none="")


@app.command("list")
def list_(context: typer.Context, sort: Sort = None, order: Order = None, json: Json = False) -> None:
    """Everybody who has an account: by name, sign_in, organisation, employment, tiers, skills or languages."""
    with client(context) as ours:
        columns = ("id", "name", "display_name", "organisation", "tiers", "simulated", "owner", "invitation_ends_at")
        say_rows(ours.people.all(sort=sort, order=order), columns, as_json=json)


@app.command()
def team(context: typer.Context, programme: str, json: Json = False) -> None:
    """Everybody who works in a programme, by name: how much, how right beside gold and audits."""
    with client(context) as ours:
        found = ours.reports.team(programme)
        if json:
            say(found)
            return
        columns = ("name", "answers", "accuracy.value", "accuracy.low", "accuracy.high", "accuracy.n", "stands_out")
        say_rows(found.people, columns, as_json=False, none="nobody has said anything yet")


@app.command()
def report(
    context: typer.Context,
    programme: Annotated[str | None, typer.Argument(help="its name; without, your own in every programme")] = None,
    name: Annotated[str | None, typer.Argument(help="a person of its team, by name or id")] = None,
    json: Json = False,
) -> None:
    """A person's work in a programme; your own where nobody is named. Both see the same."""
    with client(context) as ours:
        if programme is None or name is None:
            mine = ours.reports.mine()
            found = [one for one in mine if programme in (None, one.programme)]
        else:
            people = ours.reports.team(programme).people
            key = next((one.actor_id for one in people if name in (one.name, one.actor_id)), None)
            if key is None:
                raise NotFound("nobody of this name has worked here", field="name", expected="a name", found=name)
            found = [ours.reports.person(programme, key)]
        if json:
            say(found)
            return
        for one in found:
            say_one(one, REPORT, as_json=False)
            say_rows(one.confusion, ("reference", "answer", "answers"), as_json=False, none="no mistake is known")


@app.command()
def contest(
    context: typer.Context,
    judgement: Annotated[str, typer.Argument(help="id of your own answer: see `goldloop person report --json`")],
    because: Annotated[str, typer.Option(help="why what stands against it is wrong")],
    json: Json = False,
) -> None:
    """Contest a ruling, an audit or a gold answer against your own answer: somebody else rules."""
    with client(context) as ours:
        say_one({"contest": ours.reports.contest(judgement, because)}, ("contest",), as_json=json)


@app.command()
def contests(context: typer.Context, programme: str, json: Json = False) -> None:
    """What people contested, what was ruled, and how often gold and seniors were overturned."""
    with client(context) as ours:
        found = ours.reports.contests(programme)
        if json:
            say(found)
            return
        columns = ("person", "kind", "said", "held", "ruled", "outcome", "because")
        say_rows(found.contests, columns, as_json=False, none="nobody has contested anything")
        rates = ("kind", "who", "rate.value", "rate.low", "rate.high", "rate.n", "rate.eligible")
        say_rows(found.overturned, rates, as_json=False, none="")


@app.command()
def competence(context: typer.Context, programme: str, json: Json = False) -> None:
    """Infer competence and suspected label errors from answers and models' words; stored as evidence with its time."""
    with client(context) as ours:
        done = watched(ours, ours.reports.measure(programme), "competence")
        if json:
            say(done.result)
            return
        found = ours.reports.suspects(programme)[:20]
        say_rows(
            found,
            ("external_id", "by", "probability", "instead", "answers"),
            as_json=False,
            none="nothing is suspected",
        )


def _seat(text: str) -> dict[str, object]:
    """programme:role:1,2 as the client has it."""
    parts = text.split(":")
    numbers = parts[2].split(",") if len(parts) == 3 else []
    if len(parts) not in (2, 3) or not all(one in ("1", "2", "3") for one in numbers):
        raise Invalid("this is no seat", field="seat", expected="programme:role or programme:role:1,2", found=text)
    return {"programme": parts[0], "role": parts[1], "tiers": [int(one) for one in numbers]}


def _id(ours: Client, name: str) -> str:
    """Of a person by sign-in name or id; `me` is oneself, who may not list the others."""
    return ours.me().actor.id if name == "me" else person_named(ours, name).id


def _worked(worked: WorkedRow, cap: CapRow) -> str:
    """Hours that were worked, of those that are allowed."""
    parts = (("today", worked.day, cap.day), ("this week", worked.week, cap.week))
    return ", ".join(f"{done:.1f}{'' if most is None else f' of {most:g}'} h {when}" for when, done, most in parts)


def _say_person(found: PersonPage, *, json: bool) -> None:
    if json:
        say(found)
        return
    say_one(found, ("name", "organisation", "zone", "weekly", "away_until"), as_json=False)
    print(f"worked  {_worked(found.worked, found.cap)}")
    if found.rests is not None:
        print(f"rests   {found.rests}")
    for day, hours in (found.week or {}).items():
        print(f"{day}  {', '.join(hours)}")
    say_rows(found.leave, ("first_day", "last_day", "id"), as_json=False, none="no leave is noted")
    say_rows(found.seats, SEAT, as_json=False, none="no role in a programme that you see")
