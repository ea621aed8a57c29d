"""Statements with what is attached to them: ``multipart/mixed`` as xAPI has it (Communication 1.5.2).

What is attached is a learner's own work, so it is checked against its hash and kept nowhere; the receipt counts it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from email.message import Message
from email.parser import BytesHeaderParser
from types import MappingProxyType
from typing import Any, Final, NamedTuple

import msgspec

from polku.errors import InputError
from polku.web.signed_statements import SIGNATURE, check_signature

MIXED: Final = "multipart/mixed"
KIND: Final = "attachment"
"""As what the receipt counts it."""
MOST: Final = 1000
"""Parts of one request."""
_HASH: Final = "X-Experience-API-Hash"
_SIZES: Final = {56: hashlib.sha224, 64: hashlib.sha256, 96: hashlib.sha384, 128: hashlib.sha512}


class Sent(NamedTuple):
    """A request taken apart.

    Parameters
    ----------
    statements : bytes
        JSON of one statement or several.
    parts : mapping of str to bytes
        What came along, by its SHA-2 in lower case.
    """

    statements: bytes
    parts: Mapping[str, bytes] = MappingProxyType({})


def taken_apart(content_type: str, body: bytes) -> Sent:
    r"""Return the statements of a request, and what came along.

    Parameters
    ----------
    content_type : str
        As its header says.
    body : bytes
        As it came.

    Raises
    ------
    InputError
        If it is no such request, or a part is not what its hash says.

    Examples
    --------
    >>> taken_apart("application/json", b"[]").statements
    b'[]'
    >>> part = b"--x\r\nContent-Type: application/json\r\n\r\n[]\r\n--x--"
    >>> taken_apart("multipart/mixed; boundary=x", part)
    Sent(statements=b'[]', parts={})
    """
    head = Message()
    head["Content-Type"] = content_type
    kind = head.get_content_type() if content_type else ""
    if kind == "application/json":
        return Sent(body)
    boundary = head.get_boundary("")
    if kind != MIXED or not re.fullmatch(r"[0-9A-Za-z'()+_,\-./:=? ]{1,70}", boundary):
        raise InputError("statements come as application/json, with attachments as multipart/mixed", got=kind or "none")
    first, *others = _parts(body, boundary.encode())
    if first[0].get_content_type() != "application/json":
        raise InputError("the first part holds the statements, as application/json")
    return Sent(first[1], {_hash(*one): one[1] for one in others})


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[Message, bytes]]:
    _, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if not 1 < len(parts) <= MOST or not parts[-1].startswith(b"--"):
        raise InputError("the parts do not end as their boundary says")
    for part in parts[:-1]:
        head, gap, content = part.lstrip(b" \t").removeprefix(b"\r\n").partition(b"\r\n\r\n")
        if not gap:
            raise InputError("a part has a head, an empty line, and its content")
        yield BytesHeaderParser().parsebytes(head), content


def _hash(head: Message, content: bytes) -> str:
    """Return the hash that an attachment says, which is its own."""
    if head.get("Content-Transfer-Encoding", "").strip().lower() != "binary":
        raise InputError("an attachment is sent as it is", hint="Content-Transfer-Encoding: binary")
    said = str(head.get(_HASH, "")).strip().lower()
    made = _SIZES.get(len(said))
    if made is None or made(content).hexdigest() != said:
        raise InputError("an attachment is another than its hash says", hint=_HASH)
    return said


def check_parts(statements: Sequence[bytes], parts: Mapping[str, bytes]) -> None:
    """Refuse parts that no statement names, and signatures that are not of their statement.

    Parameters
    ----------
    statements : sequence of bytes
        Each statement's JSON.
    parts : mapping of str to bytes
        What came along.

    Raises
    ------
    InputError
        If there is one.
    """
    named: set[str] = set()
    for content in statements if parts else ():
        said = msgspec.json.decode(content)
        for one in _listed(said):
            sha = str(one.get("sha2", "")).lower()
            named.add(sha)
            if one.get("usageType") == SIGNATURE and sha in parts:
                check_signature(said, str(one.get("contentType", "")), parts[sha])
    if parts.keys() - named:
        raise InputError("a part is attached that no statement names", hint=_HASH)


def _listed(statement: Any) -> Iterator[dict[str, Any]]:
    """Yield the attachments of a statement and of one within it, as far as they are any."""
    for part in (statement, statement.get("object")) if isinstance(statement, dict) else ():
        listed = part.get("attachments") if isinstance(part, dict) else None
        yield from (one for one in (listed if isinstance(listed, list) else ()) if isinstance(one, dict))


def mixed(content: bytes) -> tuple[bytes, str]:
    """Return statements as the one part that an answer with attachments has, and its media type.

    Examples
    --------
    >>> mixed(b"{}")[1]
    'multipart/mixed; boundary=polku-44136fa355b3678a1146ad16f7e8649e'
    """
    boundary = f"polku-{hashlib.sha256(content).hexdigest()[:32]}"
    head = f"--{boundary}\r\nContent-Type: application/json\r\n\r\n".encode()
    return head + content + f"\r\n--{boundary}--\r\n".encode(), f"{MIXED}; boundary={boundary}"
