"""The issuer's public keys (JWKS, RFC 7517): read from a file or an address, and again when a new one shows up."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from polku.errors import NotReadyError, UnauthorizedError

Fetch = Callable[[], bytes]
PublicKey = ECKey | RSAKey
KINDS: dict[str, type[ECKey | RSAKey]] = {"EC": ECKey, "RSA": RSAKey}
LARGEST = 1 << 20
"""Bytes of a key set."""
SECONDS = 5
"""How long the issuer is waited for."""


class IssuerKeys:
    """Public keys of the issuer, by their id.

    Parameters
    ----------
    fetch : callable
        Returns the key set as JSON.
    clock : callable
        Returns seconds that only grow.
    again_s : float
        Least seconds between two looks for a key that is not known: who sends made-up key ids asks nobody for more.
    stale_s : float
        Seconds after which the set is read anew in any case, so that a key taken back stops to count.

    Attributes
    ----------
    version : int
        Counts the sets read that differed; whoever remembers what a key signed looks at it.
    """

    def __init__(
        self, fetch: Fetch, *, clock: Callable[[], float] = time.monotonic, again_s: float = 60, stale_s: float = 600
    ) -> None:
        self._fetch, self._clock = fetch, clock
        self._again_s, self._stale_s = again_s, stale_s
        self._keys: dict[str, PublicKey] = {}
        self._read_at: float | None = None
        self._lock = Lock()
        self.version = 0

    @property
    def is_stale(self) -> bool:
        """Return whether the set is so old that it is read anew before anything stands on it."""
        return self._age() >= self._stale_s

    def fresh(self) -> int:
        """Return the version of the set after reading it anew if it is stale."""
        if self.is_stale:
            with self._lock:
                self._refresh(self._stale_s)
        return self.version

    def key(self, key_id: object) -> PublicKey:
        """Return a public key.

        Raises
        ------
        UnauthorizedError
            If the issuer has no key by that id.
        NotReadyError
            If the set could never be read.
        """
        self.fresh()
        if key_id not in self._keys:
            with self._lock:
                self._refresh(self._again_s)
        found = self._keys.get(key_id) if isinstance(key_id, str) else None
        if found is None:
            raise UnauthorizedError("the token is signed with a key that the issuer does not name")
        return found

    def _age(self) -> float:
        return float("inf") if self._read_at is None else self._clock() - self._read_at

    def _refresh(self, least_age: float) -> None:
        """Read the set unless it is younger; one that cannot be read leaves the known keys as they are."""
        if self._age() < least_age:
            return
        first, self._read_at = self._read_at is None, self._clock()
        try:
            keys = _public(self._fetch())
        except (OSError, ValueError, KeyError, TypeError, AttributeError, JoseError) as error:
            if first:
                self._read_at = None
            if not self._keys:
                raise NotReadyError("the issuer's keys cannot be read", got=type(error).__name__) from error
            return
        if keys.keys() != self._keys.keys() or any(keys[one].as_dict() != self._keys[one].as_dict() for one in keys):
            self._keys, self.version = keys, self.version + 1


def _public(content: bytes) -> dict[str, PublicKey]:
    """Return the signing keys of a set by id; symmetric keys and those for encryption are passed over."""
    listed = [one for one in json.loads(content)["keys"] if one.get("use", "sig") == "sig"]
    keys = [KINDS[one["kty"]].import_key(one) for one in listed if one.get("kty") in KINDS]
    return {str(one.kid): one for one in keys}


def fetcher(keys: str, beside: Path) -> Fetch:
    """Return how a key set is read.

    Parameters
    ----------
    keys : str
        An address, or a file.
    beside : Path
        Folder that a relative file is taken from.
    """
    if "://" not in keys:
        return (beside / keys).read_bytes
    opener = urllib.request.build_opener(_NoRedirects)

    def fetch() -> bytes:
        with opener.open(keys, timeout=SECONDS) as answer:
            content: bytes = answer.read(LARGEST)
            return content

    return fetch


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: the settings say where keys are, and nobody else does."""

    def redirect_request(self, *_: Any) -> None:
        """Return nothing to follow."""
