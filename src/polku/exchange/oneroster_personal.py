"""Personal data in OneRoster: what is dropped at the door and counted, and by which id a person is known here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from polku.exchange import oneroster_terms as terms
from polku.records import DenyRules

OID: Final = re.compile(r"[0-2](?:\.[0-9]+){5,}")
"""An object identifier such as a Finnish learner number; a national identity number is none."""
_EXTENSION: Final = ("metadata.", "ext_")


def personal_in(kind: str, fields: Mapping[str, str], deny: DenyRules) -> list[str]:
    """Return the kinds of personal data in a row, once for each field that holds any; none of it is kept.

    Examples
    --------
    >>> personal_in("users", {"email": "a@b.fi", "password": "x", "identifier": "131052-308T"}, DenyRules())
    ['e-mail address', 'password', 'personal identity code']
    """
    if kind == terms.DEMOGRAPHICS:
        return [terms.DEMOGRAPHICS for name, value in fields.items() if value and name not in _COMMON]
    if kind in _OF_THINGS:
        return []
    return [found for name, value in fields.items() if value and (found := _kind(kind, name, value, deny)) is not None]


_COMMON: Final = frozenset({"sourcedId", "status", "dateLastModified"})
_OF_THINGS: Final = frozenset({*terms.ORDER, "courses", "categories", "manifest"}) - terms.OF_PEOPLE


def _kind(kind: str, name: str, value: str, deny: DenyRules) -> str | None:
    if name.casefold().startswith(_EXTENSION):
        return "extension field"
    if name == "userMasterIdentifier" and not OID.fullmatch(value):
        found: str | None = "national or local identifier"
    elif name in terms.COLUMNS.get(kind, ()):
        return None
    else:
        found = terms.PERSONAL.get(name.casefold())
    return "personal identity code" if found and deny.holds(value) else found


def key_of(sourced_id: str, master: str) -> str:
    """Return the id that a person has here: the object identifier that all registers share, else the register's own.

    Examples
    --------
    >>> key_of("u1", "1.2.246.562.24.00000000001"), key_of("u1", "131052-308T")
    ('1.2.246.562.24.00000000001', 'u1')
    """
    return master if OID.fullmatch(master) else sourced_id
