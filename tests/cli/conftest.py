"""Runs commands as a person at a terminal would: in their own process, output and errors apart."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from polku.cli.desk import Desk
from polku.home import Home

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def polku(own_home: Home, tmp_path: Path) -> Run:
    """Return a runner of `polku` in a home of its own with an empty store."""

    def run(*arguments: str | Path, expect: int = 0) -> subprocess.CompletedProcess[str]:
        stores = {
            "POLKU_HOME": str(own_home.root),
            "POLKU_STORE": f"sqlite:///{tmp_path / 'polku.db'}",
            "POLKU_BACKGROUND": f"sqlite:///{tmp_path / 'background.db'}",
        }
        done = subprocess.run(
            [sys.executable, "-m", "polku.cli", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env=os.environ | stores,
        )
        assert done.returncode == expect, done.stderr
        return done

    return run


@pytest.fixture
def beside(town: Desk, tmp_path: Path) -> Desk:
    """Return a desk on a copy of the municipality: its candidate was trained, validated and audited as any other."""
    root = tmp_path / "home"
    shutil.copytree(town.home.root, root)
    old, new = str(town.home.root), str(root)
    stores = {name: getattr(town.settings, name).replace(old, new) for name in ("store", "background")}
    return Desk(Home.find(root), town.settings.model_copy(update=stores), now=town.now)
