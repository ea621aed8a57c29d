"""A whole validation: clean data pass or abstain, and what is broken on purpose is refused by the check it breaks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from polku.errors import InputError
from polku.home import Home
from polku.schemas.validation import CHECKS
from polku.training.validation import Given, Validation, to_markdown

MakeWorld = Callable[..., Any]
Run = Callable[..., Validation]
Float = NDArray[np.float64]
DAY = 86_400_000_000


def findings(done: Validation, finding: str = "concern") -> set[str]:
    return {check.name for check in done.checks if check.finding == finding}


@pytest.fixture(scope="module")
def clean(run: Run, make_world: MakeWorld) -> Validation:
    """Return the validation of a model that is right, on 240 learners."""
    return run(make_world().given())


def test_a_good_model_passes(clean: Validation) -> None:
    assert clean.verdict == "pass"
    assert findings(clean) == set()
    assert {"difficulty", "ece", "level", "slope", "first_five", "school", "newest_month"} <= findings(clean, "pass")
    assert [check.name for check in clean.checks] == list(CHECKS), "every question has its answer, in order"


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("learners", [12, 60])
def test_small_data_give_no_false_concern(run: Run, make_world: MakeWorld, learners: int, seed: int) -> None:
    done = run(make_world(learners, seed=seed).given())
    assert findings(done) == set()
    assert {check.name for check in done.blocking} <= {"difficulty", "level"}, "only where evidence is required"


def test_too_few_learners_are_not_enough_evidence(run: Run, make_world: MakeWorld) -> None:
    done = run(make_world(12).given())
    assert done.verdict == "refused"
    assert {check.name: check.reason for check in done.blocking} == {
        "difficulty": "12 learners, 30 needed",
        "level": "12 learners, 30 needed",
    }


def test_labels_shuffled_within_a_school_are_found_there(run: Run, make_world: MakeWorld) -> None:
    def shuffled(columns: Mapping[str, Any], rng: np.random.Generator) -> Float:
        correct = np.array(columns["correct"], np.float64)
        inside = columns["school"] == "school 1"
        correct[inside] = rng.permutation(correct[inside])
        return correct

    done = run(make_world(correct=shuffled).given())
    assert "school" in {check.name for check in done.blocking}
    assert [group.group for group in done.groups if (group.check, group.finding) == ("school", "concern")] == [
        "school 1"
    ]
    assert "level" not in findings(done), "as many answers are right as before"


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (lambda p: expit(2.0 * logit(p)), {"slope", "ece", "baseline"}),
        (lambda p: expit(logit(p) + 0.6), {"level", "ece", "baseline"}),
        (lambda p: np.full(len(p), p.mean()), {"difficulty", "baseline"}),
        (lambda p: 1.0 - p, {"difficulty", "first_answer", "slope"}),
    ],
    ids=["too extreme", "too hopeful", "knows nothing", "upside down"],
)
def test_a_model_broken_by_construction_is_refused(
    run: Run, make_world: MakeWorld, broken: Callable[[Float], Float], found: set[str]
) -> None:
    world = make_world()
    done = run(world.given(broken(world.truth)))
    assert done.verdict == "refused"
    assert found <= {check.name for check in done.blocking}


def test_items_that_changed_in_the_newest_month_are_found(run: Run, make_world: MakeWorld) -> None:
    """As after a wrong key in an update: half of the items are marked the wrong way round in the last 30 days."""

    def drifted(columns: Mapping[str, Any], rng: np.random.Generator) -> Float:
        del rng
        new = columns["answered_at"] > np.max(columns["answered_at"]) - 30 * DAY
        odd, correct = columns["item"] % 2 == 1, np.array(columns["correct"], np.float64)
        return np.where(new & odd, 1.0 - correct, correct)

    world = make_world(correct=drifted)
    done = run(world.given())
    assert {"newest_month", "newest_month_items"} <= {check.name for check in done.blocking}


def test_without_a_clock_the_newest_month_is_not_answerable(run: Run, make_world: MakeWorld) -> None:
    done = run(make_world(60, clock=False).given())
    assert findings(done, "not_answerable") == {
        *("newest_month", "newest_month_ece", "newest_month_items", "month"),
        *("teaching_group", "grade", "area", "background"),
    }
    reasons = {check.name: check.reason for check in done.checks}
    assert "no clock" in reasons["newest_month"]


def test_a_month_of_data_has_no_newest_month(run: Run, make_world: MakeWorld) -> None:
    world = make_world(60)
    given = replace(world.given(), responses=world.responses.rows(world.responses.answered_at < 20 * DAY), known={})
    reasons = {check.name: check.reason for check in run(given).checks}
    assert reasons["newest_month"] == "nearly everything was answered within the newest 30 days"


def test_answers_that_came_after_training_are_counted(run: Run, make_world: MakeWorld) -> None:
    given = make_world(60).given()
    late = replace(given, predictions=given.predictions.iloc[:-7])
    assert run(late).notes == ("7 responses arrived after training: only the checks that fit anew see them",)
    kept = given.responses.rows(np.arange(len(given.responses) - 5))
    fewer = replace(given, responses=kept, known={"school": given.known["school"][:-5]})
    assert run(fewer).notes == ("5 responses that training saw are no longer stored",)


def test_predictions_of_other_responses_are_refused(run: Run, make_world: MakeWorld) -> None:
    given = make_world(60).given()
    elsewhere = given.predictions.assign(response_id="x" + given.predictions["response_id"])
    with pytest.raises(InputError, match="predicted none of the stored responses"):
        run(replace(given, predictions=elsewhere))
    with pytest.raises(InputError, match=r"references are of other responses\n  got: 2400 without one"):
        run(replace(given, references=given.references.assign(response_id="x" + given.references["response_id"])))


def test_the_same_data_give_the_same_bytes(run: Run, make_world: MakeWorld) -> None:
    given = make_world(60).given()
    assert run(given).to_json() == run(given).to_json()


def test_steps_are_counted_to_the_end(run: Run, make_world: MakeWorld) -> None:
    for clock in (True, False):
        seen: list[tuple[int, int]] = []
        run(make_world(60, clock=clock).given(), on_step=lambda done, total, seen=seen: seen.append((done, total)))
        assert seen == [(1, 3), (2, 3), (3, 3)]


def test_a_report_reads_back_and_names_no_learner(clean: Validation) -> None:
    text = clean.to_json()
    assert Validation.from_json(text) == clean
    assert json.loads(text)["verdict"] == "pass"
    for written in (text, to_markdown(clean)):
        assert "l0001" not in written
        assert "r000001" not in written


def test_a_report_says_what_was_asked_and_found(clean: Validation) -> None:
    text = to_markdown(clean)
    for check in clean.checks:
        assert f"| {check.name} | {check.question} |" in text
    assert text.startswith(f"# Validation of bundle `{clean.bundle_id[:12]}`: pass")
    assert "| school | school 0 | 80 |" in text
    assert "1 learners with 20 answers or more" in text
    assert "Learners: l" not in text
    assert "Learners: l" in to_markdown(clean, local=True), "a person must look at the source"
    assert "None found." in to_markdown(replace(clean, problems=()))


def test_other_features_than_the_candidates_are_refused(
    run: Run, make_world: MakeWorld, home: Home, tmp_path: Path
) -> None:
    """Another definition under the same name would make the refits those of another model."""
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, tmp_path / room)
    file = tmp_path / "features" / "practice.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("half_life = { responses = 30 }", "half_life = { responses = 31 }"), encoding="utf-8")
    with pytest.raises(InputError, match=r"no longer those of the candidate\n.*\n  try: polku train again"):
        run(make_world(60).given(), at=Home.find(tmp_path))


def test_given_needs_only_answers_and_predictions(make_world: MakeWorld) -> None:
    world = make_world(60).given()
    assert Given(world.responses, world.predictions, world.references).known == {}
