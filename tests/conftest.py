"""Fixtures for every room: where the real data are, and a home to work in."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from databases import open_postgres
from polku.home import Home

if TYPE_CHECKING:
    from polku.cli.desk import Desk

# CI runs the same cases every time, so that a change is what a failure is about; anywhere else each run draws new ones.
settings.register_profile("polku", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("polku")

CHECKOUT = Path(__file__).resolve().parents[1]
LEARNERS = 240
"""Enough for every grade to have a class, few enough to train in seconds."""


@pytest.fixture(scope="session")
def home() -> Home:
    """Return the checkout as a home."""
    return Home.find(CHECKOUT)


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of public data sets; absent, the test fails in CI and skips on a private machine."""
    folder = Path(os.environ.get("POLKU_DATA", CHECKOUT.parent / "shared" / "data"))
    if not folder.is_dir():
        message = f"no data at {folder}: set POLKU_DATA to the folder described in its README"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def standards_dir() -> Path:
    """Return the folder of the standards' sample files; absent, the test fails in CI and skips on a private machine."""
    folder = Path(os.environ.get("POLKU_STANDARDS", CHECKOUT.parent / "shared" / "standards"))
    if not folder.is_dir():
        message = f"no samples at {folder}: set POLKU_STANDARDS to the folder of the standards' sample files"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Start one PostgreSQL server for all tests of a worker; return the URL of its own database."""
    with open_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a copy of the root rooms, so that a test's store and runs stay out of the checkout."""
    root = tmp_path_factory.mktemp("home")
    for room in ("features", "models", "serve"):
        shutil.copytree(CHECKOUT / room, root / room)
    return Home.find(root)


@pytest.fixture(scope="session")
def town(own_home: Home) -> Desk:
    """Return a desk on a simulated municipality that went the whole way: ingested, trained, audited, released.

    Made by the demonstration's own function, once per worker; tests that use it share the xdist group "town".
    """
    from polku.cli.demo import demo_desk, prepare  # late: only the tests that go the whole way pay for it

    desk, folder = demo_desk(own_home.root)
    prepare(desk, folder, learners=LEARNERS, seed=7)
    return desk
