"""``polku promote``: release a validated and audited bundle. A person does it, by name and with a reason."""

from __future__ import annotations

from pathlib import Path

import click

from polku.cli.candidates import candidate
from polku.cli.desk import Desk, home_options, json_option, print_json, say
from polku.errors import NotFoundError, NotReleasedError
from polku.fairness import Audit, Grounds, model_card
from polku.fairness import promote as release
from polku.fairness.release import gates_of
from polku.store.values import Release
from polku.training import Bundle, mark_champion
from polku.training.validation import Validation, load_limits


def promote(
    desk: Desk, approver: str, reason: str, *, override: str | None = None, bundle_id: str | None = None
) -> Release:
    """Release a candidate's bundle on its latest validation and audit.

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
        The record. Where the last promotion of this very bundle was broken off after it had been recorded, that one: it
        serves already, and what was left of it is done now.

    Raises
    ------
    NotReleasedError
        If there is no validation or no audit of this bundle, or one of them blocks; lists what blocks.
    """
    chosen = candidate(desk, bundle_id)
    bundle = chosen.bundle(desk)
    unfinished = _unfinished(desk, bundle.id)
    if unfinished is not None:
        say(f"release {unfinished.number} of this bundle was broken off after it was recorded: finishing it")
        _finish(desk, unfinished, bundle, chosen.model_version)
        return unfinished
    grounds = _grounds(desk, bundle)
    done = release(desk.store, bundle, grounds, approver=approver, reason=reason, override=override)
    _finish(desk, done, bundle, chosen.model_version)
    return done


def _unfinished(desk: Desk, bundle_id: str) -> Release | None:
    """Return the last release if it is this bundle's and has no card yet: the card is what a promotion does last."""
    with desk.store.read() as tx:
        last = tx.bundles.champion_release()
    return None if last is None or last.bundle_id != bundle_id or card_path(desk, last).is_file() else last


def _finish(desk: Desk, done: Release, bundle: Bundle, version: str) -> None:
    """Do what follows a recorded release, from its own records: the registry's alias, then the card. Twice is once."""
    mark_champion(version, mlruns=desk.home.mlruns, provider_id=desk.settings.provider_id)
    with desk.store.read() as tx:
        audited, validated = tx.audits.get(done.audit_id), tx.validations.get(done.validation_id or "")
    if audited is None or validated is None:
        raise NotFoundError(
            "the release names no audit or validation that is here", got=done.number, hint="polku audit"
        )
    sections = (desk.home.models / bundle.model.name / "card.md").read_text(encoding="utf-8")
    audit, validation = Audit.from_json(audited.audit_json), Validation.from_json(validated.content)
    path = card_path(desk, done)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_text(model_card(sections, audit, gates_of(bundle), done, validation=validation), encoding="utf-8")
    draft.replace(path)  # whole or not there: its absence says that something is left to do


def _grounds(desk: Desk, bundle: Bundle) -> Grounds:
    """Return the latest validation and audit of a bundle, and the rules they must have been made under."""
    with desk.store.read() as tx:
        validated, audited = tx.validations.latest(bundle.id), tx.audits.latest(bundle.id)
    if validated is None:
        raise NotReleasedError("the candidate is not validated yet", got=bundle.id[:12], hint="polku validate")
    if audited is None:
        raise NotReleasedError("the candidate has no audit yet", got=bundle.id[:12], hint="polku audit")
    return Grounds(
        audit=Audit.from_json(audited.audit_json),
        gates=gates_of(bundle),
        validation=Validation.from_json(validated.content),
        limits=load_limits(desk.home, bundle.model.name),
    )


def card_path(desk: Desk, done: Release) -> Path:
    """Return where the card of a release stands: what people wrote of the model, and what was found about it."""
    return desk.home.var / "cards" / desk.settings.provider_id / f"release-{done.number}.md"


@click.command(short_help="Release a validated and audited bundle to the service.")
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
    """Release the newest candidate that was validated and audited, unless a check or a gate blocks.

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
