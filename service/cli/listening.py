"""Who could reach a service that is about to listen: nobody is let in from outside without a key by mistake."""

import ipaddress
import socket

import click

from openapi.wire.settings import Settings

open_option = click.option(
    "--open", "is_open", is_flag=True, help="Let anybody who reaches --host in without a key, e.g. behind a gateway."
)


def check_reach(host: str, settings: Settings, is_open: bool) -> None:
    """Raise `UsageError` when others than this machine could use the service and need no key for it."""
    if is_open or settings.auth == "keys" or _is_local(host):
        return
    raise click.UsageError(
        f"whoever reaches {host} could use this service and read what others uploaded, for it asks for no API key. "
        "Ask for keys with TREMOR_AUTH=keys (`tremor keys create NAME` makes one), or listen on 127.0.0.1, or say "
        "--open if the network lets nobody through who may not."
    )


def _is_local(host: str) -> bool:
    """Whether every address of the host is this machine's own loopback; listening says what is wrong with no host."""
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None)}
    except OSError:
        return True
    return all(ipaddress.ip_address(address).is_loopback for address in found)
