"""Koski's background reaches goals: by a teacher's own word, and never against a decision or a restriction."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from polku.cli import polku
from polku.cli.desk import Desk
from polku.errors import ForbiddenError
from polku.exchange.koski_goals import Goals
from polku.home import Home
from polku.records import Roster
from polku.store.holds import RESTRICTION
from polku.web.koski import proposed, settle

LEARNER = "1.2.246.562.24.00000000001"
DONE = Goals(("MAA2",), ("MAA2.01", "MAA2.02"), "long", (), ())
BY = {"by": "T1", "role": "teacher"}


@pytest.fixture
def desk(own_home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("POLKU_STORE", f"sqlite:///{tmp_path}/polku.db")
    made = Desk.at(own_home.root)
    learner = {"learner_id": LEARNER, "grade": 10, "group_id": "L1", "school_id": "s1"}
    teacher = {"teacher_id": "T1", "group_id": "L1", "starts_on": dt.date(2025, 8, 1), "ends_on": None}
    with made.store.begin() as tx:
        tx.roster.replace(Roster.of([learner], [teacher]))
    yield made
    made.store.close()


def would(desk: Desk, goals: Goals = DONE, learner: str = LEARNER) -> Mapping[str, Any] | None:
    with desk.store.read() as tx:
        return proposed(tx, learner, goals)


def put(desk: Desk, scope: str, subject: str, **content: Any) -> None:
    with desk.store.begin() as tx:
        tx.path_settings.put(scope, subject, content, **BY)


def test_what_is_done_falls_out_of_the_nearest_goals(desk: Desk) -> None:
    assert would(desk) == {"syllabus": "long"}, "nobody leads anywhere yet"
    put(desk, "group", "L1", goals=["MAA2.01", "MAA3.01"], load=2)
    assert would(desk) == {"goals": ["MAA3.01"], "syllabus": "long"}
    put(desk, "learner", LEARNER, goals=["MAA2.02"], pins=["MAA2.02"], syllabus="long")
    assert would(desk) == {"goals": [], "pins": ["MAA2.02"], "syllabus": "long"}, "what else is settled stays"
    put(desk, "learner", LEARNER, goals=["MAA3.01"], syllabus="long")
    assert would(desk) is None


def test_a_decision_stays_as_it_is(desk: Desk) -> None:
    put(desk, "learner", LEARNER, goals=["MAA2.01"], decision="12/2026")
    assert would(desk) is None


def test_nothing_follows_for_strangers_restrictions_and_empty_documents(desk: Desk) -> None:
    assert would(desk, learner="1.2.246.562.24.00000000002") is None
    assert would(desk, Goals((), (), None, (), ("MAA4",))) is None
    with desk.store.begin() as tx:
        tx.holds.put(RESTRICTION, "learner", LEARNER, by="A1", role="administrator")
    assert would(desk) is None


def test_who_settles_teaches_the_learner(desk: Desk) -> None:
    content, today = {"syllabus": "long"}, dt.date(2026, 3, 5)
    for who, day in (("T2", today), ("T1", dt.date(2024, 3, 5))):
        with desk.store.begin() as tx, pytest.raises(ForbiddenError, match="teaches the learner"):
            settle(tx, LEARNER, content, who, day)
    with desk.store.begin() as tx:
        settle(tx, LEARNER, content, "T1", today)
        latest = tx.path_settings.latest("learner", LEARNER)
    assert latest is not None
    assert (latest.content, latest.by, latest.role) == (content, "T1", "teacher")


@pytest.fixture
def run(desk: Desk, tmp_path: Path) -> Callable[..., Result]:
    """Return the command on a document of a learner of the long syllabus, and one that names nobody."""
    long = {"koodiarvo": "MAA", "koodistoUri": "oppiainematematiikka"}
    subject = {"koulutusmoduuli": {"tunniste": {"koodiarvo": "MA", "koodistoUri": "x"}, "oppimäärä": long}}
    right = {
        "tyyppi": {"koodiarvo": "lukiokoulutus"},
        "tila": {"opiskeluoikeusjaksot": [{"alku": "2025-08-10", "tila": {"koodiarvo": "lasna"}}]},
        "suoritukset": [{"osasuoritukset": [subject]}],
    }
    people = ({"oid": LEARNER}, {"hetu": "220109-784L"})
    path = tmp_path / "oppija.json"
    path.write_text(json.dumps([{"henkilö": who, "opiskeluoikeudet": [right]} for who in people]), encoding="utf-8")

    def run(*arguments: str, answer: str = "") -> Result:
        given = ["koski", str(path), "--home", str(desk.home.root), *arguments]
        return CliRunner().invoke(polku, given, input=answer, catch_exceptions=False)

    return run


def test_the_command_asks_before_it_settles(desk: Desk, run: Callable[..., Result]) -> None:
    assert "settled" not in run().stderr
    said = run("--apply", "T1", answer="n\n")
    assert f"{LEARNER}: settle syllabus: long?" in said.stderr
    assert "settled for 0 learners" in said.stderr
    assert would(desk) == {"syllabus": "long"}, "no was said"
    assert "settled for 1 learners" in run("--apply", "T1", answer="y\n").stderr
    assert would(desk) is None
    again = run("--apply", "T1", "--yes", "--json")
    assert "nothing to settle" in again.stderr
    assert json.loads(again.stdout)["settled"] == {}


def test_the_command_settles_for_a_teacher_of_theirs_alone(desk: Desk, run: Callable[..., Result]) -> None:
    with pytest.raises(ForbiddenError, match="teaches the learner"):
        run("--apply", "T9", "--yes")
    assert json.loads(run("--apply", "T1", "--yes", "--json").stdout)["settled"] == {LEARNER: {"syllabus": "long"}}
    with desk.store.read() as tx:
        assert [one.by for one in tx.path_settings.history("learner", LEARNER)] == ["T1"]
