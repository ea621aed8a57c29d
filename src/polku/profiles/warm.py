"""Compiling ahead of time, so that nobody waits for it."""

from __future__ import annotations

from polku.curriculum import Curriculum
from polku.profiles.feature_set import FeatureSet
from polku.profiles.item_statistics import ItemStatistics
from polku.profiles.profile import Profile


def warm_up() -> None:
    """Compile the driver, or load it when it was compiled before.

    Some seconds the first time on a machine and after every change to a kernel, else under half a second. The
    driver is one compiled function, so the smallest read compiles it for every use.
    """
    nothing = Profile.empty(FeatureSet(()), ItemStatistics({}, {}, {}, overall=0.0), Curriculum.of_skills(["a"]))
    nothing.read_skills(["a"], now=None)
