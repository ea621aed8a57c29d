"""``polku webhooks``: deliver what the outbox holds, list who is told, send dead letters again."""

from __future__ import annotations

import time
from pathlib import Path

import click

from polku.cli.desk import Desk, home_options, json_option, print_json, say


@click.group(short_help="Deliver events to webhooks, list who is told, send dead letters again.")
def command() -> None:
    """Systems that signed up at /v1/webhooks are told of new suggestions.

    \b
    Example:
      polku webhooks deliver --once
      polku webhooks list
    """


@command.command()
@click.option("--once", is_flag=True, help="One round, then stop; for a timer.")
@click.option("--every", default=5.0, show_default=True, help="Seconds between two rounds.")
@home_options
@json_option
def deliver(once: bool, every: float, home: Path | None, provider: str | None, as_json: bool) -> None:
    """Send what is due, until stopped with Ctrl-C. Any number may run beside each other."""
    from polku.web.webhooks import Deliverer

    desk = Desk.at(home, provider)
    deliverer = Deliverer.of(desk.settings, desk.store)
    while True:
        done = deliverer.round()
        if as_json:
            print_json(done._asdict())
        elif once or any(done):
            say(f"{done.delivered} delivered, {done.failed} to be sent again, {done.dead} given up")
        if once:
            return
        time.sleep(every)


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
