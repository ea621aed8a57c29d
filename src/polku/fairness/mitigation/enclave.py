"""Experiments over the groups kept in the enclave: only figures over groups come out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from polku.fairness.attributes import labels, long_form
from polku.fairness.background import Background
from polku.fairness.differencing import Fingerprint
from polku.fairness.ledger import Ledger
from polku.fairness.mitigation.comparing import FOLDS, OnStep, compare_experiments
from polku.fairness.mitigation.fold import Setting
from polku.fairness.mitigation.result import Comparison
from polku.records import Responses
from polku.schemas.experiment import Experiment
from polku.schemas.settings import Settings


def compare_enclave(
    settings: Settings,
    experiments: Sequence[Experiment],
    setting: Setting,
    responses: Responses,
    *,
    purpose: str,
    folds: int = FOLDS,
    on_step: OnStep | None = None,
) -> Comparison:
    """Compare experiments over the groups kept in the enclave.

    Parameters
    ----------
    settings : Settings
        Whose enclave, and where it is.
    experiments, setting, responses, folds, on_step
        As for :func:`~polku.fairness.mitigation.comparing.compare_experiments`.
    purpose : str
        Why the background is read; logged with the read.

    Returns
    -------
    Comparison
        Without the attributes that could be set against a table published before about nearly the same learners, as an
        audit withholds them: a sample of learners is such a table too.

    Raises
    ------
    InputError
        If no purpose is given, or the data cannot be used.
    """
    with Background.open(settings.background, settings.provider_id) as background:
        frame = background.read(purpose)
    learners = np.asarray(responses.learners.astype(str), dtype=object)
    groups = labels(long_form(frame), learners, setting.slices.model_copy(update={"depth": 1}))
    now = Fingerprint.of("predictions", learners, groups, settings.provider_id)
    with Ledger.open(settings.background, settings.provider_id) as ledger:
        close = now.close_to(ledger.published(), setting.slices.disclosure.outside)
        done = compare_experiments(experiments, setting, responses, frame, folds=folds, withheld=close, on_step=on_step)
        ledger.add(now.without(close))
    return done
