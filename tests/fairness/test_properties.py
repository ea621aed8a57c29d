"""What must hold of any predictions: names, signs and scales play no part that they should not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.fairness import Audit, Cell, audit_predictions, load_slices
from polku.fairness.attributes import CROSS, labels, long_form, order_of, plain
from polku.fairness.attributes import declared as declared_of
from polku.fairness.standardising import standardised
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.slices import Slice, Slices

MakeWorld = Callable[..., tuple[pd.DataFrame, pd.DataFrame]]
SIZE = {"learners": 300, "rows": 5, "share": 0.45}


def table(audit: Audit) -> dict[tuple[str, str, str], Cell]:
    return {(cell.attribute, cell.group, cell.metric): cell for cell in audit.cells}


def test_the_name_of_a_group_plays_no_part(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(7, **SIZE)
    renamed = background.assign(group=background["group"].map({"a": "z", "b": "y"}))
    one, other = (table(audit_predictions(predictions, frame, slices, gates)) for frame in (background, renamed))
    for metric in ("auc", "held_back", "calibration", "ece"):
        assert replace(one["group", "b", metric], group="y") == other["group", "y", metric]


def test_of_two_groups_each_is_the_others_mirror(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(8, **SIZE)
    found = table(audit_predictions(predictions, background, slices, gates))
    for metric in gates.metrics:
        if ("group", "a", metric) in found:
            one, other = found["group", "a", metric], found["group", "b", metric]
            if metric == "abroca":  # a distance is the same from both ends
                assert (one.gap, one.interval, one.p, one.verdict) == (
                    other.gap,
                    other.interval,
                    other.p,
                    other.verdict,
                )
                continue
            assert one.gap == pytest.approx(-(other.gap or 0), abs=2e-6)
            assert (one.estimate, one.p, one.p_adjusted, one.mde, one.verdict) == (
                other.rest,
                other.p,
                other.p_adjusted,
                other.mde,
                other.verdict,
            )


def test_turning_answers_and_scores_round_swaps_the_errors(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(9, **SIZE)
    turned = predictions.assign(y_true=1 - predictions["y_true"], y_prob=1 - predictions["y_prob"])
    one, other = (table(audit_predictions(frame, background, slices, gates)) for frame in (predictions, turned))
    for here, there, sign in (("auc", "auc", 1), ("held_back", "missed_need", 1), ("calibration", "calibration", -1)):
        assert one["group", "b", here].gap == pytest.approx(sign * (other["group", "b", there].gap or 0), abs=2e-6)


def test_an_unrelated_attribute_changes_no_estimate(make_world: MakeWorld, slices: Slices, gates: Gates) -> None:
    predictions, background = make_world(10, **SIZE)
    alone = slices.model_copy(update={"attributes": {"group": slices.attributes["group"]}})
    one, other = (table(audit_predictions(predictions, background, some, gates)) for some in (alone, slices))
    for key, cell in one.items():
        assert (cell.estimate, cell.gap, cell.p) == (other[key].estimate, other[key].gap, other[key].p)
        assert cell.p_adjusted is None or (other[key].p_adjusted or 0) >= (cell.p or 0)


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 6), st.sampled_from(["x", "y", None, "", "NaN"])),
        max_size=12,
        unique_by=lambda r: r[0],
    )
)
def test_every_learner_has_exactly_one_group(rows: list[tuple[int, str | None]]) -> None:
    frame = pd.DataFrame({"learner_id": [f"l{n}" for n, _ in rows], "a": [value for _, value in rows]}, dtype=object)
    slices = Slices(attributes={"a": Slice(question="Do the groups meet the same errors?")})
    learners = np.array([f"l{n}" for n in range(7)], dtype=object)
    found = labels(long_form(frame), learners, slices)["a"]
    known = {f"l{n}": value for n, value in rows if value in {"x", "y"}}
    assert found.tolist() == [known.get(learner, "missing") for learner in learners]


@given(values=st.lists(st.sampled_from(["1", "1.5", "none", "yes"]), min_size=1, max_size=8))
def test_wide_and_long_tables_are_the_same(values: list[str]) -> None:
    wide = pd.DataFrame({"learner_id": range(len(values)), "a": values, "b": values[::-1]})
    long = wide.melt(id_vars="learner_id", var_name="attribute")
    one, other = (set(map(tuple, long_form(frame).to_numpy().tolist())) for frame in (wide, long))
    assert one == other
    assert len(one) == 2 * len(values)  # "none" is a group, as of support


def test_groups_are_shown_as_declared_then_by_name_with_missing_last() -> None:
    slices = {"a": Slice(question="Do the groups meet the same errors?", groups=("low", "high"))}
    found = np.array(["missing", "zzz", "high", "low", "aaa"], dtype=object)
    assert order_of("a", found, slices) == ["low", "high", "aaa", "zzz", "missing"]


def test_crossings_join_names_and_groups(declared: Slices) -> None:
    frame = pd.DataFrame({"learner_id": ["l0", "l1"], "gender": ["girl", None], "s2": ["yes", "no"]})
    crossed = declared.model_copy(update={"depth": 2})
    found = labels(long_form(frame), np.array(["l0", "l1"], dtype=object), crossed)
    assert found[f"gender{CROSS}s2"].tolist() == ["girl & yes", "missing & no"]
    assert len(found) == 6 + 15


def test_plain_files_keep_questions_and_bring_their_own_groups(declared: Slices) -> None:
    frame = pd.DataFrame({"learner_id": ["l0"], "gender": ["F"], "club": ["chess"], "religion": ["x"]})
    found = plain(long_form(frame), declared)
    assert set(found.attributes) == {"gender", "club"}
    assert found.attributes["gender"].question == declared.attributes["gender"].question
    assert found.attributes["gender"].groups is None


def test_numbers_written_as_floats_are_the_same_group() -> None:
    frame = pd.DataFrame({"learner_id": [1.0, 2.0, 3.0], "premium": [1.0, 0.0, np.nan]})
    assert long_form(frame).to_numpy().tolist() == [["1", "premium", "1"], ["2", "premium", "0"]]


def test_notes_never_name_a_learner(home: Home) -> None:
    frame = pd.DataFrame({"learner_id": ["secret-id"], "gender": ["unlisted"], "income": ["9"]})
    kept, notes = declared_of(long_form(frame), load_slices(home))
    assert kept.empty
    assert len(notes) == 2
    assert not [note for note in notes if "secret-id" in note or "unlisted" in note]


@given(seed=st.integers(0, 500))
@settings(max_examples=20)
def test_standardising_over_one_stratum_changes_nothing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, members = rng.random(30), np.arange(30) < 12
    found = standardised(values, np.zeros(30, dtype=np.int64), members, "difference")
    assert found.gap == pytest.approx(values[members].mean() - values[~members].mean())
    assert found.influence[members] == pytest.approx((values[members] - values[members].mean()) / 12)


def test_standardised_influence_is_what_leaving_a_learner_out_changes() -> None:
    rng = np.random.default_rng(1)
    n = 600
    stratum, members = rng.integers(0, 4, n), rng.random(n) < 0.4
    values = (rng.random(n) < 0.2 + 0.15 * stratum).astype(float)
    whole = standardised(values, stratum, members, "difference")
    for one in range(25):
        kept = np.arange(n) != one
        less = standardised(values[kept], stratum[kept], members[kept], "difference")
        assert whole.gap - less.gap == pytest.approx(whole.influence[one], abs=1e-4)


def test_learners_whom_nobody_compares_to_are_left_out() -> None:
    values = np.array([1.0, 1.0, 0.0, 0.0])
    alone = standardised(values, np.array([0, 1, 0, 0]), np.array([True, True, False, False]), "difference")
    assert (alone.group.estimate, alone.rest.estimate) == (1.0, 0.0)
    assert alone.influence[1] == 0
    nobody = standardised(values, np.array([0, 0, 1, 1]), np.array([True, True, False, False]), "difference")
    assert np.isnan(nobody.gap)
