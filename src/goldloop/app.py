"""The whole of goldloop composed: capabilities meet here, and nowhere else."""

from fastapi import APIRouter, FastAPI

from goldloop import __version__, kinds
from goldloop.http import errors, static
from goldloop.http.guard import LOOPBACK, Guard
from goldloop.http.provider import Provider
from goldloop.http.routes import jobs, oidc, people, roster, session
from goldloop.http.routes import kinds as kinds_routes
from goldloop.labelling import (
    anchoring_api,
    confidence_api,
    dry_run_api,
    economics_api,
    human_only_api,
    learning_api,
    mine_api,
    models_api,
    work_api,
)
from goldloop.labelling import api as labelling
from goldloop.labelling.planning import api as planning
from goldloop.loop.context import Contexts
from goldloop.news import api as news
from goldloop.programmes import api as programmes
from goldloop.programmes import (
    bounds_api,
    briefs_api,
    contamination_api,
    coverage_api,
    deliveries_api,
    findings_api,
    governance_api,
    items_api,
    keys_api,
    labels_api,
    ledger_api,
    ontology_api,
    overview_api,
    projects_api,
    raci_api,
    releases_api,
    sources_api,
    trace_api,
    training_runs_api,
    versions_api,
    waiting_api,
)
from goldloop.programmes.archive import api as archive_api
from goldloop.protection import api as protection_api
from goldloop.protection import content_api, masking_api, terms_api, workspace_api
from goldloop.quality import (
    accuracy_api,
    agreement_api,
    audit_api,
    calibration_api,
    clusters_api,
    consensus_api,
    delivery_api,
    escalations_api,
    gate_api,
    people_api,
    sign_off_api,
    sla_api,
    statement_api,
)
from goldloop.quality import api as quality
from goldloop.rhythm import calendar_api, digest_api, health_api
from goldloop.store.open import Store

ROUTES: tuple[APIRouter, ...] = (
    work_api.routes,  # first: they are looked through in order, and these are asked for most
    session.routes,
    oidc.routes,
    people.routes,
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


def create_app(store: Store) -> FastAPI:
    """The server on an open store."""
    kinds.load_all(store.settings.allow_kinds)
    app = FastAPI(
        title="goldloop",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.store = store
    app.state.contexts = Contexts()
    app.state.provider = Provider(store.settings) if store.settings.oidc_issuer else None
    errors.install(app)
    for router in ROUTES:
        app.include_router(router, prefix="/api")
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
