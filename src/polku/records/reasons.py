"""Why a row is refused: a code for machines, a sentence for people."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """Reasons for refusing a row; the value is the code, :attr:`sentence` explains it.

    Examples
    --------
    >>> Reason.NO_ZONE.value
    'no_zone'
    >>> Reason.NO_ZONE.sentence
    'the time has no zone: end it with Z or an offset such as +02:00'
    """

    MISSING = "missing"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    UNDECODABLE = "undecodable"
    SEPARATOR_IN_ID = "separator_in_id"
    WRONG_TYPE = "wrong_type"
    IDENTITY_CODE = "identity_code"
    DENIED_FIELD = "denied_field"
    NOT_A_NUMBER = "not_a_number"
    NOT_FINITE = "not_finite"
    OUT_OF_RANGE = "out_of_range"
    BAD_TIME = "bad_time"
    NO_ZONE = "no_zone"
    MIXED_TIME = "mixed_time"
    BAD_DATE = "bad_date"
    ENDS_BEFORE_START = "ends_before_start"
    NOT_ONE_OF = "not_one_of"
    NO_SKILLS = "no_skills"
    FIELD_COUNT = "field_count"
    BROKEN_QUOTES = "broken_quotes"
    BROKEN_BLOCK = "broken_block"
    CONFLICT = "conflict"
    NOT_JSON = "not_json"
    UNKNOWN_FIELD = "unknown_field"
    BAD_FORMAT = "bad_format"
    NOT_ALLOWED = "not_allowed"
    NO_LEARNER = "no_learner"
    BATCH = "batch"
    UNKNOWN_REFERENCE = "unknown_reference"

    @property
    def sentence(self) -> str:
        """Return the reason as a sentence; it never repeats the value."""
        return SENTENCES[self]


SENTENCES = {
    Reason.MISSING: "the value is missing",
    Reason.TOO_LONG: "the id is longer than 200 characters",
    Reason.CONTROL_CHARACTER: "the value holds a control or invisible character",
    Reason.UNDECODABLE: "the value is not UTF-8: bytes that could not be read stand as replacement characters",
    Reason.SEPARATOR_IN_ID: "an id in a list of skills holds the separator ';'",
    Reason.WRONG_TYPE: "the value is of a type that this column cannot hold",
    Reason.IDENTITY_CODE: "the value holds what looks like a personal identity code; use a pseudonymous id",
    Reason.DENIED_FIELD: "the row holds a field that is kept nowhere",
    Reason.NOT_A_NUMBER: "the value is not a number",
    Reason.NOT_FINITE: "the value is NaN or infinite",
    Reason.OUT_OF_RANGE: "the number is outside the range of this column",
    Reason.BAD_TIME: "the time is neither ISO 8601 with zone nor an integer",
    Reason.NO_ZONE: "the time has no zone: end it with Z or an offset such as +02:00",
    Reason.MIXED_TIME: "most times in the file are of the other kind (ISO 8601 or integer order); one file holds one",
    Reason.BAD_DATE: "the date is not written as YYYY-MM-DD",
    Reason.ENDS_BEFORE_START: "the relation ends before it starts",
    Reason.NOT_ONE_OF: "the value is none of those that this column takes",
    Reason.NO_SKILLS: "no skill is given, and no item list names the item's skills",
    Reason.FIELD_COUNT: "the line has more or fewer fields than the header",
    Reason.BROKEN_QUOTES: "a quoted value is not closed on its line (values may not hold line breaks)",
    Reason.BROKEN_BLOCK: "the lines of this learner form no whole block: one is missing, or the lists differ in length",
    Reason.CONFLICT: "the id was already used with other content; the first one is kept",
    Reason.NOT_JSON: "this is no JSON in UTF-8, or is nested without end",
    Reason.UNKNOWN_FIELD: "the standard knows no such field here",
    Reason.BAD_FORMAT: "the value is not written as the standard asks",
    Reason.NOT_ALLOWED: "the standard does not allow this here",
    Reason.NO_LEARNER: "no pseudonymous learner is named: an account or an id of the platform, never an address",
    Reason.BATCH: "another element of the same batch was refused, and the standard takes a batch whole or not at all",
    Reason.UNKNOWN_REFERENCE: "it refers to something that was never sent, or that was itself refused",
}


class RefusedValueError(Exception):
    """A value that a rule does not accept; caught where rows are checked, never shown to anybody.

    Parameters
    ----------
    reason : Reason
        Why.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason
