"""Gates: what follows from a verdict, and that a provider's own are never milder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from polku.errors import DefinitionError
from polku.fairness import Audit, Cell, audit_predictions, blocking, findings, load_gates, stricter
from polku.fairness.gates import gate_of, worst_that_blocks
from polku.home import Home
from polku.schemas.gates import INVARIANTS, PATH_METRICS, PREDICTION_METRICS, Gate, Gates
from polku.schemas.slices import Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]

CELL = Cell(
    attribute="s2", group="yes", metric="held_back", n=200, responses=900, positives=500, estimate=0.3, rest=0.22,
    gap=0.08, explained=0.0, interval=(0.02, 0.14), p=0.001, p_adjusted=0.01, mde=0.09, verdict="concern", reason="gap",
)  # fmt: skip


def with_gate(gates: Gates, metric: str, **changes: Any) -> Gates:
    gate = gate_of(gates, metric).model_copy(update=changes)
    return gates.model_copy(update={"metrics": {**gates.metrics, metric: gate}})


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "warn"),
        ({"gap": 0.12}, "block"),  # block_at = 0.10
        ({"gap": -0.12, "interval": (-0.2, -0.04)}, "block"),
        ({"interval": (0.06, 0.10)}, "block"),  # all of it beyond the limit of 0.05
        ({"gap": 0.12, "explained": 0.05}, "warn"),  # 0.07 is left
        ({"verdict": "not_enough_evidence"}, "report"),
        ({"verdict": "pass"}, "report"),  # the gap reaches the limit, but is explained
        ({"verdict": "pass", "gap": 0.01}, None),
        ({"metric": "ece", "gap": 0.3}, "report"),
        ({"metric": "grade_level", "estimate": 0.99, "gap": None}, "block"),
        ({"metric": "stretch", "gap": -0.5}, "warn"),
    ],
)
def test_what_follows_from_a_cell(fair: Audit, gates: Gates, changes: dict[str, Any], outcome: str | None) -> None:
    audit = replace(fair, cells=(replace(CELL, **changes),))
    assert [finding.outcome for finding in findings(audit, gates)] == ([outcome] if outcome else [])


def test_missing_evidence_blocks_where_it_is_required(fair: Audit, gates: Gates) -> None:
    audit = replace(fair, cells=(replace(CELL, verdict="not_enough_evidence"),))
    assert not blocking(audit, gates)
    demanding = with_gate(gates, "held_back", required=True)
    assert [finding.why for finding in blocking(audit, demanding)] == ["evidence is required"]
    assert worst_that_blocks(audit.cells, demanding) == "not_enough_evidence"


@pytest.mark.parametrize(
    ("verdicts", "worst"),
    [
        (["pass", "not_enough_evidence"], "pass"),
        (["not_enough_evidence", "not_enough_evidence"], "not_enough_evidence"),
        (["pass", "concern"], "concern"),
    ],
)
def test_an_audit_passes_only_when_something_passed(gates: Gates, verdicts: list[Any], worst: str) -> None:
    cells = [replace(CELL, gap=0.2, verdict=verdict) for verdict in verdicts]
    assert worst_that_blocks(cells, gates) == worst


def test_a_concern_that_only_warns_does_not_fail_the_audit(gates: Gates) -> None:
    assert worst_that_blocks([CELL, replace(CELL, verdict="pass")], gates) == "pass"


def test_findings_come_gravest_first(wronged: Audit, gates: Gates) -> None:
    outcomes = [finding.outcome for finding in findings(wronged, gates)]
    assert outcomes == sorted(outcomes, key=["block", "warn", "report"].index)
    assert outcomes[0] == "block"


def test_a_metric_without_a_gate_is_not_measured(
    run: Callable[..., Audit], gates: Gates, make_world: MakeWorld, slices: Slices
) -> None:
    only = gates.model_copy(update={"metrics": {"auc": gates.metrics["auc"]}})
    predictions, background = make_world(1, learners=250)
    audit = audit_predictions(predictions, background, slices, only)
    assert {cell.metric for cell in audit.cells} == {"auc"}
    with pytest.raises(DefinitionError, match="say nothing of abroca"):
        findings(run(1, learners=250), only)


@pytest.mark.parametrize(
    ("metric", "changes", "message"),
    [
        ("auc", {"limit": 0.06}, "auc: limit 0.06 above 0.05"),
        ("auc", {"block_at": None}, "auc: blocks at None instead of 0.1"),
        ("auc", {"outcome": "report"}, "auc: report instead of warn"),
        ("stretch", {"scale": "difference"}, "stretch: scale difference instead of ratio"),
    ],
)
def test_own_gates_are_never_milder(gates: Gates, metric: str, changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionError, match=f"may only be stricter\n.*{message}"):
        stricter(gates, with_gate(gates, metric, **changes))


def test_own_gates_may_be_stricter(gates: Gates) -> None:
    own = with_gate(gates, "auc", limit=0.02, block_at=0.05, required=True)
    assert stricter(gates, own) is own


def test_own_gates_leave_nothing_out_and_keep_the_threshold(gates: Gates) -> None:
    fewer = {name: gate for name, gate in gates.metrics.items() if name != "silent"}
    own = gates.model_copy(update={"metrics": fewer, "threshold": 0.4})
    with pytest.raises(DefinitionError, match=r"silent: no gate; threshold: 0\.4 instead of 0\.5"):
        stricter(gates, own)
    with pytest.raises(DefinitionError, match="no longer required"):
        stricter(with_gate(gates, "auc", required=True), gates)


def test_own_limits_on_items_are_never_larger(gates: Gates) -> None:
    larger, smaller = (
        gates.model_copy(update={"items": gates.items.model_copy(update={"large": large})}) for large in (1.8, 1.2)
    )
    with pytest.raises(DefinitionError, match=r"items: large 1\.8 above 1\.5"):
        stricter(gates, larger)
    assert stricter(gates, smaller) is smaller


def test_own_gates_demand_what_the_base_demands(gates: Gates) -> None:
    with pytest.raises(DefinitionError, match="flip: demanded logged instead of always"):
        stricter(gates, with_gate(gates, "flip", when="logged"))
    with pytest.raises(DefinitionError, match=r"churn: at most 0\.5 instead of 0\.2 over everybody"):
        stricter(gates, with_gate(gates, "churn", most=0.5))
    own = with_gate(gates, "churn", most=0.1, when="always")
    assert stricter(gates, own) is own


def test_invariants_alone_are_no_pass(fair: Audit, gates: Gates) -> None:
    held = replace(fair.cells[0], metric="flip", verdict="pass")
    unknown = [replace(cell, verdict="not_enough_evidence") for cell in fair.cells]
    assert worst_that_blocks([held, *unknown], gates) == "not_enough_evidence"
    assert worst_that_blocks([held], gates) == "pass"


def test_the_declared_gates_cover_every_metric(home: Home) -> None:
    gates = load_gates(home, "mastery")
    assert set(gates.metrics) == {*PREDICTION_METRICS, *PATH_METRICS}
    assert gates.metrics["held_back"].block_at == 0.10


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"metrics": {"aux": {}}}, "no metric 'aux'; did you mean 'auc'"),
        ({"metrics": {"grade_level": {"outcome": "warn"}}}, "grade_level is an invariant"),
        ({"metrics": {"auc": {"block_at": 0.01}}}, "block_at may not lie below limit"),
    ],
)
def test_gates_that_do_not_hold_are_refused(raw: dict[str, Any], message: str) -> None:
    gate = {"question": "Does it work for everybody?", "limit": 0.05, "outcome": "block"}
    metrics = {name: {**gate, **changes} for name, changes in raw["metrics"].items()}
    priority = {"first": "calibration", "why": "because seventy percent shall mean seventy percent for everybody"}
    with pytest.raises(ValueError, match=message):
        Gates.model_validate({"priority": priority, "metrics": metrics})


def test_invariants_can_block() -> None:
    assert set(PATH_METRICS) >= INVARIANTS
    assert Gate(question="Does it hold for all?", limit=0, outcome="block").outcome == "block"
