"""Four reading bands: each complete, each within its limits, each other words for the same path."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from polku.curriculum import Curriculum
from polku.errors import DefinitionError
from polku.home import Home, validate
from polku.paths import LANGUAGES, SkillState, Texts, load_policy, plan
from polku.paths.bands import BANDS, UNKNOWN, Band, band_of
from polku.paths.rewording import reworded
from polku.schemas.text import LearnerTextFile

HOME = Home.find()
TEXTS = Texts.load(HOME.serve / "text")
PAGE = HOME.root / "docs" / "speaking-of-learners.md"
WHOLE = {"next_step": {"review": "A"}, "what_if": {"fresh": "B"}}
FILL = {name: dict.fromkeys(LANGUAGES, "X") for name in ("skill", "next", "later")}
COUNTS = (1, 2, 3, 10)


def limits() -> dict[Band, tuple[int, dict[str, int]]]:
    """Read the most words in a sentence and letters in a word, by band, from the page that sets them."""
    rows = re.findall(
        r"^\| `(.+?)` \|.+?\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", PAGE.read_text("utf-8"), re.MULTILINE
    )
    return {band: (int(words), dict(zip(LANGUAGES, map(int, most), strict=True))) for band, words, *most in rows}


def messages(band: Band) -> list[str]:
    """Return the ids of all messages of a band, without its name."""
    return [key.removeprefix(f"learner.{band}.") for key in TEXTS.keys() if key.startswith(f"learner.{band}.")]  # noqa: SIM118 - no mapping


def said(language: str, band: Band) -> list[str]:
    """Return every message of a band as it is read, a name of a skill being one word."""
    found = (
        TEXTS.say(language, f"learner.{band}.{key}", {**FILL, "count": count})
        for key in messages(band)
        for count in COUNTS
    )
    return list(dict.fromkeys(found))


@pytest.mark.parametrize(
    ("grade", "band"),
    [(1, "7-9"), (3, "7-9"), (4, "10-12"), (6, "10-12"), (7, "13-15"), (9, "13-15"), (10, "16plus"), (12, "16plus")],
)
def test_the_band_follows_the_grade(grade: int, band: Band) -> None:
    assert band_of(grade) == band


def test_without_a_grade_the_band_is_the_one_that_suits_most() -> None:
    assert band_of(None) == UNKNOWN == "13-15"


# --- complete


def test_every_band_has_every_message_in_every_language() -> None:
    whole = messages(BANDS[0])
    assert len(whole) == 12
    for band in BANDS:
        assert messages(band) == whole
        for language in LANGUAGES:
            assert all(TEXTS.say(language, f"learner.{band}.{key}", {**FILL, "count": 3}) for key in whole)


@pytest.mark.parametrize(
    ("bands", "says"),
    [
        ({}, "reading band 7-9 is not there"),
        (dict.fromkeys(BANDS[:3], WHOLE), "reading band 16plus is not there"),
        (dict.fromkeys(BANDS, WHOLE) | {"10-12": WHOLE | {"what_if": {}}}, "band 10-12 lacks what_if.fresh"),
        (dict.fromkeys((*BANDS, "3-6"), WHOLE), "3-6"),
    ],
)
def test_a_band_that_is_not_complete_stops_the_start(bands: dict[str, object], says: str) -> None:
    with pytest.raises(DefinitionError, match=says):
        validate({"learner": bands}, LearnerTextFile, HOME.serve / "text" / "learner.fi.toml")


def test_no_text_is_for_guardians_alone() -> None:
    names = ("page.role.", "page.persona.")  # what people are called, not what they are told
    assert not [key for key in TEXTS.keys() if re.search("guardian|parent", key) and not key.startswith(names)]  # noqa: SIM118 - no mapping


# --- readable


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("band", BANDS)
def test_sentences_and_words_are_no_longer_than_the_age_allows(language: str, band: Band) -> None:
    words, letters = limits()[band]
    for text in said(language, band):
        for sentence in re.split(r"(?<=[.?])\s+", text):
            found = re.findall(r"[\w-]+", sentence)
            assert len(found) <= words, f"{sentence}: {len(found)} words"
            assert max(map(len, found)) <= letters[language], f"{sentence}: a long word"


def test_the_limits_rise_with_age() -> None:
    assert list(limits()) == list(BANDS)
    for (words, letters), (more_words, more_letters) in pairwise(limits().values()):
        assert words < more_words
        assert all(letters[language] < more_letters[language] for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_youngest_read_less_than_the_oldest(language: str) -> None:
    lengths = [sum(len(text) for text in said(language, band)) for band in BANDS]
    assert lengths[0] == min(lengths)
    assert lengths[-1] == max(lengths)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_exclamation_no_shouting_no_abbreviation(language: str) -> None:
    for band in BANDS:
        for text in said(language, band):
            assert re.fullmatch(r"[^!;()/]+[.?]", text), text
            assert text[0].isupper()


# --- the same path in other words


def test_a_stored_path_is_said_to_a_reader_of_another_age() -> None:
    graph = Curriculum.load(HOME.serve / "curricula" / "fi-mathematics.json")
    states = {name: SkillState(0.5, 4, 0.1) for name in graph.order[60:80]}
    policy = load_policy(HOME.models)
    by_grade = {grade: plan(graph, states, policy, grade=grade).to_dict(TEXTS) for grade in (2, 5, 8, 11)}
    for grade, answer in by_grade.items():
        assert answer["band"] == band_of(grade)
        assert reworded(answer, band_of(grade), TEXTS) == answer
        for band in BANDS:
            other = reworded(answer, band, TEXTS)
            assert reworded(other, band_of(grade), TEXTS) == answer
            assert other["band"] == band
            assert [step["reasons"] for step in other["options"]] == [step["reasons"] for step in answer["options"]]


def test_a_step_without_words_stays_without() -> None:
    step: dict[str, object] = {"skill_id": "a", "kind": "review", "next_step": None, "what_if": []}
    path = {"rung": "model", "band": "7-9", "options": [step], "path": []}
    assert reworded(path, "16plus", TEXTS) == path | {"band": "16plus"}
