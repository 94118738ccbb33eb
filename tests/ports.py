"""Ports for servers that are told where to listen, and may be started again there."""

import random
import socket

#: Below what the kernel gives out by itself (32768 and up): nobody else on this machine is given such a port meanwhile.
_RANGE = (10_000, 32_000)


def free_port() -> int:
    """A port of 127.0.0.1 that stays free until its server listens."""
    draw = random.SystemRandom()
    while True:
        port = draw.randrange(*_RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue  # somebody listens
        return port
