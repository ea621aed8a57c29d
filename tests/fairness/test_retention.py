"""How long the enclave keeps what it holds: what is due goes, once, and the log says so without naming anybody."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from polku.errors import InputError
from polku.fairness.background import Background
from polku.fairness.differencing import Fingerprint
from polku.fairness.ledger import Ledger
from polku.fairness.retention import DAY, Due, expire, holding, log
from polku.fairness.vault import NOT_RECORDED, account
from polku.schemas.settings import EnclaveSettings, Settings
from polku.schemas.slices import Slices
from polku.store.store import utc_now

NOW = utc_now()
OLD, NEW = NOW - 401 * DAY, NOW - 399 * DAY
NOTHING = Due(entries=0, learners=0, too_old=0, left=0, fingerprints=0)


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    file = f"sqlite:///{tmp_path / 'background.db'}"
    url = file if request.param == "sqlite" else str(request.getfixturevalue("postgres"))
    return Settings(provider_id=request.node.name, store="s", background=url, curriculum="c", model="m")


def write(settings: Settings, slices: Slices, at: int, **genders: str) -> None:
    frame = pd.DataFrame({"learner_id": list(genders), "gender": list(genders.values())})
    with Background.open(settings.background, settings.provider_id, clock=lambda: at) as door:
        door.write(frame, slices, source="sis")


def held(settings: Settings) -> list[str]:
    with Background.open(settings.background, settings.provider_id) as door:
        return [str(one) for one in door.read("test")["learner_id"]]


def test_what_nobody_has_confirmed_is_deleted_once(settings: Settings, declared: Slices) -> None:
    write(settings, declared, OLD, ann="girl", ben="boy", cai="boy")
    write(settings, declared, NEW, ben="boy", dea="girl")
    roster = {"ann", "ben", "cai", "dea"}
    due = holding(settings, roster, now=NOW).due
    assert due == Due(entries=2, learners=2, too_old=2, left=0, fingerprints=0)
    assert expire(settings, roster, purpose="yearly", now=NOW) == due
    assert held(settings) == ["ben", "dea"]
    assert expire(settings, roster, purpose="yearly", now=NOW) == NOTHING
    assert held(settings) == ["ben", "dea"]


def test_whoever_left_the_roster_leaves_the_enclave(settings: Settings, declared: Slices) -> None:
    write(settings, declared, OLD, ann="girl", ben="boy")
    write(settings, declared, NEW, cai="boy", dea="girl")
    done = expire(settings, {"ann", "cai"}, purpose="autumn", now=NOW)
    assert done == Due(entries=3, learners=3, too_old=2, left=2, fingerprints=0), "ben is old and gone, counted once"
    assert held(settings) == ["cai"]


def test_without_a_roster_nobody_has_left(settings: Settings, declared: Slices) -> None:
    write(settings, declared, NEW, ann="girl")
    found = holding(settings, set(), now=NOW)
    assert not found.roster_known
    assert found.due == NOTHING
    assert expire(settings, set(), purpose="nightly", now=NOW) == NOTHING
    assert held(settings) == ["ann"]


def test_many_who_left_are_deleted_in_pieces(settings: Settings, declared: Slices) -> None:
    write(settings, declared, NEW, **{f"l{number}": "girl" for number in range(1201)})
    done = expire(settings, {"l7"}, purpose="a school has closed", now=NOW)
    assert (done.entries, done.learners) == (1200, 1200)
    assert held(settings) == ["l7"]


def test_another_providers_values_stay(settings: Settings, declared: Slices) -> None:
    other = settings.model_copy(update={"provider_id": f"{settings.provider_id} next door"})
    write(other, declared, OLD, ann="girl")
    expire(settings, {"somebody"}, purpose="nightly", now=NOW)
    assert held(other) == ["ann"]


def test_terms_are_the_installations(settings: Settings, declared: Slices) -> None:
    write(settings, declared, NOW - 10 * DAY, ann="girl")
    brief = settings.model_copy(update={"enclave": EnclaveSettings(values_days=9)})
    assert holding(settings, {"ann"}, now=NOW).due == NOTHING
    assert holding(brief, {"ann"}, now=NOW).due.entries == 1


def test_published_tables_are_remembered_longer(settings: Settings) -> None:
    ids, clubs = np.array(["a", "b"], dtype=object), {"club": np.array(["x", "y"], dtype=object)}
    with Ledger.open(settings.background, settings.provider_id) as ledger:
        ledger.add(Fingerprint.of("paths", ids, clubs, "key"))
    assert expire(settings, set(), purpose="nightly", now=NOW + 500 * DAY) == NOTHING
    assert holding(settings, set(), now=NOW).fingerprints == 1
    late = NOW + 3700 * DAY
    assert expire(settings, set(), purpose="nightly", now=late).fingerprints == 1
    assert holding(settings, set(), now=late).fingerprints == 0


def test_the_log_says_who_why_and_how_much_and_never_whom(settings: Settings, declared: Slices) -> None:
    write(settings, declared, OLD, ann="girl", ben="boy")
    with Background.open(settings.background, settings.provider_id, clock=lambda: NOW) as door:
        door.read("audit of bundle 1")
        door.forget("ben")
    expire(settings, {"ann", "ben"}, purpose="yearly", now=NOW + 1)
    entries = log(settings)
    assert [(entry.deed, entry.purpose, entry.learners, entry.entries) for entry in entries] == [
        ("read", "audit of bundle 1", 2, None),
        ("deleted", "a learner was forgotten", 1, 1),
        ("deleted", "yearly", 1, 1),
    ]
    assert {entry.who for entry in entries} == {account()}
    assert not [name for name in ("ann", "ben") if name in str(entries)]


def test_a_holding_counts_by_attribute_and_names_nobody(settings: Settings, declared: Slices) -> None:
    write(settings, declared, OLD, ann="girl", ben="boy")
    write(settings, declared, NEW, cai="girl")
    found = holding(settings, {"ann", "ben", "cai"}, now=NOW)
    assert [tuple(line) for line in found.known] == [("gender", 3, OLD, NEW)]
    assert not [word for word in ("ann", "ben", "cai", "girl", "boy") if word in str(found)]


def test_a_deletion_has_a_purpose(settings: Settings) -> None:
    with pytest.raises(InputError, match="for a stated purpose only"):
        expire(settings, set(), purpose=" ", now=NOW)
    assert log(settings) == []


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    file = f"sqlite:///{tmp_path / 'background.db'}"
    return Settings(provider_id="p", store="s", background=file, curriculum="c", model="m")


def test_what_was_deleted_is_not_in_the_file_any_more(
    sqlite_settings: Settings, tmp_path: Path, declared: Slices
) -> None:
    write(sqlite_settings, declared, OLD, **{"zq-unmistakable": "girl"})
    files = [tmp_path / name for name in ("background.db", "background.db-wal")]
    assert b"zq-unmistakable" in b"".join(file.read_bytes() for file in files if file.exists())
    expire(sqlite_settings, set(), purpose="yearly", now=NOW)
    assert b"zq-unmistakable" not in b"".join(file.read_bytes() for file in files if file.exists())


def test_an_enclave_of_before_learns_who_reads(sqlite_settings: Settings, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "background.db")) as file:
        file.execute(
            "CREATE TABLE background_reads (provider_id VARCHAR, number INTEGER, purpose VARCHAR NOT NULL,"
            " learners INTEGER NOT NULL, read_at BIGINT NOT NULL, PRIMARY KEY (provider_id, number))"
        )
        file.execute("INSERT INTO background_reads VALUES ('p', 1, 'audit of before', 4, 5)")
        file.commit()
    with Background.open(sqlite_settings.background, "p") as door:
        door.read("audit of today")
    assert [(entry.purpose, entry.who) for entry in log(sqlite_settings)] == [
        ("audit of before", NOT_RECORDED),
        ("audit of today", account()),
    ]
