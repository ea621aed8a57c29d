"""The fitted model: files in and out without a changed bit, damage refused by name, sane on what is new."""

from __future__ import annotations

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles import Profile
from polku.records import Responses
from polku.training import FittedModel


@pytest.fixture(params=["mastery", "baseline"])
def model(request: pytest.FixtureRequest) -> FittedModel:
    """Return each kind of model."""
    found: FittedModel = request.getfixturevalue(request.param)
    return found


def test_files_keep_every_bit(model: FittedModel, unseen: Responses, curriculum: Curriculum) -> None:
    again = FittedModel.from_files(model.files())
    assert (
        again.predict_responses(unseen, curriculum).tobytes() == model.predict_responses(unseen, curriculum).tobytes()
    )
    assert again.hash == model.hash
    assert again.spec == model.spec


def test_files_are_text(model: FittedModel) -> None:
    assert all(content.decode("utf-8") for content in model.files().values())
    assert {name.rsplit(".", 1)[1] for name in model.files()} <= {"json", "txt"}


def test_any_changed_byte_is_refused_by_name(model: FittedModel) -> None:
    files = model.files()
    for name in files.keys() - {"model.json"}:
        damaged = files | {name: files[name][:-1] + b"~"}
        with pytest.raises(InputError, match=f"model file {name} differs from its hash"):
            FittedModel.from_files(damaged)


def test_missing_and_foreign_files_are_refused_by_name(model: FittedModel) -> None:
    files = model.files()
    with pytest.raises(InputError, match=r"model file spec\.json is missing"):
        FittedModel.from_files({name: content for name, content in files.items() if name != "spec.json"})
    with pytest.raises(InputError, match=r"model file extra\.txt is not in model\.json"):
        FittedModel.from_files(files | {"extra.txt": b""})
    with pytest.raises(InputError, match=r"this is no model: no model\.json"):
        FittedModel.from_files({})
    with pytest.raises(InputError, match="of another format"):
        FittedModel.from_files(files | {"model.json": b'{"format": 99}'})
    for text in (b"\xff", b"[]", b"{}", b'{"format": 1}'):
        with pytest.raises(InputError, match=r"model\.json cannot be read"):
            FittedModel.from_files(files | {"model.json": text})
    with pytest.raises(InputError, match=r"model file calibration\.json is missing"):
        FittedModel.from_files({"model.json": b'{"format": 1, "files": {}}'})


def test_new_items_skills_and_learners_get_a_sane_prediction(model: FittedModel, curriculum: Curriculum) -> None:
    columns = {
        "response_id": ["r1", "r2", "r3"],
        "learner_id": ["new"] * 3,
        "item_id": ["never seen", "i00", "never seen"],
        "skill_ids": ["never seen", "s0", "s0;never seen"],
        "answered_at": [1, 2, 3],
        "correct": [1.0, 0.0, 1.0],
    }
    p = model.predict_responses(Responses.from_columns(columns, clock=False), curriculum)
    assert np.all((p > 0.05) & (p < 0.95))


def test_missing_values_are_bridged(model: FittedModel) -> None:
    rows = np.full((3, len(model.feature_set.columns)), np.nan)
    p = model.predict(rows)
    assert np.all((p > 0.0) & (p < 1.0))
    assert np.ptp(p) == 0.0


def test_wrong_rows_are_refused(model: FittedModel) -> None:
    count = len(model.feature_set.columns)
    with pytest.raises(InputError, match=f"needs {count} columns"):
        model.predict(np.zeros((2, count + 1)))
    with pytest.raises(InputError, match="infinite"):
        model.predict(np.full((2, count), np.inf))


def test_no_rows_give_no_predictions(model: FittedModel) -> None:
    assert model.predict(np.empty((0, len(model.feature_set.columns)))).shape == (0,)


def test_mastery_reads_unknown_skills_too(model: FittedModel, curriculum: Curriculum) -> None:
    profile = Profile.empty(model.feature_set, model.item_statistics, curriculum)
    p = model.mastery(profile, ["s0", "never seen"], None)
    assert p.shape == (2,)
    assert np.all((p > 0.0) & (p < 1.0))


def test_mastery_orders_skills_by_difficulty_before_any_answer(mastery: FittedModel, curriculum: Curriculum) -> None:
    profile = Profile.empty(mastery.feature_set, mastery.item_statistics, curriculum)
    p = mastery.mastery(profile, ["s0", "s4"], None)
    assert p[0] > p[1]
