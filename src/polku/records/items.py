"""Items and the skills they practise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import RefusedValueError
from polku.records.refused import Refusal
from polku.records.row import RowCheck

ITEM_COLUMNS = ("item_id", "skill_ids", "title")
Row = dict[str, object]


@dataclass(frozen=True, eq=False)
class Items:
    """Items with skills and titles.

    Parameters
    ----------
    frame : DataFrame
        ``item_id`` (str, unique), ``skill_ids`` (objects: sorted tuples of str, never empty), ``title`` (str, may be
        empty).

    Examples
    --------
    >>> Items.of([{"item_id": "i7", "skill_ids": ("a", "b"), "title": ""}]).skills
    {'i7': ('a', 'b')}
    """

    frame: pd.DataFrame

    @classmethod
    def of(cls, rows: Sequence[Row] = ()) -> Items:
        """Build from checked rows, as :func:`check_item` returns them."""
        frame = pd.DataFrame(list(rows), columns=list(ITEM_COLUMNS), dtype=object)
        return cls(frame.astype({"item_id": "str", "title": "str"}))

    def __len__(self) -> int:
        """Return the number of items."""
        return len(self.frame)

    @cached_property
    def skills(self) -> dict[str, tuple[str, ...]]:
        """Return each item's skills by item id."""
        return dict(zip(self.frame["item_id"], self.frame["skill_ids"], strict=True))


def check_item(row: Mapping[str, object], deny: DenyRules) -> Row | Refusal:
    """Check one item; returns the clean row or why it is refused."""
    check = RowCheck(row, deny)
    try:
        item_id, skill_ids = check.id("item_id"), check.some_skills("skill_ids")
        title = check.take("title", lambda value: rules.clean_title(value, deny))
    except RefusedValueError as error:
        return check.refusal(error)
    return {"item_id": item_id, "skill_ids": skill_ids, "title": title}
