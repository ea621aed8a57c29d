"""Chooses some of the learners to train on, by a rule that anybody can check and no result can bend."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from polku.errors import InputError
from polku.records import Responses


def sample_learners(responses: Responses, n: int, seed: int = 0) -> Responses:
    """Return the responses of `n` learners: those whose ids have the smallest hashes.

    Parameters
    ----------
    responses : Responses
        Responses of all learners.
    n : int
        Learners to keep, at least 1; all are kept where there are no more.
    seed : int
        Another seed chooses others.

    Returns
    -------
    Responses
        Whole histories of the chosen learners.

    Raises
    ------
    InputError
        If `n` is less than 1.

    Notes
    -----
    Whether a learner is chosen depends on the id, the seed and the number of learners only: not on the order of files,
    nor on answers. A smaller sample lies within a larger one, and learners who join or leave change it no more than
    they must (bottom-k sampling: Cohen & Kaplan 2007).
    """
    if n < 1:
        raise InputError("a sample needs at least one learner", got=n)
    if n >= len(responses.learners):
        return responses
    kept = np.zeros(len(responses.learners), np.bool_)
    kept[np.argsort(_hashes(responses.learners, seed), kind="stable")[:n]] = True
    return responses.of_learners(kept)


def _hashes(learners: NDArray[np.object_], seed: int) -> NDArray[np.uint64]:
    """Return the first 64 bits of the SHA-256 over seed and id of each learner."""
    digests = (hashlib.sha256(f"{seed}:{learner}".encode()).digest()[:8] for learner in learners)
    return np.fromiter((int.from_bytes(digest, "big") for digest in digests), np.uint64, len(learners))
