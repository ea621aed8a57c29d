"""Statements that their sender signed: the signature is one, and of this statement (Data 2.6).

It is a JWS in compact form by RSA and SHA-2 whose payload is the statement as it was before it was signed. Where it
names its certificate, the signature holds by that; whether the certificate is anybody's is not ours to say, and nothing
rests on it: who sends a statement is known by how they sign in.
"""

from __future__ import annotations

import base64
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from polku.errors import InputError
from polku.exchange.xapi_same import essence

SIGNATURE: Final = "http://adlnet.gov/expapi/attachments/signature"
ALGORITHMS: Final = ("RS256", "RS384", "RS512")
_STREAM: Final = "application/octet-stream"
_CERTIFICATE: Final = "x5c"


class _Registry(jws.JWSRegistry):
    """Lets a chain of certificates stand in a header."""

    max_header_length = 16_384


_REGISTRY: Final = _Registry(algorithms=list(ALGORITHMS))


def check_signature(statement: Any, content_type: str, content: bytes) -> None:
    """Refuse a signature that is none, or not of a statement.

    Parameters
    ----------
    statement : object
        As it came out of JSON.
    content_type : str
        What the attachment says of itself.
    content : bytes
        The signature.

    Raises
    ------
    InputError
        With what is wrong with it.
    """
    if content_type.split(";", maxsplit=1)[0].strip().lower() != _STREAM:
        raise InputError("a signature is attached as a stream of bytes", hint=_STREAM)
    try:
        made = jws.extract_compact(content, registry=_REGISTRY)
        payload = msgspec.json.decode(made.payload)
    except (JoseError, ValueError, TypeError, msgspec.DecodeError) as error:
        raise InputError("a signature is a JWS in compact form, of a statement") from error
    header = made.headers()
    if header.get("alg") not in ALGORITHMS:
        raise InputError("a statement is signed by RSA and SHA-2", hint=", ".join(ALGORITHMS))
    if not isinstance(payload, dict) or not isinstance(statement, dict) or _unsigned(payload) != _unsigned(statement):
        raise InputError("the signature is of another statement")
    if _CERTIFICATE in header and not _holds(content, header[_CERTIFICATE]):
        raise InputError("the signature does not hold by its own certificate")


def _unsigned(statement: dict[str, Any]) -> object:
    """Return what a statement said before it was signed."""
    kept = {name: part for name, part in statement.items() if name != "attachments"}
    try:
        return essence(kept)
    except (ValueError, TypeError, AttributeError):  # not valid: said by the rules, in their words
        return kept


def _holds(content: bytes, chain: Any) -> bool:
    try:
        certificate = x509.load_der_x509_certificate(base64.b64decode(chain[0]))
        jws.deserialize_compact(content, RSAKey.import_key(_spki(certificate)), registry=_REGISTRY)
    except (JoseError, ValueError, TypeError, LookupError):
        return False
    return True


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
