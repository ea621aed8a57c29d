"""What the checks of single rows share: take a column, apply its rule, remember the column for the refusal."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar

from polku.records import rules
from polku.records.deny import DenyRules
from polku.records.reasons import Reason, RefusedValueError
from polku.records.refused import Refusal

Value = TypeVar("Value")


class RowCheck:
    """One row under check.

    Parameters
    ----------
    row : mapping
        Raw fields; absent ones count as missing.
    deny : DenyRules
        What may never be kept.
    """

    def __init__(self, row: Mapping[str, object], deny: DenyRules) -> None:
        self.row = row
        self.deny = deny
        self.column = ""

    def refuse_denied(self) -> None:
        """Refuse a row that holds a field which is kept nowhere, however deep in it.

        Raises
        ------
        RefusedValueError
            If it does; :attr:`column` then names the field.
        """
        level: list[object] = [self.row]
        while level:
            for members in (one for one in level if isinstance(one, Mapping)):
                for name in self.deny.denied(map(str, members)):
                    self.column = name
                    raise RefusedValueError(Reason.DENIED_FIELD)
            level = [inner for one in level for inner in _inside(one)]

    def take(self, column: str, rule: Callable[[object], Value]) -> Value:
        """Return a column's clean value.

        Raises
        ------
        RefusedValueError
            If the rule does not accept it; :attr:`column` then names the column.
        """
        self.column = column
        return rule(self.row.get(column))

    def id(self, column: str) -> str:
        """Return an id that must be given."""
        return self.take(column, lambda value: rules.clean_id(value, self.deny))

    def optional_id(self, column: str) -> str | None:
        """Return an id, or None when there is none."""
        return self.take(column, lambda value: rules.optional_id(value, self.deny))

    def some_skills(self, column: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """Return a sorted set of skill ids, the default when none is given.

        Raises
        ------
        RefusedValueError
            If there are none either way.
        """
        skill_ids = self.take(column, lambda value: rules.clean_skills(value, self.deny)) or default
        if not skill_ids:
            raise RefusedValueError(Reason.NO_SKILLS)
        return skill_ids

    def refusal(self, error: RefusedValueError) -> Refusal:
        """Return the refusal of this row, fit to be kept."""
        sentence = error.reason.sentence
        if error.reason is Reason.DENIED_FIELD:
            sentence = f"{sentence} ({self.deny.why(self.deny.rule(self.column) or '')})"
        return Refusal(0, error.reason, self.deny.redact(self.column), sentence, self.deny.row_json(self.row))


def _inside(value: object) -> list[object]:
    """Return what a value of JSON holds."""
    if isinstance(value, Mapping):
        return list(value.values())
    return list(value) if isinstance(value, list | tuple) else []
