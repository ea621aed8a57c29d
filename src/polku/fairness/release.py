"""Releases a bundle when no gate and no check blocks, with audit, validation and somebody who answers for it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from polku.errors import NotReleasedError
from polku.fairness.audit import Audit
from polku.fairness.gates import Finding, blocking, stricter
from polku.fairness.method import definition_hash
from polku.home import validate
from polku.schemas.gates import Gates
from polku.schemas.validation import ValidationLimits
from polku.store import Store, Transaction
from polku.store.values import Release
from polku.training.bundle import Bundle
from polku.training.validation import Check, Validation, limits_hash

OVERRIDE = "overrides:"
"""Begins the part of a release's reason that says why a concern was overridden."""


@dataclass(frozen=True)
class Grounds:
    """What a release stands on: what was found, and the rules under which it must have been found.

    Parameters
    ----------
    audit : Audit
        An audit of the bundle, under `gates`.
    gates : Gates
        The gates that the bundle carries, or a provider's own stricter ones.
    validation : Validation
        A validation of the bundle on the provider's own answers, under `limits`.
    limits : ValidationLimits
        The limits that the home declares.
    """

    audit: Audit
    gates: Gates
    validation: Validation
    limits: ValidationLimits


def promote(
    store: Store,
    bundle: Bundle,
    grounds: Grounds,
    *,
    approver: str,
    reason: str,
    override: str | None = None,
) -> Release:
    """Release a bundle on its audit and validation: they and the release are stored in one transaction, or nothing is.

    Parameters
    ----------
    store : Store
        Where releases are recorded.
    bundle : Bundle
        What is to serve.
    grounds : Grounds
        Audit and validation of this bundle, and the rules under which they were made.
    approver, reason : str
        Who answers for it, and why.
    override : str, optional
        Why it is released although concerns block. Does not override an invariant, evidence that is required, or a
        check of the validation that its limits do not let it override; becomes part of the recorded reason and of the
        card.

    Returns
    -------
    Release
        The record; from now on the bundle is the champion.

    Raises
    ------
    NotReleasedError
        If audit or validation is of another bundle or under other rules, somebody or a reason is missing, or a gate or
        a check blocks; lists what blocks.
    DefinitionError
        If `gates` are looser than the bundle's anywhere.
    """
    _refuse_unanswered(approver, reason, override)
    audit, validation = grounds.audit, grounds.validation
    stricter(gates_of(bundle), grounds.gates)
    _refuse_another(bundle, audit, grounds.gates)
    _refuse_other_validation(bundle, validation, grounds.limits)
    checks, blocks = validation.blocking, blocking(audit, grounds.gates)
    overridden = bool(blocks or checks) and override is not None
    _refuse_failed([check for check in checks if not overridden or not _overridable_check(check)])
    _refuse_blocked([block for block in blocks if not overridden or not overridable(block)])
    recorded = f"{reason.strip()} | {OVERRIDE} {override.strip()}" if overridden and override else reason.strip()
    with store.begin() as tx:
        tx.bundles.add(bundle.id, bundle.files, bundle.manifest)
        audit_id = tx.audits.add(audit.to_json(), bundle.id)
        return tx.bundles.release(bundle.id, approver.strip(), recorded, audit_id, _kept(tx, validation))


def gates_of(bundle: Bundle) -> Gates:
    """Return the gates that a bundle carries.

    Raises
    ------
    DefinitionError
        If they do not hold.
    """
    return validate(tomllib.loads(bundle.gates.decode()), Gates, Path("bundle", "gates.toml"))


def overridable(block: Finding) -> bool:
    """Return whether a written reason may override what blocks: a concern, unless it is an invariant."""
    return block.cell.verdict == "concern" and not block.final


def _overridable_check(check: Check) -> bool:
    """Return whether a written reason may override a check: a concern, where the limits let it."""
    return check.finding == "concern" and check.overridable


def _kept(tx: Transaction, validation: Validation) -> str:
    """Return the id under which a validation is stored; stores it where it is not."""
    text, latest = validation.to_json(), tx.validations.latest(validation.bundle_id)
    if latest is not None and latest.content == text:
        return latest.validation_id
    return tx.validations.add(text, validation.bundle_id, validation.verdict)


def _refuse_unanswered(approver: str, reason: str, override: str | None) -> None:
    given = {"approver": approver, "reason": reason} | ({} if override is None else {"override": override})
    blank = [name for name, text in given.items() if not text.strip()]
    if blank:
        raise NotReleasedError(
            "a release needs a named approver and a written reason",
            got=f"no {' and no '.join(blank)}",
            hint="say who answers for it and why",
        )


def _refuse_another(bundle: Bundle, audit: Audit, gates: Gates) -> None:
    """Refuse an audit of something else, or made under other limits."""
    if audit.hashes.get("bundle") != bundle.id:
        raise NotReleasedError(
            "the audit is of another bundle", got=audit.hashes.get("bundle", "none named"), hint=f"audit {bundle.id}"
        )
    if audit.hashes.get("gates") != definition_hash(gates):
        raise NotReleasedError(
            "the audit was made under other gates", hint="audit again under the gates of this release"
        )
    demanded = {name for name, gate in gates.metrics.items() if gate.when == "always"}
    absent = sorted(demanded - {cell.metric for cell in audit.cells})
    if absent:
        raise NotReleasedError(
            "the audit leaves gated metrics out", got=", ".join(absent), hint="audit predictions and paths together"
        )
    if audit.threshold != gates.threshold:
        raise NotReleasedError(
            "the audit was made at another threshold",
            got=audit.threshold,
            hint=f"audit at {gates.threshold:g}",
        )


def _refuse_other_validation(bundle: Bundle, validation: Validation, limits: ValidationLimits) -> None:
    """Refuse a validation of something else, or made under other limits."""
    if validation.bundle_id != bundle.id:
        raise NotReleasedError("the validation is of another bundle", got=validation.bundle_id, hint="polku validate")
    if validation.hashes.get("limits") != limits_hash(limits):
        raise NotReleasedError("the validation was made under other limits", hint="polku validate again")


def _refuse_failed(checks: list[Check]) -> None:
    if checks:
        listed = "\n".join(f"    {check}" for check in checks)
        hint = (
            "mend the cause, train and validate again: the limits let no approver override this"
            if any(not _overridable_check(check) for check in checks)
            else "mend the cause, train and validate again, or override with a written reason"
        )
        raise NotReleasedError(
            f"{len(checks)} checks of the validation block the release", got="\n" + listed, hint=hint
        )


def _refuse_blocked(blocks: list[Finding]) -> None:
    if blocks:
        listed = "\n".join(f"    {block}" for block in blocks)
        final = any(not overridable(block) for block in blocks)
        hint = (
            "nothing overrides an invariant or missing evidence: mend the cause and audit again"
            if final
            else "mend the cause and audit again, or override with a written reason"
        )
        raise NotReleasedError(f"{len(blocks)} findings block the release", got="\n" + listed, hint=hint)
