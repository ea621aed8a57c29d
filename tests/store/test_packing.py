"""What an entry of the log says, packed: the same text back, an open format, and no more memory than is bounded."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from polku.errors import PolkuError
from polku.store import packing
from polku.store.packing import LONGEST, MAGIC, SHORT, opened, packed, unpacked

SAID = '{"said":"' + "ä € 𝄞 " * 200 + '"}'


def frame(descriptor: int, header: str, content: bytes = b"{}") -> bytes:
    """Return a frame written by hand: one last block of its content as it is."""
    return MAGIC + bytes([descriptor]) + bytes.fromhex(header) + (len(content) << 3 | 1).to_bytes(3, "little") + content


@settings(max_examples=40)
@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    for said in (text, "{" + text, 50 * text, "{" + 50 * text):
        assert unpacked(packed(said)) == said


@pytest.mark.parametrize("length", [1, 255, 256, 257, SHORT - 1, SHORT, 65_791, 65_792, 1 << 20])
def test_every_length_comes_back_and_only_short_ones_stay_as_they_are(length: int) -> None:
    said = "{" * length
    assert unpacked(packed(said)) == said
    assert (packed(said) == said.encode()) == (length < SHORT)


def test_what_others_read_is_the_text() -> None:
    """A reader that knows the format and nothing of ours, and the size that it states."""
    content = packed(SAID)
    with pa.CompressedInputStream(pa.BufferReader(content), "zstd") as stream:
        assert stream.read().decode() == SAID
    assert len(content) < len(SAID.encode()) / 5
    assert opened(content) == SAID.encode()


def test_a_text_that_no_reader_would_take_stays_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packing, "LONGEST", len(SAID.encode()) - 1)
    assert packed(SAID) == SAID.encode()
    assert unpacked(packed(SAID)) == SAID


@pytest.mark.parametrize(
    ("descriptor", "header", "length"),
    [
        (0x20, "02", 2),
        (0x60, "0000", 256),
        (0x60, "2c01", 556),
        (0x40, "002c01", 556),
        (0xA0, "2c020000", 556),
        (0xE0, "2c02000000000000", 556),
        (0x80, "002c020000", 556),
    ],
)
def test_every_way_to_state_a_size_is_read(descriptor: int, header: str, length: int) -> None:
    """RFC 8878, 3.1.1.1: one, two, four or eight bytes; two count on from 256; with or without a window's size."""
    assert opened(frame(descriptor, header, b"x" * length)) == b"x" * length


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "neither JSON nor"),
        (b"[1]", "neither JSON nor"),
        (MAGIC, "neither JSON nor"),
        (MAGIC[::-1] + b"  {}", "neither JSON nor"),
        (frame(0x00, "00"), "does not say how much"),
        (MAGIC + b"\xe0\x01", "does not say how much"),
        (frame(0xE0, "ff" * 8), "18446744073709551615 bytes"),
        (frame(0xA0, (LONGEST + 1).to_bytes(4, "little").hex()), f"{LONGEST + 1} bytes, and {LONGEST} at most"),
        (frame(0x20, "01"), "decompress"),
        (frame(0x20, "03"), "(?i:decompress|corrupt)"),
        (frame(0x23, "0100000002"), "(?i:dictionary|decompress)"),
        (packed(SAID)[:-3], "decompress"),
        (packed(SAID) + b"x", "decompress"),
        (packed(SAID) + packed(SAID), "decompress"),
        (frame(0x20, "02", b"{\xff"), "utf-8"),
        (b"{\xff", "utf-8"),
    ],
)
def test_what_is_damaged_says_so(content: bytes, what: str) -> None:
    with pytest.raises(PolkuError, match=rf"entry of the log is damaged\n.*{what}.*\n.*polku log verify"):
        unpacked(content)
