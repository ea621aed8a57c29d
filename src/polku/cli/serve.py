"""``polku serve``: the API and the pages, on loopback."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, say
from polku.errors import InputError
from polku.store.store import utc_now


def refuse_beyond_loopback(host: str) -> None:
    """Refuse an address that others could reach: this form of the service has no sign-in.

    Raises
    ------
    InputError
        If `host` is not a loopback address.

    Examples
    --------
    >>> refuse_beyond_loopback("127.0.0.1")
    """
    try:
        loopback = host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        loopback = False
    if not loopback:
        raise InputError(
            "the service has no sign-in yet, so it listens on loopback only", got=host, hint="--host 127.0.0.1"
        )


@click.command(short_help="Serve the API and the pages.")
@click.option("--host", help="Loopback address; default: from serve/settings.toml.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; default: from serve/settings.toml.")
@home_options
def command(host: str | None, port: int | None, home: Path | None, provider: str | None) -> None:
    """Serve the API and the pages of this installation until stopped with Ctrl-C.

    \b
    Example:
      polku serve --port 8080
    """
    run(Desk.at(home, provider), host, port)


def run(desk: Desk, host: str | None = None, port: int | None = None) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    desk : Desk
        What to serve.
    host, port : optional
        Override the settings.
    """
    import uvicorn

    from polku.web import create_app

    where = host or desk.settings.service.host
    refuse_beyond_loopback(where)
    chosen = desk.settings.service.port if port is None else port
    say(f"http://{where}:{chosen}  (loopback only, no sign-in; stop with Ctrl-C)")
    app = create_app(desk.home, desk.store, now=None if desk.now is utc_now else desk.now)
    uvicorn.run(app, host=where, port=chosen, log_level="warning")
