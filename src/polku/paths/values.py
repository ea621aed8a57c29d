"""The nouns of the room: what is known about a skill, a step, and the path."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from polku.errors import InputError
from polku.paths.bands import UNKNOWN, Band

Kind = Literal["repair", "continue", "stretch", "review"]
Rung = Literal["model", "prerequisite_rule", "curriculum_order", "teachers_plan"]
KINDS: tuple[Kind, ...] = ("repair", "continue", "stretch", "review")
RUNGS: tuple[Rung, ...] = ("model", "prerequisite_rule", "curriculum_order", "teachers_plan")

DRAWN = "note.drawn"
"""Says that the suggested step was drawn among those that the rules hold acceptable."""

Value = int | float | str | Mapping[str, str]
"""What a message may be filled with; a mapping holds one text per language, such as a skill's title."""


class Speaks(Protocol):
    """Whatever turns a message id and values into text: :class:`polku.paths.Texts`."""

    def in_all(self, key: str, values: Mapping[str, Value] | None = None) -> dict[str, str]:
        """Return the message `key` by language code."""


@dataclass(frozen=True, slots=True)
class SkillState:
    """What answers say about one skill of one learner.

    Parameters
    ----------
    p : float
        Estimated success on the skill's reference item, 0 to 1.
    answers : int
        Number of answers on the skill so far.
    sd : float or None
        Standard deviation of the estimate, if known.
    last_answered_at : int or None
        Microseconds UTC of the latest answer, or its plain order number.
    right : float or None
        Share of the latest answers that were right, if known; said to people, looked at by no rule.

    Examples
    --------
    >>> SkillState(p=0.8, answers=4)
    SkillState(p=0.8, answers=4, sd=None, last_answered_at=None, right=None)
    """

    p: float
    answers: int
    sd: float | None = None
    last_answered_at: int | None = None
    right: float | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One sentence to be said: a message id and what fills it.

    Examples
    --------
    >>> Reason("reason.evidence", {"count": 3}).id
    'reason.evidence'
    """

    id: str
    values: Mapping[str, Value] = field(default_factory=dict)

    def to_dict(self, texts: Speaks) -> dict[str, str]:
        """Return ``{"id", "fi", "sv", "en"}``."""
        return {"id": self.id} | texts.in_all(self.id, self.values)

    def to_learner(self, texts: Speaks, band: Band) -> dict[str, Any]:
        """Return ``{"id", "fi", "sv", "en", "values"}`` in the words of a reading band.

        The id names no band, and the values stay beside the words: another band can be said from both.
        """
        said = texts.in_all(f"learner.{band}.{self.id}", self.values)
        return {"id": self.id} | said | {"values": dict(self.values)}


@dataclass(frozen=True, slots=True)
class Step:
    """One suggested skill.

    Parameters
    ----------
    skill_id : str
        The skill.
    kind : str
        ``repair`` (something later ones lean on), ``continue``, ``stretch`` (further up) or ``review``.
    grade_level : bool or None
        Whether it is at the learner's grade or above; None where either grade is unknown.
    supports : str or None
        Skill that is good to do first: named when the step builds on something not shown yet.
    score : float
        Sum of `terms`.
    terms : mapping of str to float
        Points by rule, in the policy's order.
    reasons : tuple of Reason
        For the teacher: why, on what evidence, and what would change it.
    next_step : Reason
        For the learner: the step in one plain sentence.
    what_if : tuple of Reason
        For the learner: what comes of choosing it.
    band : str
        Reading band of the words to the learner, and to those at home: they read the same.
    title : mapping of str to str
        The skill's title by language.
    """

    skill_id: str
    kind: Kind
    grade_level: bool | None = None
    supports: str | None = None
    score: float = 0.0
    terms: Mapping[str, float] = field(default_factory=dict)
    reasons: tuple[Reason, ...] = ()
    next_step: Reason | None = None
    what_if: tuple[Reason, ...] = ()
    band: Band = UNKNOWN
    title: Mapping[str, str] = field(default_factory=dict)

    def to_dict(self, texts: Speaks) -> dict[str, Any]:
        """Return the step as plain JSON values: reasons, and the words to the learner, in every language."""
        return {
            "skill_id": self.skill_id,
            "title": dict(self.title),
            "kind": self.kind,
            "grade_level": self.grade_level,
            "supports": self.supports,
            "score": round(self.score, 4),
            "terms": {name: round(points, 4) for name, points in self.terms.items()},
            "reasons": [reason.to_dict(texts) for reason in self.reasons],
            "next_step": self.next_step.to_learner(texts, self.band) if self.next_step else None,
            "what_if": [sentence.to_learner(texts, self.band) for sentence in self.what_if],
        }


@dataclass(frozen=True, slots=True)
class Candidate:
    """One skill that could have been offered, for the log.

    Parameters
    ----------
    skill_id, kind, score, terms
        As in :class:`Step`.
    propensity : float
        Probability with which it was offered, given the same situation and policy.
    offered : bool
        Whether it is among the options.
    first : float
        Probability with which it was the suggested step, the first of the options.
    """

    skill_id: str
    kind: Kind
    score: float
    terms: Mapping[str, float]
    propensity: float
    offered: bool
    first: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "skill_id": self.skill_id,
            "kind": self.kind,
            "score": round(self.score, 4),
            "terms": {name: round(points, 4) for name, points in self.terms.items()},
            "propensity": self.propensity,
            "offered": self.offered,
            "first": self.first,
        }


@dataclass(frozen=True, slots=True)
class Path:
    """A suggestion: options to choose from now, and the way they lead.

    Parameters
    ----------
    rung : str
        What the answer stands on: ``model``, ``prerequisite_rule``, ``curriculum_order`` (too few
        answers) or ``teachers_plan``.
    options : tuple of Step
        Two or three to choose from, the suggested one first.
    path : tuple of Step
        Ordered steps; none comes before what it builds on.
    candidates : tuple of Candidate
        The best-scored skills considered, for the log.
    notes : tuple of Reason
        What must be said openly about the whole answer.

    Examples
    --------
    >>> Path.from_dict({"rung": "model", "options": [], "path": [{"skill_id": "a", "kind": "review"}]}).path[0].kind
    'review'
    """

    rung: Rung
    options: tuple[Step, ...] = ()
    path: tuple[Step, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[Reason, ...] = ()

    @property
    def band(self) -> Band:
        """Return the reading band of what it says to the learner."""
        return next((step.band for step in (*self.options, *self.path)), UNKNOWN)

    def to_dict(self, texts: Speaks) -> dict[str, Any]:
        """Return the answer as plain JSON values, without the candidates, which only the log needs."""
        rules = dict.fromkeys(rule for step in (*self.options, *self.path) for rule in step.terms)
        return {
            "rung": self.rung,
            "stands_on": Reason(f"rung.{self.rung}").to_dict(texts),
            "band": self.band,
            "rules": {
                rule: {"name": Reason(f"term.{rule}").to_dict(texts), "meaning": Reason(f"rule.{rule}").to_dict(texts)}
                for rule in rules
            },
            "options": [step.to_dict(texts) for step in self.options],
            "path": [step.to_dict(texts) for step in self.path],
            "notes": [note.to_dict(texts) for note in self.notes],
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Path:
        """Read back as much of :meth:`to_dict` as `previous` needs: rung, skills, kinds, and whether it was drawn.

        Raises
        ------
        InputError
            If a key is missing.
        """
        try:
            options, path = (
                tuple(Step(step["skill_id"], step["kind"], step.get("grade_level")) for step in stored[name])
                for name in ("options", "path")
            )
            drawn = tuple(Reason(note["id"]) for note in stored.get("notes", ()) if note["id"] == DRAWN)
            return cls(stored["rung"], options, path, notes=drawn)
        except KeyError as key:
            raise InputError("a stored path lacks a key", got=key, hint="store what Path.to_dict gives") from key
