"""What runs by the clock, for one provider or for every provider that joined."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from polku.cli.desk import Desk, say
from polku.errors import ConflictError, InputError, PolkuError

all_option = click.option("--all", "every", is_flag=True, help="For every provider that joined, one after the other.")


def do_for(home: Path | None, provider: str | None, work: Callable[[Desk], None], *, every: bool) -> None:
    """Do some work for one provider or for everybody; what fails for one keeps nobody else waiting.

    Parameters
    ----------
    home : Path or None
        As for :meth:`Desk.at`.
    provider : str or None
        Likewise; None where the work is for everybody.
    work : callable
        What to do at a provider's desk.
    every : bool
        Whether for everybody.

    Raises
    ------
    InputError
        If one provider is named and everybody is meant.
    ConflictError
        If it could not be done for somebody, after it was done for the others.
    """
    if not every:
        work(Desk.at(home, provider))
        return
    if provider is not None:
        raise InputError("--all is for everybody", got=f"--provider {provider}", hint="leave one of them out")
    failed = [name for name in names(home) if not _done(home, name, work)]
    if failed:
        raise ConflictError("not done for everybody", got=", ".join(failed), hint="see above; then run it again")


def names(home: Path | None) -> Iterator[str]:
    """Yield the ids of the settings' own provider and of those that joined, in order."""
    own = Desk.at(home)
    yield from sorted({own.settings.provider_id, *own.home.common.providers()})


def _done(home: Path | None, name: str, work: Callable[[Desk], None]) -> bool:
    try:
        desk = Desk.at(home, name)
        work(desk)
        desk.store.close()
    except PolkuError as error:
        say(f"{name}: {error}")
        return False
    return True
