"""Tokens that must not hold, each wrong in one thing, by what is wrong with it."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey

from issuer import HOUR, ISSUER, Issuer, elliptic, rsa
from village import ALICE

NOW = int(time.time())
Made = Callable[[Issuer], str]


def segment(content: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def unsigned(header: dict[str, Any]) -> Made:
    """Return a maker of tokens whose header says something and whose signature is empty."""
    return lambda issuer: f"{segment(header)}.{segment(sound(issuer))}."


def sound(issuer: Issuer, **more: Any) -> dict[str, Any]:
    return issuer.claims("learner", ALICE, **more)


def with_claims(**more: Any) -> Made:
    return lambda issuer: issuer.sign(sound(issuer, **more))


def symmetric(issuer: Issuer) -> str:
    """Return a token signed with the public key as if it were a shared secret."""
    signed = f"{segment({'alg': 'HS256', 'kid': issuer.key.kid})}.{segment(sound(issuer))}"
    made = hmac.digest(
        ECKey.import_key(issuer.key.as_dict(private=False)).as_pem(private=False), signed.encode(), "sha256"
    )
    return f"{signed}.{base64.urlsafe_b64encode(made).decode().rstrip('=')}"


def altered(issuer: Issuer) -> str:
    head, _, signature = issuer.sign(sound(issuer)).split(".")
    return f"{head}.{segment(sound(issuer, polku_role='administrator'))}.{signature}"


def own_key_inside(issuer: Issuer) -> str:
    key = elliptic("inside")
    return issuer.sign(sound(issuer), key=key, jwk=key.as_dict(private=False))


UNAUTHORIZED: dict[str, Made] = {
    "algorithm none": unsigned({"alg": "none"}),
    "algorithm none, a key id": unsigned({"alg": "none", "kid": "ec-1"}),
    "algorithm NONE": unsigned({"alg": "NONE", "kid": "ec-1"}),
    "no algorithm": unsigned({"kid": "ec-1"}),
    "an algorithm that is no text": unsigned({"alg": ["ES256"], "kid": "ec-1"}),
    "ES256 with an empty signature": unsigned({"alg": "ES256", "kid": "ec-1"}),
    "a header that is critical and unknown": unsigned({"alg": "ES256", "kid": "ec-1", "crit": ["x"], "x": 1}),
    "HS256 with the public key": symmetric,
    "another key under the same id": lambda issuer: issuer.sign(sound(issuer), key=elliptic("ec-1")),
    "an RSA key under the same id": lambda issuer: issuer.sign(sound(issuer), key=rsa("ec-1")),
    "a key that nobody published": lambda issuer: issuer.sign(sound(issuer), key=elliptic("stray")),
    "a key in its own header": own_key_inside,
    "no key id": lambda issuer: issuer.sign(sound(issuer), kid=""),
    "a key id that is a number": unsigned({"alg": "ES256", "kid": 1}),
    "altered claims": altered,
    "another audience": with_claims(aud="another-service"),
    "no audience": with_claims(aud=None),
    "audiences without ours": with_claims(aud=["a", "b"]),
    "another issuer": with_claims(iss="https://elsewhere.example"),
    "no issuer": with_claims(iss=None),
    "an issuer that begins like ours": with_claims(iss=ISSUER + ".evil.example"),
    "expired": with_claims(exp=NOW - HOUR),
    "no expiry": with_claims(exp=None),
    "an expiry that is text": with_claims(exp="tomorrow"),
    "not yet valid": with_claims(nbf=NOW + HOUR),
    "issued in the future": with_claims(iat=NOW + HOUR),
    "no time of issue": with_claims(iat=None),
    "no subject": with_claims(sub=None),
    "a subject that is a number": with_claims(sub=7),
    "garbage": lambda _: "garbage",
    "two dots": lambda _: "..",
    "three dots": lambda _: "a.b.c.d",
    "no base64": lambda _: "!!.??.$$",
    "claims that are a list": lambda issuer: jws.serialize_compact(
        {"alg": "ES256", "kid": issuer.key.kid}, b'["x"]', issuer.key
    ),
    "very long": lambda _: "a." * 5000,
    "an empty bearer": lambda _: " ",
}
FORBIDDEN: dict[str, Made] = {
    "no role": with_claims(polku_role=None),
    "a role of somebody else's": with_claims(polku_role="root"),
    "two roles": with_claims(polku_role=["learner", "administrator"]),
    "no provider": with_claims(polku_provider=None),
    "a provider that never joined": with_claims(polku_provider="nowhere"),
    "a provider that leads out of its folder": with_claims(polku_provider="../demo"),
    "an empty subject": with_claims(sub="\n"),
}
