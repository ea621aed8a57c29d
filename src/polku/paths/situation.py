"""The situation of an offer: what a plan is made from, kept in the log, so that another policy can plan from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

import numpy as np

from polku.curriculum import Curriculum
from polku.paths.planner import plan
from polku.paths.proposal import Wishes
from polku.paths.readings import Readings
from polku.paths.settled import Settled
from polku.paths.values import Path, SkillState
from polku.schemas.policy import PathPolicy

DECIMALS = 6
_UNTOLD = (0, None, None)
_STATE = tuple(one.name for one in fields(SkillState))
_values = attrgetter(*_STATE)  # dataclasses.astuple copies each number, at thirty times the cost


def situation_of(
    states: Mapping[str, SkillState],
    wishes: Wishes,
    settled: Settled,
    *,
    rung: str,
    answers: int,
    now: int | None,
    seed: int,
) -> dict[str, Any]:
    """Return what a plan was made from, as JSON can hold it; :func:`plan_again` reads it.

    Parameters
    ----------
    states : mapping of str to SkillState
        What the answers said of each skill.
    wishes : Wishes
        What people had asked for and settled.
    settled : Settled
        What a teacher had put in place of the policy's own.
    rung, answers, now, seed
        As :func:`polku.paths.plan` takes them; `answers` is its `answers_total`.
    """
    return {
        "state": list(_STATE),
        **(_columns(states) if isinstance(states, Readings) else {"states": _rows(states)}),
        "wishes": {name: _plain(value) for name, value in vars(wishes).items()},
        "settled": {"load": settled.load, "threshold": settled.threshold},
        "rung": rung,
        "answers": answers,
        "now": now,
        "seed": seed,
    }


def plan_again(curriculum: Curriculum, policy: PathPolicy, situation: Mapping[str, Any]) -> dict[str, float]:
    """Plan from a logged situation; return the probability with which each step is suggested.

    Parameters
    ----------
    curriculum : Curriculum
        The one that was planned on.
    policy : PathPolicy
        Any.
    situation : mapping
        From :func:`situation_of`.
    """
    states = states_in(situation)
    wishes = dict(situation["wishes"])
    if wishes.get("previous") is not None:
        wishes["previous"] = Path.from_dict(wishes["previous"])
    path = plan(
        curriculum,
        states,
        Settled(**situation["settled"]).on(policy),
        **wishes,
        rung=situation["rung"],
        answers_total=situation["answers"],
        now=situation["now"],
        seed=situation["seed"],
    )
    return {one.skill_id: one.first for one in path.candidates if one.first}


def states_in(situation: Mapping[str, Any]) -> dict[str, SkillState]:
    """Return the states of a logged situation by skill id."""
    if "columns" in situation:
        p, sd, told = (situation["columns"][name] for name in ("p", "sd", "told"))
        return {
            skill: SkillState(own, told.get(skill, _UNTOLD)[0], spread, *told.get(skill, _UNTOLD)[1:])
            for skill, own, spread in zip(situation["skills"], p, sd, strict=True)
        }
    names = situation["state"]
    return {skill: SkillState(**dict(zip(names, one, strict=True))) for skill, one in situation["states"].items()}


def _rows(states: Mapping[str, SkillState]) -> dict[str, list[object]]:
    """Return the states of some skills, one row each."""
    return {skill: [_rounded(value) for value in _values(state)] for skill, state in states.items()}


def _columns(states: Readings) -> dict[str, Any]:
    """Return the states of every skill of a curriculum: estimates in columns, and what was told of those answered on.

    Said by skill as :func:`_rows` does, the log would hold four times as much, and say nothing more.
    """
    places = np.flatnonzero(states.answers).tolist()
    told = (column[places].tolist() for column in (states.answers, states.last, states.right))
    order = states.curriculum.order
    return {
        "skills": order,
        "columns": {
            "p": np.round(states.p, DECIMALS).tolist(),
            "sd": np.round(states.sd, DECIMALS).tolist(),
            "told": {
                order[place]: [count, last, _rounded(right)]
                for place, count, last, right in zip(places, *told, strict=True)
            },
        },
    }


def _rounded(value: object) -> object:
    return round(value, DECIMALS) if isinstance(value, float) else value


def _plain(value: object) -> object:
    """Return a wish as JSON can hold it."""
    if isinstance(value, Path):
        steps = {part: [_brief(step) for step in getattr(value, part)] for part in ("options", "path")}
        return {"rung": value.rung, **steps, "notes": [{"id": note.id} for note in value.notes]}
    if isinstance(value, set | frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _brief(step: Any) -> dict[str, Any]:
    return {"skill_id": step.skill_id, "kind": step.kind, "grade_level": step.grade_level}
