"""MPASSid: what a Finnish school sign-in says of somebody, as one value, whichever generation and wire it came by.

Attributes come as a SAML statement or as OIDC claims under the same names. The subject is the learner id (an OID); the
user name changes with the directory and is never a key; names of people are not read. Many-valued attributes have no
order. An unknown role, or none, is no access: no error.

This module checks no signature. Who signed an assertion is for the service provider before it to check; see
:func:`read_saml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple
from xml.etree.ElementTree import Element

from polku.errors import InputError
from polku.exchange.hardened import local_name, parse_xml

LEARNER_ID: Final = "urn:oid:1.3.6.1.4.1.16161.1.1.27"
ROLE: Final = "urn:mpass.id:role"
SCHOOLS: Final = "urn:mpass.id:schoolInfo"
PROVIDERS: Final = "urn:mpass.id:educationProviderInfo"
CLASSES: Final = "urn:mpass.id:class"
CLASS_LEVEL: Final = "urn:mpass.id:classLevel"
READ: Final = (LEARNER_ID, ROLE, SCHOOLS, PROVIDERS, CLASSES, CLASS_LEVEL)
"""What is read; every other attribute stays outside."""
NAMES: Final = ("urn:oid:2.5.4.42", "urn:oid:2.5.4.4", "urn:mpass.id:nickname", "given_name", "family_name", "nickname")
PERSON: Final = re.compile(r"1\.2\.246\.562\.(24|98)\.[0-9]{11}", re.ASCII)
ORGANISATION: Final = re.compile(r"1\.2\.246\.562\.(10|99)\.[0-9]{11}", re.ASCII)
SCHOOL_CODE: Final = re.compile(r"[0-9]{5}", re.ASCII)
LEAST, SEVEN = 4, 7
"""Parts of a role up to 1.3, and since 1.4."""
LEARNER, TEACHER, STAFF, SECRETARY, SUBSTITUTE, PRINCIPAL = "1", "2", "3", "4", "5", "6"
WORDS: Final = {
    **dict.fromkeys(
        ("oppija", "oppilas", "opiskelija", "inlärare", "elev", "studerande", "learner", "student", "pupil"), LEARNER
    ),
    **dict.fromkeys(("opettaja", "lärare", "teacher"), TEACHER),
    **dict.fromkeys(("hallintohenkilö", "hallintohenkilökunta", "förvaltningspersonal", "staff"), STAFF),
    **dict.fromkeys(("koulusihteeri", "skolsekreterare", "school secretary"), SECRETARY),
    **dict.fromkeys(("sijaisopettaja", "vikarie", "vikarierande lärare", "substitute teacher"), SUBSTITUTE),
    **dict.fromkeys(("rehtori", "rektor", "principal"), PRINCIPAL),
}
"""Role words of all generations in Finnish, Swedish and English, in small letters, and the codes that 1.4 gave them."""
CODES: Final = frozenset(WORDS.values())


class RoleAt(NamedTuple):
    """A role somewhere.

    Parameters
    ----------
    code : str
        "1" learner, "2" teacher, "3" staff, "4" school secretary, "5" substitute teacher, "6" principal.
    provider : str or None
        OID of the education provider; version 1.0 gave a name, which is none.
    school : str
        School code, five digits.
    group : str
        Class or group; empty where none is named.
    """

    code: str
    provider: str | None
    school: str
    group: str


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody as MPASSid names them.

    Parameters
    ----------
    subject : str or None
        The learner id; None where none came in form: then nobody is let in.
    providers : frozenset of str
        OIDs of education providers.
    schools, school_oids : frozenset of str
        Schools in either form.
    roles : frozenset of RoleAt
        Known roles; empty is no access.
    classes : frozenset of str
        Classes and groups.
    class_level : int or None
        0 to 10, in basic education.
    warnings : tuple of str
        OIDs whose check digit does not fit, as test persons' do; and what was passed over.
    """

    subject: str | None
    providers: frozenset[str]
    schools: frozenset[str]
    school_oids: frozenset[str]
    roles: frozenset[RoleAt]
    classes: frozenset[str]
    class_level: int | None
    warnings: tuple[str, ...]


