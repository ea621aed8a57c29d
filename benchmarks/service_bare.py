"""The peer of benchmarks/service.py: a bare FastAPI endpoint that encodes the same JSON, and does nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path

from fastapi import FastAPI  # noqa: TID251 - the peer itself

app = FastAPI()
CONTENT = json.loads(Path(os.environ["POLKU_BENCH_JSON"]).read_bytes())


@app.get("/path")
async def path():  # type: ignore[no-untyped-def] # noqa: ANN201 - a return type would be a response model
    """Return the content as it is."""
    return CONTENT
