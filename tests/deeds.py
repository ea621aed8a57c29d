"""What a process does while the crash tests kill it: each deed is one transaction that speaks up in its middle.

Done again after a kill, a deed finishes what was undone and adds nothing to what was committed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from polku.profiles import Lens, current, profiles_of
from polku.store import Store, Transaction
from polku.testing.extractors import CURRICULUM, STATISTICS
from polku.testing.store import release, sample
from strategies import EVERYTHING

PARTS, LEARNERS = 8, 24
LENS = Lens(EVERYTHING, STATISTICS, CURRICULUM)
WHO: dict[str, Any] = {"by": "t1", "role": "teacher", "reason": "read wrongly"}
FILES = ("model.txt", "items.json", "policy.toml")
Say = Callable[[], None]


def ingest(tx: Transaction, part: int, say: Say) -> None:
    """Add a part of the responses, in two batches."""
    tx.responses.add(sample(f"{part}a", learners=LEARNERS))
    say()
    tx.responses.add(sample(f"{part}b", learners=LEARNERS))


def profile(tx: Transaction, part: int, say: Say) -> None:
    """Bring two learners' kept profiles up to date."""
    current(tx, f"l{part}", LENS)
    say()
    current(tx, f"l{part + PARTS}", LENS)


def promotion(tx: Transaction, part: int, say: Say) -> None:
    """Store a bundle and release it."""
    bundle = f"bundle {part}"
    if tx.bundles.get(bundle) is None:
        tx.bundles.add(bundle, {name: f"{bundle} {name}".encode() for name in FILES}, {"number": part})
        say()
        release(tx, bundle)
    else:
        say()


def correction(tx: Transaction, part: int, say: Say) -> None:
    """Correct one answer of a learner and take another one back."""
    tx.responses.correct(replace(tx.responses.latest(f"{part}a-{part}-0"), correct=0.25), **WHO)
    say()
    tx.responses.void(f"{part}a-{part}-1", **WHO)


DEEDS = {"ingest": ingest, "profile": profile, "promotion": promotion, "correction": correction}


def do(store: Store, names: list[str], say: Callable[[tuple[str, int, bool]], None]) -> None:
    """Do the deeds part by part; say each with False in the middle of its transaction, True once it is committed."""
    for part in range(PARTS):
        for name in names:
            with store.begin() as tx:
                DEEDS[name](tx, part, partial(say, (name, part, False)))
            say((name, part, True))


def warm_up() -> None:
    """Fold once, so that processes forked from this one have their compiled kernels already."""
    for _ in profiles_of(sample(), EVERYTHING, STATISTICS, CURRICULUM):
        pass


warm_up()
