"""A provider leaves: everything handed over, looked at again, deleted, and proved to be gone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from polku.cli.desk import Desk
from polku.cli.estate import Holdings, holdings, remove
from polku.cli.handover import leaving_texts, verified
from polku.cli.naming import naming
from polku.errors import ConflictError, InputError
from polku.schemas.leaving import ProofTexts

PROOF: Final = "proof.json"
PROOF_TEXT: Final = "proof.txt"
NOT_REACHED: Final = ("backups", "copies", "log_lines")
"""Texts about where no command of this program reaches; said, so that somebody sees to it."""


@dataclass(frozen=True)
class Proof:
    """What was there, what is there now, and who did it.

    Parameters
    ----------
    provider_id : str
        Who left.
    deleted_at : int
        Microseconds UTC.
    by : str
        Who answers for the deletion.
    manifest_sha256 : str
        Of what was handed over.
    before, after : mapping
        How much is held by place and thing; `after` was asked anew of every table and artifact.
    named : tuple of dict
        Files of the platform's own that still name it: `file`, `key`, and what to `do`; they are not edited.
    not_reached : tuple of str
        What somebody else has to see to, in the words of the settings' language.
    """

    provider_id: str
    deleted_at: int
    by: str
    manifest_sha256: str
    before: Holdings
    after: Holdings
    named: tuple[dict[str, str], ...]
    not_reached: tuple[str, ...]

    @property
    def left(self) -> dict[str, int]:
        """Return what is still there; empty when nothing is."""
        found = {f"{place}: {thing}": count for place, things in self.after.items() for thing, count in things.items()}
        return {name: count for name, count in found.items() if count}

    def to_json(self) -> str:
        """Return the proof for a machine."""
        return json.dumps(asdict(self) | {"nothing_left": not self.left}, ensure_ascii=False, indent=1)

    def to_text(self, say: ProofTexts) -> str:
        """Return the proof for a person, in the language of the texts."""
        when = datetime.fromtimestamp(self.deleted_at / 1e6, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
        head = [
            say.title.format(provider=self.provider_id),
            say.by.format(when=when, by=self.by),
            say.handed_over.format(sha256=self.manifest_sha256),
            "",
            f"{say.place:12} {say.what:44} {say.before:>10} {say.now:>10}",
        ]
        parts = (self.before, self.after)
        names = sorted({(place, thing) for part in parts for place, things in part.items() for thing in things})
        lines = [
            f"{place:12} {thing:44} {self.before[place].get(thing, 0):>10,} {self.after[place].get(thing, 0):>10,}"
            for place, thing in names
        ]
        end = say.left.format(what=", ".join(self.left)) if self.left else say.nothing
        still = ["", say.named, *(f"- {one['file']}: {one['key']}: {one['do']}" for one in self.named)]
        others = ["", say.not_reached, *(f"- {one}" for one in self.not_reached)]
        return "\n".join([*head, *lines, "", end, *(still if self.named else ()), *others])


def still_named(desk: Desk, say: ProofTexts) -> tuple[dict[str, str], ...]:
    """Return where the platform's own files name the desk's provider, and what to do about each."""
    found = naming(desk.home.common, desk.settings.provider_id)
    return tuple({"file": one.file, "key": one.key, "do": getattr(say, one.kind)} for one in found)


def depart(desk: Desk, folder: Path, *, by: str) -> Proof:
    """Delete everything of the desk's provider, once what was handed over is found whole; write the proof beside it.

    Parameters
    ----------
    desk : Desk
        Of the provider; its store is closed.
    folder : Path
        What was handed over, :func:`polku.cli.handover.write`.
    by : str
        Who answers for it.

    Returns
    -------
    Proof

    Raises
    ------
    InputError
        If nobody answers for it.
    ConflictError
        If what was handed over is not whole or no longer all that is held, or something is left afterwards.
    """
    if not by.strip():
        raise InputError("somebody answers for a deletion", hint="--by NAME")
    say = leaving_texts(desk).proof  # before the provider's own folder goes
    rows, signature = verified(folder)
    desk.store.close()
    before = holdings(desk)
    remove(desk, rows)
    beyond, named = tuple(getattr(say, name) for name in NOT_REACHED), still_named(desk, say)
    proof = Proof(desk.settings.provider_id, desk.now(), by.strip(), signature, before, holdings(desk), named, beyond)
    (folder / PROOF).write_text(proof.to_json() + "\n", encoding="utf-8")
    (folder / PROOF_TEXT).write_text(proof.to_text(say) + "\n", encoding="utf-8")
    if proof.left:
        raise ConflictError("something of the provider is left", got=", ".join(proof.left), hint="see proof.txt")
    return proof
