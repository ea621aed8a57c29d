"""What the crash tests kill: does the same deeds part by part, each one transaction that speaks up in its middle.

Run with ``runpy``, which any process can import, with URL, PROVIDER, DEEDS and PIPE as globals.
"""

from __future__ import annotations

from multiprocessing.connection import Connection
from typing import cast

from deeds import do
from polku.store import Store
from polku.testing.store import offer

if __name__ == "__main__":
    given = globals()
    pipe = cast("Connection", given["PIPE"])
    with Store.open(given["URL"], given["PROVIDER"]) as store:

        def say(said: tuple[str, int, bool]) -> None:
            """Tell how far it is; log and seal after each part that came in."""
            name, part, committed = said
            if name == "ingest" and committed:
                offer(store, f"l{part}", "a")
                store.seal()
            pipe.send(said)

        do(store, given["DEEDS"], say)
    pipe.send(None)
