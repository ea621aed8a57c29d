"""Requests with attachments taken apart: what is a part, what is its own hash, what is a signature."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import OctKey, RSAKey

from polku.errors import InputError
from polku.web.attached import MIXED, check_parts, mixed, taken_apart
from polku.web.signed_statements import SIGNATURE, check_signature

CRLF = b"\r\n"
STATEMENT: dict[str, Any] = {
    "actor": {"account": {"homePage": "https://x.fi", "name": "anna"}},
    "verb": {"id": "http://adlnet.gov/expapi/verbs/answered"},
    "object": {"id": "https://x.fi/i7"},
    "timestamp": "2026-03-05T09:12:33Z",
}
STREAM: Final = "application/octet-stream"


def part(content: bytes, *head: str) -> bytes:
    return CRLF.join([*(one.encode() for one in head), b"", content])


def request(*parts: bytes, boundary: str = "abc") -> tuple[str, bytes]:
    """Return the media type and body of a request of some parts."""
    between = f"--{boundary}".encode() + CRLF
    body = b"".join(between + one + CRLF for one in parts) + f"--{boundary}--".encode() + CRLF
    return f'{MIXED}; boundary="{boundary}"', body


def statements(*listed: object) -> bytes:
    return part(
        json.dumps(listed).encode(), "Content-Type: application/json", 'Content-Disposition: form-data; name="s"'
    )


def attachment(content: bytes, sha2: str | None = None, encoding: str = "binary") -> bytes:
    made = sha2 or hashlib.sha256(content).hexdigest()
    head = ("Content-Type: text/plain", f"Content-Transfer-Encoding: {encoding}", f"X-Experience-API-Hash: {made}")
    return part(content, *head)


@pytest.mark.parametrize("content", [b"", b"hello", b"\r\n", b"a\nb\rc\r\n\r\nd", bytes(range(256)), "työ".encode()])
def test_what_is_attached_comes_out_as_it_went_in(content: bytes) -> None:
    sent = taken_apart(*request(statements(STATEMENT), attachment(content)))
    assert json.loads(sent.statements) == [STATEMENT]
    assert sent.parts == {hashlib.sha256(content).hexdigest(): content}


@pytest.mark.parametrize("size", ["sha224", "sha256", "sha384", "sha512"])
def test_any_sha2_is_a_hash(size: str) -> None:
    made = hashlib.new(size, b"x").hexdigest().upper()
    assert list(taken_apart(*request(statements(), attachment(b"x", made))).parts) == [made.lower()]


def test_what_an_answer_holds_can_be_taken_apart_again() -> None:
    body, kind = mixed(json.dumps(STATEMENT).encode())
    assert json.loads(taken_apart(kind, body).statements) == STATEMENT


_GOOD = request(statements(STATEMENT), attachment(b"x"))
REFUSED: list[tuple[str, str, bytes, str]] = [
    ("another type", "text/plain", b"[]", "application/json"),
    ("no type", "", b"[]", "application/json"),
    ("no boundary", MIXED, _GOOD[1], "application/json"),
    ("an impossible boundary", f'{MIXED}; boundary="a{{b"', _GOOD[1], "application/json"),
    ("another boundary", f"{MIXED}; boundary=xyz", _GOOD[1], "do not end"),
    ("no end", _GOOD[0], _GOOD[1].removesuffix(b"--\r\n"), "do not end"),
    ("nothing", _GOOD[0], b"", "do not end"),
    ("no parts", _GOOD[0], b"--abc--", "do not end"),
    ("a part without a head", *request(b"[]"), "an empty line"),
    ("the attachment first", *request(attachment(b"x"), statements()), "first part"),
    ("another's hash", *request(statements(), attachment(b"x", "0" * 64)), "another than its hash"),
    ("no hash", *request(statements(), attachment(b"x", " ")), "another than its hash"),
    ("a hash of another kind", *request(statements(), attachment(b"x", "0" * 40)), "another than its hash"),
    ("base 64", *request(statements(), attachment(b"eA==", encoding="base64")), "sent as it is"),
]


@pytest.mark.parametrize(("what", "kind", "body", "said"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_no_such_request_is_refused(what: str, kind: str, body: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        taken_apart(kind, body)
    assert what


def naming(sha2: str, **more: Any) -> dict[str, Any]:
    return {**STATEMENT, "attachments": [{"sha2": sha2, "usageType": "https://x.fi/u", **more}]}


def test_each_part_is_named_by_a_statement_or_by_one_within_it() -> None:
    sha2 = hashlib.sha256(b"x").hexdigest()
    check_parts([json.dumps(naming(sha2.upper())).encode()], {sha2: b"x"})
    check_parts([json.dumps({**STATEMENT, "object": naming(sha2)}).encode()], {sha2: b"x"})
    check_parts([b"[1]", b"3", b'{"attachments": 3}'], {})
    for other in (STATEMENT, naming("0" * 64), {"attachments": [3]}, {"object": 3}):
        with pytest.raises(InputError, match="no statement names"):
            check_parts([json.dumps(other).encode()], {sha2: b"x"})


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def signature(key: rsa.RSAPrivateKey, payload: object, alg: str = "RS256", **header: Any) -> bytes:
    own = RSAKey.import_key(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return jws.serialize_compact({"alg": alg, **header}, json.dumps(payload).encode(), own, algorithms=[alg]).encode()


def certificate(key: rsa.RSAPrivateKey) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "x.fi")])
    made = (
        x509.CertificateBuilder(
            name, name, key.public_key(), 1, datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
        )
        .sign(key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    return base64.b64encode(made).decode()


def test_a_signature_is_of_its_statement(key: rsa.RSAPrivateKey) -> None:
    signed = {**STATEMENT, "id": "8ff6b88f-430f-4c72-9e3a-7d895740e555", "attachments": [{"sha2": "0" * 64}]}
    for alg in ("RS256", "RS384", "RS512"):
        check_signature(signed, STREAM, signature(key, STATEMENT, alg))
    check_signature(signed, STREAM, signature(key, STATEMENT, x5c=[certificate(key)]))
    content = signature(key, STATEMENT)
    sha2 = hashlib.sha256(content).hexdigest()
    said = naming(sha2, usageType=SIGNATURE, contentType=STREAM)
    check_parts([json.dumps(said).encode()], {sha2: content})


def test_a_signature_that_is_none_is_refused(key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    shared = jws.serialize_compact({"alg": "HS256"}, json.dumps(STATEMENT).encode(), OctKey.generate_key(256)).encode()
    rows = [
        ("text/plain", signature(key, STATEMENT), "stream of bytes"),
        (STREAM, b"a.b.c", "compact form"),
        (STREAM, b"", "compact form"),
        (STREAM, shared, "RSA and SHA-2"),
        (STREAM, signature(key, {**STATEMENT, "object": {"id": "https://x.fi/i8"}}), "another statement"),
        (STREAM, signature(key, 3), "another statement"),
        (STREAM, signature(key, STATEMENT, x5c=[certificate(other)]), "its own certificate"),
        (STREAM, signature(key, STATEMENT, x5c=["AAAA"]), "own certificate|compact form"),
    ]
    for kind, content, said in rows:
        with pytest.raises(InputError, match=said):
            check_signature(STATEMENT, kind, content)
