"""``polku serve``: the API and the pages; on loopback, or behind a proxy where callers sign in."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, say
from polku.errors import InputError
from polku.schemas.settings import Settings
from polku.store.store import utc_now


def refuse_beyond_loopback(host: str) -> None:
    """Refuse an address that others could reach, where nobody signs in.

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
            "nobody signs in here, so the service listens on loopback only", got=host, hint="--host 127.0.0.1"
        )


def refuse_unguarded(host: str, settings: Settings) -> None:
    """Refuse an address that others could reach unless callers sign in with the platform and a proxy is named.

    Raises
    ------
    InputError
        With what is missing.
    """
    if settings.access.sign_in != "oidc":
        refuse_beyond_loopback(host)
    elif not (settings.service.public_url and settings.service.trusted_proxies):
        try:
            refuse_beyond_loopback(host)
        except InputError as error:
            hint = "set public_url and trusted_proxies in [service]: who stands before it, and under which name"
            raise InputError("the service listens to others behind a proxy only", got=host, hint=hint) from error


@click.command(short_help="Serve the API and the pages.")
@click.option("--host", help="Address; default: from serve/settings.toml. Beyond loopback callers must sign in.")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; default: from serve/settings.toml.")
@home_options
def command(host: str | None, port: int | None, home: Path | None, provider: str | None) -> None:
    """Serve the API and the pages of this installation until stopped with Ctrl-C or SIGTERM.

    \b
    Example:
      polku serve --port 8080
    """
    run(Desk.at(home, provider), host, port)


def run(desk: Desk, host: str | None = None, port: int | None = None, *, personas: bool = False) -> None:
    """Serve until interrupted.

    Parameters
    ----------
    desk : Desk
        What to serve.
    host, port : optional
        Override the settings.
    personas : bool
        Whether anybody at this machine chooses who to be: for a demonstration.
    """
    service = desk.settings.service
    where, chosen = host or service.host, service.port if port is None else port
    refuse_unguarded(where, desk.settings)
    from polku.web.light import prepare

    prepare()
    from polku.web import create_app
    from polku.web.observe.logs import configure
    from polku.web.server import Server, configuration

    configure(service.log)
    app = create_app(desk.home, desk.store, now=None if desk.now is utc_now else desk.now, personas=personas)
    guarded = "callers sign in" if desk.settings.access.sign_in == "oidc" else "loopback only"
    say(f"http://{where}:{chosen}  ({guarded}; stop with Ctrl-C)")
    Server(configuration(app, service, where, chosen), app.state.operation).run()
