"""The rooms, their order and their doors."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "polku"


def contracts() -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
        "contracts"
    ]
    return found


def test_import_contracts_hold() -> None:
    result = subprocess.run(
        [Path(sys.executable).with_name("lint-imports")], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout


def test_every_room_has_its_place_in_the_order() -> None:
    layers = str(next(c["layers"] for c in contracts() if c["type"] == "layers"))
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"testing"}
    rooms |= {path.stem for path in PACKAGE.glob("*.py")} - {"__init__"}
    assert not {room for room in rooms if f"polku.{room}" not in layers}


def test_only_fairness_may_open_the_background() -> None:
    door = next(c for c in contracts() if "polku.fairness.background" in str(c.get("forbidden_modules")))
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")} - {"testing", "fairness"}
    assert not {room for room in rooms if f"polku.{room}" not in str(door["source_modules"])}


def test_every_room_introduces_itself() -> None:
    for init in PACKAGE.glob("*/__init__.py"):
        doc = init.read_text(encoding="utf-8").split('"""')[1]
        assert len(doc.split()) >= 25, f"{init.relative_to(ROOT)} says too little about its room"


def test_importing_a_room_does_not_import_the_slow_libraries() -> None:
    code = (
        "import sys, polku.cli, polku.paths, polku.store, polku.curriculum; "
        "print(*({'mlflow', 'lightgbm', 'sklearn', 'fastapi', 'matplotlib'} & set(sys.modules)))"
    )
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.split() == []
