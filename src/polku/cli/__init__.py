"""The command line: one file a command, each a thin hand on the rooms below.

A command reads its options, calls the rooms, and prints: results on standard output, progress and logs on standard
error, so that ``--json`` can be piped. Commands load late: LightGBM and MLflow take seconds to import. No rule about
learners lives here.
"""

from __future__ import annotations

import importlib
import sys

import click

from polku.errors import PolkuError, nearest

COMMANDS = {
    "check": "Load and cross-check every definition.",
    "simulate": "Write the files of a simulated municipality.",
    "ingest": "Read responses, rosters, items and background into the store.",
    "stream": "Read a file of xAPI statements or Caliper events, of any size.",
    "sources": "List what streams delivered; take in what lies in quarantine.",
    "oneroster": "Read a register's schools, classes, people and results (OneRoster).",
    "confirmed": "Hand over what teachers confirmed: to a register (OneRoster), a platform (LTI).",
    "members": "Propose who teaches whom by the members of a platform's course (LTI); opens nothing.",
    "koski": "Tell what Koski's study rights and courses mean for goals; settle it if asked to.",
    "relations": "Say who may see whom: guardians, substitutes, principals, protected identities, permits.",
    "access": "Print who may see what, role by role.",
    "export": "Write every answer as Parquet buckets for training.",
    "profile": "Fold every learner's responses into a stored profile.",
    "train": "Fit a model, cross-validate it, log it and keep it as a candidate.",
    "items": "Print what the answers say about each item.",
    "evaluate": "Fit on one set of learners, predict another, print the figures.",
    "validate": "Put a candidate to the test on the provider's own answers.",
    "audit": "Audit predictions and paths by group.",
    "compare": "Show what a narrower gap between groups would cost.",
    "dif": "Look for items that treat groups differently at equal standing.",
    "enclave": "Show and keep in order what the background enclave holds.",
    "provider": "Let education providers join, list them, let them leave.",
    "promote": "Release a validated and audited bundle to the service.",
    "plan": "Print one learner's path with its reasons.",
    "evaluate-policy": "Judge another way of suggesting by what was logged.",
    "curriculum": "Take curricula in and out; ask what the answers say about their edges.",
    "rights": "Export, erase, move, restrict, expire: what learners and the law may ask for.",
    "vendors": "Take in vendors' catalogues; tell each about its own tasks; compare what is offered.",
    "conformance": "Check a vendor's feed by the rules of the doors; nothing is kept.",
    "webhooks": "Deliver events to webhooks, list who is told, send dead letters again.",
    "log": "Verify, seal and export the log of suggestions and decisions.",
    "serve": "Serve the API and the pages.",
    "openapi": "Print, write or compare the description of the interface.",
    "sandbox": "Serve a provider of simulated learners to try the interface on.",
    "demo": "Run the whole way on a simulated municipality.",
    "backup": "Write one file of everything in the store.",
    "restore": "Fill an empty database from a backup.",
    "warm": "Compile the profile kernels once, after installation.",
}


class LateGroup(click.Group):
    """A group that imports a command's file only when that command runs or shows its help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of the work, not of the alphabet."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import ``polku.cli.<name>`` and return its command."""
        if cmd_name not in COMMANDS:
            ctx.fail(f"no command {cmd_name!r}; {nearest(cmd_name, COMMANDS)}")
        command: click.Command = importlib.import_module(f"polku.cli.{cmd_name.replace('-', '_')}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=LateGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="polku")
def polku() -> None:
    """Learner profiles, audited models and explained next steps for schools.

    Polku suggests; teachers and learners decide. Start with `polku demo`.
    """


def main() -> None:
    """Run the command line; a deliberate error prints its three beats and exits with 2."""
    try:
        polku.main(standalone_mode=False)
    except PolkuError as error:
        click.echo(f"polku: {error}", err=True)
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        click.echo("stopped", err=True)
        sys.exit(130)
