"""Habits that no linter knows: errors, names, words and leftovers."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import polku
from polku import errors

ROOT = Path(__file__).resolve().parents[2]
# Split so that this file does not find itself.
ELSEWHERE = ["/wor" + "k/", "/roo" + "t/", "pythonho" + "sted", "py" + "pi.org", "np" + "mjs.org"]


def kept_files() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(polku.__path__, "polku."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def test_every_public_name_has_a_docstring() -> None:
    missing = []
    for module in modules():
        for name, value in vars(module).items():
            ours = getattr(value, "__module__", None) == module.__name__
            if not name.startswith("_") and ours and (inspect.isclass(value) or inspect.isfunction(value)):
                missing += [f"{module.__name__}.{name}"] * (not (value.__doc__ or "").strip())
    assert not missing


def test_every_error_has_a_status_and_a_slug_of_its_own() -> None:
    found = [
        value for value in vars(errors).values() if inspect.isclass(value) and issubclass(value, errors.PolkuError)
    ]
    assert len({error.slug for error in found}) == len(found)
    assert all(400 <= error.status < 600 for error in found)


def test_every_raises_pins_its_message() -> None:
    loose = []
    for path in (ROOT / "tests").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.raises":
                pinned = any(word.arg == "match" for word in node.keywords)
                loose += [f"{path.relative_to(ROOT)}:{node.lineno}"] * (not pinned)
    assert not loose


def test_nothing_of_this_machine_or_its_registries_is_kept() -> None:
    found = []
    for path in kept_files():
        text = path.read_bytes().decode("utf-8", "ignore")
        found += [f"{path.relative_to(ROOT)}: {word}" for word in ELSEWHERE if word in text]
    assert not found


def test_nothing_is_left_for_later_in_the_code() -> None:
    mark = re.compile(r"\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b")
    assert not [
        path for path in kept_files() if path.suffix in {".py", ".html", ".toml"} and mark.search(path.read_text())
    ]


def test_no_pickle_on_the_way_to_a_child() -> None:
    word = re.compile(r"^\s*(import|from) (pickle|joblib|dill|cloudpickle)\b", re.MULTILINE)
    assert not [path for path in (ROOT / "src").rglob("*.py") if word.search(path.read_text(encoding="utf-8"))]
