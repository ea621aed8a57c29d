"""The peer's side of the bench of streams: how many statements ralph-malph parses and checks a second.

Run by the interpreter of the peers' own environment, with a file of statements, one a line; prints one number.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from ralph.models.xapi.base.statements import BaseXapiStatement  # type: ignore[import-not-found] # the peers have it

RUNS = 2


def main(path: str) -> None:
    """Print the best rate of some runs over a file."""
    lines = Path(path).read_bytes().splitlines()
    seconds = []
    for _ in range(RUNS):
        start = time.process_time()
        for line in lines:
            BaseXapiStatement.model_validate_json(line)
        seconds.append(time.process_time() - start)
    print(len(lines) / min(seconds))


if __name__ == "__main__":
    main(sys.argv[1])
