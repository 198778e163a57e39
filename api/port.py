"""The address to listen on, had or not."""

from __future__ import annotations

import errno
import socket


class PortTaken(Exception):
    """The address to listen on cannot be had."""


def bound_socket(host: str, port: int) -> socket.socket:
    """A socket on which nobody else listens. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # It says that it is TCP: only then does asyncio, where there is no uvloop, send answers without waiting 40 ms for more.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()  # two that are bound but do not listen yet would both succeed
    except OSError as error:
        listener.close()
        raise PortTaken(f"Cannot listen on {host} port {port}: {error.strerror}. {advice(error)}") from error
    return listener


def advice(error: OSError) -> str:
    """What to do where we cannot listen."""
    if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
        return "XUEXI_HOST has to be an address of this machine, such as 127.0.0.1; 0.0.0.0 is every one it has."
    if error.errno == errno.EADDRINUSE:
        return "Is it running already? XUEXI_PORT chooses another port."
    return "XUEXI_PORT chooses another port, XUEXI_HOST another address."
