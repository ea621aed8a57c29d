"""Fixtures for every room: where the real data are, and a home to work in."""

from __future__ import annotations

import copy
import gc
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped] # it has no types

from databases import open_postgres
from polku.home import Home
from tried import Ledger

if TYPE_CHECKING:
    from polku.cli.desk import Desk

# CI runs the same cases every time, so that a change is what a failure is about; anywhere else each run draws new ones.
settings.register_profile("polku", deadline=None, print_blob=True, derandomize="CI" in os.environ)
settings.load_profile("polku")

CHECKOUT = Path(__file__).resolve().parents[1]
LEARNERS = 240
"""Enough for every grade to have a class, few enough to train in seconds."""
FIRST = ("town", "browser")
"""Groups that take long: begun first, so that no worker waits for one at the end."""


class ByFile(LoadGroupScheduling):  # type: ignore[misc] # it has no types
    """Gives the tests of a file, or of a group, to one worker: what they share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        group: str = super()._split_scope(nodeid)
        return nodeid.partition("::")[0] if group == nodeid else group


def pytest_configure(config: pytest.Config) -> None:
    """Add up how many cases of bad input are tried; the sum is said at the end."""
    config.pluginmanager.register(Ledger(), "tried")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile | None:
    """Distribute by :class:`ByFile`; the long tests one by one, for each is long enough to have a worker."""
    return None if config.option.markexpr == "long" else ByFile(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long groups first."""

    def place(item: pytest.Item) -> int:
        marker = item.get_closest_marker("xdist_group")
        return FIRST.index(marker.args[0]) if marker and marker.args[0] in FIRST else len(FIRST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """Spare the garbage collector what stays to the end: thousands of tests, and the libraries."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 50, 20)


@pytest.fixture(scope="session", autouse=True)
def parsed_once() -> Iterator[None]:
    """Parse each TOML text once a worker: the definitions are read hundreds of times, by a parser written in Python."""
    known = cache(tomllib.loads)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tomllib, "loads", lambda text: copy.deepcopy(known(text)))
        yield


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
def demonstrated(own_home: Home) -> subprocess.CompletedProcess[str]:
    """Return what `polku demo --once` said, run in a process of its own as a newcomer would."""
    given = ["demo", "--once", "--learners", str(LEARNERS), "--seed", "7", "--home", str(own_home.root)]
    done = subprocess.run([sys.executable, "-m", "polku.cli", *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="session")
def town(own_home: Home, demonstrated: subprocess.CompletedProcess[str]) -> Desk:
    """Return a desk on a simulated municipality that went the whole way: ingested, trained, audited, released.

    Made by the demonstration, once per worker; tests that use it share the xdist group "town".
    """
    from polku.cli.demo import demo_clock  # late: only the tests that go the whole way pay for it
    from polku.cli.desk import Desk

    assert demonstrated.returncode == 0
    desk = Desk.at(own_home.root, "demo")
    files = {"store": "polku.db", "background": "background.db"}
    stores = {name: f"sqlite:///{desk.home.var / 'demo' / file}" for name, file in files.items()}
    return Desk(desk.home, desk.settings.model_copy(update=stores), now=demo_clock())
