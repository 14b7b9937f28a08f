"""People and the organisations that own them."""

from collections.abc import Sequence
from typing import Any, Literal

from goldloop.client.wire import Row, Wire, address

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

    def all(self) -> list[PersonRow]:
        """Everybody who has an account."""
        return list(self._wire.rows(PersonRow, "people"))

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
    ) -> Invited:
        """Add a person to an organisation; `rate` in minor units an hour."""
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
        }
        return self._wire.one(Invited, "POST", "people", json=asked)

    def invite(self, person_id: str) -> str:
        """A fresh one-time link for a person."""
        answer = self._wire.ask("POST", address("people", person_id, "invitation"))
        return str(answer["invitation"])

    def close_account(self, person_id: str) -> None:
        """End a person's sessions and sign-ins; their record stays."""
        self._wire.ask("DELETE", address("people", person_id))
