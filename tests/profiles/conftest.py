"""Fixtures of the room: the definitions as they are shipped."""

from __future__ import annotations

import pytest

from polku.home import Home
from polku.profiles import Exclusions, FeatureSet


@pytest.fixture(scope="session")
def shipped(home: Home) -> FeatureSet:
    return FeatureSet.load(home.features)


@pytest.fixture(scope="session")
def shipped_exclusions(home: Home) -> Exclusions:
    return Exclusions.load(home.features)
