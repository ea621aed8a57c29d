"""The only door: what goes in, what comes out, who looked, and who cannot."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from sqlalchemy import select

from polku.errors import InputError
from polku.fairness import audit_enclave, forget_background, keep_background
from polku.fairness.background import Background, Kept
from polku.fairness.vault import SCHEMA, VALUES, account
from polku.home import Home
from polku.schemas.gates import Gates
from polku.schemas.settings import Settings
from polku.schemas.slices import Slices

WIDE = pd.DataFrame({"learner_id": ["a", "b", "c"], "gender": ["girl", "boy", None], "s2": ["yes", "", "no"]})


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "background.db") if request.param == "sqlite" else str(request.getfixturevalue("postgres"))


@pytest.fixture
def door(url: str, request: pytest.FixtureRequest) -> Iterator[Background]:
    ticks = iter(range(1000, 10**6))
    with Background.open(url, f"provider {request.node.name}", clock=lambda: next(ticks)) as background:
        yield background


def rows_of(door: Background) -> list[list[str | None]]:
    frame = door.read("test").astype(object)
    return frame.where(frame.notna(), None).to_numpy().tolist()


def test_what_goes_in_comes_out_and_missing_stays_missing(door: Background, declared: Slices) -> None:
    kept = door.write(WIDE, declared, source="sis")
    assert kept == Kept(values=4, learners=3, notes=())
    assert rows_of(door) == [["a", "girl", "yes"], ["b", "boy", None], ["c", None, "no"]]


def test_a_later_value_replaces_an_earlier_one_and_nothing_else(door: Background, declared: Slices) -> None:
    door.write(WIDE, declared, source="sis")
    door.write(pd.DataFrame({"learner_id": ["a"], "gender": ["boy"]}), declared, source="correction")
    assert rows_of(door)[0] == ["a", "boy", "yes"]


def test_long_form_is_the_same(door: Background, declared: Slices) -> None:
    door.write(WIDE.melt(id_vars="learner_id", var_name="attribute"), declared, source="sis")
    assert rows_of(door)[0] == ["a", "girl", "yes"]


def test_what_is_denied_unknown_or_misspelt_is_not_kept(door: Background, declared: Slices) -> None:
    frame = WIDE.assign(religion="x", shoe_size=36, gender=["girl", "grl", "boy"])
    kept = door.write(frame, declared, source="sis")
    assert kept.notes == (
        "column 'religion' was not kept: the choice between religion and ethics reveals belief",
        "column 'shoe_size' was not kept: models/slices.toml declares no such attribute",
        "1 values of 'gender' were not kept: they are none of its declared groups",
    )
    assert set(door.read("test").columns) == {"learner_id", "gender", "s2"}
    assert rows_of(door)[1] == ["c", "boy", "no"]


def test_every_read_is_logged_with_its_purpose(door: Background, declared: Slices) -> None:
    door.write(WIDE, declared, source="sis")
    door.read("audit of bundle 1")
    door.read("audit of bundle 2")
    assert [(read.purpose, read.learners, read.reader) for read in door.reads()] == [
        ("audit of bundle 1", 3, account()),
        ("audit of bundle 2", 3, account()),
    ]
    assert door.reads()[0].read_at < door.reads()[1].read_at
    with pytest.raises(InputError, match="for a stated purpose only"):
        door.read(" ")
    assert len(door.reads()) == 2


def test_providers_do_not_see_each_other(url: str, door: Background, declared: Slices) -> None:
    door.write(WIDE, declared, source="sis")
    with Background.open(url, "another") as other:
        assert other.read("test").empty
        assert other.forget("a") == 0
    assert len(rows_of(door)) == 3


def test_forgetting_a_learner(door: Background, declared: Slices) -> None:
    door.write(WIDE, declared, source="sis")
    assert door.forget("a") == 2
    assert [row[0] for row in rows_of(door)] == ["b", "c"]


def test_many_learners_are_replaced_in_pieces(door: Background, declared: Slices) -> None:
    many = pd.DataFrame({"learner_id": [f"l{n}" for n in range(1201)], "gender": "girl"})
    door.write(many, declared, source="sis")
    door.write(many.assign(gender="boy"), declared, source="sis")
    assert door.read("test")["gender"].value_counts().to_dict() == {"boy": 1201}


def test_on_postgresql_it_is_a_schema_of_its_own(postgres: str) -> None:
    with Background.open(postgres, "p") as door, door._engine.connect() as connection:
        found = connection.exec_driver_sql(
            "select table_schema from information_schema.tables where table_name like 'background_%%'"
        )
        assert {row[0] for row in found} == {SCHEMA}


def test_a_door_belongs_to_somebody(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="belong to a provider"):
        Background.open(tmp_path / "b.db", "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        provider_id="demo", store=f"sqlite:///{tmp_path}/polku.db", background=f"sqlite:///{tmp_path}/background.db",
        curriculum="c", model="mastery",
    )  # fmt: skip


def test_other_rooms_keep_forget_and_audit_but_never_read(home: Home, settings: Settings, gates: Gates) -> None:
    learners = [f"l{number}" for number in range(300)]
    frame = pd.DataFrame({"learner_id": learners, "gender": ["girl", "boy"] * 150})
    assert keep_background(home, settings, frame, source="sis").learners == 300
    assert forget_background(settings, "l0") == 1
    paths = pd.DataFrame({"learner_id": learners, "has_grade_level": True})
    audit = audit_enclave(home, settings, gates, purpose="yearly", paths=paths, subject={"bundle": "b1"})
    assert audit.hashes["bundle"] == "b1"
    sizes = {cell.group: cell.n for cell in audit.cells if cell.attribute == "gender"}
    assert sizes == {"girl": None, "boy": 150, "missing": None}  # one learner is missing; the girls would give it away
    with Background.open(settings.background, "demo") as door:
        assert [purpose for purpose, *_ in door.reads()] == ["yearly"]


def test_nothing_of_it_lies_in_the_store(home: Home, settings: Settings, tmp_path: Path) -> None:
    keep_background(home, settings, WIDE, source="sis")
    assert not (tmp_path / "polku.db").exists()
    with sqlite3.connect(tmp_path / "background.db") as file:
        tables = {row[0] for row in file.execute("select name from sqlite_master where type = 'table'")}
    file.close()
    assert tables == {f"background_{name}" for name in ("values", "reads", "deletions", "published")}


def test_values_stay_with_their_source_and_time_when_reopened(url: str, declared: Slices) -> None:
    with Background.open(url, "kept", clock=lambda: 77) as door:
        door.write(WIDE, declared, source="student register")
    with Background.open(url, "kept") as door:
        assert len(rows_of(door)) == 3
        with door._engine.connect() as connection:
            rows = connection.execute(
                select(VALUES.c.source, VALUES.c.written_at).where(VALUES.c.provider_id == "kept")
            )
            assert {tuple(row) for row in rows} == {("student register", 77)}


def test_an_empty_table_keeps_nothing_and_an_empty_enclave_reads_empty(door: Background, declared: Slices) -> None:
    assert door.write(WIDE.iloc[:0], declared, source="sis") == Kept(values=0, learners=0, notes=())
    assert list(door.read("test").columns) == ["learner_id"]


def test_two_values_of_one_attribute_are_refused_whole(door: Background, declared: Slices) -> None:
    twice = pd.DataFrame({"learner_id": ["a", "a", "b"], "gender": ["girl", "boy", "girl"]})
    with pytest.raises(InputError, match="two values of one attribute"):
        door.write(twice, declared, source="sis")
    assert rows_of(door) == []
