"""``polku warm``: compile what is compiled once, so that no person waits for it."""

from __future__ import annotations

import time

import click

from polku.cli.desk import say


@click.command(short_help="Compile the profile kernels once, after installation.")
def command() -> None:
    """Compile the profile kernels and keep them on disk.

    Run once after installation, and again after an upgrade; `make install` does it.

    \b
    Example:
      polku warm
    """
    started = time.perf_counter()
    from polku.profiles import warm_up

    warm_up()
    say(f"profile kernels ready in {time.perf_counter() - started:.1f} s")
