"""Where a request comes from: the peer's address, or what the declared proxies in front say of it."""

from collections.abc import Sequence

from starlette.requests import Request

from goldloop.core.networks import holds


def address_of(request: Request, proxies: Sequence[str]) -> str | None:
    """The address of who asks. Only what a trusted proxy wrote is believed, from the nearest one outwards."""
    address = request.client.host if request.client is not None else None
    if not proxies:
        return address
    said = [one.strip() for line in request.headers.getlist("x-forwarded-for") for one in line.split(",")]
    while said and holds(proxies, address):
        address = said.pop()
    return address
