"""What a set says about its skills beside the answers: titles and areas, as a curriculum without prerequisites."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from polku.curriculum.values import same_title


class Place(NamedTuple):
    """A skill's title and the id of its area; the area may be empty."""

    title: str
    area: str


def curriculum_json(name: str, skills: Mapping[str, Place], areas: Mapping[str, str]) -> str | None:
    """Return a curriculum's short form, as :meth:`polku.curriculum.Curriculum.from_json` reads it; None for no skills.

    Parameters
    ----------
    name : str
        Id of the curriculum.
    skills : mapping of str to Place
        Skill id → title and area.
    areas : mapping of str to str
        Area id → title, at least of those that skills name.

    Examples
    --------
    >>> from polku.curriculum import Curriculum
    >>> text = curriculum_json("eedi", {"s33": Place("BIDMAS", "a32")}, {"a32": "Number", "a49": "Algebra"})
    >>> curriculum = Curriculum.from_json(text)
    >>> curriculum.skills["s33"].title["en"], curriculum.areas["a32"].title["en"], len(curriculum.areas)
    ('BIDMAS', 'Number', 1)
    """
    if not skills:
        return None
    used = sorted({place.area for place in skills.values()} - {""})
    document = {
        "id": name,
        "areas": [_area(area, areas[area]) for area in used],
        "skills": [
            {"id": skill, "title": same_title(place.title or skill), "area": place.area, "prerequisites": []}
            for skill, place in skills.items()
        ],
    }
    return json.dumps(document, ensure_ascii=False)


def _area(area: str, title: str) -> dict[str, object]:
    texts = same_title(title or area)
    return {"id": area, "code": ["local", "", area], "label": texts, "title": texts}
