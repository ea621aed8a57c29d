"""What both forms of AOE's answers share: alignment, ages, dates, and what reading one comes to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from polku.curriculum.resources import Resource
from polku.exchange.curriculum_reading import Refused

REGISTER = re.compile(r"(?:eperusteet|opintopolku)\S*/(\d+)(?:[/?#]|$)")
"""The number at the end of an address of the national register."""
WEB = re.compile(r"https?://\S+")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
TEACHES = {"teaches", "educationalsubject"}


@dataclass(frozen=True, slots=True)
class ResourceReading:
    """Resources of one answer of AOE.

    Parameters
    ----------
    resources : tuple of Resource
        What may be shown.
    deleted : tuple of str
        Identifiers that are gone: take them out of the catalogue.
    refused : tuple of Refused
        Records that cannot be used, with the reason.
    following : str
        Its `resumptionToken`: where the next page begins; empty on the last.
    """

    resources: tuple[Resource, ...]
    deleted: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    following: str = ""


def numbers(addresses: Iterable[str]) -> tuple[str, ...]:
    """Return the register's numbers in addresses; of any other address there is none."""
    found = (REGISTER.search(one) for one in addresses)
    return tuple(dict.fromkeys(match[1] for match in found if match))


def date(text: object) -> str:
    """Return the ISO date that a text begins with, empty where it begins with none."""
    match = DATE.match(text) if isinstance(text, str) else None
    return match[0] if match else ""


def ages(stated: Iterable[object]) -> tuple[int | None, int | None]:
    """Return youngest and oldest; what is no age, or -1, is none."""
    ages = [_age(one) for one in stated]
    return (ages[0], ages[1]) if len(ages) == 2 else (None, None)


def _age(stated: object) -> int | None:
    text = str(stated).strip()
    return int(text) if text.isdecimal() and len(text) < 4 else None
