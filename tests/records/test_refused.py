"""Refused rows as a frame."""

from __future__ import annotations

from polku.records import Reason, Refusal, Refused


def refusal(line: int, reason: Reason = Reason.MISSING) -> Refusal:
    return Refusal(line, reason, "learner_id", reason.sentence, "{}")


def test_refusals_stand_in_order_of_lines() -> None:
    refused = Refused.of([refusal(9), refusal(2, Reason.NO_ZONE), refusal(9, Reason.CONFLICT)])
    assert refused.frame["line"].tolist() == [2, 9, 9]
    assert refused.frame["reason"].tolist() == ["no_zone", "missing", "conflict"]
    assert refused.frame["explanation"][0] == Reason.NO_ZONE.sentence
    assert len(refused) == 3


def test_columns_have_their_types_even_when_nothing_is_refused() -> None:
    for refused in (Refused.of(), Refused.concat([]), Refused.of([refusal(1)])):
        kinds = {name: str(kind) for name, kind in refused.frame.dtypes.items()}
        assert kinds == {"line": "int64", "reason": "str", "column": "str", "explanation": "str", "row": "str"}


def test_parts_are_joined_in_order_and_counted() -> None:
    first, second = Refused.of([refusal(5)]), Refused.of([refusal(1), refusal(2, Reason.NO_ZONE)])
    joined = Refused.concat([first, second])
    assert joined.frame["line"].tolist() == [5, 1, 2]
    assert joined.frame.index.tolist() == [0, 1, 2]
    assert joined.counts() == {"missing": 2, "no_zone": 1}
