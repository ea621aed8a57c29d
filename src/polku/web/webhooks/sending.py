"""Sending one event: to the address that was checked, without following anybody elsewhere, within a time."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from threading import Timer
from typing import Final

from polku.errors import InputError
from polku.store.outbox import Delivery, Webhook
from polku.web.webhooks.address import Target, resolved, target_of
from polku.web.webhooks.signature import signature

TOOK: Final = range(200, 300)


def send(hook: Webhook, event: Delivery, *, seconds: float, loopback: bool) -> str | None:
    """Send one event to its webhook; return None if it was taken, else why not.

    Parameters
    ----------
    hook : Webhook
        Where to, and what it is signed with.
    event : Delivery
        What.
    seconds : float
        How long it may take in all.
    loopback : bool
        Whether this machine may be called.
    """
    body, now = event.body.encode(), int(time.time())
    try:
        target = target_of(hook.url, loopback=loopback)
        headers = {
            "Host": target.authority,
            "Content-Type": "application/json",
            "User-Agent": "Polku",
            "webhook-id": event.event_id,
            "webhook-timestamp": str(now),
            "webhook-signature": signature(hook.secret, event.event_id, now, body),
        }
        status = _post(target, resolved(target, loopback=loopback), headers, body, seconds)
    except InputError as error:
        return error.what
    except TimeoutError:
        return "no answer in time"
    except (OSError, HTTPException) as error:
        return f"no answer: {type(error).__name__}"
    return None if status in TOOK else f"status {status}"


def _post(target: Target, address: str, headers: dict[str, str], body: bytes, seconds: float) -> int:
    """Post; return the status. What the answer says beside it is not read, and a redirect is not followed."""
    connection = _Pinned(target, address, seconds)
    try:
        connection.connect()
        with _until(seconds, connection.sock):
            connection.request("POST", target.path, body, headers)
            return connection.getresponse().status
    finally:
        connection.close()


class _Pinned(HTTPConnection):
    """A connection to one address, whatever its name stands for by now."""

    def __init__(self, target: Target, address: str, seconds: float) -> None:
        super().__init__(target.host, target.port, timeout=seconds)
        self._address = address
        self._tls = ssl.create_default_context() if target.scheme == "https" else None

    def connect(self) -> None:
        """Connect to the address; the certificate must be the name's."""
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host) if self._tls else plain
        except (OSError, ValueError):  # a fault of TLS or of the connection, or a name that TLS does not take
            plain.close()
            raise


@contextmanager
def _until(seconds: float, sock: socket.socket) -> Iterator[None]:
    """Cut a connection off after a time: a receiver that sends a byte now and then would hold it for ever."""
    timer = Timer(seconds, lambda: sock.shutdown(socket.SHUT_RDWR))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
