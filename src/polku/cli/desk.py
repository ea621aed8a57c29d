"""What every command shares: the home it works in, its options, and how it talks.

Results go to standard output; progress, notes and warnings to standard error.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from polku.curriculum import Curriculum, curriculum_of
from polku.home import Home
from polku.records import DenyRules, Exclusions
from polku.schemas.settings import Settings
from polku.store import Store
from polku.store.store import utc_now

Command = TypeVar("Command", bound=Callable[..., Any])
OnStep = Callable[[int, int], None]
Clock = Callable[[], int]
console = Console(stderr=True, highlight=False)


@dataclass(frozen=True)
class Desk:
    """A home, opened: its settings, curriculum and store, each read when first asked for."""

    home: Home
    settings: Settings
    now: Clock = utc_now

    @classmethod
    def at(cls, home: str | Path | None, provider: str | None = None) -> Desk:
        """Open the home at `home` (default: ``$POLKU_HOME``, else the checkout) as `provider` sees it.

        Raises
        ------
        NotFoundError
            In production, if no such provider joined. Elsewhere a plain id needs no joining: it has nothing of its own.
        """
        found = Home.find(home)
        settings = found.settings()
        chosen = provider or settings.provider_id
        if settings.production or chosen in found.providers():
            own = found.for_provider(chosen)
            return cls(own, own.settings())
        return cls(found, settings.model_copy(update={"provider_id": chosen}))

    @cached_property
    def curriculum(self) -> Curriculum:
        """Return the installation's curriculum, with the edges softened that its provider disputes."""
        return curriculum_of(self.home, self.settings)

    @cached_property
    def deny(self) -> DenyRules:
        """Return what is refused at every door."""
        return Exclusions.load(self.home.features).deny_rules()

    @cached_property
    def store(self) -> Store:
        """Open the store; an embedded one is made with its folder."""
        make_folder_of(self.settings.store)
        return Store.of(self.settings)


def make_folder_of(url: str) -> None:
    """Make the folder that an embedded SQLite address lies in; other addresses are left alone."""
    if url.startswith("sqlite:///"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)


def home_options(command: Command) -> Command:
    """Add ``--home`` and ``--provider`` to a command."""
    command = click.option("--provider", metavar="ID", help="Education provider; default: from serve/settings.toml.")(
        command
    )
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="Folder of features/, models/ and serve/; default: $POLKU_HOME, else the checkout.",
    )(command)


json_option = click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")


def say(text: str) -> None:
    """Tell the person at the terminal something that is not the result."""
    console.print(text, soft_wrap=True, markup=False)


def print_json(value: object) -> None:
    """Print a result as JSON, undefined figures as null rather than as NaN."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False))


@contextmanager
def bar(title: str) -> Iterator[OnStep]:
    """Show a progress bar on standard error; yields ``on_step(done, total)``."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description:<28}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(title, total=None)

        def on_step(done: int, total: int) -> None:
            progress.update(task, completed=done, total=total)

        yield on_step
        seen = progress.tasks[task].total or 1
        progress.update(task, completed=seen, total=seen)
