"""What can still be said of a path while the store is away: the curriculum's own order, which is about nobody.

A learner's kept answer could be given from memory, but who may see it could not be asked and the look could not be
written down; so no answer about a child goes out. What everybody may know stays: in which order the curriculum has its
skills. It is in the problem document itself, under the rung that it is, and nothing is offered or logged by it.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from fastapi import Request

from polku.curriculum import Curriculum
from polku.web.service import Tenants

EACH: Final = 5
"""Skills named of each grade."""
RUNG: Final = "curriculum_order"


def order_instead(request: Request) -> dict[str, Any]:
    """Return the members of a problem document that stand in for a path; nothing where no path was asked for.

    Only somebody whose token held is answered so, from what is loaded of their own provider.
    """
    viewer, tenants = getattr(request.state, "viewer", None), getattr(request.app.state, "tenants", None)
    asked = str(getattr(request.scope.get("route"), "path", ""))
    if viewer is None or not isinstance(tenants, Tenants) or not asked.endswith("}/path"):
        return {}
    loaded = tenants.loaded(viewer.provider_id)
    return {} if loaded is None else {"rung": RUNG, "order": by_grade(loaded.suggester.serving.lens.curriculum)}


def by_grade(curriculum: Curriculum) -> dict[str, list[str]]:
    """Return the first skills of each grade in the curriculum's order, prerequisites first.

    Examples
    --------
    >>> skills = '[{"id": "b", "grade": 7, "prerequisites": ["a"]}, {"id": "a", "grade": 7}]'
    >>> by_grade(Curriculum.from_json(f'{{"skills": {skills}}}'))
    {'7': ['a', 'b']}
    """
    grades = sorted({skill.grade for skill in curriculum.skills.values() if skill.grade is not None})
    return {
        str(grade): list(islice((one for one in curriculum.order if curriculum.skills[one].grade == grade), EACH))
        for grade in grades
    }
