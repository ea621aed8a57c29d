"""What an interval says of a limit, what too little evidence says, and what stands in the way of a release."""

from __future__ import annotations

import numpy as np
import pytest

from polku.schemas.gates import Outcome
from polku.schemas.validation import EvidenceNeeded, Limit
from polku.training.validation.estimate import NOTHING, Estimate
from polku.training.validation.judge import Basis, check_of, finding_of, judged, not_answerable
from polku.training.validation.report import Finding

NEEDED = EvidenceNeeded()
ENOUGH = Basis(100, 1000, 500.0)


def limit(value: float = 0.05, outcome: Outcome = "block", *, required: bool = False) -> Limit:
    return Limit(question="Does it hold where it is used?", limit=value, outcome=outcome, required=required)


@pytest.mark.parametrize(
    ("low", "high", "finding"),
    [(-1.0, 0.05, "pass"), (0.051, 0.2, "concern"), (0.04, 0.06, "not_enough_evidence"), (-2.0, -1.0, "pass")],
)
def test_only_large_values_are_a_concern_without_a_centre(low: float, high: float, finding: Finding) -> None:
    assert finding_of(Estimate((low + high) / 2, low, high), 0.05) == finding


@pytest.mark.parametrize(
    ("low", "high", "finding"),
    [
        (0.8, 1.2, "pass"),
        (0.5, 0.79, "concern"),
        (1.21, 1.5, "concern"),
        (0.7, 0.9, "not_enough_evidence"),
        (0.1, 3.0, "not_enough_evidence"),
    ],
)
def test_both_sides_of_a_centre_are_a_concern(low: float, high: float, finding: Finding) -> None:
    assert finding_of(Estimate((low + high) / 2, low, high), 0.2 + 1e-9, centre=1.0) == finding


@pytest.mark.parametrize(
    ("basis", "says"),
    [
        (Basis(29, 1000, 500.0), "29 learners, 30 needed"),
        (Basis(100, 199, 100.0), "199 responses, 200 needed"),
        (Basis(100, 1000, 29.0), "29 right answers, 30 needed"),
        (Basis(100, 1000, 999.0), "1 wrong answer, 30 needed"),
        (ENOUGH, ""),
    ],
)
def test_what_lacks_is_said(basis: Basis, says: str) -> None:
    assert basis.lacking(NEEDED) == says


def test_too_little_evidence_is_never_a_concern() -> None:
    check = judged("slope", limit(), NEEDED, Basis(29, 1000, 500.0), Estimate(9.0, 8.0, 10.0))
    assert (check.finding, check.reason, check.value) == ("not_enough_evidence", "29 learners, 30 needed", 9.0)


def test_a_figure_that_is_not_defined_is_left_out() -> None:
    check = judged("slope", limit(), NEEDED, ENOUGH, NOTHING)
    assert (check.finding, check.value, check.low) == ("not_enough_evidence", None, None)
    assert check.reason == "the answers or the predictions are all alike"


@pytest.mark.parametrize(
    ("finding", "outcome", "required", "blocks"),
    [
        ("concern", "block", False, True),
        ("concern", "warn", True, False),
        ("concern", "report", False, False),
        ("not_enough_evidence", "block", False, False),
        ("not_enough_evidence", "report", True, True),
        ("not_answerable", "block", True, True),
        ("not_answerable", "block", False, False),
        ("pass", "block", True, False),
    ],
)
def test_what_blocks(finding: Finding, outcome: Outcome, required: bool, blocks: bool) -> None:
    assert check_of("ece", limit(0.1, outcome, required=required), finding, "because", ENOUGH).blocks is blocks


def test_a_question_without_an_answer_keeps_its_question() -> None:
    check = not_answerable("month", limit(), "no clock")
    assert str(check) == "month: no clock"
    assert (check.question, check.learners, check.value) == ("Does it hold where it is used?", 0, None)


def test_learners_are_counted_once() -> None:
    assert Basis.of(np.array([1.0, 0.5, 0.0]), np.array([4, 4, 7])) == Basis(2, 3, 1.5)
