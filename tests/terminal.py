"""The command line without a process of its own: what was printed where, and what was refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click import ClickException
from click.testing import CliRunner, Result

from polku.cli import polku
from polku.errors import PolkuError
from polku.home import Home

HEADER = "response_id,learner_id,item_id,skill_ids,answered_at,correct\n"


def reraise(result: Result) -> None:
    """Raise what the command raised: `polku` prints it and exits with 2."""
    if result.exception is not None:
        raise result.exception


class Terminal:
    """Runs commands on a home, with a store and an enclave in a folder."""

    def __init__(self, home: Home, folder: Path) -> None:
        self.folder = folder
        self.environment = {
            "POLKU_HOME": str(home.root),
            "POLKU_STORE": f"sqlite:///{folder / 'polku.db'}",
            "POLKU_BACKGROUND": f"sqlite:///{folder / 'background.db'}",
        }

    def run(self, *arguments: str | Path) -> Result:
        """Run a command that must go well."""
        done = self._invoke(arguments)
        if done.exception is not None:
            raise done.exception
        return done

    def json(self, *arguments: str | Path) -> Any:
        """Run a command with ``--json`` and return what it printed: one JSON value and nothing else."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def refused(self, *arguments: str | Path) -> str:
        """Run a command that must be refused, before it prints anything; return what it says."""
        done = self._invoke(arguments)
        assert isinstance(done.exception, PolkuError | ClickException), done.exception or done.output
        assert done.stdout == ""
        error = done.exception
        return error.format_message() if isinstance(error, ClickException) else str(error)

    def write(self, name: str, text: str | bytes) -> Path:
        """Write a file into the folder and return its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def answers(self, name: str, *rows: str) -> Path:
        """Write canonical responses and return the path."""
        return self.write(name, HEADER + "".join(f"{row}\n" for row in rows))

    def _invoke(self, arguments: tuple[str | Path, ...]) -> Result:
        return CliRunner().invoke(polku, [*map(str, arguments)], env=self.environment, standalone_mode=False)
