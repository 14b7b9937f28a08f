"""Which addresses lie in which networks, and whose word about an address is believed."""

import pytest
from starlette.requests import Request

from goldloop.core.errors import Invalid
from goldloop.core.networks import holds, neighbourhood, network
from goldloop.core.settings import read_settings
from goldloop.http.address import address_of


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.1.2.3", True),
        ("::ffff:10.1.2.3", True),
        ("11.0.0.1", False),
        ("2001:db8::1", True),
        ("2001:db9::1", False),
        ("10.1.2.3:8080", False),
        ("", False),
        (None, False),
        ("localhost", False),
    ],
)
def test_an_address_lies_in_a_network_of_its_own_kind(address: str | None, inside: bool) -> None:
    assert holds(("10.0.0.0/8", "2001:db8::/32"), address) == inside


def test_a_network_that_is_none_is_refused_with_what_is_wrong_with_it() -> None:
    assert network("10.0.0.1") == "10.0.0.1"
    with pytest.raises(ValueError, match="has host bits set"):
        network("10.0.0.1/8")
    with pytest.raises(Invalid, match="GOLDLOOP_TRUSTED_PROXIES"):
        read_settings({"GOLDLOOP_TRUSTED_PROXIES": "10.0.0.0/8, office"})


def test_all_addresses_of_one_line_are_one_place() -> None:
    assert neighbourhood("2001:db8:1:2::1") == neighbourhood("2001:db8:1:2:ffff:ffff:ffff:ffff")
    assert neighbourhood("2001:db8:1:2::1") != neighbourhood("2001:db8:1:3::1")
    assert neighbourhood("198.51.100.7") == "198.51.100.7" == neighbourhood("::ffff:198.51.100.7")
    assert neighbourhood("unknown") == "unknown"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        ((), "10.0.0.1", "127.0.0.1"),
        (("127.0.0.1",), "10.0.0.1", "10.0.0.1"),
        (("127.0.0.1",), "10.9.9.9, 10.0.0.1", "10.0.0.1"),
        (("127.0.0.1", "10.0.0.0/8"), "198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (("127.0.0.1",), None, "127.0.0.1"),
        (("192.0.2.1",), "10.0.0.1", "127.0.0.1"),
    ],
)
def test_only_trusted_proxies_say_who_asks(proxies: tuple[str, ...], forwarded: str | None, found: str) -> None:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded is not None else []
    asked = Request({"type": "http", "headers": headers, "client": ("127.0.0.1", 4)})
    assert address_of(asked, proxies) == found
