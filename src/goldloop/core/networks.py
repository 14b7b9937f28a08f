"""Networks by their address ranges, and whether an address lies in one."""

from collections.abc import Iterable
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Range = IPv4Network | IPv6Network


def network(value: str) -> str:
    """An address range as it is written, such as 10.20.0.0/16. Raises ValueError for one that is none."""
    try:
        ip_network(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is no network, such as 10.20.0.0/16 or 2001:db8::/48: {error}") from error
    return value


def holds(networks: Iterable[str], address: str | None) -> bool:
    """True where an address lies in one of the networks; what is no address lies in none."""
    found = _address(address) if address else None
    return found is not None and any(found in one for one in _ranges(tuple(networks)) if one.version == found.version)


def neighbourhood(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 of an IPv6 one, of which one line has all addresses."""
    found = _address(address)
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found or address)


@lru_cache(maxsize=256)
def _ranges(networks: tuple[str, ...]) -> tuple[Range, ...]:
    return tuple(ip_network(one) for one in networks)


def _address(value: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that came over IPv6 is itself: a rule for 10.0.0.0/8 holds for it on either socket."""
    try:
        found = ip_address(value)
    except ValueError:
        return None
    return found.ipv4_mapped or found if isinstance(found, IPv6Address) else found
