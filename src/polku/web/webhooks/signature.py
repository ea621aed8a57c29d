"""Signing events as Standard Webhooks (www.standardwebhooks.com, version 1) has it.

``webhook-signature`` is ``v1,`` and the base 64 of HMAC-SHA256 over ``id.timestamp.body``, keyed by the secret's bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

TOLERANCE_S: Final = 300
"""Seconds by which a timestamp may differ from the receiver's clock: what is older may be a replay."""


def signature(secret: str, event_id: str, timestamp: int, body: bytes) -> str:
    """Return what the header ``webhook-signature`` says.

    Parameters
    ----------
    secret : str
        ``whsec_`` and base 64.
    event_id : str
        The header ``webhook-id``.
    timestamp : int
        Seconds since 1970; the header ``webhook-timestamp``.
    body : bytes
        As sent.

    Examples
    --------
    The example of the standard's own libraries.

    >>> signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330,
    ...           b'{"test": 2432232314}')
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
    """
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{event_id}.{timestamp}.".encode() + body
    return f"v1,{base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: float) -> bool:
    """Return whether an event that came in was signed with a secret, a moment ago.

    Parameters
    ----------
    secret : str
        As it was given when the webhook was made.
    headers : mapping
        Of the request, names in lower case.
    body : bytes
        As received, not parsed and written again.
    now : float
        Seconds since 1970.
    """
    timestamp = headers.get("webhook-timestamp", "")
    if not timestamp.isdecimal() or abs(now - int(timestamp)) > TOLERANCE_S:
        return False
    expected = signature(secret, headers.get("webhook-id", ""), int(timestamp), body)
    return any(
        hmac.compare_digest(expected.encode(), one.encode()) for one in headers.get("webhook-signature", "").split()
    )
