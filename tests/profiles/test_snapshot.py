"""Profiles as bytes: what is kept, what is compact, and every way in which bytes can be wrong."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from polku.errors import ConflictError, InputError
from polku.profiles import Profile
from polku.profiles.events import SCOPES
from polku.profiles.snapshot import LENGTH_BYTES, MAGIC, SHA_BYTES, Snapshot
from polku.records import Response
from polku.testing.extractors import CURRICULUM, STATISTICS
from strategies import EVERYTHING, PRIOR, answers, definition, empty, feature_set, patient

SMALL = feature_set(definition("x", "rate", "skill", {"prior": PRIOR}))
ROWS = {
    "learner": np.array([[2.0]]),
    "area": np.zeros((0, 0)),
    "skill": np.array([[0.1, -0.0]]),
    "item": np.zeros((2, 0)),
}
IDS = {"learner": [""], "area": [], "skill": ["ä"], "item": ["i1", "i2"]}
KEPT = Snapshot("fs", "is", (5, 4, "r1"), clock=True, ids=IDS, rows=ROWS)


def folded() -> Profile:
    profile = empty(SMALL)
    profile.fold(answers(("i1", "a", 0, 1.0), ("i2", "a;b", 1, 0.0)))
    return profile


def body_of(raw: bytes) -> bytes:
    return zlib.decompress(raw[len(MAGIC) + SHA_BYTES :])


def sealed(plain: bytes) -> bytes:
    """Return bytes whose hash is right, whatever they say."""
    body = zlib.compress(plain)
    return MAGIC + hashlib.sha256(body).digest() + body


def test_what_is_packed_is_unpacked() -> None:
    again = Snapshot.unpack(KEPT.pack())
    assert replace(again, rows={}) == replace(KEPT, rows={})
    assert {scope: again.rows[scope].tobytes() for scope in SCOPES} == {
        scope: ROWS[scope].tobytes() for scope in SCOPES
    }
    assert {scope: again.rows[scope].shape for scope in SCOPES} == {scope: ROWS[scope].shape for scope in SCOPES}


@pytest.mark.parametrize("change", [{"last_key": None}, {"clock": None}, {"clock": False}, {"feature_set": "other"}])
def test_the_header_is_part_of_the_bytes(change: dict[str, Any]) -> None:
    other = replace(KEPT, **change)
    assert other.pack() != KEPT.pack()
    assert replace(Snapshot.unpack(other.pack()), rows={}) == replace(other, rows={})


def test_unpacked_state_may_be_written_to() -> None:
    again = Snapshot.unpack(KEPT.pack())
    again.rows["skill"][0, 0] = 9.0
    assert ROWS["skill"][0, 0] == 0.1


def test_the_layout_is_as_documented() -> None:
    raw = KEPT.pack()
    assert raw[:8] == b"POLKUPF\x01"
    assert raw[8:40] == hashlib.sha256(raw[40:]).digest()
    plain = body_of(raw)
    end = LENGTH_BYTES + int.from_bytes(plain[:LENGTH_BYTES], "little")
    header = json.loads(plain[LENGTH_BYTES:end])
    assert header["widths"] == {"learner": 1, "area": 0, "skill": 2, "item": 0}
    assert np.frombuffer(plain[end:], "<f8").tolist() == [2.0, 0.1, -0.0]


def test_equal_profiles_give_equal_bytes_however_ids_were_met() -> None:
    one = empty(SMALL)
    one.fold(answers(("i1", "a", 0, 1.0), ("i2", "b", 1, 1.0)))
    by_bytes = empty(SMALL)
    by_bytes.fold(answers(("i1", "a", 0, 1.0)))
    other = Profile.from_bytes(by_bytes.to_bytes(), SMALL, STATISTICS, CURRICULUM)
    other.fold(answers(("i1", "a", 0, 1.0), ("i2", "b", 1, 1.0)).rows([1]))
    assert one.to_bytes() == other.to_bytes()


@patient
@given(position=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_one_flipped_bit_is_noticed(position: int, bit: int) -> None:
    raw = bytearray(folded().to_bytes())
    raw[position % len(raw)] ^= 1 << bit
    with pytest.raises(InputError, match=r"damaged|no profile of this version"):
        Snapshot.unpack(bytes(raw))


@patient
@given(length=st.integers(0, 10_000))
def test_every_cut_is_noticed(length: int) -> None:
    raw = folded().to_bytes()
    with pytest.raises(InputError, match="fold the learner's responses again"):
        Snapshot.unpack(raw[: length % len(raw)])


def test_more_bytes_than_were_written_are_noticed() -> None:
    with pytest.raises(InputError, match="a stored profile is damaged"):
        Snapshot.unpack(KEPT.pack() + b"\x00")


@pytest.mark.parametrize("version", [0, 2, 255])
def test_another_version_of_the_format_is_refused(version: int) -> None:
    raw = KEPT.pack()
    with pytest.raises(
        InputError, match=r"no profile of this version\n  got: \d+ bytes\n  try: drop the stored profile"
    ):
        Snapshot.unpack(raw[:7] + bytes([version]) + raw[8:])


def test_an_error_never_shows_what_is_in_a_profile() -> None:
    raw = folded().to_bytes()
    with pytest.raises(InputError, match="damaged") as caught:
        Snapshot.unpack(raw[:-1])
    assert "i1" not in str(caught.value)
    assert "r000" not in str(caught.value)


def test_a_state_of_another_width_is_not_taken_for_ones_own() -> None:
    wider = feature_set(definition("x", "rate", "skill", {"prior": PRIOR}), definition("y", "run", "skill", {}))
    with pytest.raises(ConflictError, match="of another feature set"):
        Profile.from_bytes(folded().to_bytes(), wider, STATISTICS, CURRICULUM)


def test_a_better_sentence_keeps_stored_profiles() -> None:
    told = feature_set(
        {**definition("x", "rate", "skill", {"prior": PRIOR}), "meaning": "The same number, said better."}
    )
    again = Profile.from_bytes(folded().to_bytes(), told, STATISTICS, CURRICULUM)
    assert again.to_bytes() == folded().to_bytes()


def test_bytes_do_not_depend_on_compression_of_the_same_content() -> None:
    raw = folded().to_bytes()
    assert Snapshot.unpack(sealed(body_of(raw))).pack() == raw


@pytest.mark.parametrize("answers_given", [1, 10, 100])
def test_state_grows_with_keys_and_not_with_answers(answers_given: int) -> None:
    profile = empty(EVERYTHING)
    profile.fold(answers(*(("i1", "a", time, 1.0) for time in range(answers_given))))
    kept = Snapshot.unpack(profile.to_bytes())
    assert {scope: len(kept.ids[scope]) for scope in SCOPES} == {"learner": 1, "area": 1, "skill": 1, "item": 1}
    assert {scope: rows.shape[1] for scope, rows in kept.rows.items()} == dict(EVERYTHING.layout.widths)


def test_a_new_key_adds_one_row_to_its_scope() -> None:
    counts = []
    profile = empty(EVERYTHING)
    for place, (item, skills) in enumerate([("i1", "a"), ("i2", "a"), ("i2", "b"), ("i5", "e"), ("i4", "c;d")]):
        skill_ids = tuple(skills.split(";"))
        profile.update(Response(f"r{place}", "anna", item, skill_ids, place, place, 1.0, clock=False))
        kept = Snapshot.unpack(profile.to_bytes())
        counts.append(tuple(len(kept.ids[scope]) for scope in ("area", "skill", "item")))
    assert counts == [(1, 1, 1), (1, 1, 2), (1, 2, 2), (1, 3, 3), (2, 5, 4)]
