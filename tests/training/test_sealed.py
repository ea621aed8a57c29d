"""Sealed files: the index is canonical, and everything that differs is named."""

from __future__ import annotations

import hashlib
import json

import pytest

from polku.errors import InputError
from polku.training.sealed import canonical_json, sha256, sums, verify

FILES = {"b.txt": b"two", "a.txt": b"one"}


def sealed(files: dict[str, bytes], version: int = 1) -> dict[str, bytes]:
    return {**files, "index.json": canonical_json({"format": version, "files": sums(files)})}


def check(files: dict[str, bytes], needed: tuple[str, ...] = ()) -> None:
    verify(files, "index.json", "parcel", 1, needed)


def test_what_was_sealed_holds() -> None:
    check(sealed(FILES), needed=("a.txt",))
    check(sealed({}))


def test_sums_are_sha256_in_the_order_of_names() -> None:
    assert list(sums(FILES)) == ["a.txt", "b.txt"]
    assert sums(FILES)["a.txt"] == sha256(b"one") == hashlib.sha256(b"one").hexdigest()


def test_canonical_json_has_one_form() -> None:
    one = canonical_json({"b": [1, 2.5], "a": {"d": None, "c": "ä"}})
    assert one == canonical_json({"a": {"c": "ä", "d": None}, "b": [1, 2.5]})
    assert json.loads(one) == {"b": [1, 2.5], "a": {"d": None, "c": "ä"}}
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical_json(float("nan"))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        (sealed(FILES) | {"a.txt": b"One"}, r"parcel file a\.txt differs from its hash"),
        (sealed(FILES) | {"c.txt": b""}, r"parcel file c\.txt is not in index\.json"),
        ({"index.json": sealed(FILES)["index.json"], "a.txt": b"one"}, r"parcel file b\.txt is missing"),
        (sealed({"a.txt": b"one"}), r"parcel file b\.txt is missing"),
        (sealed(FILES, version=2), "the parcel is of another format\n  got: 2"),
        (FILES, r"this is no parcel: no index\.json"),
        (FILES | {"index.json": b"{"}, r"index\.json cannot be read"),
        (FILES | {"index.json": b"7"}, r"index\.json cannot be read"),
        (FILES | {"index.json": b'{"format": 1, "files": 3}'}, r"index\.json cannot be read"),
    ],
)
def test_whatever_differs_is_named(files: dict[str, bytes], message: str) -> None:
    with pytest.raises(InputError, match=message):
        check(files, needed=("b.txt",))
