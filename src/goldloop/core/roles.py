"""The doors: which role may do what in a programme.

Accountability is an entry of the RACI, not a door, and tiers are work, not doors. What is not listed is closed.
"""

from collections.abc import Collection
from typing import Literal, get_args

from goldloop.core.nouns import Role

Action = Literal[
    "see",  # the programme, its numbers, its people by pseudonym
    "work",  # take work and answer it
    "read_items",  # bodies, judgements and decisions of all items
    "import",  # take data in, run models, open work
    "apply",  # change the policy
    "staff",  # members, roles and tiers
    "gate",  # run gates and audits
    "waive",  # override a verdict, by name and with a reason
    "release",  # cut releases
    "export",  # download what leaves the programme
    "verify",  # check the ledger
    "report",  # the report on what was promised, as the client reads it
    "deliver",  # receive providers' deliveries, gate them, and read what is said of them
    "sign",  # sign off or dispute what passed, for the client
]

ACTIONS: tuple[Action, ...] = get_args(Action)

BODIES: frozenset[Action] = frozenset({"work", "read_items", "export", "gate", "deliver"})
"""The doors behind which item bodies are; a programme's workspace says from where they open, and into which files."""

RUNNING: frozenset[Action] = frozenset(
    {
        "see",
        "work",
        "read_items",
        "import",
        "apply",
        "staff",
        "gate",
        "waive",
        "release",
        "export",
        "verify",
        "report",
        "deliver",
    }
)
"""What whoever runs a programme may do: everything but sign for its client."""

DOORS: dict[Role, frozenset[Action]] = {
    "owner": RUNNING,
    "manager": RUNNING,
    "expert": frozenset({"see", "work", "read_items", "gate"}),
    "engineer": frozenset({"see", "read_items", "import", "export", "deliver"}),
    "annotator": frozenset({"work"}),
    "procurement": frozenset({"see", "verify", "report", "deliver"}),
    "client": frozenset({"export", "verify", "report", "sign"}),
    "auditor": frozenset({"see", "read_items", "verify", "report"}),
}
NOT_BY_OWNING: frozenset[Action] = frozenset({"work", "sign"})
"""What owning the installation opens no door to: answering, and speaking for the client."""
SCOPES: dict[str, frozenset[Action]] = {
    "read": frozenset({"see", "read_items", "verify", "export", "report"}),
    "write": frozenset({"import", "gate", "release", "deliver", "sign"}),
    "work": frozenset({"work"}),
    "admin": frozenset({"apply", "staff", "waive"}),
}


def scope_of(action: Action) -> str:
    """The scope that opens a door to a token."""
    return next(scope for scope, actions in SCOPES.items() if action in actions)


def can(roles: Collection[Role], action: Action) -> bool:
    """True where any of the roles opens this door."""
    return any(action in DOORS[role] for role in roles)


def in_scope(scopes: Collection[str], action: Action) -> bool:
    """True where a token with these scopes may go through a door that its owner may go through."""
    return any(action in SCOPES.get(scope, frozenset()) for scope in scopes)
