"""``polku oneroster`` and ``polku confirmed``: a register in, what teachers confirmed out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from polku.cli.confirmed import command as confirmed
from polku.cli.oneroster import SECRET, _measured
from polku.cli.oneroster import command as oneroster
from polku.errors import InputError
from polku.exchange.oneroster_files import opened
from polku.home import Home

SKILL = "MA79.S1.01"
FILES = {
    "orgs": "sourcedId,type\ns1,school",
    "academicSessions": "sourcedId,startDate,endDate\nt1,2025-08-01,2030-05-31",
    "classes": "sourcedId,classType,schoolSourcedId,termSourcedIds\nc1,homeroom,s1,t1",
    "users": "sourcedId,givenName,role,orgSourcedIds\nu1,Anna,student,s1\nT1,Teija,teacher,s1\nT2,Timo,teacher,s1",
    "enrollments": "sourcedId,classSourcedId,userSourcedId,role\ne1,c1,u1,student\ne2,c1,T1,teacher\ne3,c9,u1,student",
}


@pytest.fixture
def delivery(tmp_path: Path) -> Path:
    """Write a whole delivery of version 1.1."""
    folder = tmp_path / "roster"
    folder.mkdir()
    lines = ["propertyName,value", "oneroster.version,1.1", *(f"file.{name},bulk" for name in FILES)]
    for name, content in {**FILES, "manifest": "\n".join(lines)}.items():
        (folder / f"{name}.csv").write_text(content)
    return folder


@pytest.fixture
def home(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a home with an empty store of its own."""
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path}/polku.db")
    return str(own_home.root)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(oneroster, arguments, catch_exceptions=False)


def test_a_newcomer_reads_what_became_of_a_delivery(
    home: str, delivery: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    oneroster.main([str(delivery), "--home", home], standalone_mode=False)
    said = " ".join(capsys.readouterr().err.split())
    for words in (
        "enrollments.csv bulk 3 2 0 1 0 0",
        "refused, enrollments.csv: 1 rows, it refers to something that was never sent",
        "personal data dropped, kept nowhere: name 3",
        "the roster follows: 1 learners, 1 teachers of groups, 0 other relations",
        "accepted 8, repeated 0, refused 1",
        "9 elements of oneroster",
    ):
        assert words in said


def test_the_same_as_json(home: str, delivery: Path) -> None:
    said = json.loads(run(str(delivery), "--home", home, "--json").stdout)
    assert said["roster"]["learners"] == 1
    assert said["files"]["users"]["dropped"] == {"name": 3}
    assert said["receipt"]["elements"] == 9


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "either files or an address"),
        (("nowhere.zip",), "no such file"),
        (("--url", "https://x.example"), "--token-url"),
        (("--url", "https://x.example", "--token-url", "https://x.example/t", "--client", "c"), "secret is not set"),
    ],
)
def test_what_is_missing_is_said(
    home: str, arguments: tuple[str, ...], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRET, raising=False)
    with pytest.raises(InputError, match=says):
        run(*arguments, "--home", home)


CONFIRMED = f"""learner_id,skill_id,confirmed_by,confirmed_on
u1,{SKILL},T1,2026-03-05
u1,MA79.S1.02,T2,2026-03-05
u1,nothing,T1,2026-03-05
u1,MA79.S1.03,T1,2024-03-05
u9,{SKILL},T1,2026-03-05
u1,MA79.S1.04,T1,yesterday
"""


def test_only_what_a_teacher_of_the_learner_confirmed_goes_out(home: str, delivery: Path, tmp_path: Path) -> None:
    run(str(delivery), "--home", home)
    listed, target = tmp_path / "confirmed.csv", tmp_path / "results.zip"
    listed.write_text(CONFIRMED)
    done = CliRunner().invoke(
        confirmed, [str(listed), "--to", str(target), "--home", home, "--json"], catch_exceptions=False
    )
    said = json.loads(done.stdout)
    assert said["refused"] == {"not_allowed": 3, "not_one_of": 1, "bad_date": 1}
    [sent] = said["results"]
    assert sent["result"]["student"]["sourcedId"] == "u1"
    assert sent["result"]["textScore"] == "covered"
    assert "score" not in sent["result"], "no grade is computed here"
    with zipfile.ZipFile(target) as archive:
        results = list(csv.DictReader(io.StringIO(archive.read("results.csv").decode())))
        named = list(csv.DictReader(io.StringIO(archive.read("resultLearningObjectiveIds.csv").decode())))
    assert [(one["scoreStatus"], one["score"], one["textScore"]) for one in results] == [
        ("fully graded", "", "covered")
    ]
    assert named[0]["resultSourcedId"] == results[0]["sourcedId"] == sent["result"]["sourcedId"]
    with opened(target) as package:
        assert set(package.modes.values()) == {"delta"}
        assert sum(1 for _ in package.rows("lineItems")) == 1


def test_what_went_out_and_comes_back_is_no_evidence(home: str, delivery: Path, tmp_path: Path) -> None:
    run(str(delivery), "--home", home)
    listed, target = tmp_path / "confirmed.csv", tmp_path / "results.zip"
    listed.write_text("\n".join(CONFIRMED.splitlines()[:2]))
    CliRunner().invoke(confirmed, [str(listed), "--to", str(target), "--home", home], catch_exceptions=False)
    said = json.loads(run(str(target), "--home", home, "--json").stdout)
    assert said["receipt"]["counts"]["without_effect"]["no_scale"] == 1


def test_a_list_that_is_not_there_is_said(home: str) -> None:
    with pytest.raises(InputError, match="no such file"):
        CliRunner().invoke(confirmed, ["nowhere.csv", "--home", home], catch_exceptions=False)


def test_the_bar_follows_the_bytes_of_the_files(delivery: Path) -> None:
    steps: list[tuple[int, int]] = []
    with opened(delivery) as package:
        on_rows = _measured(package, lambda done, total: steps.append((done, total)))
        for kind in package.modes:
            on_rows(kind, sum(1 for _ in package.rows(kind)))
    assert steps == [(0, 1)] * len(FILES), "a delivery of less than a megabyte is one step"
