"""Connections to addresses that callers name: to public ones alone, and to those that the settings allow.

The name is resolved here and the connection is made to the very address that was looked at, so that a name which leads
elsewhere a moment later (DNS rebinding) gains nothing.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Sequence
from functools import cache

import httpcore
from httpcore import SOCKET_OPTION

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

#: IPv6 addresses that carry an IPv4 one in their last 32 bits: NAT64.
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddress(Exception):
    """A name leads to addresses that are not public and not allowed."""


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks such as ``10.0.0.0/8``. Raises `ValueError`."""
    return tuple(ipaddress.ip_network(text) for text in texts)


def is_allowed(text: str, allowed: Sequence[Network]) -> bool:
    """Whether an address may be connected to: it is public, or in one of the `allowed` networks."""
    address: Address = ipaddress.ip_address(text.partition("%")[0])
    inner = _carried(address)
    if any(one in network for network in allowed for one in (address, inner) if one is not None):
        return True
    return all(one.is_global and not one.is_multicast for one in (address, inner) if one is not None)


def _carried(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 one leads to."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def is_forbidden(host: str, allowed: Sequence[Network]) -> bool:
    """Whether the host of an address says by itself that no message goes to it.

    That is a literal address, in any of IPv4's notations (``127.1``, ``2130706433``), or ``localhost``. Where other
    names lead, connecting shows.
    """
    name = host.lower()
    if name == "localhost" or name.endswith(".localhost"):
        return not is_allowed("127.0.0.1", allowed)
    try:
        return not is_allowed(socket.inet_ntoa(socket.inet_aton(name)), allowed)
    except OSError:
        return False


class CheckedNetwork(httpcore.AsyncNetworkBackend):
    """Connects by TCP to allowed addresses alone. Raises `ForbiddenAddress` where a name has no other."""

    def __init__(self, allowed: Sequence[Network]) -> None:
        self._allowed = allowed
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Resolve, look at the addresses, and connect to the first allowed one that answers."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            raise httpcore.ConnectError(f"the name {host} is not known") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        public = [address for address in addresses if is_allowed(address, self._allowed)]
        if not public:
            raise ForbiddenAddress(f"{host} leads to no public address")
        for last, address in enumerate(public, 1 - len(public)):
            try:
                return await self._inner.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if last == 0:
                    raise
        raise AssertionError("there is an address")

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


@cache
def _trusted() -> ssl.SSLContext:
    """Whose certificates are believed; reading them takes tens of milliseconds."""
    import httpx  # brings a command line with it: only who sends something needs to load that

    return httpx.create_ssl_context()


def checked_pool(allowed: Sequence[Network]) -> httpcore.AsyncConnectionPool:
    """A pool of HTTP connections to allowed addresses; none is kept, since what a name leads to may change."""
    return httpcore.AsyncConnectionPool(
        ssl_context=_trusted(),
        max_connections=32,
        max_keepalive_connections=0,
        network_backend=CheckedNetwork(allowed),
    )


#: What goes wrong on the way.
CONNECTION_ERRORS = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)
