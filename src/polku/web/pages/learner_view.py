"""What a learner's page shows, gathered from the store: for the learner, who teaches them, and those at home."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from polku.curriculum import Curriculum
from polku.paths.bands import Band
from polku.paths.rewording import reworded
from polku.paths.values import Reason, Speaks
from polku.store.decisions import rejected
from polku.store.holds import UNPROFILED
from polku.store.requests import CHECK
from polku.store.transaction import Transaction
from polku.store.values import Decision, Offer
from polku.web.pages.doing import Doing
from polku.web.pages.growth import Growth
from polku.web.service import Service
from polku.web.shapes import described

Title = Mapping[str, str]
MORE: Final = 6
"""Further skills to choose from, beside the options: as many as fit a phone."""
MOST_TASKS: Final = 5
"""Tasks of a short check."""
READS_FROM: Final = 3
"""First grade with a page of its own; before that the teacher shows the next steps."""
NOTES: Final = {
    "note.paused_learner": "paused",
    "note.paused_group": "paused",
    "note.paused_provider": "paused",
    "note.objection": "without_answers",
    "note.restriction": "without_answers",
    "note.no_evidence": "few_answers",
    "note.thin_evidence": "few_answers",
    "note.ask_teacher": "ask_teacher",
    "note.drawn": "drawn",
}
"""What a path says openly, and how it is said to a learner; what is for the teacher alone is left out."""


@dataclass(frozen=True)
class Choice:
    """One next step to choose from.

    Parameters
    ----------
    skill_id : str
        The skill.
    suggestion_id : str or None
        What a decision is about; None for what the learner chose beside the suggestions.
    title : mapping of str to str
        The skill's title by language.
    kind : str
        Its kind: it has a colour, and words of its own.
    next_step : mapping of str to str
        The step in a sentence, by language.
    what_if : tuple of mapping
        What comes of choosing it, a sentence each, by language.
    chosen : bool
        Whether the learner or the teacher chose it.
    check : tuple of str or None
        Titles of the tasks of a short check that the learner asked for; None where none is asked for.
    opens : tuple of Doing
        Tasks to do here and now, on the learner's own page; see :mod:`polku.web.pages.learner_tasks`.
    resources : tuple of Doing
        Open learning resources on the skill, likewise.
    """

    skill_id: str
    suggestion_id: str | None
    title: Title
    kind: str
    next_step: Title
    what_if: tuple[Title, ...]
    chosen: bool = False
    check: tuple[str, ...] | None = None
    opens: tuple[Doing, ...] = ()
    resources: tuple[Doing, ...] = ()


@dataclass(frozen=True)
class View:
    """What is suggested to a learner, in the words of one reading band.

    Parameters
    ----------
    learner : str
        Whom it is about.
    band : str
        Reading band of every sentence.
    choices : tuple of Choice
        The next step first: what was chosen, else what is suggested; what was skipped comes last.
    more : tuple of (str, mapping)
        Id and title of further skills to choose from.
    notes : tuple of str
        Names of what must be said openly, for the texts of the band.
    growth : Growth or None
        What was shown so far; None where answers are not looked at.
    aside : tuple of (str, mapping)
        Suggestion and title of what was put aside.
    """

    learner: str
    band: Band
    choices: tuple[Choice, ...]
    more: tuple[tuple[str, Title], ...]
    notes: tuple[str, ...]
    growth: Growth | None
    aside: tuple[tuple[str, Title], ...]


def view_of(held: Service, tx: Transaction, offer: Offer, band: Band | None = None) -> View:
    """Return what is suggested to a learner.

    Parameters
    ----------
    held : Service
        Definitions and texts.
    tx : Transaction
        One that may read.
    offer : Offer
        What was offered.
    band : str, optional
        Reading band; default that of the learner's grade.
    """
    curriculum, learner = held.suggester.released(tx).lens.curriculum, offer.learner_id
    path, texts = described(offer), held.suggester.texts
    said = path if band is None else reworded(path, band, texts)
    decided = tx.decisions.of(learner)
    choices = _in_order(said["options"], decided)
    if own := _own_choice(offer, decided, curriculum, texts, said["band"]):
        choices = (own, *choices)
    checks = {one.skill_id for one in tx.requests.open_of([learner]) if one.kind == CHECK}
    return View(
        learner=learner,
        band=said["band"],
        choices=tuple(_with_check(one, tx, held, learner) if one.skill_id in checks else one for one in choices),
        more=_more(tx.suggestions.latest(learner), choices, curriculum),
        notes=tuple(dict.fromkeys(NOTES[note["id"]] for note in said["notes"] if note["id"] in NOTES)),
        growth=_growth(held, tx, learner, curriculum),
        aside=_aside(decided, curriculum),
    )


def tasks_of(held: Service, tx: Transaction, learner: str, skill_id: str) -> tuple[str, ...]:
    """Return the titles of the tasks of a short check: on the skill alone, those not met before first.

    Where the bank has none on the skill itself, the short diagnostic that leads to it names one; with none at all the
    teacher chooses.
    """
    bank = tx.items.on(skill_id)
    met = {one.item_id for one in tx.responses.of([learner])} if bank else set()
    chosen = sorted(bank, key=lambda item: item in met)[:MOST_TASKS]
    if not chosen:
        asked = held.suggester.question(tx, learner, goal=skill_id).item_id
        chosen = [] if asked is None else [asked]
    titles = tx.items.titles(chosen)
    return tuple(titles[item] or item for item in chosen)


def shown_by_others(grade: int | None) -> bool:
    """Return whether a learner has no page of their own, because the teacher shows the next steps.

    Examples
    --------
    >>> [shown_by_others(grade) for grade in (1, 2, 3, None)]
    [True, True, False, False]
    """
    return grade is not None and grade < READS_FROM


def _in_order(options: Sequence[Mapping[str, Any]], decided: Iterable[Decision]) -> tuple[Choice, ...]:
    """Return the options: chosen ones, those nobody decided about, skipped ones."""
    latest = {one.suggestion_id: one.decision for one in decided}
    made = [_choice(one, chosen=latest.get(one["suggestion_id"]) == "accept") for one in options]
    skipped = {one["suggestion_id"] for one in options if latest.get(one["suggestion_id"]) == "skip"}
    return tuple(sorted(made, key=lambda one: (not one.chosen, one.suggestion_id in skipped)))


def _choice(option: Mapping[str, Any], *, chosen: bool) -> Choice:
    return Choice(
        skill_id=option["skill_id"],
        suggestion_id=option["suggestion_id"],
        title=option["title"],
        kind=option["kind"],
        next_step=option["next_step"] or option["title"],
        what_if=tuple(option["what_if"]),
        chosen=chosen,
    )


def _own_choice(
    offer: Offer, decided: Sequence[Decision], curriculum: Curriculum, texts: Speaks, band: Band
) -> Choice | None:
    """Return what was chosen in place of these suggestions, if that was the last word about them."""
    ids = {one.suggestion_id for one in offer.suggestions}
    last = next((one for one in reversed(decided) if one.suggestion_id in ids), None)
    if last is None or last.replacement is None or last.replacement not in curriculum:
        return None
    title = curriculum.skills[last.replacement].title
    step = Reason("next_step.continue", {"skill": title}).to_learner(texts, band)
    return Choice(last.replacement, None, title, "continue", step, (), chosen=True)


def _more(logged: Offer | None, choices: Sequence[Choice], curriculum: Curriculum) -> tuple[tuple[str, Title], ...]:
    """Return the best of what was considered beside the options."""
    taken = {one.skill_id for one in choices}
    named = [one["skill_id"] for one in (logged.candidates if logged else ()) if not one["offered"]]
    kept = [skill for skill in named if skill not in taken and skill in curriculum][:MORE]
    return tuple((skill, curriculum.skills[skill].title) for skill in kept)


def _with_check(choice: Choice, tx: Transaction, held: Service, learner: str) -> Choice:
    return replace(choice, check=tasks_of(held, tx, learner, choice.skill_id))


def _growth(held: Service, tx: Transaction, learner: str, curriculum: Curriculum) -> Growth | None:
    listed = tx.roster.learner(learner)
    if any(one.kind in UNPROFILED for one in tx.holds.bearing(learner, listed.group_id if listed else None)):
        return None
    return Growth.of(curriculum, tx.responses.of([learner]), now=held.now())


def _aside(decided: Sequence[Decision], curriculum: Curriculum) -> tuple[tuple[str, Title], ...]:
    """Return what the learner put aside themselves; what the teacher did is the teacher's to take back."""
    holds = {one.skill_id for one in rejected(decided)}
    own = {one.skill_id: one for one in decided if one.decision == "reject" and one.skill_id in holds}
    return tuple(
        (one.suggestion_id, curriculum.skills[skill].title)
        for skill, one in own.items()
        if one.role == "learner" and skill in curriculum
    )
