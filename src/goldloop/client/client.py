"""One client: a way to a goldloop, and its resources."""

from types import TracebackType
from typing import Any, Self

from goldloop.client.accuracies import Accuracies
from goldloop.client.anchoring import Anchoring
from goldloop.client.archives import Archives
from goldloop.client.audits import Audits
from goldloop.client.batches import Batches
from goldloop.client.bridge import Asgi
from goldloop.client.briefs import Briefs
from goldloop.client.calendars import Calendars
from goldloop.client.calibrations import Calibrations
from goldloop.client.confidence import Confidence, Policies
from goldloop.client.coverage import Coverage
from goldloop.client.deliveries import Deliveries
from goldloop.client.digests import Digests
from goldloop.client.economics import Economics
from goldloop.client.escalations import Escalations
from goldloop.client.findings import Findings
from goldloop.client.governance import Governance
from goldloop.client.healths import Healths
from goldloop.client.human_only import HumanOnly
from goldloop.client.imports import Imports
from goldloop.client.items import Items
from goldloop.client.jobs import Jobs
from goldloop.client.learning import Learning
from goldloop.client.ledger import Ledger
from goldloop.client.masking import Masking
from goldloop.client.models import Models
from goldloop.client.news import News
from goldloop.client.people import Organisations, People
from goldloop.client.plans import Plans
from goldloop.client.programmes import Programmes
from goldloop.client.projects import Projects
from goldloop.client.protection import Protection
from goldloop.client.raci import RaciTable
from goldloop.client.releases import Releases
from goldloop.client.reports import Reports
from goldloop.client.runs import Runs
from goldloop.client.sla import Sla
from goldloop.client.sources import Sources
from goldloop.client.statements import Statements
from goldloop.client.tokens import Tokens
from goldloop.client.wire import Row, Wire, address
from goldloop.client.work import Work
from goldloop.client.workspaces import Workspaces
from goldloop.core.errors import Invalid
from goldloop.core.nouns import Actor


class State(Row):
    """What a server says to anybody."""

    version: str
    needs_setup: bool


class MyRole(Row):
    """A role one has in a programme."""

    programme_id: str
    programme: str
    role: str


class Me(Row):
    """Who is signed in."""

    actor: Actor
    account: str
    owner: bool
    organisation: str
    csrf: str = ""
    roles: tuple[MyRole, ...] = ()
    tiers: dict[str, tuple[int, ...]] = {}


class Client:
    """A goldloop, over HTTP or in this process. Safe to share between threads; close it, or use it in a `with`."""

    def __init__(
        self,
        url: "str | Asgi | None" = None,
        *,
        app: "Asgi | None" = None,
        token: str | None = None,
        timeout: float = 60.0,
    ) -> None:
        """`url` is an address; `app` (or `url` too) an ASGI application. Without a token, `sign_in` comes next."""
        target = url if app is None else app
        if target is None:
            raise Invalid("a client needs to know where to", field="url", expected="an address or an application")
        self._over(Wire(target, token=token, timeout=timeout))

    def acting(self, token: str | None) -> "Client":
        """The same goldloop under another sign-in; it ends with this client."""
        other = object.__new__(type(self))
        other._over(self._wire.acting(token))
        return other

    def _over(self, wire: Wire) -> None:
        self._wire = wire
        self.accuracy = Accuracies(wire)
        self.anchoring = Anchoring(wire)
        self.health = Healths(wire)
        self.human_only = HumanOnly(wire)
        self.audits = Audits(wire)
        self.batches = Batches(wire)
        self.briefs = Briefs(wire)
        self.calendars = Calendars(wire)
        self.calibration = Calibrations(wire)
        self.confidence = Confidence(wire)
        self.coverage = Coverage(wire)
        self.deliveries = Deliveries(wire)
        self.digests = Digests(wire)
        self.economics = Economics(wire)
        self.escalations = Escalations(wire)
        self.findings = Findings(wire)
        self.imports = Imports(wire)
        self.items = Items(wire)
        self.jobs = Jobs(wire)
        self.learning = Learning(wire)
        self.ledger = Ledger(wire)
        self.masking = Masking(wire)
        self.models = Models(wire)
        self.news = News(wire)
        self.ontology = Governance(wire)
        self.organisations = Organisations(wire)
        self.people = People(wire)
        self.plans = Plans(wire)
        self.policies = Policies(wire)
        self.programmes = Programmes(wire)
        self.projects = Projects(wire)
        self.archives = Archives(wire)
        self.protection = Protection(wire)
        self.raci = RaciTable(wire)
        self.releases = Releases(wire)
        self.reports = Reports(wire)
        self.runs = Runs(wire)
        self.sla = Sla(wire)
        self.sources = Sources(wire)
        self.statements = Statements(wire)
        self.tokens = Tokens(wire)
        self.work = Work(wire)
        self.workspaces = Workspaces(wire)

    @property
    def url(self) -> str:
        """Where the server is; an address of no server for a client in this process."""
        return self._wire.url

    def state(self) -> State:
        """Version, and whether the first owner is still to be set up."""
        return self._wire.one(State, "GET", "state")

    def set_up(self, token: str, *, name: str, password: str, organisation: str, display_name: str) -> Me:
        """Create the first owner, with the token of the first start, and be signed in as them."""
        asked = {
            "token": token,
            "name": name,
            "password": password,
            "organisation": organisation,
            "display_name": display_name,
        }
        return self._signed_in(self._wire.one(Me, "POST", "setup", json=asked))

    def sign_in(self, name: str, password: str) -> Me:
        """Begin a session."""
        return self._signed_in(self._wire.one(Me, "POST", "session", json={"name": name, "password": password}))

    def take_up(self, invitation: str, password: str) -> Me:
        """Set the password that an invitation (its link or its secret) is for, and be signed in."""
        path = address("invitations", invitation.rpartition("/")[2])
        return self._signed_in(self._wire.one(Me, "POST", path, json={"password": password}))

    def sign_out(self) -> None:
        """End the session."""
        self._wire.ask("DELETE", "session")

    def me(self) -> Me:
        """Who is signed in."""
        return self._wire.one(Me, "GET", "me")

    def kinds(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that plugs in on the server, by family."""
        found: dict[str, list[dict[str, Any]]] = self._wire.ask("GET", "kinds")
        return found

    def close(self) -> None:
        """End every connection."""
        self._wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()

    def _signed_in(self, me: Me) -> Me:
        self._wire.carry(me.csrf)
        return me
