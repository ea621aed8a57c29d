"""Responses with the difficulties they are folded with: what bulk folding walks over."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from polku.profiles.events import Floats, Integers
from polku.profiles.item_statistics import ItemStatistics
from polku.profiles.sequence_effects import Rows
from polku.records import Responses


@dataclass(frozen=True, eq=False)
class History:
    """Responses, the difficulty of each one's item and skills, and where those stand among fitted effects.

    Parameters
    ----------
    responses : Responses
        n responses with m skill tags.
    item_difficulty : float64[n]
        Logit.
    skill_difficulty : float64[m]
        Logit.
    rows : Rows
        Where items and skills stand among the effects of what came before.
    """

    responses: Responses
    item_difficulty: Floats
    skill_difficulty: Floats
    rows: Rows

    @classmethod
    def of(cls, responses: Responses, item_statistics: ItemStatistics) -> History:
        """Look up all rows at once."""
        difficulties = item_statistics.rows(responses), item_statistics.skill_rows(responses)
        return cls(responses, *difficulties, item_statistics.sequence.rows(responses))

    def fold_key(self, row: int) -> tuple[int, int, str]:
        """Return the fold key of one row."""
        data = self.responses
        return int(data.known_at[row]), int(data.answered_at[row]), str(data.response_id[row])

    def items(self, rows: slice) -> tuple[list[str], Integers]:
        """Return the item ids that occur in `rows`, and each row's place among them."""
        codes, places = np.unique(self.responses.item[rows], return_inverse=True)
        return self.responses.items[codes].tolist(), places

    def skills(self, tags: slice) -> tuple[list[str], Integers]:
        """Return the skill ids that occur in `tags`, and each tag's place among them."""
        codes, places = np.unique(self.responses.skill[tags], return_inverse=True)
        return self.responses.skills[codes].tolist(), places
