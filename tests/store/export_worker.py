"""What the memory test runs in a process of its own: exports a provider, prints by how many MiB its memory grew."""

from __future__ import annotations

import sys
from pathlib import Path

from polku.store import Store
from polku.store.buckets import export


def most_held() -> float:
    """Return the most memory that this process has held so far, in MiB; Linux counts it anew for each program."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


if __name__ == "__main__":
    url, provider, folder = sys.argv[1:]
    with Store.open(url, provider) as store, store.read() as tx:
        before = most_held()
        export(tx, provider, Path(folder), 16)
    sys.stdout.write(str(most_held() - before))
