"""A learner's file from another provider: what is taken in, what is refused, and that nothing is half taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from polku.cli.desk import Desk
from polku.cli.transfer import read_in
from polku.errors import InputError
from polku.home import Home

ANSWER = {
    "response_id": "r1",
    "learner_id": "anna",
    "item_id": "i1",
    "skill_ids": ["MA79.S2.01"],
    "answered_at": "2026-03-02T09:00:00Z",
    "correct": 1.0,
}


@pytest.fixture
def desk(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """Return a desk of a provider that knows nobody yet."""
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path / 'polku.db'}")
    return Desk.at(own_home.root, "receiving")


def brought(folder: Path, *evidence: object, **other: Any) -> Path:
    path = folder / "anna.json"
    told = {"format": "polku-learner/1", "provider_id": "elsewhere", "learner_id": "anna", "evidence": list(evidence)}
    lines = {"tables": {"learners": [{"learner_id": "anna", "grade": 8, "group_id": "8X", "school_id": "far"}]}}
    path.write_text(json.dumps(told | lines | other), encoding="utf-8")
    return path


def held(desk: Desk) -> tuple[int, int, int]:
    with desk.store.read() as tx:
        return tx.responses.count(), tx.refused.count(), tx.roster.count()


def test_grade_and_answers_come_along_and_no_place(desk: Desk, tmp_path: Path) -> None:
    assert read_in(desk, brought(tmp_path, ANSWER), by="A01") == ("anna", True, 1, 0, 0, 0)
    with desk.store.read() as tx:
        learner = tx.roster.learner("anna")
    assert learner is not None
    assert (learner.grade, learner.group_id, learner.school_id) == (8, None, None)


def test_the_same_file_again_repeats_and_other_content_conflicts(desk: Desk, tmp_path: Path) -> None:
    read_in(desk, brought(tmp_path, ANSWER), by="A01")
    assert read_in(desk, brought(tmp_path, ANSWER), by="A01")[1:] == (False, 0, 1, 0, 0)
    assert read_in(desk, brought(tmp_path, {**ANSWER, "correct": 0.0}), by="A01")[1:] == (False, 0, 0, 0, 1)
    with desk.store.read() as tx:
        assert [one.correct for one in tx.responses.of(["anna"])] == [1.0]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({**ANSWER, "correct": 7}, "out_of_range"),
        ({**ANSWER, "answered_at": "2026-03-02T09:00:00"}, "no_zone"),
        ({name: value for name, value in ANSWER.items() if name != "item_id"}, "missing"),
        ("no row at all", "missing"),
        (None, "missing"),
    ],
)
def test_a_bad_row_is_kept_with_its_reason_and_the_others_are_taken(
    desk: Desk, tmp_path: Path, row: object, reason: str
) -> None:
    done = read_in(desk, brought(tmp_path, row, ANSWER), by="A01")
    assert (done.accepted, done.refused) == (1, 1)
    with desk.store.read() as tx:
        assert [(one.reason, one.source) for one in tx.refused.list()] == [(reason, "anna.json")]


def test_a_file_without_a_roster_line_brings_no_grade(desk: Desk, tmp_path: Path) -> None:
    read_in(desk, brought(tmp_path, ANSWER, tables={}), by="A01")
    with desk.store.read() as tx:
        learner = tx.roster.learner("anna")
    assert learner is not None
    assert learner.grade is None


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"format": "polku-learner/9"}, "no export of a learner"),
        ({"evidence": {}}, "no export of a learner"),
        ({"learner_id": "010190-123A"}, "cannot be taken in"),
        ({"learner_id": None}, "cannot be taken in"),
        ({"tables": {"learners": [{"grade": "eighth"}]}}, r"cannot be taken in\n.*grade"),
        ({"evidence": [{**ANSWER, "learner_id": "bo"}]}, r"answers of others\n.*1 learners"),
    ],
)
def test_what_is_no_file_of_one_learner_leaves_nothing(
    desk: Desk, tmp_path: Path, other: dict[str, Any], said: str
) -> None:
    with pytest.raises(InputError, match=said):
        read_in(desk, brought(tmp_path, ANSWER, **other), by="A01")
    assert held(desk) == (0, 0, 0)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[1, 2]", b"null"])
def test_what_is_no_json_of_ours_is_named_by_its_file(desk: Desk, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "anna.json").write_bytes(content)
    with pytest.raises(InputError, match=r"cannot be read as JSON|no export of a learner"):
        read_in(desk, tmp_path / "anna.json", by="A01")
    with pytest.raises(InputError, match=r"cannot be read as JSON\n.*nowhere\.json"):
        read_in(desk, tmp_path / "nowhere.json", by="A01")
