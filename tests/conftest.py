"""Fixtures for every room: where the real data are, and a home to work in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from polku.home import Home

CHECKOUT = Path(__file__).resolve().parents[1]


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
