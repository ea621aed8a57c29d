"""How senders of xAPI and Caliper sign in: their clients know a key and a secret, and nothing of tokens.

Three ways lead to the same viewer, at these doors alone: Basic (RFC 7617) with a key and its secret, a bearer whose
value is such a secret, and, as older sensors of Caliper send it, the secret by itself. Where a token of the platform
stands in the secret's place, it counts as the token that it is; the key beside it is then not looked at.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from typing import Final, NamedTuple

from polku.schemas.access import SenderSettings
from polku.web.viewer import Role, Viewer

DOORS: Final = ("/xapi/", "/caliper/")
BARE: Final = "/caliper/"
"""Where a secret may stand by itself, without a scheme before it."""


class Given(NamedTuple):
    """What a header holds.

    Parameters
    ----------
    key : str or None
        Who says to send; None where the secret alone is given.
    secret : str
        A secret, or a token.
    """

    key: str | None
    secret: str


def given(path: str, header: str) -> Given | None:
    """Return what ``Authorization`` holds at the doors of senders; None elsewhere, and where it says nothing.

    Examples
    --------
    >>> tuple(given("/xapi/statements", "Basic bW9vZGxlOnMzY3JldA=="))
    ('moodle', 's3cret')
    >>> given("/caliper/events", "s3cret").key, given("/v1/responses", "Basic bW9vZGxlOnMzY3JldA==")
    (None, None)
    """
    if not path.startswith(DOORS):
        return None
    scheme, _, rest = (part.strip() for part in header.partition(" "))
    if scheme.lower() == "basic":
        return _of_basic(rest)
    if scheme.lower() == "bearer":
        return Given(None, rest) if rest else None
    return Given(None, scheme) if path.startswith(BARE) and scheme and not rest else None


def _of_basic(text: str) -> Given | None:
    try:
        key, colon, secret = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return Given(key, secret) if colon and secret else None


def challenge(path: str) -> str:
    """Return how to sign in at an address, as ``WWW-Authenticate`` says it (RFC 9110, section 11.6.1)."""
    return 'Bearer, Basic realm="polku", charset="UTF-8"' if path.startswith(DOORS) else "Bearer"


class Senders:
    """The senders that the settings name.

    Parameters
    ----------
    named : mapping of str to SenderSettings
        By key.

    Examples
    --------
    >>> held = hashlib.sha256(b"s3cret").hexdigest()
    >>> senders = Senders({"moodle": SenderSettings(provider="demo", secret_sha256=held)})
    >>> senders.viewer(Given("moodle", "s3cret")).subject, senders.viewer(Given("another", "s3cret"))
    ('moodle', None)
    """

    def __init__(self, named: Mapping[str, SenderSettings] | None = None) -> None:
        # Looked up by a digest: how long that takes tells nothing of the secret.
        self._by_digest = {one.secret_sha256: (key, one) for key, one in (named or {}).items()}

    def viewer(self, said: Given) -> Viewer | None:
        """Return whom a key and its secret speak for, None where they are nobody's."""
        found = self._by_digest.get(hashlib.sha256(said.secret.encode()).hexdigest())
        if found is None or said.key not in {None, found[0]}:
            return None
        key, one = found
        return Viewer(key, Role.SERVICE, one.provider, frozenset(one.scopes), None)
