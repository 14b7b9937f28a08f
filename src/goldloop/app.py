"""The whole of goldloop composed: capabilities meet here, and nowhere else."""

from functools import cache

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from goldloop import __version__, kinds
from goldloop.http import errors, static
from goldloop.http.guard import LOOPBACK, Guard
from goldloop.http.provider import Provider
from goldloop.http.routes import jobs, oidc, organisations, people, roster, session, tokens
from goldloop.http.routes import kinds as kinds_routes
from goldloop.labelling.anchoring import api as anchoring_api
from goldloop.labelling.confidence import api as confidence_api
from goldloop.labelling.economics import api as economics_api
from goldloop.labelling.human_only import api as human_only_api
from goldloop.labelling.imports import api as labelling
from goldloop.labelling.learning import api as learning_api
from goldloop.labelling.models import api as models_api
from goldloop.labelling.planning import api as planning
from goldloop.labelling.routing import api as dry_run_api
from goldloop.labelling.workbench import api as work_api
from goldloop.labelling.workbench import mine_api
from goldloop.loop.context import Contexts
from goldloop.news import api as news
from goldloop.programmes.archive import api as archive_api
from goldloop.programmes.briefs import api as briefs_api
from goldloop.programmes.coverage import api as coverage_api
from goldloop.programmes.evaluations import api as findings_api
from goldloop.programmes.file import api as programmes
from goldloop.programmes.file import bounds_api, raci_api, sources_api
from goldloop.programmes.governance import api as governance_api
from goldloop.programmes.governance import ontology_api, versions_api
from goldloop.programmes.items import api as items_api
from goldloop.programmes.ledger import api as ledger_api
from goldloop.programmes.ledger import keys_api
from goldloop.programmes.lineage import api as training_runs_api
from goldloop.programmes.lineage import trace_api
from goldloop.programmes.overview import api as overview_api
from goldloop.programmes.projects import api as projects_api
from goldloop.programmes.releases import api as releases_api
from goldloop.programmes.releases import contamination_api, deliveries_api, labels_api
from goldloop.programmes.waiting import api as waiting_api
from goldloop.protection import api as protection_api
from goldloop.protection import content_api, terms_api, workspace_api
from goldloop.protection.masking import api as masking_api
from goldloop.quality.accuracy import api as accuracy_api
from goldloop.quality.agreement import api as agreement_api
from goldloop.quality.agreement import consensus_api
from goldloop.quality.audits import api as audit_api
from goldloop.quality.calibration import api as calibration_api
from goldloop.quality.clusters import api as clusters_api
from goldloop.quality.deliveries import api as delivery_api
from goldloop.quality.escalations import api as escalations_api
from goldloop.quality.gates import api as gate_api
from goldloop.quality.gates import batches_api as quality
from goldloop.quality.people import api as people_api
from goldloop.quality.sign_offs import api as sign_off_api
from goldloop.quality.sla import api as sla_api
from goldloop.quality.statements import api as statement_api
from goldloop.rhythm import calendar_api, digest_api, health_api
from goldloop.store.open import Store

ROUTES: tuple[APIRouter, ...] = (
    work_api.routes,  # first: they are looked through in order, and these are asked for most
    session.routes,
    oidc.routes,
    organisations.routes,
    people.routes,
    tokens.routes,
    roster.routes,
    kinds_routes.routes,
    jobs.routes,
    programmes.routes,
    archive_api.routes,
    overview_api.routes,
    items_api.routes,
    ontology_api.routes,
    versions_api.routes,
    releases_api.routes,
    deliveries_api.routes,
    sources_api.routes,
    contamination_api.routes,
    keys_api.routes,
    labels_api.routes,
    ledger_api.routes,
    projects_api.routes,
    governance_api.routes,
    waiting_api.routes,
    trace_api.routes,
    briefs_api.routes,
    findings_api.routes,
    raci_api.routes,
    coverage_api.routes,
    training_runs_api.routes,
    labelling.routes,
    confidence_api.routes,
    bounds_api.routes,
    dry_run_api.routes,
    models_api.routes,
    learning_api.routes,
    quality.routes,
    gate_api.routes,
    consensus_api.routes,
    delivery_api.routes,
    audit_api.routes,
    people_api.routes,
    calibration_api.routes,
    mine_api.routes,
    escalations_api.routes,
    agreement_api.routes,
    anchoring_api.routes,
    human_only_api.routes,
    economics_api.routes,
    planning.routes,
    accuracy_api.routes,
    clusters_api.routes,
    sla_api.routes,
    sign_off_api.routes,
    statement_api.routes,
    calendar_api.routes,
    health_api.routes,
    digest_api.routes,
    news.routes,
    protection_api.routes,
    terms_api.routes,
    content_api.routes,
    workspace_api.routes,
    masking_api.routes,
)


@cache
def _api() -> list[BaseRoute]:
    """Every route below `/api`: what a first request makes of one is kept for all servers of a process."""
    whole = APIRouter(responses=errors.DESCRIBED, generate_unique_id_function=_name)
    for router in ROUTES:
        whole.include_router(router, prefix="/api")
    return whole.routes


def _name(route: APIRoute) -> str:
    return route.name


def create_app(store: Store) -> FastAPI:
    """The server on an open store."""
    kinds.load_all(store.settings.allow_kinds)
    app = FastAPI(
        title="goldloop",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=_name,
        routes=_api(),
    )
    app.state.store = store
    app.state.contexts = Contexts()
    app.state.provider = Provider(store.settings) if store.settings.oidc_issuer else None
    errors.install(app)
    static.install(app)
    app.add_middleware(Guard, hosts=_hosts(store), upload_limit=store.settings.upload_mb << 20)
    return app


def _hosts(store: Store) -> frozenset[str] | None:
    """The host names the server answers for: loopback's own where it listens there, any where a proxy decides."""
    settings = store.settings
    if settings.host not in ("127.0.0.1", "localhost", "::1"):
        return None
    public = settings.public_url.partition("://")[2].partition("/")[0].rpartition(":")
    return LOOPBACK | {public[0] or public[2]} if settings.public_url else LOOPBACK
