"""What teachers have settled: for everybody, a group, or one learner; and how long what was put aside stays away."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from polku.curriculum import Curriculum
from polku.paths.standing import DAY
from polku.profiles.replaced import named_now
from polku.schemas.policy import PathPolicy

SKILLS = ("goals", "pins", "locked")
"""Settings that name skills."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A teacher's settings of paths; None means that nothing is said here, so that a wider setting holds.

    Parameters
    ----------
    goals, pins, locked : tuple of str or None
        Skills to lead to, to take up first in this order, and to keep away.
    load : int or None
        Options open at a time, 2 or 3.
    threshold : float or None
        Estimated success from which a skill counts as shown.
    explore : bool or None
        Whether the policy's declared share may be drawn.
    syllabus : {"long", "short"} or None
        Upper-secondary syllabus, by a decision that exists.
    drift : int or None
        How many prerequisites the next skills of one class may lie from its middle one.
    decided : bool
        Whether a decision stands beside the goals: then they are the skills of a decided adapted syllabus.

    Examples
    --------
    >>> both = Settled.merged([{"goals": ["a"], "explore": False}, {"goals": ["b"], "decision": "12/2026"}])
    >>> both.goals, both.explore, both.decided
    (('b',), False, True)
    """

    goals: tuple[str, ...] | None = None
    pins: tuple[str, ...] | None = None
    locked: tuple[str, ...] | None = None
    load: int | None = None
    threshold: float | None = None
    explore: bool | None = None
    syllabus: str | None = None
    drift: int | None = None
    decided: bool = False

    @classmethod
    def merged(cls, layers: Iterable[Mapping[str, Any]]) -> Settled:
        """Return what holds: of each setting what the nearest layer says; layers go from the widest to the nearest."""
        names = {field.name for field in fields(cls)}
        found: dict[str, Any] = {}
        for layer in layers:
            found |= {name: value for name, value in layer.items() if name in names and value is not None}
            if layer.get("goals") is not None:
                found["decided"] = layer.get("decision") is not None
        held: dict[str, Any] = {name: tuple(one) if isinstance(one, list) else one for name, one in found.items()}
        return cls(**held)

    def within(self, curriculum: Curriculum) -> Settled:
        """Return the settings in the skills of a curriculum.

        Of a skill of an earlier version, what replaces it is meant, in the order in which the curriculum has it; one
        that is gone without a replacement binds nobody.
        """
        goals, pins, locked = (_known(skills, curriculum) for skills in (self.goals, self.pins, self.locked))
        return replace(self, goals=goals, pins=pins, locked=locked)

    def wishes(self) -> dict[str, Any]:
        """Return the fields of :class:`~polku.paths.Wishes` that are settled."""
        said = {name: getattr(self, name) for name in ("goals", "pins", "locked", "explore", "syllabus")}
        decided = {"decided": self.goals} if self.decided and self.goals else {}
        return {name: value for name, value in said.items() if value is not None} | decided

    def on(self, policy: PathPolicy) -> PathPolicy:
        """Return a policy with the teacher's load, drift and threshold in place of its own.

        What points to an earlier skill stays below what counts as shown, whatever the threshold.
        """
        own = {"options": self.load, "drift": self.drift}
        said = {name: value for name, value in own.items() if value is not None}
        offer = policy.offer.model_copy(update=said)
        evidence = policy.evidence
        if self.threshold is not None:
            gap = min(evidence.gap_below, self.threshold - 0.05)
            evidence = evidence.model_copy(update={"shown_at": self.threshold, "gap_below": gap})
        return policy.model_copy(update={"offer": offer, "evidence": evidence})


def decision_of(layers: Iterable[Mapping[str, Any]]) -> str | None:
    """Return the reference of the decision that stands beside what holds, None where none does.

    A decision is about the goals and the syllabus of its own layer; once a nearer layer has its own for both, it stands
    beside nothing that holds.

    Examples
    --------
    >>> group = {"goals": ["a"], "decision": "12/2026"}
    >>> decision_of([group]), decision_of([group, {"load": 2}]), decision_of([group, {"goals": ["b"]}])
    ('12/2026', '12/2026', None)
    """
    beside: dict[str, str | None] = {}
    for layer in layers:
        beside |= {name: layer.get("decision") for name in ("syllabus", "goals") if layer.get(name) is not None}
    return beside.get("goals") or beside.get("syllabus")


def _known(skills: tuple[str, ...] | None, curriculum: Curriculum) -> tuple[str, ...] | None:
    """Return the skills by their names of today, each once, those that are gone left out."""
    if skills is None:
        return None
    today = (named_now([skill], curriculum.replaced_by) for skill in skills)
    known = (sorted((name for name in names if name in curriculum), key=curriculum.index) for names in today)
    return tuple(dict.fromkeys(name for names in known for name in names))


def stays_away(policy: PathPolicy, put_aside_at: int, now: int, new_answers: int) -> bool:
    """Return whether a skill that somebody put aside stays away: for its time, unless there is new evidence.

    Parameters
    ----------
    policy : PathPolicy
        Says how long, and how many answers are new evidence.
    put_aside_at, now : int
        Microseconds UTC.
    new_answers : int
        Answers on the skill since then.
    """
    return now - put_aside_at < policy.offer.rejected_days * DAY and new_answers < policy.offer.rejected_answers
