"""The most memory a process has held, since it began or since the mark was set back."""

from __future__ import annotations

import resource
from pathlib import Path

STATUS, MARK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def peak_memory() -> float:
    """Return the most bytes this process has had in memory."""
    if not STATUS.exists():
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    # On Linux getrusage counts in what the parent had when it started this process.
    line = next(line for line in STATUS.read_text().splitlines() if line.startswith("VmHWM"))
    return 1024.0 * int(line.split()[1])


def set_back() -> None:
    """Let the peak count from now on, where the system can; elsewhere it goes on from the start of the process."""
    if MARK.exists():
        MARK.write_text("5")
