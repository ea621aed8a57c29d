"""What a service leaves out is not loaded by it, and is there for whoever uses it."""

from __future__ import annotations

import os
import subprocess
import sys

SERVED = """
import sys
import polku.cli.serve
from polku.web.light import prepare
prepare()
import polku.web.app
print(*sys.modules)
"""
"""What ``polku serve`` imports, in its order."""
USED = """
import sys
import numpy
from polku.web.light import load_trees_only
load_trees_only()
import scipy.sparse
print("numpy.f2py" in sys.modules, "f2py" in vars(numpy), "f2py" in dir(numpy))
print(callable(numpy.f2py.run_main), numpy.testing.assert_equal(1, 1), scipy.sparse.eye_array(2).sum())
load_trees_only()
print(numpy.f2py is sys.modules["numpy.f2py"], numpy.testing is sys.modules["numpy.testing"])
"""
LOADED = """
import sys
import numpy.testing
from polku.web.light import load_trees_only
load_trees_only()
print(numpy.testing is sys.modules["numpy.testing"], "numpy.f2py" in sys.modules)
"""
READ = """
import numpy as np
from polku.web.light import prepare
prepare()
import lightgbm, pyarrow, pyarrow.compute
print(pyarrow.default_memory_pool().backend_name)
total = pyarrow.compute.add(pyarrow.array([1, 2]), 1)
print(total.to_pylist(), lightgbm.compat.SKLEARN_INSTALLED)
from sklearn.linear_model import LinearRegression
print(LinearRegression().fit(np.eye(2), [1.0, 2.0]).coef_.shape)
from numpy.testing import assert_allclose
assert_allclose(1.0, 1.0)
"""


def said(code: str) -> list[str]:
    """Return the lines that a process of its own prints."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    return done.stdout.splitlines()


def test_a_service_loads_nothing_to_fit_build_or_migrate() -> None:
    names = said(SERVED)[-1].split()
    loaded = {name.partition(".")[0] for name in names}
    assert {"lightgbm", "pyarrow", "numba", "fastapi"} <= loaded
    assert not {"sklearn", "mlflow", "matplotlib", "alembic", "mako", "pygments", "fairlearn", "polars"} & loaded
    assert not {"numpy.f2py.crackfortran", "numpy.testing._private", "scipy.optimize", "scipy.stats"} & set(names)


def test_what_is_left_out_is_there_when_it_is_used() -> None:
    assert said(USED) == ["False False True", "True None 2.0", "True True"]


def test_what_is_loaded_already_stays() -> None:
    assert said(LOADED) == ["True False"]


def test_trees_are_read_without_what_fits_and_others_still_fit() -> None:
    assert said(READ) == ["system", "[2, 3] False", "(2,)"]
