"""Experiments side by side: the same answers, paired learners, and no group in what comes out."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure as Drawing
from scipy.special import logit

from polku.errors import InputError
from polku.fairness.background import Background
from polku.fairness.mitigation import Comparison, Fold, Setting, compare_enclave, compare_experiments, front_figure
from polku.fairness.mitigation.methods import METHODS, evened_out, reweighed, without_flagged_items
from polku.home import Home
from polku.records import Responses
from polku.schemas.experiment import Experiment
from polku.schemas.settings import Settings

from .conftest import BENT, TRIED


def test_every_method_predicts_every_answer_but_those_it_leaves_out(fold: Fold, bent: frozenset[str]) -> None:
    assert bent == {BENT}
    asked = fold.test.items.astype(str)[fold.test.item]
    for one in TRIED:
        found = METHODS[one.method](one, fold)
        left_out = one.method == "without_flagged_items"
        assert np.array_equal(np.isnan(found), (asked == BENT) & left_out), one.name
        known = found[np.isfinite(found)]
        assert ((known > 0) & (known < 1)).all()


def test_a_flagged_item_moves_no_prediction_once_it_is_left_out(fold: Fold) -> None:
    found = without_flagged_items(TRIED[2], fold)
    plain = fold.plain.predict(fold.rows)
    kept = np.isfinite(found)
    assert np.abs(logit(found[kept]) - logit(plain[kept])).max() > 0.01
    assert (~kept).sum() == (fold.test.items.astype(str)[fold.test.item] == BENT).sum()


def test_what_predicts_after_the_fit_knows_no_group(fold: Fold) -> None:
    mixture, calibration = evened_out(TRIED[1], fold)
    for part, _ in mixture.parts:
        assert isinstance(part, float) or list(inspect.signature(part.score).parameters) == ["features"]
    assert np.array_equal(calibration(mixture.score(fold.rows)), METHODS["exponentiated_gradient"](TRIED[1], fold))
    assert set(fold.labels) == {"club", "house"}
    assert all(len(values) == len(fold.train.learners) for values in fold.labels.values()), "groups of those fitted on"


def test_reweighing_draws_the_groups_together(fold: Fold) -> None:
    plain, even = METHODS["none"](TRIED[0], fold), reweighed(TRIED[0], fold)
    assert np.abs(plain - even).max() > 1e-3
    assert np.corrcoef(plain, even)[0, 1] > 0.9


def test_all_are_judged_on_the_same_answers_and_the_first_differs_from_itself_by_nothing(done: Comparison) -> None:
    assert [one.name for one in done.tried] == ["none", *(one.name for one in TRIED)]
    assert done.answers < 160 * 24
    assert "answers to flagged items are judged in no experiment" in done.notes[0]
    for figure in [*done.tried[0].accuracy.values(), *(gap.figure for gap in done.tried[0].gaps)]:
        assert (figure.change, figure.interval) == (0.0, (0.0, 0.0))


def test_changes_are_differences_and_intervals_hold_them(done: Comparison) -> None:
    plain = done.tried[0]
    for one in done.tried[1:]:
        for name, figure in one.accuracy.items():
            assert figure.value - plain.accuracy[name].value == pytest.approx(figure.change, abs=2e-6)
            assert figure.interval[0] <= figure.change <= figure.interval[1]
        for gap, first in zip(one.gaps, plain.gaps, strict=True):
            assert (gap.attribute, gap.group, gap.metric) == (first.attribute, first.group, first.metric)
            assert gap.figure.value - first.figure.value == pytest.approx(gap.figure.change, abs=2e-6)


def test_the_interval_is_that_of_the_difference_learner_by_learner(done: Comparison) -> None:
    """Models of the same learners err alike: their difference is surer than either figure."""
    even = next(one for one in done.tried if one.name == "even")
    low, high = even.accuracy["log_loss"].interval
    assert high - low < 0.04, "the log loss itself is known to about 0.03 either way at this size"


def test_only_groups_that_may_be_shown_and_judged_come_out(done: Comparison) -> None:
    assert {gap.group for gap in done.tried[0].gaps} <= {"x", "n", "s"}
    assert done.suppressed == {"groups": 2, "k": 15}
    text = done.to_json()
    assert "p000" not in text
    assert json.loads(text)["model"] == "mastery"


def test_the_widest_gaps_are_those_of_the_model_as_it_is(done: Comparison) -> None:
    for widest in done.widest():
        same = [gap for gap in done.tried[0].gaps if (gap.attribute, gap.metric) == (widest.attribute, widest.metric)]
        assert widest.size == max(gap.size for gap in same)
    assert [gap.metric for gap in done.widest()] == sorted(
        (gap.metric for gap in done.widest()), key=["held_back", "missed_need", "calibration"].index
    )


def test_the_same_data_give_the_same_bytes(setting: Setting, tables: tuple[Responses, pd.DataFrame]) -> None:
    steps: list[tuple[int, int]] = []
    short = [Experiment(name="even", method="reweigh", attribute="club")]
    one = compare_experiments(short, setting, *tables, folds=2, on_step=lambda *step: steps.append(step))
    shuffled = tables[1].sample(frac=1.0, random_state=1)
    again = compare_experiments(short, setting, tables[0], shuffled, folds=2)
    assert one.to_json() == again.to_json()
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_an_attribute_nobody_compares_is_refused_before_anything_is_fitted(
    setting: Setting, tables: tuple[Responses, pd.DataFrame]
) -> None:
    with pytest.raises(InputError, match="experiment odd is about an attribute that is not compared"):
        compare_experiments([Experiment(name="odd", method="reweigh", attribute="shoe")], setting, *tables)


def test_the_figure_names_every_experiment_and_draws_the_front(done: Comparison, tmp_path: Path) -> None:
    drawn = front_figure(done)
    assert isinstance(drawn, Drawing)
    said = " ".join(text.get_text() for text in drawn.axes[0].texts)
    assert all(one.name in said for one in done.tried)
    drawn.savefig(tmp_path / "front.svg")
    assert (tmp_path / "front.svg").stat().st_size > 5000


def test_without_a_judged_group_there_is_no_figure(done: Comparison) -> None:
    none = Comparison(**{**vars(done), "tried": ()})
    with pytest.raises(InputError, match="no gap to draw"):
        front_figure(none)


@pytest.fixture
def settings(home: Home, tmp_path: Path) -> Settings:
    return home.settings().model_copy(update={"background": f"sqlite:///{tmp_path / 'b.db'}", "provider_id": "town"})


def test_the_enclave_is_read_for_a_purpose_and_remembers_what_came_out(
    settings: Settings, setting: Setting, tables: tuple[Responses, pd.DataFrame]
) -> None:
    responses, background = tables
    with Background.open(settings.background, "town") as door:
        door.write(background, setting.slices, source="test")
    none: list[Experiment] = []
    whole = compare_enclave(settings, none, setting, responses, purpose="to see", folds=2)
    assert {gap.attribute for gap in whole.tried[0].gaps} == {"club", "house"}
    fewer = responses.of_learners(responses.learners[3:])
    near = compare_enclave(settings, none, setting, fewer, purpose="to see", folds=2)
    assert near.tried[0].gaps == (), "three learners fewer: what differs could be subtracted"
    again = compare_enclave(settings, none, setting, responses, purpose="to see", folds=2)
    assert again == whole
    with Background.open(settings.background, "town") as door:
        assert [read[0] for read in door.reads()] == ["to see"] * 3
