"""Runs commands as a person at a terminal would, output and errors apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.cli import main
from polku.cli.audit import audit_candidate
from polku.cli.desk import Desk
from polku.fairness import Audit
from polku.home import Home
from polku.training import Bundle

Done = subprocess.CompletedProcess
Run = Callable[..., "Done[str]"]


@pytest.fixture(scope="module")
def home_apart(home: Home, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Return a home that one file of tests may change as it likes."""
    root = tmp_path_factory.mktemp("apart")
    for room in ("features", "models", "serve"):
        shutil.copytree(home.root / room, root / room)
    return Home.find(root)


@pytest.fixture
def stores(own_home: Home, tmp_path: Path) -> dict[str, str]:
    """Return what to set in the environment for a home of its own with an empty store."""
    return {
        "POLKU_HOME": str(own_home.root),
        "POLKU_STORE": f"sqlite:///{tmp_path / 'polku.db'}",
        "POLKU_BACKGROUND": f"sqlite:///{tmp_path / 'background.db'}",
    }


@pytest.fixture
def polku(stores: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a runner of `polku` from its arguments to its exit: in this process, for its imports take seconds."""
    for name, value in stores.items():
        monkeypatch.setenv(name, value)

    def run(*arguments: str | Path, expect: int = 0) -> Done[str]:
        given = ["polku", *map(str, arguments)]
        monkeypatch.setattr(sys, "argv", given)
        capsys.readouterr()
        code = _code_of(main)
        said = capsys.readouterr()
        assert code == expect, said.err
        return Done(given, code, said.out, said.err)

    return run


@pytest.fixture
def polku_process(stores: dict[str, str]) -> Run:
    """Return the same in a process of its own, as a person at a terminal starts it."""

    def run(*arguments: str | Path, expect: int = 0) -> Done[str]:
        given = [sys.executable, "-m", "polku.cli", *map(str, arguments)]
        done = subprocess.run(given, capture_output=True, text=True, check=False, env=os.environ | stores)
        assert done.returncode == expect, done.stderr
        return done

    return run


def _code_of(run: Callable[[], None]) -> int:
    try:
        run()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


@pytest.fixture(scope="session")
def audited(town: Desk) -> tuple[Audit, Bundle]:
    """Return an audit of the municipality's candidate, made once more after its release."""
    return audit_candidate(town)


@pytest.fixture
def beside(town: Desk, tmp_path: Path) -> Desk:
    """Return a desk on a copy of the municipality: its candidate was trained, validated and audited as any other."""
    root = tmp_path / "home"
    shutil.copytree(town.home.root, root)
    old, new = str(town.home.root), str(root)
    stores = {name: getattr(town.settings, name).replace(old, new) for name in ("store", "background")}
    return Desk(Home.find(root), town.settings.model_copy(update=stores), now=town.now)
