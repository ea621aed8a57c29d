"""``polku promote``: release an audited bundle. A person does it, by name and with a reason."""

from __future__ import annotations

from pathlib import Path

import click

from polku.cli.candidates import candidate
from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import NotReleasedError
from polku.fairness import Audit, model_card
from polku.fairness import promote as release
from polku.fairness.release import gates_of
from polku.store.values import Release
from polku.training import Bundle, mark_champion


def promote(
    desk: Desk, approver: str, reason: str, *, override: str | None = None, bundle_id: str | None = None
) -> Release:
    """Release a candidate's bundle on its latest audit.

    Parameters
    ----------
    desk : Desk
        Home and store.
    approver, reason : str
        Who answers for the release, and why.
    override : str, optional
        Written reason for releasing although a concern blocks; shown on the card. Overrides no hard invariant.
    bundle_id : str, optional
        Start of a bundle id; default the newest candidate.

    Returns
    -------
    Release

    Raises
    ------
    NotReleasedError
        If there is no audit of this bundle, or it blocks; lists what blocks.
    """
    chosen = candidate(desk, bundle_id)
    with desk.store.read() as tx:
        stored = tx.bundles.get(chosen.bundle_id)
        kept = tx.audits.latest(chosen.bundle_id)
    if stored is None or kept is None:
        raise NotReleasedError("the candidate has no audit yet", got=chosen.bundle_id[:12], hint="polku audit")
    bundle = Bundle.from_files(stored.files, bundle_id=chosen.bundle_id)
    audit, gates = Audit.from_json(kept.audit_json), gates_of(bundle)
    done = release(desk.store, bundle, audit, gates, approver=approver, reason=reason, override=override)
    mark_champion(chosen.model_version, mlruns=desk.home.mlruns, provider_id=desk.settings.provider_id)
    sections = (desk.home.models / bundle.model.name / "card.md").read_text(encoding="utf-8")
    path = card_path(desk, done)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(model_card(sections, audit, gates, done), encoding="utf-8")
    return done


def card_path(desk: Desk, done: Release) -> Path:
    """Return where the card of a release stands: what people wrote of the model, and what the audit says of it."""
    return desk.home.var / "cards" / desk.settings.provider_id / f"release-{done.number}.md"


@click.command(short_help="Release an audited bundle to the service.")
@click.option("--approver", required=True, help="Who answers for the release: name and role.")
@click.option("--reason", required=True, help="Why it is released.")
@click.option("--override", metavar="TEXT", help="Written reason for releasing although a concern blocks.")
@click.option("--bundle", metavar="ID", help="Start of a bundle id; default: the newest candidate.")
@home_options
@json_option
def command(
    approver: str,
    reason: str,
    override: str | None,
    bundle: str | None,
    home: Path | None,
    provider: str | None,
    as_json: bool,
) -> None:
    """Release the newest audited candidate, unless a gate blocks.

    \b
    Example:
      polku promote --approver "Aino Virtanen, head of pedagogy" --reason "autumn term"
    """
    desk = Desk.at(home, provider)
    done = promote(desk, approver, reason, override=override, bundle_id=bundle)
    if as_json:
        print_json(done._asdict())
        return
    say(f"released bundle {done.bundle_id[:12]} as number {done.number}, approved by {done.approver}")
    say(f"card: {card_path(desk, done)}")
