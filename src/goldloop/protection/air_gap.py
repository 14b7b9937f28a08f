"""The air gap: everything that is set to reach the network, and the connections that this server has open."""

import os
import socket
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Connection, make_url

from goldloop.core.policy import Policy
from goldloop.core.settings import Settings
from goldloop.store.programmes import policy_in_force, programmes
from goldloop.store.webhooks import webhooks

LOOPBACK = frozenset({"", "localhost", "127.0.0.1", "::1"})
_ESTABLISHED, _CONNECTING = "01", "02"


class Outlet(NamedTuple):
    """One thing that may reach a network: what it is, where it leads, and whether that is outside this machine."""

    what: str
    where: str
    outside: bool


class Peer(NamedTuple):
    """A connection that this server opened: to whom, from which of its processes, and whether beyond this machine."""

    address: str
    port: int
    process: int
    outside: bool


def outlets(connection: Connection, settings: Settings) -> list[Outlet]:
    """Everything that is configured to connect to somewhere. No name is looked up: that would reach the network."""
    found = list(_of_settings(settings))
    for row in programmes(connection):
        policy = policy_in_force(connection, row.id).policy
        found += [
            *_of_policy(policy),
            *(_url(f"webhook of {row.name}", one.url) for one in webhooks(connection, row.id)),
        ]
    return found


def peers() -> list[Peer] | None:
    """The connections that this process and its children have opened; None where that cannot be seen."""
    root = Path("/proc")
    if not (root / "self/net/tcp").exists():
        return None
    out: list[Peer] = []
    for process in _family(root, os.getpid()):
        mine = set(_sockets(root / str(process) / "fd"))
        for name in ("tcp", "tcp6"):
            table = _lines(root / str(process) / "net" / name)
            listening = {line[1].rpartition(":")[2] for line in table if line[3] == "0A"}
            for line in table:
                if line[3] not in (_ESTABLISHED, _CONNECTING) or line[9] not in mine:
                    continue
                if line[1].rpartition(":")[2] in listening:
                    continue  # somebody came to us
                address, port = _peer(line[2])
                out.append(Peer(str(address), port, process, not address.is_loopback))
    return out


def _of_settings(settings: Settings) -> Iterator[Outlet]:
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        host = str(url.host or url.query.get("host", ""))
        yield Outlet("database", host or "a socket of this machine", not (host.startswith("/") or host in LOOPBACK))
    if settings.blobs:
        yield _url("blobs", settings.blob_endpoint or settings.blobs)
    for name, place in settings.places.items():
        if not place.is_folder:
            yield _url(f"place {name}", settings.blob_endpoint or place.to)
    if settings.oidc_issuer:
        yield _url("single sign-on", settings.oidc_issuer)
    if settings.allow_entry_points:
        yield Outlet("Python functions that judges may call", settings.allow_entry_points, True)
    if settings.allow_kinds:
        yield Outlet("plug-ins", settings.allow_kinds, True)


def _of_policy(policy: Policy) -> Iterator[Outlet]:
    for name, model in policy.models.items():
        url = model.judge.params.get("url")
        if isinstance(url, str):
            yield _url(f"model {name} of {policy.programme}", url)


def _url(what: str, url: str) -> Outlet:
    parts = urlsplit(url)
    host = parts.hostname or ""
    shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
    return Outlet(what, shown, host not in LOOPBACK or parts.scheme == "s3")


def _family(root: Path, process: int) -> list[int]:
    """A process and everything that it started."""
    parents: dict[int, list[int]] = {}
    for entry in root.iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it ended meanwhile
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    out, waiting = [], [process]
    while waiting:
        one = waiting.pop()
        out.append(one)
        waiting += parents.get(one, [])
    return out


def _sockets(folder: Path) -> Iterator[str]:
    """The inodes of a process's sockets."""
    try:
        handles: Sequence[Path] = list(folder.iterdir())
    except OSError:
        return
    for handle in handles:
        try:
            target = str(handle.readlink())
        except OSError:
            continue  # closed meanwhile
        if target.startswith("socket:["):
            yield target[8:-1]


def _lines(file: Path) -> list[list[str]]:
    try:
        return [line.split() for line in file.read_text().splitlines()[1:]]
    except OSError:
        return []


def _peer(text: str) -> tuple[IPv4Address | IPv6Address, int]:
    """An address of the kernel's table: words of four bytes in the machine's own order."""
    digits, _, port = text.partition(":")
    raw = b"".join(bytes.fromhex(digits[n : n + 8])[::-1] for n in range(0, len(digits), 8))
    address = ip_address(socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw))
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return inner or address, int(port, 16)


def holes(found: Iterable[Outlet], connected: Iterable[Peer]) -> int:
    """How many things reach outside."""
    return sum(one.outside for one in found) + sum(one.outside for one in connected)
