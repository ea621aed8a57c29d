"""A school's charts in words: the text alternative and the table tell what the drawing does, and nothing suppressed."""

from __future__ import annotations

import random
import re
from html import unescape

import pytest

from polku.home import Home
from polku.paths import LANGUAGES, Texts
from polku.web.aggregates import Row
from polku.web.monthly import STAGES, stage_of
from polku.web.pages.charts import Figure, Numbers
from polku.web.pages.charts.heat import HIDDEN
from polku.web.pages.school_charts import Words, by_stage, cell_of, decisions, heat_maps, trends
from polku.web.wording import sayer

SHARES = {"accept": 0.5, "edit": 0.05, "skip": 0.25, "reject": 0.1, "pause": 0.0}


@pytest.fixture(scope="module")
def spoken(home: Home) -> dict[str, Words]:
    texts = Texts.load(home.serve / "text")
    return {language: Words(sayer(texts, language), language, Numbers(language)) for language in LANGUAGES}


def row(about: str, grade: int, **figures: float) -> Row:
    """Return one row; without figures it is suppressed."""
    return Row(about, "A", grade, 20 if figures else None, figures)


def drawn_texts(figure: Figure) -> list[str]:
    return [unescape(one) for one in re.findall(r"<text[^>]*>([^<]*)</text>", str(figure.svg))]


@pytest.mark.parametrize(
    ("language", "grade", "stage", "month", "hidden"),
    [
        ("fi", "7. luokka", "Vuosiluokat 7\N{EN DASH}9", "1.2026", "liian vähän oppijoita"),
        ("sv", "Årskurs 7", "Årskurs 7\N{EN DASH}9", "2026-01", "för få elever"),
        ("en", "Grade 7", "Grades 7\N{EN DASH}9", "01/2026", "too few learners"),
    ],
)
def test_words_of_each_language(
    spoken: dict[str, Words], language: str, grade: str, stage: str, month: str, hidden: str
) -> None:
    words = spoken[language]
    assert words.grade(7) == grade
    assert words.stage("7-9") == stage
    assert words.month("2026-01") == month
    assert words.share(row("a", 7), "coverage") == hidden
    assert words.share(None, "coverage") == HIDDEN
    assert words.share(row("a", 7, other=0.5), "coverage") == HIDDEN


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("seed", range(8))
def test_drawing_table_and_sentence_tell_the_same_figures(spoken: dict[str, Words], seed: int, language: str) -> None:
    drawn, words = random.Random(seed), spoken[language]
    shares = {
        (about, grade): drawn.choice([None, 0.0, 0.05, 0.35, 0.5, 0.95, 1.0]) for about in "abcd" for grade in (7, 8, 9)
    }
    rows = [
        row(about, grade) if share is None else row(about, grade, coverage=share)
        for (about, grade), share in shares.items()
    ]
    (made,) = heat_maps(rows, "coverage", str.upper, words)
    told = words.share(row("x", 7), "coverage")
    for line, about in zip(made.table.rows, "abcd", strict=True):
        assert line[0] == about.upper()
        for cell, grade in zip(line[1:], (7, 8, 9), strict=True):
            share = shares[about, grade]
            assert cell == (told if share is None else words.numbers.round_percent(share))
    cells = [one for one in drawn_texts(made)[3:] if one not in "ABCD"]
    expected = [HIDDEN if share is None else f"{share * 100:.0f}" for share in shares.values()]
    assert cells == expected
    for grade in (7, 8, 9):
        known = [share for (_, of), share in shares.items() if of == grade and share is not None]
        ends = [words.numbers.round_percent(share) for share in (min(known), max(known))] if known else []
        assert all(end in made.sentence for end in ends)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_suppressed_everywhere_is_told_nowhere(spoken: dict[str, Words], language: str) -> None:
    words = spoken[language]
    rows = [row(about, grade) for about in ("2026-01", "2026-02") for grade in (7, 8)]
    told = [*heat_maps(rows, "coverage", str, words), *trends(rows, "success", "x", words, "growth")]
    for made in told:
        assert "%" not in made.sentence
        assert not [cell for line in made.table.rows for cell in line[1:] if re.search(r"\d", cell)]
        assert made.sentence.count(".") >= 2
    assert len(told) == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_single_cell(spoken: dict[str, Words], language: str) -> None:
    words = spoken[language]
    (made,) = heat_maps([row("a", 9, coverage=1.0)], "coverage", str, words)
    assert made.table.rows == (("a", words.numbers.round_percent(1.0)),)
    assert drawn_texts(made) == ["9", "a", "100"]
    (line,) = trends([row("2026-06", 9, success=0.5)], "success", "x", words)
    assert line.table.rows == ((words.month("2026-06"), words.numbers.round_percent(0.5)),)


