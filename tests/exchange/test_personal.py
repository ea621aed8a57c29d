"""Personal data at the door of streams: found in bytes, taken out of what is kept, whatever they are nested in."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.exchange import personal
from polku.home import Home
from polku.profiles import Exclusions
from polku.records import DenyRules

DENY = DenyRules(columns={"hetu": "personal identity code", "diagnosis": "health"})
CODES = ["131052-308T", "010190+123A", "131052A308T", "131052Y308T", "131052–308T"]  # noqa: RUF001 - dashes of all kinds are meant


def nobody(key: str, value: object, above: str) -> str | None:
    """Drop nothing beyond what is denied everywhere."""
    del key, value, above
    return None


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize(
    "around", ['{{"a": "{}"}}', '{{"a": "he is {}, yes"}}', '{{"id": "https://x.fi/{}"}}', '["x_{}_y"]']
)
def test_a_personal_identity_code_is_found_wherever_it_stands(code: str, around: str) -> None:
    content = around.format(code).encode()
    assert personal.looks_like_code(content)
    assert personal.found(content, DENY) == ("personal identity code",)


@pytest.mark.parametrize(
    "content",
    [
        b'{"id": "8ff6b88f-430f-4c72-9e3a-7d895740e555", "timestamp": "2026-03-05T09:12:33.120+02:00"}',
        b'{"raw": 123456, "duration": "PT23.4S", "account": "L00001"}',
        b'{"@context": "http://purl.imsglobal.org/ctx/caliper/v1p2"}',
        b"",
    ],
)
def test_what_is_no_personal_data_is_not_taken_for_any(content: bytes) -> None:
    assert personal.found(content, DENY) == ()


def test_an_address_is_found_beside_the_sign_of_json_ld() -> None:
    content = b'{"@context": "http://purl.imsglobal.org/ctx/caliper/v1p2", "name": "anna@example.org"}'
    assert personal.found(content, DENY) == ("e-mail address",)


@settings(max_examples=60)
@given(
    st.integers(1, 28), st.integers(1, 12), st.integers(0, 99), st.sampled_from("-+ABCDEFYXWVU"), st.integers(0, 999)
)
def test_the_quick_look_never_misses_a_code(day: int, month: int, year: int, sign: str, number: int) -> None:
    code = f"{day:02d}{month:02d}{year:02d}{sign}{number:03d}A"
    content = json.dumps({"a": code}).encode()
    assert DENY.holds(code)
    assert personal.looks_like_code(content)


NESTED: list[tuple[Any, Any, list[str]]] = [
    ({"a": {"hetu": "x", "b": 1}}, {"a": {"b": 1}}, ["personal identity code"]),
    ({"a": [{"diagnosis": {"deep": [1]}}]}, {"a": [{}]}, ["health"]),
    ({"https://x.fi/password": "x"}, {}, ["password"]),
    ({"a": ["write to anna@x.fi"]}, {"a": ["write to [removed: e-mail address]"]}, ["e-mail address"]),
    ("131052-308T", "[removed: personal identity code]", ["personal identity code"]),
    ([1, None, True, 2.5], [1, None, True, 2.5], []),
]


@pytest.mark.parametrize(("value", "clear", "kinds"), NESTED)
def test_it_is_taken_out_wherever_it_is_nested(value: Any, clear: Any, kinds: list[str]) -> None:
    assert personal.without(value, nobody, DENY) == (clear, tuple(kinds))


def test_what_its_standard_calls_personal_goes_too() -> None:
    def drop(key: str, value: object, above: str) -> str | None:
        return "name" if key == "name" and isinstance(value, str) and above == "actor" else None

    value = {"actor": {"name": "Anna", "id": 1}, "object": {"name": "Fractions"}}
    assert personal.without(value, drop, DENY) == ({"actor": {"id": 1}, "object": {"name": "Fractions"}}, ("name",))


def test_a_row_of_quarantine_says_whose_it_is_and_what_it_said() -> None:
    row = json.loads(personal.row(b'{"who": "anna", "hetu": "x"}', nobody, DENY, lambda value: value["who"]))
    assert row == {"learner_id": "anna", "element": {"who": "anna"}}
    assert json.loads(personal.row(b"[1]", nobody, DENY, lambda _: None)) == {"element": [1]}
    assert json.loads(personal.row(b"{", nobody, DENY, lambda _: None)) == {"bytes": 1}


def test_the_homes_own_rules_hold_for_streams(home: Home) -> None:
    deny = Exclusions.load(home.features).deny_rules()
    names = ["https://x.fi/ext/etunimi", "https://x.fi/ext/sähkö", "https://x.fi/ext#poissaolot", "mood"]
    assert len(personal.denied_keys(names, deny)) == 3
    value = {"syntymaaika": "1.1.2010", "comment": "a note", "score": 3}
    assert personal.without(value, nobody, deny)[0] == {"score": 3}


def test_a_place_in_json_may_not_be_there() -> None:
    value = {"a": {"b": [1]}}
    assert personal.at(value, "a", "b") == [1]
    assert personal.at(value, "a", "c", "d") is None
    assert personal.at(value, "a", "b", "c") is None
    assert personal.at(None, "a") is None
