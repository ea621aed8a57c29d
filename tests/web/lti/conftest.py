"""One platform's course on this machine for a module, its registration, and a store whose roster knows two learners."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from lms import Course, serving
from polku.home import Home
from polku.records import Roster
from polku.store import Store
from polku.web.lti.registrations import Registration, load_registrations
from polku.web.lti.services import Services


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Course]:
    """Return the platform's side."""
    folder = tmp_path_factory.mktemp("home") / "serve" / "lti"
    folder.mkdir(parents=True)
    with serving(folder) as made:
        yield made


@pytest.fixture(scope="module")
def registration(course: Course) -> Registration:
    """Return what this side knows of it."""
    return load_registrations(Home(course.folder.parents[1]))["opi"]


@pytest.fixture
def waited(course: Course) -> list[float]:
    """Return the seconds that were waited; the course forgets what was there."""
    course.reset()
    return []


@pytest.fixture
def services(registration: Registration, waited: list[float]) -> Iterator[Services]:
    """Return what asks the platform."""
    with httpx.Client(trust_env=False) as client:
        yield Services(registration, client, waited.append)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """Return a store of one group with its teacher."""
    with Store.open(f"sqlite:///{tmp_path}/polku.db", "demo") as made:
        seat = {"grade": 7, "group_id": "7A", "school_id": "s1"}
        learners: list[dict[str, object]] = [{"learner_id": name, **seat} for name in ("anna", "olli")]
        teacher = {"teacher_id": "T1", "group_id": "7A", "starts_on": dt.date(2025, 8, 1), "ends_on": None}
        with made.begin() as tx:
            tx.roster.replace(Roster.of(learners, [teacher]))
        yield made
