"""People and the organisations that own them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from goldloop.client.wire import Row, Way, Wire, address, ordered

OrganisationKind = Literal["enterprise", "provider", "client"]


class OrganisationRow(Row):
    """An organisation."""

    id: str
    name: str
    kind: OrganisationKind


class PersonRow(Row):
    """A person with an account. `name` is the sign-in name; `simulated` is a fact of the record."""

    id: str
    name: str
    display_name: str
    organisation: str
    employment: str
    tiers: tuple[int, ...]
    owner: bool
    simulated: bool
    disabled_at: int | None = None
    invitation_ends_at: int | None = None


class SeatRow(Row):
    """A role of a person in a programme."""

    programme_id: str
    programme: str
    role: str
    tiers: tuple[int, ...]


class LeaveRow(Row):
    """Days on which a person is away, both ends included."""

    id: str
    first_day: str
    last_day: str


class DayHours(Row):
    """The hours that a person is there on a day."""

    day: str
    hours: float


class CapRow(Row):
    """The most hours of active work that a person is handed; None is no limit."""

    day: float | None = None
    week: float | None = None


class WorkedRow(Row):
    """The active hours of a person since their day and their week began, on their own clock."""

    day: float
    week: float


class PersonPage(Row):
    """A person: when they work, when they are away, and their seats in the programmes that the reader may see.

    `rests` says why and until when they are handed nothing new, where they reached their cap.

    `week` is None where they declared no hours. `leave_id`, `returned` and `handed_over` tell what a new leave did.
    """

    id: str
    name: str
    display_name: str
    organisation: str
    simulated: bool
    disabled_at: int | None = None
    tiers: tuple[int, ...]
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    zone: str | None = None
    week: dict[str, tuple[str, ...]] | None = None
    weekly: float | None = None
    ahead: tuple[DayHours, ...] = ()
    away_until: str | None = None
    leave: tuple[LeaveRow, ...] = ()
    cap: CapRow
    worked: WorkedRow
    rests: str | None = None
    rests_until: int | None = None
    seats: tuple[SeatRow, ...] = ()
    leave_id: str | None = None
    returned: int | None = None
    handed_over: int | None = None


class Offboarded(Row):
    """What somebody's leaving did. Briefs: `handed_over` went on, `kept` are theirs, `resting` tell who is missing."""

    sessions: int
    tokens: int
    invitations: int
    works: int
    seats: tuple[SeatRow, ...]
    handed_over: tuple[str, ...]
    kept: tuple[str, ...]
    resting: tuple[str, ...]
    left_at: int


class AttendingRow(Row):
    """Somebody who may work in a programme: their hours of the coming days, and the part that falls to it."""

    actor_id: str
    name: str
    simulated: bool
    tiers: tuple[int, ...]
    skills: tuple[str, ...]
    zone: str | None = None
    weekly: float | None = None
    hours: float | None = None
    here: float | None = None
    away_until: str | None = None
    leave: tuple[LeaveRow, ...] = ()
    cap: CapRow
    worked: WorkedRow
    rests: str | None = None
    rests_until: int | None = None


class CapacityRow(Row):
    """The hours of who may work at a tier, or who has a skill there; `declared` of `people` have a roster."""

    tier: int
    skill: str | None = None
    people: int
    declared: int
    hours: float | None = None


class ProgrammeRoster(Row):
    """Who is there to work in a programme in the coming days."""

    days: int
    rows: tuple[AttendingRow, ...]
    capacity: tuple[CapacityRow, ...]


class Invited(Row):
    """A new person, and the one-time link with which they set their password."""

    person: PersonRow
    invitation: str

    @property
    def secret(self) -> str:
        """The part of the link that opens it."""
        return self.invitation.rpartition("/")[2]


