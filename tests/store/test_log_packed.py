"""A log whose entries are packed: every flipped byte is found, and every way out gives the text."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlalchemy import text

from polku.errors import PolkuError
from polku.store import Store
from polku.store.engine import begin
from polku.store.leaving import hand_over
from polku.store.packing import MAGIC, packed, unpacked
from polku.testing.store import offer
from turning import turned

Say = Callable[[Store, str, bytes], None]
SKILLS = tuple(f"MA79.S3.{one:02d}" for one in range(20))


@pytest.fixture
def sealed(any_store: Store) -> Store:
    """Return a store with three offers in its log, all long."""
    for number in range(3):
        offer(any_store, f"l{number}", *SKILLS)
    any_store.seal()
    return any_store


def stored(store: Store, seq: int) -> tuple[str, bytes]:
    """Return an entry's id and what it says, as it is stored."""
    joined = "SELECT entry_id, payload FROM log JOIN log_payloads USING (provider_id, entry_id)"
    with begin(store.engine, write=False) as connection:
        statement = text(f"{joined} WHERE provider_id = :own AND seq = :seq")
        entry, content = connection.execute(statement, {"own": store.provider_id, "seq": seq}).one()
    return str(entry), bytes(content)


@pytest.mark.parametrize("tried", [20, pytest.param(400, marks=pytest.mark.long)])
def test_a_flipped_byte_inside_a_frame_is_found_at_its_entry(sealed: Store, say: Say, tried: int) -> None:
    entry, content = stored(sealed, 2)
    assert content.startswith(MAGIC)
    draw = random.Random(11)
    for _ in range(tried):
        other = turned(draw, content)
        say(sealed, entry, other)
        found = [(one.seq, one.entry_id, one.what.split(":")[0]) for one in sealed.verify_log().problems]
        assert found == [(2, entry, "altered")], other.hex()
    say(sealed, entry, content)
    assert sealed.verify_log().whole


def test_other_contents_are_found_and_another_packing_of_the_same_text_is_none(sealed: Store, say: Say) -> None:
    entry, content = stored(sealed, 2)
    for other in (b"", content[:-1], stored(sealed, 1)[1], packed(unpacked(content) + " "), b"{}"):
        say(sealed, entry, other)
        assert [one.seq for one in sealed.verify_log().problems] == [2]
    for same in (unpacked(content).encode(), pa.compress(unpacked(content).encode(), "zstd", asbytes=True)):
        say(sealed, entry, same)
        assert sealed.verify_log().whole, "what was promised is the text"


def test_whoever_reads_a_damaged_entry_is_told(sealed: Store, say: Say) -> None:
    entry, content = stored(sealed, 2)
    say(sealed, entry, content[: len(content) // 2])
    with sealed.read() as tx:
        reads = (
            tx.suggestions.latest,
            tx.suggestions.standing,
            tx.rights.held,
            lambda _: list(tx.suggestions.logged()),
        )
        for read in reads:
            with pytest.raises(PolkuError, match="an entry of the log is damaged"):
                read("l1")
        assert tx.suggestions.latest("l0") is not None


def test_an_offer_comes_back_wherever_it_is_read(sealed: Store, tmp_path: Path) -> None:
    said = json.loads(unpacked(stored(sealed, 2)[1]))
    assert [one["skill_id"] for one in said["candidates"]] == list(SKILLS)
    with sealed.read() as tx:
        latest, logged = tx.suggestions.latest("l1"), list(tx.suggestions.logged())
        assert latest is not None
        assert (latest.path, latest.candidates) == (said["path"], said["candidates"])
        assert [one.learner_id for one in logged if one.candidates == said["candidates"]] == ["l0", "l1", "l2"]
        assert [row["payload"] for row in tx.rights.held("l1")["log_payloads"]] == [said]
        assert said in tx.rights.said("offered")
    hand_over(sealed.engine, sealed.provider_id, tmp_path)
    table = pq.read_table(tmp_path / "log_payloads.parquet")
    assert table.schema.field("payload").type == pa.string()
    assert said in [json.loads(one) for one in table["payload"].to_pylist()]
