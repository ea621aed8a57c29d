"""What is compiled, how often, and where it is kept."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from polku.profiles import compiled, profiles_of, warm_up
from polku.profiles.fold import READ, fold
from polku.testing.extractors import CURRICULUM, STATISTICS
from strategies import DAY, EVERYTHING, answers, empty, rows_of


def test_one_machine_code_for_every_use() -> None:
    warm_up()
    data = answers(("i1", "a", 0, 1.0), ("i2", "a;b", DAY, 0.0), clock=True)
    rows_of(data)
    for _, profile in profiles_of(data, EVERYTHING, STATISTICS, CURRICULUM):
        profile.read_skills(["a"], now=None)
    untimed = empty()
    untimed.update(next(iter(answers(("i1", "a", 0, 1.0)))))
    assert len(fold.signatures) == 1  # type: ignore[attr-defined]


def test_kernels_cannot_allocate() -> None:
    assert compiled.OPTIONS["_nrt"] is False
    assert not compiled.OPTIONS.keys() & {"fastmath", "parallel"}
    assert READ == 1


def test_an_edited_extractor_is_compiled_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    room = tmp_path / "profiles"
    (room / "extractors").mkdir(parents=True)
    (room / "compiled.py").write_text("")
    (room / "extractors" / "rate.py").write_text("one")
    monkeypatch.setattr(compiled, "__file__", str(room / "compiled.py"))
    before = compiled.sources_hash()
    (room / "extractors" / "rate.py").write_text("two")
    assert compiled.sources_hash() != before


def test_the_cache_is_named_after_the_sources() -> None:
    assert compiled.cache_folder().name == f"polku-kernels-{compiled.sources_hash()[:16]}"


def test_a_folder_that_cannot_be_written_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "blocked").write_text("a file, not a folder")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "blocked"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    assert compiled.cache_folder.__wrapped__().parent == tmp_path / "own"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "blocked"))
    folder = compiled.cache_folder.__wrapped__()
    assert folder.is_dir()
    assert tmp_path not in folder.parents


def test_what_an_image_holds_ready_is_read_where_nothing_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = tmp_path / "prefix" / "var" / "cache" / compiled.cache_folder().name / "profiles_x"
    ready.mkdir(parents=True)
    for name in ("fold.nbi", "fold.1.nbc", "fold.1.nbc.tmp"):
        (ready / name).write_text(name)
    (tmp_path / "blocked").write_text("a file, not a folder")
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "prefix"))
    monkeypatch.setattr(os, "access", lambda _folder, _mode: False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "blocked"))
    folder = compiled.cache_folder.__wrapped__()
    assert tmp_path not in folder.parents
    assert {file.name: file.read_text() for file in folder.glob("profiles_x/*")} == {
        "fold.nbi": "fold.nbi",
        "fold.1.nbc": "fold.1.nbc",
    }


def folder_of(parent: Path, number: int, *, days: float) -> Path:
    """Make a folder of compiled code that was last changed so many days ago."""
    folder = parent / f"polku-kernels-{number:016x}"
    folder.mkdir()
    (folder / "code.nbi").write_text("machine code")
    changed = time.time() - days * 86_400
    os.utime(folder, (changed, changed))
    return folder


def test_the_newest_few_stay(tmp_path: Path) -> None:
    folders = [folder_of(tmp_path, number, days=number) for number in range(8)]
    assert set(compiled.prune(tmp_path, keep=folders[7])) == set(folders[4:7])
    assert set(tmp_path.iterdir()) == {*folders[:4], folders[7]}


def test_what_is_old_goes_however_few_there_are(tmp_path: Path) -> None:
    mine, young, old = (folder_of(tmp_path, number, days=days) for number, days in enumerate([90, 29, 31]))
    assert compiled.prune(tmp_path, keep=mine) == [old]
    assert set(tmp_path.iterdir()) == {mine, young}
    assert compiled.prune(tmp_path, keep=mine) == []


@pytest.mark.parametrize(
    "name",
    ["polku-kernels-", "polku-kernels-123", "polku-kernels-000000000000000g", "numba", "x-polku-kernels-" + "0" * 16],
)
def test_nobody_elses_folder_is_touched(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    os.utime(tmp_path / name, (0, 0))
    assert compiled.prune(tmp_path, keep=tmp_path / "mine") == []
    assert (tmp_path / name).is_dir()


def test_files_and_links_of_that_name_are_left_alone(tmp_path: Path) -> None:
    target, file = tmp_path / "precious", tmp_path / ("polku-kernels-" + "1" * 16)
    target.mkdir()
    (tmp_path / ("polku-kernels-" + "0" * 16)).symlink_to(target)
    file.write_text("a file")
    for path in (target, file):
        os.utime(path, (0, 0))
    assert compiled.prune(tmp_path, keep=tmp_path / "mine") == []
    assert target.is_dir()
    assert file.is_file()


def test_a_new_folder_prunes_and_a_known_one_does_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    parent = tmp_path / "var" / "cache"
    parent.mkdir(parents=True)
    old = folder_of(parent, 1, days=40)
    mine = compiled.cache_folder.__wrapped__()
    assert mine.parent == parent
    assert not old.exists()
    again = folder_of(parent, 2, days=40)
    assert compiled.cache_folder.__wrapped__() == mine
    assert again.exists()


def test_a_second_process_does_not_compile_nor_read_what_a_compiler_needs() -> None:
    warm_up()
    code = (
        "import sys; from polku.profiles import warm_up; warm_up();"
        "from polku.profiles.fold import fold; print(sum(fold.stats.cache_hits.values()), *sys.modules)"
    )
    environment = {**os.environ, "NUMBA_DEBUG_CACHE": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    hits, *loaded = done.stdout.split()
    assert int(hits) == 1
    assert not {"numba.np.linalg", "numba.typed.typeddict", "numba.cpython.unicode"} & set(loaded)


SQUARED = """
import sys
sys.prefix = sys.argv[1]
from polku.profiles import compiled

@compiled.driver
def squared(values):
    total = 0.0
    for one in values:
        total += one * one
    return total

import numpy as np
print(squared(np.array([3.0, 4.0])), sum(squared.stats.cache_hits.values()), "numba.np.linalg" in sys.modules)
"""


def test_finished_code_says_what_freshly_compiled_code_says(tmp_path: Path) -> None:
    (tmp_path / "own.py").write_text(SQUARED)
    environment = {**os.environ, "NUMBA_DEBUG_CACHE": "0"}
    run = [sys.executable, str(tmp_path / "own.py"), str(tmp_path)]
    first, second = (
        subprocess.run(run, capture_output=True, text=True, check=True, env=environment).stdout.split()
        for _ in range(2)
    )
    assert first == ["25.0", "0", "True"]
    assert second == ["25.0", "1", "False"]


def test_memory_is_keys_times_width_whatever_the_length() -> None:
    profile = empty()
    profile.fold(answers(*(("i1", "a", time, 1.0) for time in range(50))))
    before = len(profile.to_bytes())
    later = answers(*(("i1", "a", 100 + time, 0.0) for time in range(2000)))
    profile.fold(later)
    assert abs(len(profile.to_bytes()) - before) < 400
    assert np.isfinite(rows_of(later)).any()
