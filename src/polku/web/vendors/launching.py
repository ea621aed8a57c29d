"""A signed link that opens one task: who signed it, for whom, and nothing about anybody.

The token is a JWT (RFC 7519) with HMAC-SHA256 over the vendor's own secret, and good for ten minutes. Its subject is a
pseudonym that only this vendor knows; a nonce lets the vendor take each token once.
"""

from __future__ import annotations

import secrets
from typing import Final, NamedTuple
from urllib.parse import quote

from joserfc import jwt
from joserfc.jwk import OctKey

from polku.schemas.vendor import TOKEN
from polku.web.vendors.definitions import Vendor

LIFE_S: Final = 600
"""Seconds for which a link opens."""


class Launch(NamedTuple):
    """What a link says.

    Parameters
    ----------
    issuer : str
        Which education provider's Polku signs.
    subject : str
        The learner's pseudonym at this vendor.
    item_id, purpose, language : str
        Which task, what for, in which language.
    return_to : str
        Where to go afterwards.
    """

    issuer: str
    subject: str
    item_id: str
    purpose: str
    language: str
    return_to: str


def launch_address(vendor: Vendor, launch: Launch, now_s: int) -> str:
    """Return the address that opens a task.

    Parameters
    ----------
    vendor : Vendor
        Whose task it is.
    launch : Launch
        What the link says.
    now_s : int
        Seconds since 1970, by the clock that the vendor's is like.

    Raises
    ------
    DefinitionError
        If the vendor has no secret.
    """
    claims = {
        "iss": launch.issuer,
        "aud": vendor.id,
        "sub": launch.subject,
        "iat": now_s,
        "exp": now_s + LIFE_S,
        "jti": secrets.token_hex(16),
        "item": launch.item_id,
        "purpose": launch.purpose,
        "lang": launch.language,
        "return_to": launch.return_to,
    }
    token = jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, OctKey.import_key(vendor.secret()), algorithms=["HS256"])
    return vendor.definition.launch.replace(TOKEN, quote(token))
