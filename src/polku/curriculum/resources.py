"""Open learning resources aligned to a curriculum, and which of them go with a skill, whoever made them.

A resource stands behind a step as something to do: it is no task that is answered to us, and no condition of the step.
The order is by how closely it is aligned, then by the reader's language, then by how accessible it says it is. What is
equal in all of these takes turns: makers in an order drawn from a seed, one resource of each in turn, so that a large
catalogue has no more of the first places than a small one.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, islice, zip_longest
from typing import NamedTuple

from polku.curriculum.alignment import alignment, names_of, said_by, titles_of
from polku.curriculum.curriculum import Curriculum
from polku.curriculum.resource import Resource, read_resources, write_resources

__all__ = ["Catalogue", "Resource", "Suited", "read_resources", "write_resources"]


class Suited(NamedTuple):
    """A resource behind a skill, and why it is there.

    Parameters
    ----------
    resource : Resource
        What may be done.
    level : int
        How closely it is aligned, see :mod:`polku.curriculum.alignment`.
    target : mapping of str to str
        Title, by language, of the objective, module, area or subject that it is aligned to.
    """

    resource: Resource
    level: int
    target: Mapping[str, str]


class Catalogue:
    """Resources by the skills of one curriculum.

    Parameters
    ----------
    resources : iterable of Resource
        Any; one that is aligned to nothing in the curriculum is held and never shown.
    curriculum : Curriculum
        What they may be aligned to.
    """

    def __init__(self, resources: Iterable[Resource], curriculum: Curriculum) -> None:
        self._by_skill: dict[str, list[tuple[int, Resource]]] = defaultdict(list)
        self.resources = tuple({one.id: one for one in resources}.values())
        self._names, self._titles = names_of(curriculum), titles_of(curriculum)
        for one in self.resources:
            for skill, level in alignment(one, self._names).items():
                self._by_skill[skill].append((level, one))

    def __len__(self) -> int:
        """Return the number of resources, aligned or not."""
        return len(self.resources)

    def aligned(self) -> int:
        """Return how many resources go with at least one skill."""
        return len({one.id for found in self._by_skill.values() for _, one in found})

    def resources_for(
        self, skill: str, *, day: str, language: str = "fi", seed: str = "", most: int = 3
    ) -> list[Resource]:
        """Return what may be done on a skill, the closest first and no maker preferred.

        Parameters
        ----------
        skill : str
            Its id; of an unknown one there is nothing.
        day : str
            ISO date on which it is shown: what has expired is left out.
        language : str, optional
            The reader's.
        seed : str, optional
            Draws the order of makers; the same seed gives the same order.
        most : int, optional
            How many.
        """
        return [one.resource for one in self.suited(skill, day=day, language=language, seed=seed, most=most)]

    def suited(self, skill: str, *, day: str, language: str = "fi", seed: str = "", most: int = 3) -> list[Suited]:
        """Return the same with what each is aligned to."""
        found = [(level, one) for level, one in self._by_skill.get(skill, ()) if one.holds_on(day)]
        found.sort(key=lambda pair: _place(pair[0], pair[1], language))
        ties = (list(tie) for _, tie in groupby(found, key=lambda pair: _place(pair[0], pair[1], language)))
        ordered = (
            Suited(one, tie[0][0], self._target(skill, one))
            for tie in ties
            for one in _taking_turns([one for _, one in tie], f"{seed}\n{skill}")
        )
        return list(islice(ordered, most))

    def _target(self, skill: str, one: Resource) -> Mapping[str, str]:
        """Return the title of what aligns a resource to a skill the closest."""
        return self._titles[max(said_by(one), key=lambda name: self._names.get(name, {}).get(skill, 0))]


def _place(level: int, one: Resource, language: str) -> tuple[int, int, int, int]:
    """Return what orders resources; the smaller the earlier."""
    spoken = 0 if language in one.languages else 1 if not one.languages else 2
    return -level, spoken, int(bool(one.hazards)), int(not one.accessibility)


def _taking_turns(equal: list[Resource], seed: str) -> Iterator[Resource]:
    """Yield one resource of each maker in turn."""
    by_maker: dict[str, list[Resource]] = defaultdict(list)
    for one in sorted(equal, key=lambda one: _drawn(seed, one.id)):
        by_maker[one.maker].append(one)
    order = sorted(by_maker, key=lambda maker: _drawn(seed, maker))
    for turn in zip_longest(*(by_maker[maker] for maker in order)):
        yield from (one for one in turn if one is not None)


def _drawn(seed: str, name: str) -> bytes:
    return hashlib.sha256(f"{seed}\n{name}".encode()).digest()
