"""One JSON object a line, on standard error, with nothing of a person in it.

What Polku's own loggers say is written as it is: :mod:`polku.web.door` names routes by their template. A line of
anybody else's is written without its arguments, and an exception by its kind and place: both may quote a value.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import PurePath
from typing import Final, Literal

from polku.errors import DefinitionError

OURS: Final = ("polku.", "uvicorn.error")
"""Loggers whose whole messages are known to hold no data of a request."""
FIELDS: Final = ("request", "trace", "method", "route", "status", "ms", "fault", "bundle")
"""What a line may say beside its message."""
DEPTH: Final = 8


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object.

    Examples
    --------
    >>> line = JsonLines().format(logging.LogRecord("x", 20, "f.py", 1, "learner %s", ("L0001",), None))
    >>> json.loads(line)["message"]
    'learner %s'
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        ours = record.name.startswith(OURS)
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg),
        }
        line |= {name: getattr(record, name) for name in FIELDS if getattr(record, name, None) is not None}
        if record.exc_info and record.exc_info[1] is not None:
            line["fault"] = f"{type(record.exc_info[1]).__name__} at {frames(record.exc_info[1])}"
        return json.dumps(line, ensure_ascii=True)


def frames(error: BaseException) -> str:
    """Return where an error came from: files, lines and functions, no values."""
    found = traceback.extract_tb(error.__traceback__)[-DEPTH:]
    return " > ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in found)


def configure(style: Literal["auto", "json", "quiet"]) -> None:
    """Set up what a serving process writes to standard error.

    Parameters
    ----------
    style : str
        As in the settings: JSON lines about every request, or nothing below a warning.

    Raises
    ------
    DefinitionError
        If the style is not one of the three.
    """
    if style not in {"auto", "json", "quiet"}:
        raise DefinitionError("no such style of log", got=style, hint="auto, json or quiet")
    # The server's own lines hold addresses, and with them learners' ids.
    logging.getLogger("uvicorn.access").disabled = True
    if style == "quiet" or (style == "auto" and sys.stderr.isatty()):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    for name in ("polku", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.INFO)
