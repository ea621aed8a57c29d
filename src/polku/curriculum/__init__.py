"""What there is to learn, and what builds on what.

A :class:`Curriculum` holds skills with titles in Finnish, Swedish and English, the objectives, content
areas and modules they serve, and two kinds of edges: *hard* prerequisites, which a skill uses as a step
or a definition, and a *soft* recommended order, which helps and never blocks. It answers where a skill
stands, what leads to it, and what is open next. Curricula live in ``serve/curricula/``; people's own files
may be as short as ``{"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}``.

Three things the room holds to. A code means nothing without its code set and version, so it is stored as
all three (:class:`Code`). A content area's number repeats in every grade band, so an area's id names the
band too. And only objectives of conceptual knowledge and subject skill can be estimated from answers:
attitudes and working skills never become a skill (:attr:`Objective.estimable`).

What it does not do: it knows no learner, estimates nothing and suggests nothing (:mod:`polku.profiles`,
:mod:`polku.paths`); its edges are reviewed hypotheses that may order a path and never lock a skill; and
grades in it are textbook habit, which a provider may replace.
"""

from polku.curriculum.curriculum import Curriculum
from polku.curriculum.overlay import Overlay, Ruling, curriculum_of
from polku.curriculum.values import (
    BANDS,
    LANGUAGES,
    Area,
    Code,
    Content,
    Criterion,
    Module,
    Objective,
    Skill,
    Subject,
    Transversal,
)

__all__ = [
    "BANDS",
    "LANGUAGES",
    "Area",
    "Code",
    "Content",
    "Criterion",
    "Curriculum",
    "Module",
    "Objective",
    "Overlay",
    "Ruling",
    "Skill",
    "Subject",
    "Transversal",
    "curriculum_of",
]
