"""What may never be kept: columns by name, values by pattern."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import chain

import pyarrow as pa
import pyarrow.compute as pc

from polku.errors import DefinitionError, InputError

#: Finnish personal identity code, old and new century signs. The check character is not verified: a code with a typing
#: error is still about a person.
IDENTITY_CODE = r"(?i)(?:\b|_)[0-3]\d[01]\d{3}[-‐‑‒–—−+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y](?:\b|_)"  # noqa: RUF001 - dashes of all kinds are meant

LONGEST_INTEGER = 1024


@dataclass(frozen=True)
class DenyRules:
    """Columns that are never read and patterns of values that are never kept.

    Parameters
    ----------
    columns : mapping of str to str
        Column name → name of the rule. Names are compared without case; space, ``_`` and ``-`` count as one.
    values : tuple of (str, str)
        (name of the rule, regular expression) in the syntax that Python and RE2 share (no look-around).
    words : tuple of (str, str)
        The same for what somebody writes in their own words, compared in small letters; ids are not held against it.
    whys : mapping of str to str
        Name of a rule → one sentence that says why.

    Raises
    ------
    DefinitionError
        If a pattern is not valid in both syntaxes.

    Examples
    --------
    >>> deny = DenyRules(columns={"behaviour_note": "behaviour"})
    >>> deny.rule("Behaviour note")
    'behaviour'
    >>> deny.row_json({"learner_id": "010190-123A", "behaviour_note": "late"})
    '{"learner_id": "[removed: personal identity code]", "behaviour_note": "[removed: behaviour]"}'
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    values: tuple[tuple[str, str], ...] = (("personal identity code", IDENTITY_CODE),)
    words: tuple[tuple[str, str], ...] = ()
    whys: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse patterns that the row-by-row and the column-wise reader would not both understand."""
        for rule, pattern in (*self.values, *self.words):
            try:
                re.compile(pattern, re.ASCII)
                pc.match_substring_regex(pa.array([""]), pattern)
            except (re.error, pa.ArrowInvalid) as error:
                hint = "use the syntax that Python and RE2 share: no look-around, no back-references"
                raise DefinitionError(f"pattern of rule {rule!r} cannot be used", got=pattern, hint=hint) from error

    @cached_property
    def _rules(self) -> dict[str, str]:
        return {_plain(name): rule for name, rule in self.columns.items()}

    @cached_property
    def _patterns(self) -> list[tuple[str, re.Pattern[str]]]:
        return [(f"[removed: {rule}]", re.compile(pattern, re.ASCII)) for rule, pattern in self.values]

    @cached_property
    def _words(self) -> list[tuple[str, re.Pattern[str]]]:
        return [(rule, re.compile(pattern)) for rule, pattern in self.words]

    def rule(self, column: str) -> str | None:
        """Return the rule that denies a column, or None."""
        return self._rules.get(_plain(column))

    def denied(self, columns: Iterable[str]) -> dict[str, str]:
        """Return the denied ones among `columns`, with their rules."""
        return {name: rule for name in columns if (rule := self.rule(name)) is not None}

    def holds(self, text: str) -> bool:
        """Return whether a text holds a value that is never kept."""
        return any(pattern.search(text) for _, pattern in self._patterns)

    def why(self, rule: str) -> str:
        """Return why something is kept nowhere: the rule's name, and its sentence where it has one."""
        return f"{rule}: {self.whys[rule]}" if rule in self.whys else rule

    def refuse(self, text: str | None, where: str) -> None:
        """Refuse words of a person that hold what is kept nowhere.

        Parameters
        ----------
        text : str or None
            What somebody wrote.
        where : str
            What it was written as, for the error; the text itself is not repeated.

        Raises
        ------
        InputError
            With the rule and its reason.

        Examples
        --------
        >>> DenyRules(words=(("health", "asthma"),)).refuse("done on paper", "the reason")
        """
        if text is None:
            return
        found = (rule for rule, pattern in self.values if re.search(pattern, text, re.ASCII))
        said = (rule for rule, pattern in self._words if pattern.search(text.casefold()))
        rule = next(chain(found, said), None)
        if rule is not None:
            raise InputError(f"{where} says what is kept nowhere ({self.why(rule)})", hint="say it without")

    def redact(self, text: str) -> str:
        """Return the text with values that are never kept replaced by ``[removed: rule]``."""
        for mark, pattern in self._patterns:
            text = pattern.sub(mark, text)
        return text

    def row_json(self, row: Mapping[str, object]) -> str:
        """Return a row as JSON fit to be kept: denied fields and values replaced by ``[removed: rule]``."""
        return json.dumps(self._keepable(row), ensure_ascii=False, default=lambda value: self.redact(str(value)))

    def _keepable(self, value: object) -> object:
        """Redact a value, whatever it is nested in; what JSON cannot hold becomes text."""
        if isinstance(value, str):
            # A lone surrogate (possible in JSON from outside) could not be written as UTF-8.
            return self.redact(value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8"))
        if isinstance(value, Mapping):
            rules = self.denied(map(str, value))
            removed = {name: f"[removed: {rule}]" for name, rule in rules.items()}
            return {
                self._keepable(str(key)): removed.get(str(key)) or self._keepable(item) for key, item in value.items()
            }
        if isinstance(value, list | tuple):
            return [self._keepable(item) for item in value]
        if isinstance(value, float) and not math.isfinite(value):
            return str(value)
        if isinstance(value, int) and value.bit_length() > LONGEST_INTEGER:
            return hex(value)  # Python refuses to write it in decimals
        return value


@lru_cache(maxsize=1024)
def _plain(name: str) -> str:
    """Return a column name without case and with one kind of gap."""
    return re.sub(r"[\s_-]+", "_", name.strip().casefold())
