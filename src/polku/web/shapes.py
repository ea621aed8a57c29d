"""What several endpoints say: ids that come in, paths that go out."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from polku.paths import Kind, Rung, Texts
from polku.paths.bands import Band
from polku.paths.rewording import reworded
from polku.store.values import Offer

# No id of ours holds a control character, and PostgreSQL would refuse the first of them.
VISIBLE = r"^[^\x00-\x1f\x7f]*$"
Id = Annotated[str, Field(max_length=200, pattern=VISIBLE)]
"""An id in a query or a body."""
PathId = Annotated[str, Path(max_length=200, pattern=VISIBLE)]
"""An id in an address; it may hold a slash."""


class Shape(BaseModel):
    """Base of every answer: the text under a field documents it, and nothing undocumented slips out."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)


class Sentence(Shape):
    """One sentence in three languages."""

    id: str
    """Message id, stable for programs."""
    fi: str
    """In Finnish."""
    sv: str
    """In Swedish."""
    en: str
    """In English."""


class LearnerSentence(Sentence):
    """One sentence to the learner, and to those at home, in the words of a reading band."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "id": "what_if.opens",
                "fi": "Jos valitset tämän, pääset seuraavaksi tähän: ”Jakolasku”.",
                "sv": "Om du väljer det här kan du sedan gå vidare till ”Division”.",
                "en": "If you choose this, “Division” comes next.",
                "values": {"next": {"fi": "Jakolasku", "sv": "Division", "en": "Division"}},
            }
        }
    )

    values: dict[str, int | float | str | dict[str, str]]
    """What fills it, for who words it anew; a text is given by language."""


class RuleWords(Shape):
    """One rule of the path policy in words."""

    name: Sentence
    """What its points are called."""
    meaning: Sentence
    """When it adds more."""


class StepShape(Shape):
    """One step of a path."""

    skill_id: str
    """The skill."""
    title: dict[str, str]
    """The skill's title by language."""
    kind: Kind
    """Returning to what later skills lean on, going on, going further up, or meeting again."""
    grade_level: bool | None
    """Whether the skill is of the learner's grade or above; null where either grade is unknown."""
    supports: str | None
    """A skill that is good to do first."""
    score: float
    """The sum of `terms`: it orders suggestions for this learner, and says nothing about the learner."""
    terms: dict[str, float]
    """Points by rule of the path policy; what each rule means is in the path's `rules`."""
    reasons: list[Sentence]
    """For the teacher: why, on what evidence and from when, how sure, where in the curriculum, and what would
    change it."""
    next_step: LearnerSentence | None
    """For the learner: the step."""
    what_if: list[LearnerSentence]
    """For the learner: if you choose this, then what it opens, where it leads, about how long, where one can
    also start."""


class OptionShape(StepShape):
    """One of the next steps to choose from."""

    suggestion_id: str | None
    """What a decision is about."""


class PathShape(Shape):
    """What is suggested to one learner now. A suggestion, never a decision."""

    learner_id: str
    """Whom it is suggested to."""
    offered_at: int
    """When it was first suggested in this form: microseconds since 1970 in UTC."""
    rung: Rung
    """What it stands on: a released model, the built-in rule, the curriculum's order, or the teacher's plan."""
    stands_on: Sentence
    """The same in words."""
    band: Band
    """Reading band of `next_step` and `what_if`, years of age: by the learner's grade, or asked for."""
    rules: dict[str, RuleWords]
    """The rules that `terms` name."""
    options: list[OptionShape]
    """Two or three to choose from, the suggested one first."""
    path: list[StepShape]
    """The way they lead, in order."""
    notes: list[Sentence]
    """What must be said openly about the whole answer."""

    @classmethod
    def of(cls, offer: Offer) -> PathShape:
        """Return an offer as it is shown."""
        return cls.model_validate(described(offer))

    @classmethod
    def read_by(cls, offer: Offer, band: Band, texts: Texts) -> PathShape:
        """Return an offer in the words of another reading band."""
        return cls.model_validate(reworded(described(offer), band, texts))


def described(offer: Offer) -> dict[str, Any]:
    """Return an offer with the id under which each option can be decided on."""
    ids = {one.skill_id: one.suggestion_id for one in offer.suggestions}
    options = [{"suggestion_id": ids.get(option["skill_id"]), **option} for option in offer.path["options"]]
    return {"learner_id": offer.learner_id, "offered_at": offer.offered_at, **offer.path, "options": options}


def as_json(said: dict[str, Any]) -> bytes:
    """Return what is said as JSON. Tests hold it to :class:`PathShape`: checking each answer costs as much again.

    It holds no NaN, which would become null here: the log refused the offer that had one.
    """
    return msgspec.json.encode(said)
