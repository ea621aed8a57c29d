"""Trees anchored to the difficulty of the item: they learn what the learner can do, the item's difficulty is taken off.

As in the Rasch model, the logit of success is an ability less the item's difficulty, one for one; but the ability is a
sum of trees over everything the answers say so far. One model thus says how likely success is on any item, and on the
reference item of any skill, without having to learn from the items that happened to be met.
"""

from __future__ import annotations

import json
from typing import Final

import numpy as np
from numpy.typing import NDArray

from polku.errors import DefinitionError, InputError
from polku.profiles import FeatureSet
from polku.training.sealed import canonical_json
from polku.training.trees import FILE, Trees

Float = NDArray[np.float64]
ANCHOR: Final = "anchor.json"


class AnchoredTrees(Trees):
    """A booster of the ability, and where in a row the difficulty of the item stands.

    Parameters
    ----------
    text : str
        LightGBM's model text.
    column : int
        Column of the item's difficulty; the trees do not look at it.
    usual : float
        Difficulty to assume where it is missing.

    Raises
    ------
    InputError
        If the text is no LightGBM model.
    """

    def __init__(self, text: str, column: int, usual: float) -> None:
        super().__init__(text)
        self.column = column
        self.usual = usual

    def score(self, features: Float) -> Float:
        """Return the logit of each row, float64[n]: the ability less the difficulty of the item."""
        return super().score(without(features, self.column)) - self._difficulty(features)

    def contributions(self, features: Float) -> Float:
        """Return what each column adds to the score, float64[n, c + 1]; what the item adds is minus its difficulty."""
        found = super().contributions(without(features, self.column))
        found[:, self.column] -= self._difficulty(features) - self.usual
        found[:, -1] -= self.usual
        return found

    def files(self) -> dict[str, bytes]:
        """Return the booster as text and the anchor as JSON."""
        return super().files() | {ANCHOR: canonical_json({"column": self.column, "usual": self.usual})}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> AnchoredTrees:
        """Read what :meth:`files` wrote.

        Raises
        ------
        InputError
            If a file is missing or cannot be read.
        """
        try:
            anchor = json.loads(files[ANCHOR])
            return cls(files[FILE].decode(), int(anchor["column"]), float(anchor["usual"]))
        except (KeyError, TypeError, ValueError) as error:
            raise InputError(f"{ANCHOR} cannot be read", got=error, hint="fit the model again") from error

    def _difficulty(self, features: Float) -> Float:
        return np.nan_to_num(features[:, self.column], nan=self.usual)


def without(features: Float, column: int) -> Float:
    """Return features with one column blanked, so that no tree splits on it.

    Examples
    --------
    >>> without(np.array([[1.0, 2.0]]), 1).tolist()
    [[1.0, 0.0]]
    """
    blanked = np.array(features, dtype=np.float64)
    blanked[:, column] = 0.0
    return blanked


def difficulty_column(feature_set: FeatureSet) -> int:
    """Return the column that holds the difficulty of the item.

    Raises
    ------
    DefinitionError
        If there is none, or another feature already holds what an item asks.
    """
    items = [feature for feature in feature_set.features if feature.definition.scope == "item"]
    held = [feature for feature in items if feature.definition.kind == "difficulty"]
    if len(held) != 1 or len(items) != 1:
        raise DefinitionError(
            "a model that reads skills looks at the item's difficulty and at nothing else of the item",
            got=", ".join(feature.definition.name for feature in items) or "no feature of the item",
            hint="name item_difficulty, and no other feature of scope item",
        )
    return feature_set.columns.index(held[0].columns[0])
