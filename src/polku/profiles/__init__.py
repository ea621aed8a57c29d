"""Learner profiles: what a learner's answers add up to, and how they are read.

A profile is a *fold* over responses. Every feature (``features/*.toml``) names a kind of extractor
(:mod:`polku.profiles.extractors`), which is a pair of kernels: one takes a response into a little state, the
other reads a number from it. One compiled driver (:mod:`polku.profiles.fold`) runs the same pairs over a
national year of training rows (:func:`build`), over one learner in the service (:class:`Profile`) and over
many learners' histories (:func:`profiles_of`); the numbers agree to the last bit. What does not fit into memory goes
through files, one bucket of learners at a time (:func:`split`, :func:`build_buckets`). A training row is read
before its response updates anything, so no row can see its own or a later answer.

What it does not do: it fits nothing (difficulties come from :mod:`polku.training` as
:class:`ItemStatistics`), predicts nothing beyond the built-in :func:`estimate`, keeps nothing itself
(:func:`current` hands the bytes to :mod:`polku.store`), and never sees who a learner is: a kernel is handed
a time, a score, a duration and two difficulties, and ``features/excluded.toml`` says what is never a feature, and why.
"""

from polku.profiles.build import build
from polku.profiles.estimate import estimate
from polku.profiles.evidence import Evidence
from polku.profiles.feature_set import FeatureSet
from polku.profiles.item_statistics import ItemStatistics
from polku.profiles.keeping import Lens, current, current_of_each, fold_all
from polku.profiles.profile import OutOfOrderError, Profile, profiles_of
from polku.profiles.stream import build_buckets, split
from polku.profiles.warm import warm_up
from polku.records import Exclusions

__all__ = [
    "Evidence",
    "Exclusions",
    "FeatureSet",
    "ItemStatistics",
    "Lens",
    "OutOfOrderError",
    "Profile",
    "build",
    "build_buckets",
    "current",
    "current_of_each",
    "estimate",
    "fold_all",
    "profiles_of",
    "split",
    "warm_up",
]
