"""How ``polku plan`` prints a path: for reading in one language, or every reason in every language and band."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from polku.paths import LANGUAGES, Texts
from polku.paths.bands import BANDS, Band
from polku.paths.rewording import reworded
from polku.paths.weighing import weighed

NAMES = {"fi": "Suomeksi", "sv": "På svenska", "en": "In English"}


def for_reading(answer: dict[str, Any], texts: Texts, language: str) -> Iterator[str]:
    """Yield the lines of options, their reasons and the path, in one language.

    Parameters
    ----------
    answer : dict
        What is suggested: :meth:`polku.paths.Path.to_dict`.
    texts : Texts
        The words.
    language : str
        One of :data:`polku.paths.LANGUAGES`.
    """
    yield answer["stands_on"][language]
    yield from ("", texts.say(language, "page.options"))
    for number, step in enumerate(answer["options"], start=1):
        yield f" {number}. {_named(step, language)}"
        yield from (f"      {reason[language]}" for reason in step["reasons"])
        yield f"      {texts.say(language, 'page.terms')}: {_sum(answer, step, language)}"
        yield f"      {texts.say(language, 'page.to_learner')} ({answer['band']}): {_to_learner(step, language)}"
    yield from ("", texts.say(language, "page.path"))
    for number, step in enumerate(answer["path"], start=1):
        yield f" {number}. {_named(step, language)}"
    for note in answer["notes"]:
        yield from ("", note[language])


def in_full(answer: dict[str, Any], texts: Texts) -> Iterator[str]:
    """Yield the reasons of every option in three languages, and its words to learners of four ages, as Markdown."""
    answers = {band: in_band(answer, texts, band) for band in BANDS}
    for language in LANGUAGES:
        yield from (f"## {NAMES[language]}", "", f"{answer['stands_on'][language]}.", "")
        yield from (line for note in answer["notes"] for line in (note[language], ""))
        for place, step in enumerate(answer["options"]):
            kind = texts.say(language, f"kind.{step['kind']}")
            yield from (f"### {step['title'][language]}", "", f"*{kind}*", "")
            yield from (f"- {reason[language]}" for reason in step["reasons"])
            yield f"- {texts.say(language, 'page.terms')}: {_sum(answer, step, language)}"
            yield from ("", f"{texts.say(language, 'page.to_learner')}:", "", "| | |", "|---|---|")
            for band in BANDS:
                said = _to_learner(answers[band]["options"][place], language)
                yield f"| {texts.say(language, f'page.band.{band}')} | {said} |"
            yield ""


def in_band(answer: dict[str, Any], texts: Texts, band: Band | None) -> dict[str, Any]:
    """Return a path with its words to the learner in a band; None keeps the grade's."""
    return answer if band is None else reworded(answer, band, texts)


def _named(step: dict[str, Any], language: str) -> str:
    return f"{step['title'].get(language, step['skill_id'])}  [{step['skill_id']}, {step['kind']}]"


def _to_learner(step: dict[str, Any], language: str) -> str:
    """Return what the learner reads of a step."""
    return " ".join(sentence[language] for sentence in (step["next_step"], *step["what_if"]))


def _sum(answer: dict[str, Any], step: dict[str, Any], language: str) -> str:
    """Return the terms of a step's score, in whole points that add up."""
    weighing = weighed(step["terms"])
    parts = [f"{answer['rules'][part.rule]['name'][language]} {part.points}" for part in weighing.parts]
    return f"{' + '.join(parts)} = {weighing.total}"
