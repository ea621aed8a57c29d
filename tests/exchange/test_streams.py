"""Files of streams: lines, arrays, envelopes, compressed; whatever is broken costs as little as it can."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import InputError
from polku.exchange import pieces
from polku.exchange.pieces import Pieces
from polku.exchange.streams import STANDARDS, Stream

SENT = "2016-11-15T11:05:01.000Z"
HEAD = {"sensor": "https://x.fi/s", "sendTime": SENT, "dataVersion": "v"}
THREE: list[Any] = [{"id": 1, "text": 'a "quoted" } ] sign, ä'}, {"id": 2, "list": [[1], {}]}, {"id": 3}]


def read(content: bytes) -> list[Any]:
    return [json.loads(one) for one, _ in Stream(io.BytesIO(content)).elements()]


def lines(values: list[Any], gap: str = "\n") -> bytes:
    return gap.join(json.dumps(one, ensure_ascii=False) for one in values).encode()


FORMS: dict[str, Callable[[list[Any]], bytes]] = {
    "lines": lines,
    "lines of windows": lambda values: lines(values, "\r\n") + b"\r\n",
    "lines with gaps": lambda values: b"\n" + lines(values, "\n\n"),
    "array": lambda values: json.dumps(values).encode(),
    "array over lines": lambda values: json.dumps(values, indent=2, ensure_ascii=False).encode(),
    "array of lines": lambda values: b"[\n" + lines(values, ",\n") + b"\n]\n",
    "arrays": lambda values: json.dumps(values[:1]).encode() + b"\n" + json.dumps(values[1:]).encode(),
    "envelope": lambda values: json.dumps({**HEAD, "data": values}).encode(),
    "envelope over lines": lambda values: json.dumps({**HEAD, "data": values}, indent=1).encode(),
    "envelopes": lambda values: lines([{**HEAD, "data": [one]} for one in values]),
    "byte order mark": lambda values: b"\xef\xbb\xbf" + lines(values),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("packed", [False, True])
def test_elements_are_the_same_however_the_file_is_written(form: Callable[[list[Any]], bytes], packed: bool) -> None:
    content = form(THREE)
    assert read(gzip.compress(content) if packed else content) == THREE


def test_elements_of_an_envelope_know_when_it_was_sent() -> None:
    for indent in (None, 2):
        content = json.dumps({**HEAD, "data": THREE}, indent=indent).encode()
        assert {sent for _, sent in Stream(io.BytesIO(content)).elements()} == {SENT}


def test_an_envelope_that_cannot_be_held_is_read_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pieces, "LONGEST", 60)
    content = json.dumps({**HEAD, "data": THREE, "more": {"a": [1]}}).encode()
    parts = iter([content[start : start + 7] for start in range(0, len(content), 7)] + [b""] * 3)
    found = list(Pieces(next(parts), lambda: next(parts)).elements())
    assert [json.loads(one) for one, _ in found] == THREE
    assert {sent for _, sent in found} == {SENT}


def test_a_broken_line_costs_itself() -> None:
    content = lines(THREE[:1]) + b"\n{broken\n\xff\xfe\n" + lines(THREE[1:])
    found = [one for one, _ in Stream(io.BytesIO(content)).elements()]
    assert [json.loads(found[place]) for place in (0, 3, 4)] == THREE
    assert found[1:3] == [b"{broken", b"\xff\xfe"]


@pytest.mark.parametrize("content", [b'[{"id": 1}, {"id"', b'[{"id": 1},\n {"id": }]', b'{"a": \n'])
def test_an_array_that_is_broken_cannot_be_read_on(content: bytes) -> None:
    with pytest.raises(InputError, match="cannot be read on"):
        read(content)


def test_a_compressed_file_that_is_cut_off_says_so() -> None:
    with pytest.raises(InputError, match="cut off"):
        read(gzip.compress((lines(THREE) + b"\n") * 50)[:-9])


def test_the_digest_is_that_of_the_content_whether_compressed_or_not() -> None:
    content = lines(THREE)
    for file in (content, gzip.compress(content)):
        stream = Stream(io.BytesIO(file))
        list(stream.elements())
        assert stream.digest == hashlib.sha256(content).hexdigest()
        assert stream.read == len(file)


def test_an_empty_file_holds_nothing() -> None:
    assert read(b"") == read(b"\n \n") == read(b"[]") == []


def test_every_standard_reads_refuses_and_redacts() -> None:
    assert set(STANDARDS) == {"xapi", "caliper"}
    for name, standard in STANDARDS.items():
        assert standard.name == name


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab"\\{}[],:', max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=100)
@given(st.lists(st.dictionaries(st.just("a"), VALUES), max_size=6), st.integers(1, 9))
def test_an_array_cut_anywhere_is_the_same(values: list[Any], size: int) -> None:
    content = json.dumps(values, ensure_ascii=False).encode()
    parts = iter([content[start : start + size] for start in range(0, len(content), size)] + [b""] * 3)
    assert [json.loads(one) for one, _ in Pieces(b"", lambda: next(parts)).elements()] == values
