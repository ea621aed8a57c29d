"""Results of a gradebook, to evidence on the objectives that they name.

A result speaks for a skill only where its register says which objective it is about, by
``resultLearningObjectiveIds`` (with a score of their own each) or by the line item's ``lineItemLearningObjectiveIds``
(one score for all of them), and only where it is fully graded and on a scale. A grade without an objective says
nothing here, whatever it is; nor does a text, an exemption, or work that was not handed in.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from polku.exchange import oneroster_terms as terms
from polku.exchange.links import Links
from polku.exchange.oneroster_rows import Thing, day
from polku.records.elements import Element, Evidence, NoEffect, Voiding, content_digest

NAME: Final = "oneroster"


class Line(NamedTuple):
    """What is known of a result's line item: its scale, and the objectives that it names.

    Parameters
    ----------
    least, most : float
        Scale; `most` None where none is told.
    objectives : tuple of str
        As its register writes them.
    """

    least: float
    most: float | None
    objectives: tuple[str, ...] = ()


class Own(NamedTuple):
    """An objective that the result itself names, with its own score where it has one."""

    objective: str
    score: float | None


def elements_of(
    result: Thing,
    learner_id: str,
    line: Line,
    own: Sequence[Own],
    links: Links,
    before: Sequence[str] = (),
) -> list[Element]:
    """Return what a result says: evidence, or that it says nothing, and that what it said before counts no longer.

    Parameters
    ----------
    result : Thing
        As :func:`polku.exchange.oneroster_rows.thing` gives it.
    learner_id : str
        Whose it is, under the id that they have here.
    line : Line
        Of its line item.
    own : sequence of Own
        Objectives that it names itself.
    links : Links
        What objectives mean here.
    before : sequence of str
        Elements that it was before, where it was sent already with other content: a result that was corrected takes
        its earlier self back.

    Examples
    --------
    >>> said = {"item": "t1", "student": "u1", "status": "fully graded", "score": 8.0, "on": "2026-03-05"}
    >>> line = Line(0.0, 10.0, ("MA79.S1.01",))
    >>> links = Links({"MA79.S1.01": "MA79.S1.01"})
    >>> [one] = elements_of(Thing("r1", False, said), "anna", line, [], links)
    >>> one.correct, one.skill_ids
    (0.8, ('MA79.S1.01',))
    """
    found = _said(result, learner_id, line, own, links)
    now = {one.element_id for one in found}
    gone = [one for one in before if one not in now]
    return [*(_taken_back(one, learner_id) for one in gone), *found]


def ids_of(elements: Sequence[Element]) -> list[str]:
    """Return the ids of the evidence among some elements: what a later correction takes back."""
    return [one.element_id for one in elements if isinstance(one, Evidence)]


def _said(
    result: Thing, learner_id: str, line: Line, own: Sequence[Own], links: Links
) -> Sequence[Evidence | NoEffect]:
    said = result.content
    material = {**said, "line": list(line[:2]), "of": sorted(line.objectives), "own": sorted(map(list, own), key=str)}
    digest = content_digest(msgspec.json.encode({**material, "ended": result.ended}, order="sorted"))
    name = f"{result.sourced_id}@{digest[:12]}"
    why = _why_not(result, line, own)
    if why:
        return [NoEffect(name, digest, why=why, learner_id=learner_id)]
    scored = [one for one in own if one.score is not None]
    if scored:
        return [_evidence(f"{name}#{one.objective}", digest, learner_id, result, line, one, links) for one in scored]
    named = [one.objective for one in own] or line.objectives
    skills = {skill for one in named if (skill := links.skill(one)) is not None}
    share, flags = _share(said["score"], line)
    return [
        Evidence(
            name,
            digest,
            learner_id=learner_id,
            item_id=links.item(said["item"]),
            answered_at=_at(said),
            correct=share,
            skill_ids=tuple(sorted(skills)),
            flags=flags,
        )
    ]


def _evidence(name: str, digest: str, learner_id: str, result: Thing, line: Line, own: Own, links: Links) -> Evidence:
    """Return what a result says of one objective, by a score of its own."""
    skill = links.skill(own.objective)
    share, flags = _share(own.score or 0.0, line)
    return Evidence(
        name,
        digest,
        learner_id=learner_id,
        item_id=f"{links.item(result.content['item'])}#{own.objective}",
        answered_at=_at(result.content),
        correct=share,
        skill_ids=(skill,) if skill else (),
        flags=flags,
    )


def _why_not(result: Thing, line: Line, own: Sequence[Own]) -> str:
    """Return why a result says nothing about a skill, empty where it does."""
    said = result.content
    if result.ended:
        return "taken_back"
    if said["status"] != terms.GRADED:
        return said["status"].replace(" ", "_") if said["status"] in terms.SCORE_STATUS else "other_status"
    if not own and not line.objectives:
        return "no_objective"
    if line.most is None or line.most <= line.least:
        return "no_scale"
    if said["score"] is None and all(one.score is None for one in own):
        return "no_score"
    return ""


def _share(score: float, line: Line) -> tuple[float, tuple[str, ...]]:
    """Return a score as a share of its scale; one above or below it counts as its end, and is flagged."""
    most = line.most if line.most is not None else line.least + 1.0
    share = (score - line.least) / (most - line.least)
    if share > 1:
        return 1.0, ("score_above_most",)
    return (0.0, ("score_below_least",)) if share < 0 else (share, ())


def _at(said: Mapping[str, Any]) -> int | None:
    """Return the noon of the day on which a result was given, in microseconds UTC."""
    on = day(said["on"])
    if on is None:
        return None
    return int(dt.datetime.combine(on, dt.time(12), dt.UTC).timestamp()) * 1_000_000


def _taken_back(element_id: str, learner_id: str) -> Voiding:
    name = f"{element_id}!"
    return Voiding(name, content_digest(name.encode()), target_id=element_id, learner_id=learner_id)
