"""What the crash tests kill: adds the same responses, part by part, each part one transaction of two batches.

Run with ``runpy``, which any process can import, with URL, PROVIDER and PIPE as globals. It sends
the part's number twice: with False in the middle of its transaction, with True once it is committed.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import cast

from polku.store import Store
from polku.testing.store import offer, sample

PARTS, LEARNERS = 16, 40

if __name__ == "__main__":
    given = globals()
    pipe = cast("Connection", given["PIPE"])
    with Store.open(given["URL"], given["PROVIDER"]) as store:
        for part in range(PARTS):
            with store.begin() as tx:
                tx.responses.add(sample(f"{part}a", learners=LEARNERS))
                pipe.send((part, False))
                tx.responses.add(sample(f"{part}b", learners=LEARNERS))
            offer(store, f"l{part}", "a")
            store.seal()
            pipe.send((part, True))
    pipe.send(None)
