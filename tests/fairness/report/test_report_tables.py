"""Tables beside the cells: every topic in the reader's words, unknown columns as their maker named them."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from polku.fairness import Audit, Supplement
from polku.fairness.report import AuditFolder, Wording, beside
from polku.fairness.report.figures import Figures
from polku.fairness.report.view import Material, Section
from polku.fairness.supplement import Value
from polku.paths import Texts

LABELS = (
    "subject",
    "attribute",
    "group",
    "n",
    "raw_gap",
    "gap",
    "low",
    "high",
    "pooled",
    "uncorrected",
    "within_schools",
)
PLACES = ("place", "n", "auc", "auc_elsewhere", "loss", "low", "high", "verdict", "reason")
VERSIONS = ("attribute", "group", "metric", "version", "made", "n", "estimate", "rest", "gap", "low", "high", "verdict")


def material(folder: AuditFolder, texts: Texts, language: str, *tables: Supplement) -> Material:
    wording = Wording(texts, language)
    audit: Audit = replace(folder.audit, supplements=tables)
    return Material(audit, folder.gates, folder.slices, Figures(wording, folder.gates), inside=False)


def sections(folder: AuditFolder, texts: Texts, language: str, *tables: Supplement) -> list[Section]:
    return list(beside.sections(material(folder, texts, language, *tables)))


def version(group: str, name: str, made: str, gap: float | None) -> tuple[Value, ...]:
    low, high = (None, None) if gap is None else (gap - 0.05, gap + 0.05)
    return ("gender", group, "held_back", name, made, 90, 0.2, 0.25, gap, low, high, "pass")


def test_grades_are_told_by_subject_and_group(folder: AuditFolder, texts: Texts) -> None:
    rows = (
        ("mathematics", "gender", "boy", 120, -0.5, -0.2, -0.4, 0.0, -0.1, -0.3, None),
        ("mathematics", "school", "Elm", 60, 0.3, 0.1, -0.1, 0.3, 0.05, 0.2, None),
    )
    (section,) = sections(folder, texts, "sv", Supplement("labels", LABELS, rows))
    (table,) = section.parts[0].tables
    assert section.title == "Vitsord vid sidan av underlaget"
    assert table.header[:4] == ("Läroämne", "Bakgrundsuppgift", "Grupp", "Elever")
    assert "Skillnad inom skolor" not in table.header, "a column that says nothing is left out"
    assert [row[1:4] for row in table.rows] == [("Kön", "pojkar", "120"), ("Skola", "Elm", "60")]
    assert table.rows[0][4] == "\N{MINUS SIGN}0,500"


def test_places_that_were_left_out_are_named_in_the_readers_language(folder: AuditFolder, texts: Texts) -> None:
    rows = (
        ("all", 300, 0.74, 0.73, 0.01, 0.0, 0.02, "pass", "a loss of 0.03 is ruled out"),
        ("fold 3: 4 schools", 80, 0.7, 0.66, 0.04, 0.01, 0.07, "not_enough_evidence", ""),
        ("fold 4: 1 school", 80, 0.7, 0.66, 0.04, 0.01, 0.07, "concern", ""),
        ("Elm", 80, 0.7, 0.66, 0.04, 0.01, 0.07, "pass", ""),
    )
    supplement = Supplement("generalisation", PLACES, rows, notes=("fitted anew four times",))
    (section,) = sections(folder, texts, "fi", supplement)
    (table,) = section.parts[0].tables
    assert [row[0] for row in table.rows] == ["kaikki", "osa 3: 4 koulua", "osa 4: 1 koulu", "Elm"]
    assert table.rows[1][-1] == "ei tarpeeksi näyttöä"
    assert not [text for row in table.rows for text in row if "ruled out" in text]
    assert list(beside.sentences(supplement)) == [
        "generalisation: fitted anew four times",
        "generalisation, all: a loss of 0.03 is ruled out",
    ]


@pytest.mark.parametrize(
    ("language", "day", "now"),
    [("fi", "5. kesäkuuta 2026", "tämä auditointi"), ("en", "June 5, 2026", "this audit")],
)
def test_versions_are_drawn_oldest_first(folder: AuditFolder, texts: Texts, language: str, day: str, now: str) -> None:
    rows = (
        version("girl", "aaaaaaaaaaaa", "2026-06-05", 0.08),
        version("boy", "aaaaaaaaaaaa", "2026-06-05", -0.08),
        version("girl", "bbbbbbbbbbbb", "now", 0.02),
        version("boy", "bbbbbbbbbbbb", "now", None),
    )
    (section,) = sections(folder, texts, language, Supplement("versions", VERSIONS, rows))
    (figure,) = section.parts[0].figures
    assert figure.svg is not None
    assert figure.svg.index("aaaaaaaaaaaa") < figure.svg.index("bbbbbbbbbbbb")
    assert len(re.findall('class="whisker', figure.svg)) == 3
    assert f"aaaaaaaaaaaa {'+8.0' if language == 'en' else '+8,0'}" in figure.sentence
    made = [row[2] for row in figure.table.rows]
    assert made == [day, day, now, now]
    assert len(figure.table.header) == len(VERSIONS) - 2


def test_terms_are_named_and_their_lines_counted(folder: AuditFolder, texts: Texts) -> None:
    terms = next(table for table in folder.audit.supplements if table.topic == "terms")
    (section,) = sections(folder, texts, "en", terms)
    part = section.parts[0]
    assert part.text == "2 lines are left out because they rest on too few learners."
    assert part.figures[0].title == "Gender: Held back"
    assert "girls: autumn 2025" in part.figures[0].sentence
    assert "boys: autumn 2025" in part.figures[0].sentence


def test_lines_that_count_stand_apart_from_those_that_name_an_item(folder: AuditFolder, texts: Texts) -> None:
    items = next(table for table in folder.audit.supplements if table.topic == "items")
    (section,) = sections(folder, texts, "en", items)
    named, counts = section.parts[0].tables
    assert named.rows == (("Gender", "girls", "uniform", "i<1>", "C", "harder", "\N{MINUS SIGN}1.800", "90"),)
    assert counts.rows == (("Gender", "girls", "12"),)
    assert counts.caption.endswith(": all items")


def test_a_table_nobody_knows_is_printed_under_its_own_names(folder: AuditFolder, texts: Texts) -> None:
    rows = ((42, True, None, "warm"), (1234, False, 0.5, "cold"))
    (section,) = sections(folder, texts, "en", Supplement("stability", ("shoe_size", "alike", "ratio", "mood"), rows))
    (table,) = section.parts[0].tables
    assert table.header == ("shoe_size", "alike", "ratio", "mood")
    assert table.rows == (("42", "yes", "\N{EN DASH}", "warm"), ("1,234", "no", "0.500", "cold"))
    assert table.numeric == {0, 2}


def test_an_empty_table_says_so(folder: AuditFolder, texts: Texts) -> None:
    (section,) = sections(folder, texts, "en", Supplement("versions", VERSIONS, ()))
    assert section.parts[0].text == "There is no line to show."
    assert not section.parts[0].tables
    assert not section.parts[0].figures


def test_topics_keep_their_order_and_share_a_section(folder: AuditFolder, texts: Texts) -> None:
    tables = [Supplement(topic, ("n",), ((1,),)) for topic in ("labels", "items", "labels")]
    found = sections(folder, texts, "en", *tables)
    assert [section.id_ for section in found] == ["topic-labels", "topic-items"]
    assert [len(section.parts) for section in found] == [2, 1]
