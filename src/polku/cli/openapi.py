"""``polku openapi``: the description of the interface, kept in the repository and compared with what the code says."""

from __future__ import annotations

import difflib
import json
from pathlib import Path
from typing import Any

import click

from polku.cli.desk import say
from polku.errors import ConflictError
from polku.home import Home

FILE = Path("docs") / "reference" / "openapi.json"


def text() -> str:
    """Return the description as it is kept: pretty, in an order that does not change by itself."""
    from polku.web.app import document

    return json.dumps(document(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def difference(kept: str, now: str) -> str:
    """Return what is different between two descriptions: what callers notice first, then the lines.

    Parameters
    ----------
    kept, now : str
        JSON texts.
    """
    from polku.web.changes import changes

    told = [str(one) for one in changes(_parsed(kept), _parsed(now))]
    lines = difflib.unified_diff(kept.splitlines(), now.splitlines(), "kept", "now", lineterm="", n=2)
    return "\n".join([*told, "", *list(lines)[:200]])


def _parsed(content: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(content or "{}")
    return found


@click.command(short_help="Print, write or compare the description of the interface.")
@click.option("--write", is_flag=True, help="Write docs/reference/openapi.json.")
@click.option("--check", is_flag=True, help="Fail with the difference if it is not what the code says.")
def command(write: bool, check: bool) -> None:
    """Print the OpenAPI document of the interface.

    \b
    Example:
      polku openapi
      polku openapi --write
      polku openapi --check
    """
    path, now = Home.find().root / FILE, text()
    kept = path.read_text(encoding="utf-8") if path.is_file() else ""
    if write:
        path.write_text(now, encoding="utf-8")
        say(difference(kept, now) if kept and kept != now else f"{FILE} says what the code says")
    elif not check:
        click.echo(now, nl=False)
    elif kept != now:
        raise ConflictError(
            f"{FILE} is not what the code says", got="\n" + difference(kept, now), hint="polku openapi --write"
        )
