"""The page as a whole: what it says first, that it is sound, speaks one language, and loads nothing."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from polku.fairness import Audit, findings
from polku.fairness.report import AuditFolder, Wording, report
from polku.home import Home
from polku.paths import LANGUAGES, Texts
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

TEMPLATES = Path(__file__).parents[3] / "src" / "polku" / "fairness" / "report"
PROMISES = ("fair", "unbiased", "reilu", "oikeudenmukai", "rättvis", "opartisk", "puolueeton")
HEADINGS = {"h1", "h2", "h3", "h4"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_first_screen_says_what_was_found(
    pages: dict[str, str], texts: Texts, folder: AuditFolder, language: str
) -> None:
    first = pages[language].split("<nav")[0]
    wording = Wording(texts, language)
    assert folder.audit.verdict == "concern"
    for key in ("brief.concern", "brief.concern_means", "hidden.outside", "harm.held_back"):
        assert wording.say(key) in first
    assert wording.say("hidden.cells", count=folder.audit.outside().suppressed["cells"], k=10) in first
    assert wording.attribute("gender") in first
    assert wording.group("gender", "boy") in first


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_counts_are_those_of_the_cells(outlines: dict[str, Any], folder: AuditFolder, language: str) -> None:
    cells = folder.audit.outside().cells
    strong = [int(text) for text in outlines[language].text["strong"]]
    shown = [cell.verdict for cell in cells if cell.n is not None]
    expected = [shown.count(verdict) for verdict in ("concern", "pass", "not_enough_evidence")]
    assert strong == [*expected, len(cells) - len(shown)]
    assert strong[0] > 0 < strong[-1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_section_of_the_issue_is_there(pages: dict[str, str], language: str) -> None:
    ids = set(re.findall(r'<section id="([a-z0-9-]+)"', pages[language]))
    assert ids >= {
        *("reading", "everyone", "attribute-1", "attribute-2", "hidden", "priority", "method", "origin", "technical"),
        *("topic-terms", "topic-items", "topic-stability", "topic-versions"),
    }


def test_every_gap_stands_in_a_table(pages: dict[str, str], folder: AuditFolder) -> None:
    for cell in folder.audit.outside().cells:
        if cell.gap is not None and cell.metric == "held_back":
            sign = "+" if cell.gap > 0 else "\N{MINUS SIGN}"
            assert f"{sign}{abs(100 * cell.gap):.1f}\N{NO-BREAK SPACE}pp" in pages["en"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_chart_has_a_title_a_description_a_sentence_and_its_data(outlines: dict[str, Any], language: str) -> None:
    tags = outlines[language].tags
    charts = [attributes for tag, attributes in tags if tag == "svg"]
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(charts) > 20
    for attributes in charts:
        assert attributes["role"] == "img"
        assert set(attributes["aria-labelledby"].split()) <= set(ids)
    figures = sum(tag == "figure" for tag, _ in tags)
    assert sum(attributes.get("class") == "says" for _, attributes in tags) == figures
    assert sum(tag == "details" for tag, _ in tags) >= figures >= len(charts)
    assert all(text.strip() for text in outlines[language].text["desc"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_headings_landmarks_and_tables_are_in_order(outlines: dict[str, Any], language: str) -> None:
    tags = outlines[language].tags
    levels = [int(tag[1]) for tag, _ in tags if tag in HEADINGS]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    names = [tag for tag, _ in tags]
    assert [names.count(landmark) for landmark in ("header", "main", "nav", "footer")] == [1, 1, 1, 1]
    assert names.count("caption") == names.count("table")
    assert all(attributes.get("scope") in {"row", "col"} for tag, attributes in tags if tag == "th")
    regions = [attributes for _, attributes in tags if attributes.get("role") == "region"]
    assert len(regions) == names.count("table")
    assert all(one["tabindex"] == "0" and one["aria-label"] for one in regions)
    targets = {attributes["id"] for _, attributes in tags if "id" in attributes}
    assert {one["href"].removeprefix("#") for tag, one in tags if tag == "a"} <= targets


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_loads_and_runs_nothing(pages: dict[str, str], outlines: dict[str, Any], language: str) -> None:
    names = {tag for tag, _ in outlines[language].tags}
    assert not names & {"script", "link", "img", "iframe", "object", "image", "use", "form"}
    assert not re.findall(r"https?://|url\(|@import|\bsrc=|\bon[a-z]+=", pages[language])
    assert all(one["href"].startswith("#") for tag, one in outlines[language].tags if tag == "a")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_is_in_its_own_language(pages: dict[str, str], texts: Texts, language: str) -> None:
    prose, technical = pages[language].split("<main")[1].split('<section id="technical"')
    for other in set(LANGUAGES) - {language}:
        for key in (
            "reason.hidden",
            "verdict.not_enough_evidence",
            "chart.how_forest",
            "asks.held_back",
            "harm.stretch",
        ):
            assert texts.say(other, key) not in prose
    assert "a note of no known kind" in technical
    assert ('lang="en"' in technical) == (language != "en")
    if language != "en":
        assert not re.search(r"\b(the|learners|gap of|others)\b", re.sub(r"<[^>]*>", " ", prose))


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_promised(outlines: dict[str, Any], language: str) -> None:
    words = re.findall(r"\w+", outlines[language].prose.lower())
    assert not [word for word in words if word.startswith(PROMISES)]


def test_names_from_data_stay_text(pages: dict[str, str]) -> None:
    assert "&lt;other&gt;" in pages["sv"]
    assert "<other>" not in pages["sv"]
    assert "i&lt;1&gt;" in pages["fi"]


def test_numbers_are_written_as_the_language_writes_them(pages: dict[str, str]) -> None:
    origin = {language: page.split('id="method"')[1] for language, page in pages.items()}
    assert ">0,05<" in origin["fi"]
    assert ">0,05<" in origin["sv"]
    assert ">0.05<" in origin["en"]


def test_hashes_and_seed_are_told(pages: dict[str, str], folder: AuditFolder) -> None:
    for value in folder.audit.hashes.values():
        assert value in pages["fi"]
    assert "c" * 64 in pages["en"]


def test_an_owners_own_question_is_printed_as_it_stands(folder: AuditFolder, texts: Texts) -> None:
    own = folder.gates.metrics["auc"].model_copy(update={"question": "Vems svar ordnas sämre?"})
    gates = folder.gates.model_copy(update={"metrics": folder.gates.metrics | {"auc": own}})
    page = report(folder.audit, gates, folder.slices, Wording(texts, "fi"))
    assert "Vems svar ordnas sämre?" in page
    assert texts.say("fi", "asks.held_back") in page


def test_what_the_home_ships_is_translated(home: Home, texts: Texts) -> None:
    gates = Gates.model_validate(tomllib.loads((home.models / "mastery" / "gates.toml").read_text()))
    slices = Slices.model_validate(tomllib.loads((home.models / "slices.toml").read_text()))
    assert {name: texts.say("en", f"asks.{name}") for name in gates.metrics} == {
        name: gate.question for name, gate in gates.metrics.items()
    }
    assert {name: texts.say("en", f"compares.{name}") for name in slices.attributes} == {
        name: one.question for name, one in slices.attributes.items()
    }
    assert texts.say("en", "priority.why") == gates.priority.why
    wanted = {f"group.{name}.{group}" for name, one in slices.attributes.items() for group in one.groups or ()}
    named = {f"{section}.{name}" for section in ("metric", "harm") for name in gates.metrics}
    assert wanted | named <= set(texts.keys())


def test_every_text_is_used(texts: Texts) -> None:
    sources = [
        path.read_text() for pattern in ("*.py", "templates/*.html", "charts/*.py") for path in TEMPLATES.glob(pattern)
    ]
    code = "".join(sources)
    literal = set(re.findall(r"""["']([a-z]+\.[a-z_]+)["']""", code))
    begun = tuple(set(re.findall(r'f"([a-z]+\.[a-z_]*)\{', code))) + tuple(
        f"{section}." for section in re.findall(r'(?:named|declared|_said)\(f?"([a-z]+)', code)
    )
    unused = [key for key in texts.keys() if key not in literal and not key.startswith(begun)]  # noqa: SIM118 - no mapping
    assert not unused


def test_an_audit_without_figures_still_reads(whole: Audit, folder: AuditFolder, english: Wording) -> None:
    bare = replace(
        whole, cells=(), curves=(), supplements=(), overall={}, notes=(), verdict="not_enough_evidence", method={}
    )
    page = report(bare, folder.gates, folder.slices, english)
    assert english.say("brief.noticed_nothing") in page
    assert english.say("brief.no_block") in page


def test_the_same_audit_read_from_json_gives_the_same_page(whole: Audit, folder: AuditFolder, english: Wording) -> None:
    again = Audit.from_json(whole.to_json())
    definitions = (folder.gates, folder.slices, english)
    assert report(again, *definitions) == report(whole, *definitions)
    assert json.loads(whole.to_json())["seed"] == again.seed


def test_what_blocks_is_listed_by_metric_and_rule(whole: Audit, folder: AuditFolder, pages: dict[str, str]) -> None:
    blocks = [one for one in findings(whole.outside(), folder.gates) if one.outcome == "block"]
    listed = pages["en"].split("What blocks")[1].split("What warns")[0]
    assert listed.count("<li>") == min(3, len({(one.cell.metric, one.cell.attribute) for one in blocks}))
