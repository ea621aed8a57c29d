"""What the ids of other systems mean here: their IRIs to our skills, items and learners.

Streams name things by IRIs. The last part of one, after ``/``, ``#`` or ``:``, is what its platform tells things apart
by; a skill is also known by what a curriculum standard calls it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field

from polku.curriculum import Curriculum
from polku.exchange.case_terms import identifier


def tail(iri: str) -> str:
    """Return the last part of an IRI.

    Examples
    --------
    >>> tail("https://example.edu/users/554433"), tail("urn:uuid:5-a/"), tail("https://x.fi/t#MA79.S1.01")
    ('554433', '5-a', 'MA79.S1.01')
    """
    trimmed = iri.rstrip("/")
    return trimmed[max(trimmed.rfind("/"), trimmed.rfind("#"), trimmed.rfind(":")) + 1 :]


@dataclass(frozen=True)
class Links:
    """Ids as others write them, to ours.

    Parameters
    ----------
    skills : mapping of str to str
        A skill's code, and whatever else it is called by, such as the identifier or URI of its CFItem → its code.
    items : container of str
        The item bank's ids.

    Examples
    --------
    >>> links = Links({"MA79.S1.01": "MA79.S1.01"}, {"i7"})
    >>> links.skill("https://x.fi/case/MA79.S1.01"), links.item("https://x.fi/tasks/i7"), links.item("https://x.fi/i8")
    ('MA79.S1.01', 'i7', 'https://x.fi/i8')
    """

    skills: Mapping[str, str] = field(default_factory=dict)
    items: Container[str] = frozenset()

    @classmethod
    def of(cls, curriculum: Curriculum, items: Container[str] = frozenset()) -> Links:
        """Return the links of a curriculum: its codes, and the identifiers of its CFItems as our CASE gives them."""
        content = curriculum.content.id
        named = {identifier(content, "skills", code): code for code in curriculum.skills}
        return cls({**named, **{code: code for code in curriculum.skills}}, items)

    def skill(self, iri: str) -> str | None:
        """Return the skill that an IRI stands for, or None."""
        return self.skills.get(iri) or self.skills.get(tail(iri))

    def item(self, iri: str) -> str:
        """Return the item that an IRI stands for: the bank's where it is known there, else the IRI itself."""
        if iri in self.items:
            return iri
        last = tail(iri)
        return last if last in self.items else iri
