"""The wheel, installed where no checkout is: the commands of the image run on its files alone."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

import polku
from serving import Served, free_port, until

pytestmark = pytest.mark.long
ROOT = Path(__file__).parents[2]


def run(*command: str | Path, where: Path, **more: str) -> str:
    """Run a command with a plain environment; return what it printed."""
    done = subprocess.run(
        [str(word) for word in command], cwd=where, env=plain(**more), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
    return done.stdout


def plain(**more: str) -> dict[str, str]:
    """Return the environment without anything that could lead back to the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("POLKU_", "PYTHON", "VIRTUAL"))}
    return kept | more


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a fresh environment in ``venv`` and the rooms that the image copies in ``home``.

    The wheel is built and installed without the network. What it requires comes from the packages that are here: their
    folder is named in a path file, which does not carry this checkout's own editable installation along.
    """
    where = tmp_path_factory.mktemp("wheel")
    source = where / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(ROOT / "src", source / "src", ignore=shutil.ignore_patterns("__pycache__"))
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", where / "dist", where=source)
    shutil.rmtree(source)
    venv.create(where / "venv", with_pip=False)
    python = where / "venv" / "bin" / "python"
    (wheel,) = (where / "dist").glob("*.whl")
    install = ["install", "--no-deps", "--no-index", "--quiet", str(wheel)]
    run(sys.executable, "-m", "pip", "--python", python, *install, where=where)
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", where=where).strip())
    (packages / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    for room in ("features", "models", "serve"):
        shutil.copytree(ROOT / room, where / "home" / room)
    return where


def test_it_is_the_wheel_that_runs_and_it_says_its_version(installed: Path) -> None:
    bin_ = installed / "venv" / "bin"
    place = run(bin_ / "python", "-c", "import polku; print(polku.__file__)", where=installed).strip()
    assert Path(place).is_relative_to(installed / "venv")
    assert polku.__version__ in run(bin_ / "polku", "--version", where=installed)


def test_the_definitions_hold_as_the_image_checks_them(installed: Path) -> None:
    run(installed / "venv" / "bin" / "polku", "check", where=installed, POLKU_HOME=str(installed / "home"))


def test_it_serves_until_it_is_told_to_stop(installed: Path, tmp_path: Path) -> None:
    """Without compiled kernels: compiling them is `polku warm`, which the image does once when it is built."""
    port, log = free_port(), tmp_path / "served.log"
    env = plain(POLKU_HOME=str(installed / "home"), NUMBA_DISABLE_JIT="1")
    with log.open("wb") as lines:
        command = [str(installed / "venv" / "bin" / "polku"), "serve", "--port", str(port)]
        process = subprocess.Popen(command, cwd=installed, env=env, stdout=lines, stderr=lines)
    try:
        served = Served(process, port, log)
        until(lambda: process.poll() is not None or served.get("/readyz")[0] == 200, "readiness")
        assert process.poll() is None, log.read_text(encoding="utf-8")
        assert served.get("/readyz")[1]["rung"] == "prerequisite_rule"
    finally:
        process.terminate()
        assert process.wait(60) == 0
