"""How much is taken from one file of XML or one archive; the same for everybody who sends one."""

from __future__ import annotations

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken from one file.

    Parameters
    ----------
    entries : int
        Most entries of an archive.
    total : int
        Most bytes that all entries together unpack to.
    ratio : int
        Most bytes that one packed byte may become, where an entry unpacks to more than 1 MiB.
    xml : int
        Most bytes of one XML document.
    depth : int
        Most elements within one another.
    """

    entries: int = 10_000
    total: int = 4096 * MIB
    ratio: int = 200
    xml: int = 64 * MIB
    depth: int = 200


LIMITS = Limits()
