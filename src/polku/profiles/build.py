"""Training rows: every response's features, read before the response is taken in."""

from __future__ import annotations

import numpy as np

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles.events import (
    NO_KEY,
    SCOPES,
    Effects,
    Events,
    Floats,
    Integers,
    Known,
    Tables,
    durations,
    floats,
    integers,
)
from polku.profiles.feature_set import FeatureSet
from polku.profiles.fold import READ, RESET, UPDATE, fold
from polku.profiles.places import area_of, graph_of
from polku.profiles.sequence_effects import Rows, SequenceEffects, nowhere
from polku.records import Responses


def build(
    responses: Responses,
    feature_set: FeatureSet,
    item_difficulty: Floats,
    skill_difficulty: Floats,
    curriculum: Curriculum,
    sequence: tuple[Effects, Rows] | None = None,
) -> Floats:
    """Return the features of every response as they stood just before it.

    Parameters
    ----------
    responses : Responses
        n responses with m skill tags.
    feature_set : FeatureSet
        What to look at.
    item_difficulty : float64[n]
        Logit difficulty of each response's item, fitted without the response's own learner.
    skill_difficulty : float64[m]
        Logit difficulty of each response's skills, aligned with ``responses.skill``.
    curriculum : Curriculum
        Areas and prerequisites; skills it does not know have neither.
    sequence : (Effects, Rows), optional
        Effects of what came before, and where the responses stand among them; without it those are all zero.

    Returns
    -------
    float64[n, n_columns]
        In the order of `responses`; NaN where a feature is missing.

    Raises
    ------
    InputError
        If a difficulty is missing or not finite.
    """
    areas = area_codes(responses, curriculum)
    skills = integers(responses.skill)
    effects, rows = sequence or (SequenceEffects.nothing().arrays, nowhere(len(responses), len(skills)))
    events = Events(
        item=integers(responses.item),
        skill_start=integers(responses.skill_start),
        skill=skills,
        area=integers(areas[skills]),
        node=skills,
        time=integers(responses.answered_at),
        place=integers(np.arange(len(responses)) - responses.learner_start[responses.learner]),
        correct=floats(responses.correct),
        duration=durations(responses.duration_s, len(responses)),
        item_difficulty=_checked(item_difficulty, len(responses), "item"),
        skill_difficulty=_checked(skill_difficulty, len(skills), "skill"),
        item_row=integers(rows.item),
        skills_row=integers(rows.skills),
        skill_row=integers(rows.skill),
        clock=bool(responses.clock),
    )
    return run(responses, feature_set, events, effects, curriculum, integers(responses.learner_start), READ | UPDATE)


def run(
    responses: Responses,
    feature_set: FeatureSet,
    events: Events,
    effects: Effects,
    curriculum: Curriculum,
    learner_start: Integers,
    mode: int,
) -> Floats:
    """Fold events coded as the responses are, each learner from nothing; return what is read, float64[rows, columns].

    Parameters
    ----------
    responses : Responses
        Whose vocabularies the events are coded in.
    feature_set, curriculum
        As in :func:`build`.
    events : Events
        Rows of whole learners.
    effects : Effects
        Effects of what came before.
    learner_start : int64[L + 1]
        Rows of each learner.
    mode : int
        As in :func:`~polku.profiles.fold.fold`; learners are always cleared.
    """
    code = {skill: number for number, skill in enumerate(responses.skills)}
    known = Known(graph_of(responses.skills, curriculum, code), effects)
    layout = feature_set.layout
    keys = {"learner": 1, "area": len(responses.skills), "skill": len(responses.skills), "item": len(responses.items)}
    tables = Tables(*(np.zeros((keys[scope] + 1, layout.widths[scope])) for scope in SCOPES))
    out = np.full((len(events.item), len(feature_set.columns)), np.nan)
    fold(layout.program, tables, events, known, learner_start, out, mode | RESET)
    return out


def area_codes(responses: Responses, curriculum: Curriculum) -> Integers:
    """Return the number of each skill's area, NO_KEY for a skill without one."""
    names = [area_of(skill, curriculum) for skill in responses.skills]
    code = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([code[name] if name else NO_KEY for name in names], dtype=np.int64)


def _checked(difficulty: Floats, length: int, what: str) -> Floats:
    """Return difficulties, checked for length and finiteness."""
    if len(difficulty) != length:
        raise InputError(f"{what} difficulties do not fit the responses", got=f"{len(difficulty)} for {length}")
    if not np.isfinite(difficulty).all():
        raise InputError(f"{what} difficulties are not all finite", hint="fit the item statistics again")
    return floats(difficulty)
