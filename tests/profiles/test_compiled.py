"""What is compiled, how often, and where it is kept."""

from __future__ import annotations

import os
import subprocess
import sys
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


def test_a_second_process_does_not_compile() -> None:
    warm_up()
    code = (
        "import time; from polku.profiles import warm_up; start = time.perf_counter(); warm_up();"
        "from polku.profiles.fold import fold; print(sum(fold.stats.cache_hits.values()), time.perf_counter() - start)"
    )
    environment = {**os.environ, "NUMBA_DEBUG_CACHE": "0"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    hits, seconds = done.stdout.split()
    assert int(hits) == 1
    assert float(seconds) < 3.0


def test_memory_is_keys_times_width_whatever_the_length() -> None:
    profile = empty()
    profile.fold(answers(*(("i1", "a", time, 1.0) for time in range(50))))
    before = len(profile.to_bytes())
    later = answers(*(("i1", "a", 100 + time, 0.0) for time in range(2000)))
    profile.fold(later)
    assert abs(len(profile.to_bytes()) - before) < 400
    assert np.isfinite(rows_of(later)).any()
