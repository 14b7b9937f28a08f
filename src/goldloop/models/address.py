"""Where a URL leads, looked up once and kept: a name that changes its mind after the check gains nothing."""

import ipaddress
import socket

from goldloop.core.errors import Forbidden, Invalid, Unavailable


def public_address(host: str, port: int, *, allow_private: bool) -> str:
    """One IP address of a host. Raises Forbidden where any of its addresses is not a public one, unless allowed.

    Raises Unavailable where the name does not resolve, Invalid where there is no name.
    """
    if not host:
        raise Invalid("a URL names a host", field="url", expected="https://host/path", found="no host")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unavailable("the host of this URL cannot be found", field="url", found=host) from error
    addresses = [str(entry[4][0]).partition("%")[0] for entry in found]
    private = [address for address in addresses if not _is_public(address)]
    if private and not allow_private:
        raise Forbidden(
            "this URL leads to a private address; the operator can allow it with GOLDLOOP_ALLOW_PRIVATE_URLS",
            field="url",
            expected="a public address",
            found=f"{host} is {private[0]}",
        )
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        # an IPv4 address can hide in a mapped, a 6to4, a Teredo or a NAT64 one
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if inner is None and ip in ipaddress.ip_network("64:ff9b::/96"):
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return inner.is_global and not inner.is_multicast
    return ip.is_global and not ip.is_multicast
