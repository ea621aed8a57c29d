"""The schema of ``serve/text/leaving.<language>.toml``: what a provider that leaves reads, in one language."""

from __future__ import annotations

from string import Formatter
from typing import Final

from pydantic import ValidationInfo, field_validator

from polku.schemas.base import Definition

PLACES: Final = {"title": {"provider"}, "by": {"when", "by"}, "handed_over": {"sha256"}, "left": {"what"}}
"""What is filled in, by the text that it stands in."""


class HandoverTexts(Definition):
    """The page that lies with what is handed over."""

    title: str
    """What this folder is."""
    manifest: str
    """What ``manifest.json`` holds."""
    store: str
    """What lies in ``store/``."""
    bundles: str
    """What lies in ``bundles/``."""
    background: str
    """What lies in ``background/``."""
    mlruns: str
    """What lies in ``mlruns/``."""
    files: str
    """What lies in ``files/``."""
    configuration: str
    """What lies in ``configuration/``."""


class ProofTexts(Definition):
    """The proof that nothing is left, for a person."""

    title: str
    """With ``{provider}``."""
    by: str
    """With ``{when}`` and ``{by}``."""
    handed_over: str
    """With ``{sha256}``."""
    place: str
    """Head of the column that says where something lay."""
    what: str
    """Head of the column that says what it is."""
    before: str
    """Head of the column of how much there was."""
    now: str
    """Head of the column of how much there is."""
    nothing: str
    """Said when nothing is left."""
    left: str
    """Said when something is left, with ``{what}``."""
    named: str
    """Before the platform's own files that still name it; they are the operator's, and not edited."""
    sender: str
    """What to do about a sender of xAPI or Caliper."""
    sign_in: str
    """What to do about an OID of the sign-in."""
    registration: str
    """What to do about a learning platform's registration."""
    default: str
    """What to do where it is the provider that is meant if none is named."""
    elsewhere: str
    """What to do about any other place."""
    not_reached: str
    """Before what no command reaches."""
    backups: str
    """Backups that were made before."""
    copies: str
    """Copies that people made."""
    log_lines: str
    """Lines of the web server's log."""

    @field_validator("title", "by", "handed_over", "left")
    @classmethod
    def _places(cls, text: str, info: ValidationInfo) -> str:
        expected = PLACES[str(info.field_name)]
        found = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
        if found != expected:
            message = (
                f"{info.field_name} holds {', '.join(f'{{{name}}}' for name in sorted(expected))} and nothing else"
            )
            raise ValueError(message)
        return text


class LeavingTextFile(Definition):
    """What a provider that leaves reads, in one language; every text is needed."""

    handover: HandoverTexts
    """The page that lies with what is handed over."""
    proof: ProofTexts
    """The proof that nothing is left."""
