"""The audit as a whole: planted gaps are found, the same input gives the same bytes, nothing is hidden or invented."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from polku.errors import InputError
from polku.fairness import Audit, Cell, audit_predictions, summary
from polku.schemas.gates import PREDICTION_METRICS, Gates
from polku.schemas.slices import Slice, Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
RunAudit = Callable[..., Audit]
KEYS = {
    "attribute",
    "group",
    "metric",
    "n",
    "positives",
    "estimate",
    "gap",
    "interval",
    "p",
    "p_adjusted",
    "verdict",
    "reason",
}


def cells(audit: Audit, attribute: str = "group", group: str = "b") -> dict[str, Cell]:
    return {cell.metric: cell for cell in audit.cells if (cell.attribute, cell.group) == (attribute, group)}


def test_a_calibrated_world_passes_though_its_error_rates_differ(fair: Audit) -> None:
    assert fair.verdict == "pass"
    held_back = cells(fair)["held_back"]
    assert held_back.gap is not None
    assert held_back.gap > 0.15
    assert held_back.explained == pytest.approx(held_back.gap, abs=0.05)
    assert not [cell for cell in fair.cells if cell.verdict == "concern"]


def test_predictions_too_low_for_one_group_hold_it_back(wronged: Audit) -> None:
    found = cells(wronged)
    assert wronged.verdict == "concern"
    assert {name for name, cell in found.items() if cell.verdict == "concern"} >= {
        "held_back",
        "missed_need",
        "calibration",
    }
    held_back = found["held_back"]
    assert held_back.gap is not None
    assert held_back.gap > 0.2
    assert "+" in held_back.reason
    assert not [cell for cell in wronged.cells if cell.attribute == "other" and cell.verdict == "concern"]


def test_scores_that_say_nothing_of_one_group_rank_it_worse(
    make_world: MakeWorld, slices: Slices, gates: Gates
) -> None:
    predictions, background = make_world(2, lower=0.0)
    in_b = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"])
    mixed = predictions.loc[in_b, "y_prob"].sample(frac=1, random_state=0).to_numpy()
    predictions.loc[in_b, "y_prob"] = mixed
    assert cells(audit_predictions(predictions, background, slices, gates))["auc"].verdict == "concern"


def test_estimates_are_those_of_the_group(make_world: MakeWorld, fair: Audit) -> None:
    predictions, background = make_world(1)
    rows = predictions.merge(background, on="learner_id")
    in_b = rows[rows["group"] == "b"]
    found = cells(fair)
    assert found["auc"].estimate == pytest.approx(roc_auc_score(in_b["y_true"], in_b["y_prob"]), abs=1e-6)
    assert found["held_back"].estimate == pytest.approx(
        (in_b.loc[in_b["y_true"] == 1, "y_prob"] < 0.5).mean(), abs=1e-6
    )
    assert found["auc"].n == in_b["learner_id"].nunique()
    assert (found["auc"].responses, found["auc"].positives) == (len(in_b), in_b["y_true"].sum())
    for cell in fair.cells:
        if cell.gap is not None and cell.estimate is not None and cell.rest is not None:
            assert cell.gap == pytest.approx(cell.estimate - cell.rest, abs=2e-6)


def test_same_input_and_seed_same_bytes(make_world: MakeWorld, fair: Audit, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(1)
    shuffled = predictions.sample(frac=1, random_state=3)
    turned = background.iloc[::-1]
    assert audit_predictions(shuffled, turned, slices, gates, seed=1).to_json() == fair.to_json()
    other = audit_predictions(predictions, background, slices, gates, seed=2)
    assert other.to_json() != fair.to_json()
    assert other.hashes == fair.hashes


def test_the_json_keeps_its_keys_and_reads_back(fair: Audit) -> None:
    raw = json.loads(fair.to_json())
    assert {"verdict", "cells", "suppressed", "method", "hashes", "seed"} <= raw.keys()
    assert all(cell.keys() >= KEYS for cell in raw["cells"])
    assert {"predictions", "background", "slices", "gates"} <= raw["hashes"].keys()
    again = Audit.from_json(fair.to_json())
    assert again == fair
    assert again.to_json() == fair.to_json()


def test_no_learner_is_named_in_it(fair: Audit, make_world: MakeWorld) -> None:
    ids = make_world(1)[1]["learner_id"]
    text = fair.to_json()
    assert not [one for one in ids if f'"{one}"' in text]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": [1]}'])
def test_what_is_no_audit_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="not the JSON of an audit"):
        Audit.from_json(text)


def test_missing_is_a_group_of_its_own(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(4)
    background = background.iloc[150:].assign(other=None)
    audit = audit_predictions(predictions, background, slices, gates)
    assert cells(audit, "group", "missing")["auc"].n == 150
    assert cells(audit, "other", "missing")["auc"].n == 500
    assert cells(audit, "other", "missing")["auc"].gap is None
    assert "150 of 500 learners in the predictions have no background: they form the group 'missing'" in audit.notes


@pytest.mark.parametrize(("unknown", "says"), [(3, "fewer than 10 learners"), (497, "all but fewer than 10 learners")])
def test_notes_do_not_tell_the_size_of_a_small_group(
    make_world: MakeWorld, slices: Slices, gates: Gates, unknown: int, says: str
) -> None:
    predictions, background = make_world(4, rows=2)
    audit = audit_predictions(predictions, background.iloc[unknown:], slices, gates)
    assert f"{says} in the predictions have no background: they form the group 'missing'" in audit.notes
    assert not [note for note in audit.notes if str(unknown) in note]


@pytest.mark.parametrize("score", [0.5, 0.0, 1.0, 0.3])
def test_a_model_that_scores_everybody_alike_is_audited(
    make_world: MakeWorld, slices: Slices, gates: Gates, score: float
) -> None:
    predictions, background = make_world(6, lower=0.0)
    audit = audit_predictions(predictions.assign(y_prob=score), background, slices, gates)
    found = cells(audit, "group", "b")
    assert found["auc"].estimate == 0.5
    assert {found[name].gap for name in ("held_back", "missed_need", "abroca")} == {0.0}
    assert audit.verdict != "concern"


def test_a_seed_is_not_negative(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    with pytest.raises(InputError, match=r"a seed is a whole number from 0 on\n.*-1"):
        audit_predictions(*make_world(1), slices, gates, seed=-1)


def test_too_few_learners_are_never_judged(run: RunAudit) -> None:
    audit = run(3, learners=260, share=0.3, lower=0.0, shift=3.0)
    found = cells(audit)
    assert found["held_back"].n is not None
    assert found["held_back"].n < 100
    assert {cell.verdict for cell in found.values()} == {"not_enough_evidence"}
    assert all(cell.p is None and cell.mde is not None for cell in found.values())
    assert "fewer than 100 learners in the group" in found["auc"].reason


def test_a_group_without_wrong_answers_is_unestimable(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(5)
    in_b = predictions["learner_id"].isin(background.loc[background["group"] == "b", "learner_id"])
    predictions.loc[in_b, "y_true"] = 1
    found = cells(audit_predictions(predictions, background, slices, gates))
    assert found["auc"].estimate is None
    assert found["auc"].gap is None
    assert "no wrong answers" in found["missed_need"].reason
    assert found["held_back"].estimate is not None
    assert found["held_back"].verdict == "not_enough_evidence"


def test_the_threshold_moves_error_rates_only(run: RunAudit, fair: Audit) -> None:
    higher = run(1, threshold=0.7)
    assert higher.threshold == 0.7
    one, other = cells(fair), cells(higher)
    assert one["auc"].estimate == other["auc"].estimate
    assert one["held_back"].estimate is not None
    assert other["held_back"].estimate is not None
    assert other["held_back"].estimate > one["held_back"].estimate
    with pytest.raises(InputError, match="between 0 and 1"):
        run(1, threshold=1.0)


def test_crossings_up_to_the_declared_depth(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    crossed = slices.model_copy(update={"depth": 2})
    audit = audit_predictions(*make_world(1), crossed, gates)
    names = {cell.attribute for cell in audit.cells}
    assert names == {"group", "other", "group & other"}
    assert cells(audit, "group & other", "b & x")["auc"].n is not None


def test_weights_count_as_repeated_rows(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(1, learners=250)
    weight = np.tile([1, 2], len(predictions) // 2)
    repeated = predictions.loc[predictions.index.repeat(weight)]
    one = audit_predictions(predictions.assign(weight=weight), background, slices, gates)
    other = audit_predictions(repeated, background, slices, gates)
    for metric in ("auc", "held_back", "missed_need", "calibration"):
        assert cells(one)[metric].estimate == pytest.approx(cells(other)[metric].estimate, abs=2e-6)


def test_schools_widen_what_learners_alone_would_narrow(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(6, learners=600, rows=4, lower=0.0)
    rng = np.random.default_rng(0)
    school = pd.Series(rng.integers(0, 30, 600), index=background["learner_id"])
    luck = rng.normal(0, 1.0, 30)[school.loc[predictions["learner_id"]].to_numpy()]
    predictions["y_true"] = (rng.random(len(predictions)) < 1 / (1 + np.exp(-luck))).astype(int)
    background["group"] = np.where(school.to_numpy() < 10, "b", "a")  # constant within a school
    with_schools = predictions.assign(school_id=school.loc[predictions["learner_id"]].to_numpy())
    narrow = audit_predictions(predictions, background, slices, gates)
    wide = audit_predictions(with_schools, background, slices, gates)
    widths = [np.ptp(cells(audit)["calibration"].interval or (0, 0)) for audit in (narrow, wide)]
    assert widths[1] > 1.5 * widths[0]
    assert wide.method["resampled"]["predictions"] == {"unit": "school", "units": 30, "learners": 600}
    assert any("one by one" in note for note in narrow.notes)


def test_the_summary_is_a_table_with_what_follows(wronged: Audit, gates: Gates) -> None:
    text = summary(wronged, gates)
    assert text.startswith("Audit: concern")
    assert any(line.startswith("block: held_back of group = b") for line in text.splitlines())
    assert "!" in next(line for line in text.splitlines() if line.startswith("group      b"))


def test_nothing_to_audit_is_said(slices: Slices, gates: Gates) -> None:
    empty: dict[str, list[Any]] = {"learner_id": [], "y_true": [], "y_prob": []}
    with pytest.raises(InputError, match="no row that can be audited"):
        audit_predictions(pd.DataFrame(empty), pd.DataFrame({"learner_id": ["a"]}), slices, gates)


def test_to_frame_has_a_row_a_cell(fair: Audit) -> None:
    frame = fair.to_frame()
    assert len(frame) == len(fair.cells)
    assert set(frame["metric"]) == set(PREDICTION_METRICS)


def test_slices_may_not_declare_missing() -> None:
    with pytest.raises(ValueError, match="never 'missing'"):
        Slice(question="Do the groups meet the same errors?", groups=("a", "missing"))
