"""Signing in through an identity provider: there with a state, a nonce and a PKCE challenge, and back with a code."""

import logging
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

from goldloop.core.clock import now
from goldloop.core.errors import NotFound, Unavailable
from goldloop.core.id_token import Refused
from goldloop.http.asking import Ask, Asking
from goldloop.http.provider import Provider
from goldloop.http.routes.session import begin_in_place, keep
from goldloop.loop.sign_in import Rules, Unknown, signed_in
from goldloop.store.caller import same_secret
from goldloop.store.identities import FLOW_MINUTES, begin_flow, end_flow

routes = APIRouter()
COOKIE = "goldloop_sign_in"
PATH = "/api/oidc"
SEE_OTHER = 303
log = logging.getLogger("goldloop.http")
Given = Annotated[str | None, Query(max_length=4096)]


@routes.get("/oidc/begin", response_class=RedirectResponse, status_code=SEE_OTHER)
def begin_oidc(ask: Ask, invitation: Annotated[str | None, Query(max_length=200)] = None) -> RedirectResponse:
    """Send the browser to the identity provider; with an invitation, it is taken up by who comes back."""
    provider = _provider(ask)
    try:
        with ask.store.write(durable=False) as connection:
            new = begin_flow(connection, invitation=invitation, at=now())
        response = RedirectResponse(provider.address(new, redirect=_redirect(ask)), SEE_OTHER)
    except Unavailable as error:
        return _refused("away", str(error))
    response.set_cookie(
        COOKIE,
        new.state,
        max_age=FLOW_MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="lax",  # the provider sends the browser back from its own site
        secure=ask.store.settings.secure,
    )
    return response


@routes.get("/oidc/end", response_class=RedirectResponse, status_code=SEE_OTHER)
def end_oidc(ask: Ask, code: Given = None, state: Given = None, error: Given = None) -> RedirectResponse:
    """Where the provider sends the browser back: begins a session, or says on the sign-in page why not."""
    provider, at = _provider(ask), now()
    begun = ask.request.cookies.get(COOKIE)
    if not state or not begun or not same_secret(state, begun):
        return _refused("state", "the state is not that of this browser")
    with ask.store.write() as connection:
        flow = end_flow(connection, state, at=at)
    if flow is None:
        return _refused("state", "the state was used, or is over")
    if error or not code:
        return _refused("provider", f"the provider said {(error or 'nothing')[:80]!r}")
    try:
        said = provider.claims(code, flow, redirect=_redirect(ask))
        settings = ask.store.settings
        rules = Rules(settings.oidc_groups, settings.oidc_new_people)
        with ask.store.write() as connection:
            key = signed_in(connection, said, rules, invitation=flow.invitation, at=at)
            new = begin_in_place(ask, connection, key, at=at)
    except Refused as refusal:
        return _refused("token", refusal.because)
    except Unknown as unknown:
        return _refused(unknown.code, f"nobody here is {said.subject!r} of {said.issuer}")
    except Unavailable as away:
        return _refused("away", str(away))
    response = RedirectResponse("/", SEE_OTHER)
    response.delete_cookie(COOKIE, path=PATH)
    keep(ask, response, new)
    return response


def _provider(ask: Asking) -> Provider:
    found: Provider | None = ask.request.app.state.provider
    if found is None:
        raise NotFound("there is no single sign-on here", expected="the setting oidc_issuer")
    return found


def _redirect(ask: Asking) -> str:
    base = ask.store.settings.public_url.rstrip("/") or str(ask.request.base_url).rstrip("/")
    return f"{base}{PATH}/end"


def _refused(code: str, because: str) -> RedirectResponse:
    """Back to the sign-in page, which says it in its own words; the reason is for the log alone."""
    log.warning("single sign-on refused: %s (%s)", code, because)
    response = RedirectResponse(f"/signin?{urlencode({'refused': code})}", SEE_OTHER)
    response.delete_cookie(COOKIE, path=PATH)
    return response
