"""``polku webhooks``: deliver what the outbox holds, list who is told, send dead letters again."""

from __future__ import annotations

import signal
import time
from functools import partial
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.cli.everybody import all_option, do_for


@click.group(short_help="Deliver events to webhooks, list who is told, send dead letters again.")
def command() -> None:
    """Systems that signed up at /v1/webhooks are told of new suggestions.

    \b
    Example:
      polku webhooks deliver --once
      polku webhooks list
      polku webhooks key > new-keys.json
    """


@command.command()
@click.option("--once", is_flag=True, help="One round, then stop; for a timer.")
@click.option("--every", "seconds", default=5.0, show_default=True, help="Seconds between two rounds.")
@all_option
@home_options
@json_option
def deliver(once: bool, seconds: float, every: bool, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Send what is due, until stopped with Ctrl-C or, at the end of a round, with SIGTERM.

    Any number may run beside each other.
    """
    asked: list[int] = []
    if not once:  # the first process of a container is sent no signal that it does not handle
        signal.signal(signal.SIGTERM, lambda number, _frame: asked.append(number))
    while not asked:
        do_for(home, provider, partial(_deliver, always=once, as_json=as_json), every=every)
        if once:
            return
        _rest(seconds, asked)


def _rest(seconds: float, asked: list[int]) -> None:
    """Wait, but not for long once somebody asked to stop."""
    until = time.monotonic() + seconds
    while not asked and (left := until - time.monotonic()) > 0:
        time.sleep(min(left, 0.2))


def _deliver(desk: Desk, *, always: bool, as_json: bool) -> None:
    from polku.web.webhooks import Deliverer

    done = Deliverer.of(desk.home, desk.settings, desk.store).round()
    if as_json:
        print_json(done._asdict())
    elif always or any(done):
        say(f"{done.delivered} delivered, {done.failed} to be sent again, {done.dead} given up")
    desk.store.close()


@command.command(name="list")
@home_options
@json_option
def list_command(home: Path | None, provider: str | None, as_json: bool) -> None:
    """List who is told, with the number of events by where they stand."""
    with Desk.at(home, provider).store.read() as tx:
        found = [
            {"webhook_id": one.webhook_id, "url": one.url, "created_by": one.created_by}
            | tx.outbox.standing(one.webhook_id)
            for one in tx.outbox.webhooks()
        ]
    if as_json:
        print_json(found)
        return
    click.echo(f"{'webhook':34} {'due':>7} {'delivered':>10} {'dead':>6}  address")
    for line in found:
        click.echo(f"{line['webhook_id']:34} {line['due']:>7} {line['delivered']:>10} {line['dead']:>6}  {line['url']}")


@command.command()
@click.argument("webhook_id", metavar="WEBHOOK")
@home_options
def again(webhook_id: str, home: Path | None, provider: str | None) -> None:
    """Send the dead letters of a webhook again."""
    with Desk.at(home, provider).store.begin() as tx:
        tx.outbox.webhook(webhook_id)
        say(f"{tx.outbox.revive(webhook_id)} dead letters are due again")


@command.command()
@home_options
def key(home: Path | None, provider: str | None) -> None:
    """Print the keys that seal the secrets of webhooks, a new one in front.

    Put what is printed where [webhooks] keys says, for its owner alone; then polku webhooks reseal. The key that was
    first may go once every provider's secrets are sealed anew.
    """
    from polku.web.webhooks import Seal

    desk = Desk.at(home, provider)
    click.echo(Seal.of(desk.home, desk.settings).with_new_key())


@command.command()
@all_option
@home_options
def reseal(every: bool, home: Path | None, provider: str | None) -> None:
    """Seal the secret of every webhook with the first key; secrets stay what they are."""
    do_for(home, provider, _reseal, every=every)


def _reseal(desk: Desk) -> None:
    from polku.web.webhooks import Seal, resealed

    seal = Seal.of(desk.home, desk.settings)
    with desk.store.read() as tx:
        hooks = tx.outbox.webhooks()
    for one in hooks:
        resealed(desk.store, seal, one)
    say(f"{len(hooks)} secrets are sealed with the first key")
