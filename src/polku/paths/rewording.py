"""Says a stored path to a reader of another age: the same path, the same options, other words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from polku.paths.bands import Band
from polku.paths.values import Reason, Speaks


def reworded(path: Mapping[str, Any], band: Band, texts: Speaks) -> dict[str, Any]:
    """Return a path, as :meth:`~polku.paths.Path.to_dict` gives it, with its words to the learner in a band.

    Nothing is planned anew. What the teacher reads is the same in every band.

    Parameters
    ----------
    path : mapping
        Plain JSON values; sentences to the learner carry the values that fill them.
    band : str
        One of :data:`~polku.paths.bands.BANDS`.
    texts : Texts
        The words.
    """

    def said(sentence: Mapping[str, Any]) -> dict[str, Any]:
        return Reason(sentence["id"], sentence["values"]).to_learner(texts, band)

    def step_said(step: Mapping[str, Any]) -> dict[str, Any]:
        following = step["next_step"] and said(step["next_step"])
        return {**step, "next_step": following, "what_if": [said(sentence) for sentence in step["what_if"]]}

    steps = {part: [step_said(step) for step in path[part]] for part in ("options", "path")}
    return {**path, "band": band, **steps}
