"""What the learner's page says, at four ages: complete, short enough for each, and never shouting."""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import pytest

from polku.home import Home
from polku.paths import LANGUAGES, Texts
from polku.paths.bands import BANDS
from polku.store.requests import CHOICES

HOME = Home.find()
TEXTS = Texts.load(HOME.serve / "text")
LIMITS = HOME.root / "docs" / "speaking-of-learners.md"
PAGES = HOME.root / "src" / "polku" / "web" / "pages"
COMMON = ("me", "remark", "done", "own")
"""Labels that learners of every age read; those of grade 4 can."""


def limits(band: str) -> tuple[int, dict[str, int]]:
    """Return the most words in a sentence, and letters in a word by language, from the page that sets them."""
    row = re.search(
        rf"^\| `{band}` \|.+?\| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", LIMITS.read_text("utf-8"), re.MULTILINE
    )
    assert row is not None
    words, *letters = map(int, row.groups())
    return words, dict(zip(LANGUAGES, letters, strict=True))


def said(language: str, section: str) -> list[str]:
    """Return everything that a section says in a language."""
    prefix = f"family.{section}."
    keys = [key for key in TEXTS.keys() if key.startswith(prefix)]  # noqa: SIM118 - not a mapping
    return [TEXTS.say(language, key, {"count": count}) for key in keys for count in (1, 4)]


def names(section: str) -> list[str]:
    prefix = f"family.{section}."
    return [key.removeprefix(prefix) for key in TEXTS.keys() if key.startswith(prefix)]  # noqa: SIM118 - as above


def test_every_band_says_everything() -> None:
    assert len(names(BANDS[0])) == 18
    assert all(names(one) == names(other) for one, other in pairwise(BANDS))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("section", [*BANDS, *COMMON])
def test_sentences_and_words_are_no_longer_than_the_age_allows(language: str, section: str) -> None:
    words, letters = limits(section if section in BANDS else "10-12")
    for text in said(language, section):
        for sentence in re.split(r"(?<=[.?:])\s+", text):
            found = re.findall(r"[\w-]+", sentence)
            assert len(found) <= words, f"{sentence}: {len(found)} words"
            assert max(map(len, found)) <= letters[language], f"{sentence}: a long word"


@pytest.mark.parametrize("language", LANGUAGES)
def test_nobody_is_praised_shouted_at_or_told_of_scores(language: str) -> None:
    refused = {
        "fi": r"hienoa|mahtavaa|piste|prosent",
        "sv": r"bravo|toppen|poäng|procent",
        "en": r"great|score|percent",
    }
    for section in (*BANDS, *COMMON, "home", "home_done", "asked", "card"):
        for text in said(language, section) if section in BANDS else _plain(language, section):
            assert "!" not in text
            assert not re.search(refused[language], text, re.IGNORECASE), text


def _plain(language: str, section: str) -> list[str]:
    fill: dict[str, int | float | str | Mapping[str, str]] = {"count": 2, "group": "7A", "learner": "L1", "day": "1"}
    return [TEXTS.say(language, f"family.{section}.{name}", fill) for name in names(section)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_labels_and_sentences_are_sentences(language: str) -> None:
    assert all(
        text.endswith((".", ":")) for band in BANDS for text in said(language, band) if " " in text and len(text) > 20
    )
    assert not [text for text in said(language, "remark") if text.endswith(".")]
    assert all(text.endswith(".") for text in said(language, "done"))


def test_every_text_is_used() -> None:
    """Those whose names are built stand in the code by their parts."""
    code = "".join(path.read_text(encoding="utf-8") for path in PAGES.iterdir() if path.suffix in {".py", ".html"})
    built = {"remark", "done", "own", "home_done", "asked"}
    for key in (key for key in TEXTS.keys() if key.startswith("family.")):  # noqa: SIM118 - as above
        section, name = key.split(".")[1:3]
        if section in BANDS:
            assert f'"{name}"' in code or f'"{name.removeprefix("note_")}"' in code, key
        else:
            assert f'"{key}' in code or section in built, key
    assert set(names("remark")) == set(CHOICES)


def test_every_piece_of_the_page_is_described_where_it_is_made() -> None:
    for page in ("learner.html", "guardian.html", "asked.html", "embed_teacher.html", "embed_learner.html"):
        assert "{% block" in (text := (PAGES / page).read_text(encoding="utf-8")) or text.startswith("{#")
        assert not re.search(r"<style|style=|<script|onclick=", text), page
        assert not re.search(r"https?://", text), page
    assert Path(PAGES / "learner_parts.html").read_text(encoding="utf-8").startswith("{#")
