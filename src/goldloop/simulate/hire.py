"""Making simulated people real members of a programme: an account each, flagged, staffed, signed in."""

import secrets
from collections.abc import Sequence
from typing import NamedTuple

from goldloop.client import Client
from goldloop.client.people import PersonRow
from goldloop.client.tokens import Scope
from goldloop.core.errors import Conflict
from goldloop.core.nouns import Role
from goldloop.simulate.people import Persona

WORK: tuple[Scope, ...] = ("read", "work")


class Worker(NamedTuple):
    """A persona with the client they work through."""

    persona: Persona
    client: Client


def hire(
    owner: Client, personas: Sequence[Persona], *, organisation: str, programmes: Sequence[str], rate: int | None = None
) -> list[Worker]:
    """Make each persona a simulated person of an organisation with a role in programmes, and sign them in.

    Who is there already by that name is taken again. `rate`: minor units an hour, of those who are new. Raises
    Conflict where the name is a real person's.
    """
    known = {one.name: one for one in owner.people.all()}
    return [_hired(owner, one, known.get(one.name), organisation, programmes, rate) for one in personas]


def _hired(
    owner: Client,
    persona: Persona,
    known: PersonRow | None,
    organisation: str,
    programmes: Sequence[str],
    rate: int | None,
) -> Worker:
    person_id, invitation = _again(owner, known) if known else _new(owner, persona, organisation, rate)
    role: Role = "expert" if 3 in persona.tiers else "annotator"
    for programme in programmes:
        owner.programmes.staff(programme, person_id, role, tiers=persona.tiers)
    person = owner.acting(None)
    person.take_up(invitation, secrets.token_urlsafe(12))
    token = person.tokens.add("simulated work", scopes=WORK, days=30)
    person.sign_out()
    return Worker(persona, owner.acting(token.token))


def _new(owner: Client, persona: Persona, organisation: str, rate: int | None) -> tuple[str, str]:
    shown = f"{persona.name.capitalize()} (simulated)"
    new = owner.people.add(
        persona.name, shown, organisation, employment="gig", tiers=persona.tiers, rate=rate, simulated=True
    )
    return new.person.id, new.invitation


def _again(owner: Client, known: PersonRow) -> tuple[str, str]:
    if not known.simulated:
        raise Conflict("a real person has this name", field="name", expected="a free name", found=known.name)
    return known.id, owner.people.invite(known.id)
