"""Numbers, reasons, rules and notes, as a reader of each language finds them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from polku.fairness import Audit, Cell, Finding, findings
from polku.fairness.report.figures import NOTHING, Figures
from polku.fairness.report.notes import refusal, translated
from polku.fairness.report.numbers import Numbers
from polku.fairness.report.reasons import reason, rule
from polku.fairness.report.wording import Wording
from polku.paths import LANGUAGES, Texts
from polku.schemas.gates import Gates

LIMITS = {"learners": 100, "positives": 30, "negatives": 30}
NBSP = "\N{NO-BREAK SPACE}"
CELL = Cell(
    attribute="gender",
    group="girl",
    metric="held_back",
    n=400,
    responses=1200,
    positives=600,
    estimate=0.3,
    rest=0.2,
    gap=0.1,
    explained=0.0,
    interval=(0.06, 0.14),
    p=0.001,
    p_adjusted=0.004,
    mde=0.041,
    verdict="concern",
    reason="a sentence of the core that no report prints",
)
EMPTY = dict.fromkeys(("n", "responses", "positives", "estimate", "rest", "gap", "explained", "interval", "p", "mde"))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fi", ("\N{MINUS SIGN}0,031", "+3,2", "12,5 %", "50 %", "1 234", "0,05", "22. marraskuuta 2026")),
        ("sv", ("\N{MINUS SIGN}0,031", "+3,2", "12,5 %", "50 %", "1 234", "0,05", "22 november 2026")),
        ("en", ("\N{MINUS SIGN}0.031", "+3.2", "12.5%", "50%", "1,234", "0.05", "November 22, 2026")),
    ],
)
def test_numbers_follow_the_language(language: str, expected: tuple[str, ...]) -> None:
    from datetime import date

    numbers = Numbers(language)
    written = (
        *(numbers.decimal(-0.0312), numbers.signed(3.21, 1), numbers.percent(0.125), numbers.round_percent(0.5)),
        *(numbers.whole(1234), numbers.short(0.05), numbers.day(date(2026, 11, 22))),
    )
    assert tuple(text.replace(NBSP, " ") for text in written) == expected


@pytest.mark.parametrize(
    ("value", "expected"), [(-0.00001, "0.000"), (0.0, "0.000"), (0.0004, "0.000"), (-0.5, "\N{MINUS SIGN}0.500")]
)
def test_nothing_is_signed_that_rounds_to_zero(value: float, expected: str) -> None:
    assert Numbers("en").signed(value) == expected


@pytest.mark.parametrize(
    ("metric", "value", "gap"),
    [
        ("held_back", "30.0%", f"\N{MINUS SIGN}4.0{NBSP}pp"),
        ("auc", "0.300", "\N{MINUS SIGN}0.040"),
        ("stretch", "30.0%", "\N{MINUS SIGN}4.0%"),
        ("path_length", "0.3", "\N{MINUS SIGN}4.0%"),
        ("calibration", f"+30.0{NBSP}pp", f"\N{MINUS SIGN}4.0{NBSP}pp"),
        ("calibration_slope", "0.300", "\N{MINUS SIGN}0.040"),
    ],
)
def test_each_metric_has_its_unit(figures: Figures, metric: str, value: str, gap: str) -> None:
    assert figures.value(metric, 0.3) == value
    assert figures.gap(metric, -0.04) == gap
    assert figures.value(metric, None) == figures.gap(metric, None) == figures.interval(metric, None) == NOTHING


def test_every_gated_metric_has_a_unit_that_fits_its_size(whole: Audit, figures: Figures) -> None:
    for name, value in whole.overall.items():
        written = figures.value(name, value)
        assert written
        if "%" in written:
            assert value is not None
            assert 0 <= value <= 1


CASES: list[tuple[dict[str, Any], list[str]]] = [
    ({}, [f"Gap +10.0{NBSP}pp: beyond the limit of 5{NBSP}pp"]),
    ({"explained": 0.02}, [f"Unequal success rates alone would make +2.0{NBSP}pp of it."]),
    ({"metric": "ece", "explained": 0.02}, ["Chance alone would make"]),
    ({"metric": "auc", "explained": 0.02}, ["What the scores themselves admit", "+0.020"]),
    ({"verdict": "pass", "interval": (-0.04, 0.06)}, [f"a gap of 10{NBSP}pp is ruled out"]),
    (
        {"verdict": "pass", "interval": (0.02, 0.14), "explained": 0.06},
        ["once the explained part is taken off", "+6.0"],
    ),
    ({"verdict": "not_enough_evidence"}, [f"a gap of 10{NBSP}pp is not ruled out", f"A gap under 4.1{NBSP}pp"]),
    ({"verdict": "not_enough_evidence", "mde": None}, ["No gap could have been noticed."]),
    ({"verdict": "not_enough_evidence", "n": 40}, ["Only 40 learners; a verdict needs 100."]),
    ({"verdict": "not_enough_evidence", "n": 1}, ["Only 1 learner; a verdict needs 100."]),
    ({"verdict": "not_enough_evidence", "positives": 12}, ["Only 12 correct answers; a verdict needs 30."]),
    ({"verdict": "not_enough_evidence", "positives": 1190}, ["Only 10 wrong answers; a verdict needs 30."]),
    ({"verdict": "not_enough_evidence", "p": None}, ["too few learners, answers or schools to compare with"]),
    ({"verdict": "not_enough_evidence", "metric": "stretch", "gap": None}, ["no ratio to the others"]),
    ({"metric": "stretch", "positives": 2, "verdict": "not_enough_evidence"}, ["is not ruled out"]),
    ({"verdict": "not_enough_evidence", "estimate": None}, ["Cannot be estimated"]),
    ({**EMPTY, "verdict": "not_enough_evidence"}, ["Not shown"]),
    ({"metric": "grade_level", "estimate": 1.0, "verdict": "pass"}, ["Holds for every learner."]),
    ({"metric": "grade_level", "estimate": 0.98}, ["Does not hold for 2.0% of these learners"]),
    ({"metric": "churn", "attribute": "all", "estimate": 0.3}, ["30.0% over all learners, shown to lie above 20.0%"]),
    ({"metric": "churn", "attribute": "all", "verdict": "pass"}, ["shown to lie below 20.0%"]),
]


@pytest.mark.parametrize(("changes", "says"), CASES)
def test_reasons_are_built_from_figures(figures: Figures, changes: dict[str, Any], says: list[str]) -> None:
    told = reason(replace(CELL, **changes), figures, LIMITS)
    assert all(part in told for part in says), told
    assert CELL.reason not in told
    assert ".." not in told


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("place", range(len(CASES)))
def test_every_reason_is_said_in_every_language(texts: Texts, gates: Gates, language: str, place: int) -> None:
    told = reason(replace(CELL, **CASES[place][0]), Figures(Wording(texts, language), gates), LIMITS)
    assert told.endswith(".")
    assert "{" not in told


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, f"blocks: the gap reaches 10{NBSP}pp"),
        ({"gap": 0.08, "interval": (0.055, 0.105)}, f"blocks: the whole interval lies beyond 5{NBSP}pp"),
        ({"gap": 0.08, "interval": (0.01, 0.15)}, "warns"),
        ({"metric": "ece", "gap": 0.08}, "reported"),
        ({"metric": "grade_level", "estimate": 0.9, "gap": None}, "blocks: this must hold for every learner"),
        ({"verdict": "not_enough_evidence"}, "reported: whoever approves the release acknowledges it"),
        ({"verdict": "pass"}, "reported: the gap reaches the limit, but what is left"),
    ],
)
def test_the_rule_agrees_with_the_gate(
    whole: Audit, gates: Gates, figures: Figures, changes: dict[str, Any], says: str
) -> None:
    cell = replace(CELL, **changes)
    (finding,) = findings(replace(whole, cells=(cell,)), gates)
    assert rule(finding, figures).startswith(says)


def test_required_evidence_blocks_in_words_too(gates: Gates, english: Wording) -> None:
    required = gates.metrics["auc"].model_copy(update={"required": True})
    cell = replace(CELL, metric="auc", verdict="not_enough_evidence")
    figures = Figures(english, gates.model_copy(update={"metrics": {"auc": required}}))
    assert rule(Finding(cell, "block", ""), figures) == "blocks: this evidence is required"


def test_the_rules_of_a_whole_audit_agree_with_their_outcomes(whole: Audit, gates: Gates, figures: Figures) -> None:
    begins = {"block": "blocks", "warn": "warns", "report": "reported"}
    found = findings(whole, gates)
    assert {one.outcome for one in found} == set(begins)
    assert all(rule(one, figures).startswith(begins[one.outcome]) for one in found)


PUBLISHED = (
    "3 cells of paths are withheld outside the enclave: a table published before is about the same learners but "
    "for fewer than 10"
)
BACKGROUND = "have no background: they form the group 'missing'"
ONE_BY_ONE = "learners are resampled one by one: likeness within a school, if any, is not in the intervals"


@pytest.mark.parametrize(
    ("note", "says"),
    [
        (
            "1 of 40 learners in the predictions have no background: they form the group 'missing'",
            "1 of 40 learners (pre",
        ),
        (
            "12 of 4000 learners in the paths have no background: they form the group 'missing'",
            "12 of 4,000 learners (p",
        ),
        (
            "learners are resampled one by one: likeness within a school, if any, is not in the intervals",
            "Learners were",
        ),
        (PUBLISHED, "3 cells (paths) are withheld"),
        (f"fewer than 10 learners in the paths {BACKGROUND}", "Fewer than 10 learners (paths)"),
        (f"all but fewer than 10 learners in the paths {BACKGROUND}", "All learners (paths) but fewer than 10"),
    ],
)
def test_known_notes_are_translated(texts: Texts, note: str, says: str) -> None:
    said, left = translated([note], Wording(texts, "en"))
    assert not left
    assert said[0].startswith(says)
    for language in ("fi", "sv"):
        said, left = translated([note], Wording(texts, language))
        assert not left
        assert note not in said


def test_every_note_of_an_audit_is_of_a_known_kind(fair: Audit, english: Wording) -> None:
    assert fair.notes
    assert not translated(fair.notes, english)[1]


def test_unknown_notes_are_kept_as_they_are(english: Wording) -> None:
    assert translated(["something else"], english) == ([], ["something else"])


def test_refused_rows_say_why(texts: Texts) -> None:
    assert refusal("predictions: y_prob is not a number", Wording(texts, "sv")) == "prognoser: y_prob är inget tal"
    assert refusal("paths: learner_id is missing", Wording(texts, "fi")) == "polut: oppijan tunniste puuttuu"
    assert refusal("moon: full", Wording(texts, "fi")) == "moon: full"


@pytest.mark.parametrize(
    ("attribute", "group", "expected"),
    [
        ("gender", "girl", "flickor"),
        ("gender", "missing", "inte känt"),
        ("gender & s2", "girl & yes", "flickor & ja"),
        ("shoe_size", "42", "42"),
        ("gender", "a & b", "a & b"),
    ],
)
def test_names_are_translated_where_they_are_ours(texts: Texts, attribute: str, group: str, expected: str) -> None:
    assert Wording(texts, "sv").group(attribute, group) == expected


def test_crossings_are_named_by_their_parts(texts: Texts) -> None:
    assert Wording(texts, "fi").attribute("gender & shoe_size") == "Sukupuoli & shoe_size"
