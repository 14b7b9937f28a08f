"""One POST to a URL that somebody declared: to the address that was looked up and checked, without redirects."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx2

from goldloop.models.address import public_address


@contextmanager
def posted(
    url: httpx2.URL, content: bytes, *, headers: Mapping[str, str], timeout: float, allow_private: bool
) -> Iterator[httpx2.Response]:
    """The open response. Raises Forbidden for a private address, Unavailable for a name that does not resolve."""
    port = url.port or (443 if url.scheme == "https" else 80)
    address = public_address(url.host, port, allow_private=allow_private)
    sent = {**headers, "host": url.netloc.decode(), "content-type": "application/json"}
    named = {"sni_hostname": url.host}  # the certificate is checked against the name, not the address
    with (
        httpx2.Client(timeout=timeout, follow_redirects=False, trust_env=False) as client,
        client.stream("POST", url.copy_with(host=address), content=content, headers=sent, extensions=named) as response,
    ):
        yield response
