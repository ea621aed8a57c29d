"""Checks of JSON built from checks: what holds, what does not, and where."""

from __future__ import annotations

from typing import Any

import pytest

from polku.exchange import forms
from polku.exchange.forms import Check, FaultError, listing, one_of, record
from polku.exchange.known import Known
from polku.exchange.links import Links, tail
from polku.records import Reason

NAMED = record({"id": forms.text, "size": forms.number}, required=("id",))
HOLDS: list[tuple[Check, Any]] = [
    (forms.text, ""),
    (forms.truth, False),
    (forms.number, 1),
    (forms.number, -1.5),
    (forms.count, 0),
    (one_of("a", "b"), "b"),
    (forms.written("[a-z]+", "letters"), "abc"),
    (listing(forms.count), []),
    (listing(forms.count, least=1), [3]),
    (NAMED, {"id": "x"}),
    (NAMED, {"id": "x", "size": 2}),
]
FAULTS: list[tuple[Check, Any, Reason, str]] = [
    (forms.text, 1, Reason.WRONG_TYPE, "it"),
    (forms.truth, 0, Reason.WRONG_TYPE, "it"),
    (forms.number, True, Reason.WRONG_TYPE, "it"),
    (forms.number, "1", Reason.WRONG_TYPE, "it"),
    (forms.number, float("inf"), Reason.NOT_FINITE, "it"),
    (forms.count, -1, Reason.OUT_OF_RANGE, "it"),
    (forms.count, 1.0, Reason.WRONG_TYPE, "it"),
    (one_of("a", "b"), "c", Reason.NOT_ONE_OF, "it"),
    (one_of("a", "b"), 1, Reason.WRONG_TYPE, "it"),
    (forms.written("[a-z]+", "letters"), "abc\n", Reason.BAD_FORMAT, "it"),
    (listing(forms.count), {}, Reason.WRONG_TYPE, "it"),
    (listing(forms.count, least=1), [], Reason.MISSING, "it"),
    (listing(forms.count), [1, "2"], Reason.WRONG_TYPE, "it[1]"),
    (NAMED, [], Reason.WRONG_TYPE, "it"),
    (NAMED, {}, Reason.MISSING, "it.id"),
    (NAMED, {"id": None}, Reason.WRONG_TYPE, "it.id"),
    (NAMED, {"id": "x", "Size": 2}, Reason.UNKNOWN_FIELD, "it.Size"),
    (listing(NAMED), [{"id": "x"}, {"size": 2}], Reason.MISSING, "it[1].id"),
]


@pytest.mark.parametrize(("check", "value"), HOLDS)
def test_what_holds_passes(check: Check, value: Any) -> None:
    check(value, "it")


@pytest.mark.parametrize(("check", "value", "reason", "place"), FAULTS)
def test_what_does_not_hold_is_named_by_reason_and_place(check: Check, value: Any, reason: Reason, place: str) -> None:
    with pytest.raises(FaultError, match=reason.value) as caught:
        check(value, "it")
    assert (caught.value.reason, caught.value.place) == (reason, place)
    assert caught.value.sentence.startswith(reason.sentence)


def test_a_place_at_the_top_has_no_dot() -> None:
    with pytest.raises(FaultError, match=r"^id: missing$"):
        NAMED({}, "")


def test_what_passed_is_asked_once_and_what_did_not_again() -> None:
    asked: list[int] = []

    def even(number: int) -> bool:
        asked.append(number)
        return number % 2 == 0

    known = Known(even)
    assert [known(one) for one in (2, 2, 3, 3)] == [True, True, False, False]
    assert asked == [2, 3, 3]


def test_what_is_remembered_stays_bounded() -> None:
    known: Known[int] = Known(lambda number: number >= 0, most=3)
    assert all(known(one) for one in range(50))
    assert len(known._good) <= 3


@pytest.mark.parametrize(
    ("iri", "last"),
    [
        ("https://x.fi/users/5", "5"),
        ("https://x.fi/users/5/", "5"),
        ("urn:uuid:5-a", "5-a"),
        ("https://x.fi/t#MA79", "MA79"),
        ("plain", "plain"),
        ("", ""),
    ],
)
def test_the_last_part_of_an_iri_tells_things_apart(iri: str, last: str) -> None:
    assert tail(iri) == last


def test_ids_are_ours_where_we_know_them() -> None:
    links = Links({"a": "a", "https://x.fi/skills/one": "a"}, {"i7", "https://x.fi/i8"})
    assert [links.skill(one) for one in ("https://x.fi/skills/one", "https://y.fi/a", "https://y.fi/b")] == [
        "a",
        "a",
        None,
    ]
    assert links.item("https://x.fi/tasks/i7") == "i7"
    assert links.item("https://x.fi/i8") == "https://x.fi/i8"
    assert links.item("https://x.fi/i9") == "https://x.fi/i9"
