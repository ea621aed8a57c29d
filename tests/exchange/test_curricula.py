"""Any curriculum file: told apart by what stands in it, counted, and cut to a subject."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.curriculum import Content, Curriculum
from polku.errors import DefinitionError, InputError
from polku.exchange.case_write import package_of
from polku.exchange.curricula import read_curriculum
from polku.exchange.curriculum_reading import CurriculumReading, Refused, json_of
from polku.home import Home

Write = Callable[..., Path]
GOAL = {"id": 7, "tavoite": {"fi": "T1 laskea"}}
SUBJECT = {
    "id": 2,
    "koodiArvo": "MA",
    "nimi": {"fi": "Matematiikka"},
    "vuosiluokkakokonaisuudet": [{"id": 3, "vuosiluokat": ["vuosiluokka_7"], "tavoitteet": [GOAL]}],
}
NATIONAL = {"id": 1, "tila": "valmis", "perusopetus": {"oppiaineet": [SUBJECT]}}
OURS = {"skills": [{"id": "a"}, {"id": "b", "prerequisites": ["a"]}]}


@pytest.mark.parametrize(
    ("raw", "standard", "skills"),
    [
        (NATIONAL, "ePerusteet, basic education", ("MA79.T1",)),
        ([SUBJECT], "ePerusteet, basic education", ("MA79.T1",)),
        (SUBJECT, "ePerusteet, basic education", ("MA79.T1",)),
        (package_of(Curriculum.from_json(json.dumps(OURS))), "CASE", ("a", "b")),
        ({"CFPackage": package_of(Curriculum.from_json(json.dumps(OURS)))}, "CASE", ("a", "b")),
        (OURS, "Polku", ("a", "b")),
    ],
)
def test_each_form_is_told_by_what_stands_in_it(
    write: Write, raw: object, standard: str, skills: tuple[str, ...]
) -> None:
    reading = read_curriculum(write("x.json", json.dumps(raw)))
    assert (reading.standard, reading.curriculum.order) == (standard, skills)
    assert reading.account()["skills"] == {"accepted": len(skills), "refused": 0, "expected": len(skills)}


def test_our_own_curriculum_is_read_as_it_is(home: Home) -> None:
    path = home.curriculum_path("fi-mathematics")
    assert read_curriculum(path).curriculum.hash == Curriculum.load(path).hash


def test_progress_is_told_by_subject(write: Write) -> None:
    steps: list[tuple[int, int]] = []
    raw = {**NATIONAL, "perusopetus": {"oppiaineet": [SUBJECT, {**SUBJECT, "id": 9}]}}
    read_curriculum(write("x.json", json.dumps(raw)), lambda done, total: steps.append((done, total)))
    assert steps == [(0, 2), (1, 2)]


@pytest.mark.parametrize(
    ("text", "error", "what"),
    [
        ("{", InputError, "not valid JSON"),
        ("[" * 100_000, InputError, "not valid JSON"),
        ("[]", InputError, "holds no curriculum"),
        ('"text"', InputError, "holds no curriculum"),
        ('{"skills": [{"id": "a", "colour": "red"}]}', DefinitionError, "unknown keys"),
        ('{"toteutus": "ammatillinen"}', InputError, "kind of curriculum is not read"),
        ('{"CFDocument": {"title": "x"}}', InputError, "no items"),
    ],
)
def test_what_is_none_of_them_is_refused(write: Write, text: str, error: type[Exception], what: str) -> None:
    with pytest.raises(error, match=what):
        read_curriculum(write("x.json", text))


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        json_of(tmp_path)
    with pytest.raises(InputError, match="is not there"):
        json_of(tmp_path / "x.json")
    path = tmp_path / "x.json"
    path.write_bytes(b"\xef\xbb\xbf{}")
    assert json_of(path) == {}
    monkeypatch.setattr("polku.exchange.curriculum_reading.LARGEST", 2)
    with pytest.raises(InputError, match="too large"):
        json_of(path)


def test_an_account_adds_up_for_kinds_that_were_all_refused() -> None:
    refused = (Refused("areas", "1", "x"), Refused("areas", "2", "x"), Refused("skills", "3", "x"))
    reading = CurriculumReading(Content(), "x", {"skills": 4}, refused)
    assert reading.account() == {
        "skills": {"accepted": 4, "refused": 1, "expected": 5},
        "areas": {"accepted": 0, "refused": 2, "expected": 2},
    }