def read_claims(claims: Mapping[str, Any]) -> Principal:
    """Return who OIDC claims, or attributes by name, speak of; values may be a text or a list.

    Examples
    --------
    >>> read_claims({ROLE: "Demojärvi;00000;9A;Oppilas", LEARNER_ID: "1.2.246.562.24.20000000018"}).roles
    frozenset({RoleAt(code='1', provider=None, school='00000', group='9A')})
    """
    warnings: list[str] = []
    said = {name: list(_texts(claims.get(name))) for name in READ}
    roles = frozenset(filter(None, (_role(one, warnings) for one in said[ROLE])))
    schools = {_first(one) for one in said[SCHOOLS]} | {_at(one, 1) for one in said[ROLE]}
    school_oids = schools | {_at(one, 5) for one in said[ROLE]}
    providers = {_first(one) for one in said[PROVIDERS]} | {one.provider or "" for one in roles}
    person = {one for one in said[LEARNER_ID] if PERSON.fullmatch(one)}
    subject = person.pop() if len(person) == 1 else None
    found = frozenset(filter(ORGANISATION.fullmatch, providers))
    oids = frozenset(filter(ORGANISATION.fullmatch, school_oids))
    checked = sorted({*found, *oids, *([subject] if subject else [])})
    warnings += [f"check digit of {one} does not fit" for one in checked if not luhn(one)]
    return Principal(
        subject,
        found,
        frozenset(filter(SCHOOL_CODE.fullmatch, schools)),
        oids,
        roles,
        frozenset(said[CLASSES]) | {one.group for one in roles if one.group},
        _level(said[CLASS_LEVEL]),
        tuple(warnings),
    )


def read_saml(content: bytes, where: str, *, signature_checked_by: str) -> Principal:
    """Return who a SAML response or assertion speaks of, once its signature was checked by somebody else.

    Parameters
    ----------
    content : bytes
        XML.
    where : str
        Name of its source, for errors.
    signature_checked_by : str
        The service provider that checked signature, audience, times and replay. Without one, this is no sign-in.

    Raises
    ------
    InputError
        If nobody checked it, it is no sound XML, says no success, or holds not exactly one open assertion.
    """
    if not signature_checked_by.strip():
        hint = "let a SAML service provider consume assertions; this reads attributes only"
        raise InputError(f"{where}: nobody checked the signature of this assertion", hint=hint)
    root = parse_xml(content, where)
    status = next((one.get("Value", "") for one in _named(root, "StatusCode")), "")
    if status and not status.endswith(":Success"):
        raise InputError(f"{where}: the sign-in did not succeed", got=status.rpartition(":")[2], hint="sign in again")
    assertions = list(_named(root, "Assertion"))
    if len(assertions) != 1 or any(True for _ in _named(root, "EncryptedAssertion")):
        raise InputError(f"{where}: one open assertion is read", got=f"{len(assertions)}", hint="decrypt it before")
    return read_claims(_attributes(assertions[0]))


def _attributes(assertion: Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in _named(assertion, "Attribute"):
        found.setdefault(one.get("Name", ""), []).extend(part.text or "" for part in _named(one, "AttributeValue"))
    return found


def _named(element: Element, name: str) -> Iterator[Element]:
    return (one for one in element.iter() if local_name(one) == name)


def _role(text: str, warnings: list[str]) -> RoleAt | None:
    """Return a role, or None for one that opens nothing."""
    parts = [one.strip() for one in text.split(";")]
    if len(parts) < LEAST or SCHOOL_CODE.fullmatch(parts[1]) is None:
        warnings.append("a role without a school code was passed over")
        return None
    given = parts[LEAST] if len(parts) > LEAST else ""
    code = given or WORDS.get(parts[3].lower(), "")
    if code not in CODES:
        warnings.append("an unknown role was passed over")
        return None
    provider = parts[0] if ORGANISATION.fullmatch(parts[0]) else None
    return RoleAt(code, provider, parts[1], parts[2])


def _texts(value: object) -> Iterator[str]:
    listed: Iterable[object] = value if isinstance(value, list | tuple) else [value]
    for one in listed:
        if isinstance(one, str | int) and not isinstance(one, bool) and str(one).strip():
            yield str(one).strip()


def _first(text: str) -> str:
    return text.partition(";")[0].strip()


def _at(text: str, place: int) -> str:
    parts = text.split(";")
    return parts[place].strip() if place < len(parts) else ""


def _level(values: list[str]) -> int | None:
    levels = {int(one) for one in values if one.isascii() and one.isdigit() and int(one) <= 10}
    return levels.pop() if len(levels) == 1 else None


def luhn(oid: str) -> bool:
    """Return whether the last part of an OID ends in its check digit; test persons' do not, so it only warns.

    Examples
    --------
    >>> luhn("1.2.246.562.10.14613773812"), luhn("1.2.246.562.10.14613773813")
    (True, False)
    """
    digits = [int(one) for one in reversed(oid.rpartition(".")[2])]
    doubled = (sum(divmod(2 * one, 10)) if place % 2 else one for place, one in enumerate(digits))
    return sum(doubled) % 10 == 0
