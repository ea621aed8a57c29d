"""Secrets of webhooks at rest: sealed with a key that the database does not hold.

A secret stands in the store as a JSON Web Encryption in compact form (RFC 7516; ``dir``, ``A256GCM``) that names its
webhook, so that neither a backup nor a copied row lets anybody sign. The keys are a JSON Web Key Set (RFC 7517): its
first key seals, any of them opens. What stands there as it is, from before, or under a key that is no longer the first,
is sealed anew when it is next used, or by ``polku webhooks reseal``.
"""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Final

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from polku.errors import ConflictError, InputError
from polku.home import Home
from polku.schemas.settings import Settings

ALGORITHMS: Final = ("dir", "A256GCM")
KEY_BITS: Final = 256
OWN_KEYS: Final = "webhook-keys.json"
"""Under the home's ``var/``: made at first need where no production names keys of its own."""
PLAIN: Final = "whsec_"
"""How a secret begins that is not sealed."""


class Seal:
    """Seals and opens the secrets of webhooks.

    Parameters
    ----------
    path : Path
        The key set; read at each use, so that a new key needs no new start.
    makes : bool
        Whether a set that is not there is made.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     seal = Seal(Path(folder) / "keys.json", makes=True)
    ...     kept = seal.sealed("w1", "whsec_c2VjcmV0")
    ...     seal.opened("w1", kept), seal.is_current(kept), seal.is_current("whsec_c2VjcmV0")
    ('whsec_c2VjcmV0', True, False)
    """

    def __init__(self, path: Path, *, makes: bool) -> None:
        self._path, self._makes = path, makes

    @classmethod
    def of(cls, home: Home, settings: Settings) -> Seal:
        """Return an installation's: with the keys that ``[webhooks] keys`` names, else with keys under ``var/``."""
        if settings.webhooks.keys is not None:
            return cls(home.common.serve / settings.webhooks.keys, makes=False)
        return cls(home.root / "var" / OWN_KEYS, makes=not settings.production)

    def sealed(self, webhook_id: str, secret: str) -> str:
        """Return a webhook's secret as it may be kept.

        Raises
        ------
        ConflictError
            If there is no key to seal with.
        InputError
            If the key set cannot be read.
        """
        keys = self._keys()
        if not keys:
            raise ConflictError(
                "there is no key to seal the secrets of webhooks with", hint="name [webhooks] keys in the settings"
            )
        key_id, key = next(iter(keys.items()))
        head = {"alg": "dir", "enc": "A256GCM", "kid": key_id}
        said = json.dumps({"webhook_id": webhook_id, "secret": secret})
        return jwe.encrypt_compact(head, said, key, algorithms=list(ALGORITHMS))

    def opened(self, webhook_id: str, kept: str) -> str:
        """Return a webhook's secret from what is kept.

        Raises
        ------
        InputError
            If no key opens it, it was altered, or it is another webhook's.
        """
        if kept.startswith(PLAIN):
            return kept
        try:
            key = self._keys()[_key_id(kept)]
            said = json.loads(jwe.decrypt_compact(kept, key, algorithms=list(ALGORITHMS)).plaintext or b"")
        except (JoseError, ValueError, KeyError) as error:
            raise _unreadable() from error
        if said["webhook_id"] != webhook_id:
            raise _unreadable()
        return str(said["secret"])

    def is_current(self, kept: str) -> bool:
        """Return whether nothing better can be done: sealed with the first key, or there is none to seal with."""
        keys = self._keys()
        return not keys or (not kept.startswith(PLAIN) and _key_id(kept) == next(iter(keys)))

    def with_new_key(self) -> str:
        """Return the key set with a new key in front, as JSON: the one that seals from then on."""
        known = self._read() if self._path.is_file() else {}
        listed = [_new_key(), *({"kty": "oct", "kid": one, "k": _text(key.raw_value)} for one, key in known.items())]
        return json.dumps({"keys": listed}, indent=1)

    def _keys(self) -> dict[str, OctKey]:
        """Return the keys by id, the first first; none where there is no set and none is made."""
        if not self._path.is_file():
            if not self._makes:
                return {}
            self._make()
        return self._read()

    def _read(self) -> dict[str, OctKey]:
        try:
            listed = json.loads(self._path.read_text(encoding="utf-8"))["keys"]
            return {str(one["kid"]): _key(one["k"]) for one in listed}
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError("the keys of webhooks cannot be read", hint="polku webhooks key prints a set") from error

    def _make(self) -> None:
        """Make the set, for its owner alone; who comes second finds the first one's."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(json.dumps({"keys": [_new_key()]}))
        try:
            os.link(draft, self._path)  # unlike a rename it replaces nothing
        except FileExistsError:
            return
        finally:
            draft.unlink()


def _new_key() -> dict[str, str]:
    return {"kty": "oct", "kid": secrets.token_hex(8), "k": _text(secrets.token_bytes(KEY_BITS // 8))}


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _key(value: str) -> OctKey:
    """Return a key of a set.

    Raises
    ------
    ValueError
        If it has not 256 bits.
    """
    raw = base64.urlsafe_b64decode(value + "==")
    if len(raw) * 8 != KEY_BITS:
        message = f"a key has {len(raw) * 8} bits"
        raise ValueError(message)
    return OctKey.import_key(raw)


def _key_id(kept: str) -> str:
    """Return the id of the key that something was sealed with.

    Raises
    ------
    InputError
        If it is nothing sealed.
    """
    try:
        return str(json.loads(base64.urlsafe_b64decode(kept.partition(".")[0] + "=="))["kid"])
    except (ValueError, KeyError, TypeError) as error:
        raise _unreadable() from error


def _unreadable() -> InputError:
    return InputError("the secret of this webhook cannot be read", hint="name the key that sealed it, or sign up anew")