class Organisations:
    """`client.organisations`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self) -> list[OrganisationRow]:
        """Every organisation."""
        return list(self._wire.rows(OrganisationRow, "organisations"))

    def add(self, name: str, kind: OrganisationKind) -> OrganisationRow:
        """Add an organisation; one that is there is given back."""
        return self._wire.one(OrganisationRow, "POST", "organisations", json={"name": name, "kind": kind})


class People:
    """`client.people`."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def all(self, *, sort: str | None = None, order: Way | None = None) -> list[PersonRow]:
        """Everybody who has an account: by name, sign_in, organisation, employment, tiers, skills or languages."""
        return list(self._wire.rows(PersonRow, "people", params=ordered(sort, order)))

    def add(
        self,
        name: str,
        display_name: str,
        organisation: str,
        *,
        employment: Literal["permanent", "contract", "gig"] = "permanent",
        tiers: Sequence[int] = (1,),
        skills: Sequence[str] = (),
        languages: Sequence[str] = (),
        residency: str | None = None,
        clearance: Sequence[str] = (),
        started_at: int = 0,
        rate: int | None = None,
        currency: str | None = None,
        simulated: bool = False,
        owner: bool = False,
        seats: Sequence[Mapping[str, Any]] = (),
        days: float = 7,
    ) -> Invited:
        """Add a person to an organisation; `rate` in minor units an hour.

        `seats` are roles that come with the invitation: {"programme", "role", "tiers"}; it can be taken up for `days`.
        """
        asked: dict[str, Any] = {
            "name": name,
            "display_name": display_name,
            "organisation": organisation,
            "employment": employment,
            "started_at": started_at,
            "tiers": list(tiers),
            "skills": list(skills),
            "languages": list(languages),
            "residency": residency,
            "clearance": list(clearance),
            "rate": rate,
            "currency": currency,
            "simulated": simulated,
            "owner": owner,
            "seats": [dict(one) for one in seats],
            "days": days,
        }
        return self._wire.one(Invited, "POST", "people", json=asked)

    def invite(self, person_id: str, *, seats: Sequence[Mapping[str, Any]] = (), days: float = 7) -> str:
        """A fresh one-time link for a person; without `seats`, with the roles of the link before it."""
        asked = {"seats": [dict(one) for one in seats], "days": days}
        answer = self._wire.ask("POST", address("people", person_id, "invitation"), json=asked)
        return str(answer["invitation"])

    def revoke(self, person_id: str) -> None:
        """Make a person's link that waits to be taken up worth nothing."""
        self._wire.ask("DELETE", address("people", person_id, "invitation"))

    def offboard(self, person_id: str) -> Offboarded:
        """Somebody leaves: sign-ins end, work goes back, obligations surface; what they said stays."""
        return self._wire.one(Offboarded, "DELETE", address("people", person_id), again=False)

    def take_back(self, person_id: str) -> tuple[SeatRow, ...]:
        """Take a leaving back: the account opens, and these roles return."""
        answer = self._wire.ask("POST", address("people", person_id, "return"))
        return tuple(SeatRow.model_validate(one) for one in answer["seats"])

    def get(self, person_id: str) -> PersonPage:
        """A person's roster, leave and seats, as far as one may see them."""
        return self._wire.one(PersonPage, "GET", address("people", person_id))

    def set_roster(self, person_id: str, zone: str, week: Mapping[str, Sequence[str]]) -> PersonPage:
        """Say when a person works: hours such as "09:00-17:00" by day ("mon" to "sun") on the clock of a zone."""
        asked = {"zone": zone, "week": {day: list(hours) for day, hours in week.items()}}
        return self._wire.one(PersonPage, "PUT", address("people", person_id, "roster"), json=asked)

    def set_cap(self, person_id: str, *, day: float | None = None, week: float | None = None) -> PersonPage:
        """Say how many hours a person is handed work for. Raises Forbidden where one would raise one's own."""
        return self._wire.one(PersonPage, "PUT", address("people", person_id, "cap"), json={"day": day, "week": week})

    def add_leave(self, person_id: str, first_day: str, last_day: str) -> PersonPage:
        """Note days on which a person is away, both ends included."""
        asked = {"first_day": first_day, "last_day": last_day}
        return self._wire.one(PersonPage, "POST", address("people", person_id, "leave"), json=asked)

    def withdraw_leave(self, person_id: str, leave_id: str) -> None:
        """Take a leave back."""
        self._wire.ask("DELETE", address("people", person_id, "leave", leave_id))

    def roster(self, programme: str, *, days: int = 28) -> ProgrammeRoster:
        """Who is there to work in a programme in the coming days, and the hours by tier and skill."""
        path = address("programmes", programme, "roster")
        return self._wire.one(ProgrammeRoster, "GET", path, params={"days": days})
