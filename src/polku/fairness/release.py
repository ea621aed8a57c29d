"""Releases a bundle when no gate blocks, with its audit and somebody who answers for it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from polku.errors import NotReleasedError
from polku.fairness.audit import Audit
from polku.fairness.gates import Finding, blocking, stricter
from polku.fairness.method import definition_hash
from polku.home import validate
from polku.schemas.gates import Gates
from polku.store import Store
from polku.store.values import Release
from polku.training.bundle import Bundle

OVERRIDE = "overrides:"
"""Begins the part of a release's reason that says why a concern was overridden."""


def promote(
    store: Store,
    bundle: Bundle,
    audit: Audit,
    gates: Gates,
    *,
    approver: str,
    reason: str,
    override: str | None = None,
) -> Release:
    """Release a bundle on its audit: bundle, audit and release are stored in one transaction, or none of them.

    Parameters
    ----------
    store : Store
        Where releases are recorded.
    bundle : Bundle
        What is to serve.
    audit : Audit
        An audit of this bundle, under `gates`.
    gates : Gates
        The gates that the bundle carries, or a provider's own stricter ones.
    approver, reason : str
        Who answers for it, and why.
    override : str, optional
        Why it is released although concerns block. Does not override an invariant or evidence that is required; becomes
        part of the recorded reason and of the card.

    Returns
    -------
    Release
        The record; from now on the bundle is the champion.

    Raises
    ------
    NotReleasedError
        If the audit is of another bundle or under other gates, somebody or a reason is missing, or a gate
        blocks; lists what blocks.
    DefinitionError
        If `gates` are looser than the bundle's anywhere.
    """
    _refuse_unanswered(approver, reason, override)
    stricter(gates_of(bundle), gates)
    _refuse_another(bundle, audit, gates)
    blocks = blocking(audit, gates)
    overridden = bool(blocks) and override is not None
    _refuse_blocked([block for block in blocks if not overridden or not overridable(block)])
    recorded = f"{reason.strip()} | {OVERRIDE} {override.strip()}" if overridden and override else reason.strip()
    with store.begin() as tx:
        tx.bundles.add(bundle.id, bundle.files, bundle.manifest)
        audit_id = tx.audits.add(audit.to_json(), bundle.id)
        return tx.bundles.release(bundle.id, approver.strip(), recorded, audit_id)


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
    absent = sorted(gates.metrics.keys() - {cell.metric for cell in audit.cells})
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