def test_of_nothing_nothing_is_drawn(spoken: dict[str, Words]) -> None:
    words = spoken["en"]
    assert list(heat_maps([], "coverage", str, words)) == []
    assert list(trends([], "success", "x", words)) == []
    assert decisions([], words) is None


@pytest.mark.parametrize(
    ("grade", "stage"),
    [
        (0, ""),
        (1, "1-2"),
        (2, "1-2"),
        (3, "3-6"),
        (4, "3-6"),
        (5, "3-6"),
        (6, "3-6"),
        (7, "7-9"),
        (8, "7-9"),
        (9, "7-9"),
        (10, "lukio"),
        (11, "lukio"),
        (12, "lukio"),
        (13, ""),
    ],
)
def test_stages_of_the_curriculum(grade: int, stage: str) -> None:
    assert stage_of(grade) == stage
    assert [name for name, _ in by_stage([row("a", grade)])] == ([stage] if stage else [])


def test_every_stage_has_a_chart_of_its_own_whatever_the_order_of_rows(spoken: dict[str, Words]) -> None:
    rows = [row("a", grade, coverage=0.5) for grade in (12, 1, 9, 5, 7, 2)]
    made = list(heat_maps(rows, "coverage", str, spoken["en"]))
    assert [one.title for one in made] == [spoken["en"].stage(stage) for stage in STAGES]
    assert made[2].table.header[1:] == ("Grade 7", "Grade 9")


@pytest.mark.parametrize(
    ("given", "share", "hidden"),
    [
        (None, None, False),
        (row("a", 7), None, True),
        (row("a", 7, coverage=0.0), 0.0, False),
        (row("a", 7, coverage=1.0), 1.0, False),
        (row("a", 7, other=1.0), None, False),
    ],
)
def test_a_row_as_a_cell(given: Row | None, share: float | None, hidden: bool) -> None:
    cell = cell_of(given, "coverage")
    assert (cell.share, cell.hidden) == (share, hidden)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_difference_stands_beside_its_share(spoken: dict[str, Words], language: str) -> None:
    words = spoken[language]
    rows = [
        row("2026-01", 7, success=0.5),
        row("2026-02", 7, success=0.75, growth=0.25),
        row("2026-03", 7, success=0.7, growth=-0.05),
        row("2026-04", 7, success=0.7, growth=0.0),
    ]
    (made,) = trends(rows, "success", "x", words, "growth")
    ends = [line[1] for line in made.table.rows]
    written = [words.numbers.round_percent(share) for share in (0.5, 0.75, 0.7, 0.7)]
    assert ends == [written[0], f"{written[1]} (+25)", f"{written[2]} (\N{MINUS SIGN}5)", f"{written[3]} (0)"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_decisions_in_words(spoken: dict[str, Words], language: str) -> None:
    words = spoken[language]
    made = decisions([row("", 7, offered=2.5, **SHARES), row("", 8), row("", 9, offered=3.0, **SHARES)], words)
    assert made is not None
    options, *shares = made.table.rows
    hidden = words.share(row("", 8), "accept")
    assert options[1:] == (words.numbers.short(2.5, 1), hidden, "3")
    assert [line[1] for line in shares] == [words.numbers.round_percent(share) for share in SHARES.values()]
    assert {line[2] for line in made.table.rows} == {hidden}
    assert made.table.numeric == {1, 2, 3}
    assert words.numbers.round_percent(0.5) in made.sentence
