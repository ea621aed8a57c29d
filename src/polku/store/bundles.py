"""Bundles, their files and their releases."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from polku.errors import ConflictError, NotReleasedError, PolkuError
from polku.store import tables
from polku.store.jsontext import canonical, parse
from polku.store.prepared import Prepared
from polku.store.tenant import Tenant
from polku.store.values import Release, StoredBundle

_RELEASE = tuple(tables.releases.c[name] for name in Release._fields)

LAST = Prepared(tables.releases, *_RELEASE, order=(tables.releases.c.number.desc(),), limit=1)


class Bundles:
    """What can be released, and what was.

    Parameters
    ----------
    tenant : Tenant
        The provider's view of the connection.
    """

    def __init__(self, tenant: Tenant) -> None:
        self._tenant = tenant

    def add(self, bundle_id: str, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> None:
        """Store a bundle; storing the same one again changes nothing.

        Parameters
        ----------
        bundle_id : str
            The bundle's id (the hash of its manifest).
        files : mapping of str to bytes
            Content by path inside the bundle.
        manifest : mapping
            The manifest, as JSON can hold it.

        Raises
        ------
        ConflictError
            If the id is there with another manifest or other files.
        """
        self._tenant.claim("bundle", bundle_id)  # who stores the same one at this moment finds it there afterwards
        known = self._sums(bundle_id)
        sums = {path: hashlib.sha256(content).hexdigest() for path, content in files.items()}
        if known is None:
            row = {"bundle_id": bundle_id, "manifest": canonical(manifest), "added_at": self._tenant.now()}
            self._tenant.insert(tables.bundles, [row])
            self._tenant.insert(
                tables.bundle_files,
                [
                    {"bundle_id": bundle_id, "path": path, "sha256": sums[path], "content": content}
                    for path, content in files.items()
                ],
            )
        elif known != (canonical(manifest), sums):
            raise ConflictError(
                "this bundle is stored with other content",
                got=bundle_id,
                hint="a bundle's id is the hash of its manifest: assemble it anew",
            )

    def get(self, bundle_id: str) -> StoredBundle | None:
        """Return a stored bundle, or None.

        Raises
        ------
        PolkuError
            If a file's content is no longer what was stored; names the file.
        """
        table = tables.bundles
        row = self._tenant.first(self._tenant.select(table, table.c.manifest).where(table.c.bundle_id == bundle_id))
        return None if row is None else StoredBundle(bundle_id, parse(row.manifest), self._files(bundle_id))

    def release(self, bundle_id: str, approver: str, reason: str, audit_id: str, validation_id: str) -> Release:
        """Record that a bundle may serve; from now on it is the champion.

        Whether audit and validation let it is for :mod:`polku.fairness` to say before calling this.

        Parameters
        ----------
        bundle_id, audit_id, validation_id : str
            A stored bundle, a stored audit and a stored validation of that bundle.
        approver, reason : str
            Who answers for it, and why; neither may be blank.

        Returns
        -------
        Release
            The record.

        Raises
        ------
        NotReleasedError
            If bundle, audit or validation is not stored or of another bundle, or nobody answers for it.
        """
        self._refuse_unaudited(bundle_id, audit_id)
        self._refuse_unvalidated(bundle_id, validation_id)
        if not approver.strip() or not reason.strip():
            raise NotReleasedError(
                "a release needs a named approver and a reason",
                got={"approver": approver, "reason": reason},
                hint="say who answers for it and why",
            )
        release = Release(
            number=self._tenant.next_number(tables.releases),
            bundle_id=bundle_id,
            audit_id=audit_id,
            approver=approver,
            reason=reason,
            released_at=self._tenant.now(),
            validation_id=validation_id,
        )
        self._tenant.insert(tables.releases, [release._asdict()])
        return release

    def champion(self) -> StoredBundle | None:
        """Return the bundle released last, or None when nothing was released.

        Raises
        ------
        PolkuError
            If a file's content is no longer what was stored; names the file.
        """
        release = self.champion_release()
        return None if release is None else self.get(release.bundle_id)

    def champion_release(self) -> Release | None:
        """Return the record of the last release without reading its files, or None."""
        row = LAST.first(self._tenant)
        return None if row is None else Release(*row)

    def releases(self) -> list[Release]:
        """Return every release, oldest first."""
        statement = self._tenant.select(tables.releases, *_RELEASE).order_by(tables.releases.c.number)
        return [Release(*row) for row in self._tenant.rows(statement)]

    def _refuse_unaudited(self, bundle_id: str, audit_id: str) -> None:
        bundles, audits = tables.bundles, tables.audits
        if not self._tenant.count(bundles, bundles.c.bundle_id == bundle_id):
            raise NotReleasedError(
                "only a stored bundle can be released", got=bundle_id, hint="store and audit it first"
            )
        statement = self._tenant.select(audits, audits.c.bundle_id).where(audits.c.audit_id == audit_id)
        audit = self._tenant.first(statement)
        if audit is None or audit.bundle_id != bundle_id:
            raise NotReleasedError(
                "nothing serves without an audit of its own",
                got=f"audit {audit_id}",
                hint="run polku audit on this bundle",
            )

    def _refuse_unvalidated(self, bundle_id: str, validation_id: str) -> None:
        table = tables.validations
        if not self._tenant.count(table, table.c.bundle_id == bundle_id, table.c.validation_id == validation_id):
            raise NotReleasedError(
                "nothing serves without a validation of its own",
                got=f"validation {validation_id}",
                hint="run polku validate on this bundle",
            )

    def _sums(self, bundle_id: str) -> tuple[str, dict[str, str]] | None:
        bundles, files = tables.bundles, tables.bundle_files
        row = self._tenant.first(
            self._tenant.select(bundles, bundles.c.manifest).where(bundles.c.bundle_id == bundle_id)
        )
        if row is None:
            return None
        statement = self._tenant.select(files, files.c.path, files.c.sha256).where(files.c.bundle_id == bundle_id)
        return row.manifest, {file.path: file.sha256 for file in self._tenant.rows(statement)}

    def _files(self, bundle_id: str) -> dict[str, bytes]:
        table = tables.bundle_files
        statement = self._tenant.select(table, table.c.path, table.c.sha256, table.c.content)
        rows = self._tenant.rows(statement.where(table.c.bundle_id == bundle_id).order_by(table.c.path))
        for row in rows:
            whole = isinstance(row.content, bytes) and hashlib.sha256(row.content).hexdigest() == row.sha256
            if not whole:
                raise PolkuError(
                    f"the stored file {row.path} has been altered",
                    got=f"bundle {bundle_id}",
                    hint="restore the store from its backup, or release the previous bundle again",
                )
        return {row.path: row.content for row in rows}
