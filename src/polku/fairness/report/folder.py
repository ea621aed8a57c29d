"""An audit with its definitions and reports, as files: everything that is needed to make the reports again."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from polku.errors import InputError
from polku.fairness.audit import Audit
from polku.fairness.method import definition_hash
from polku.fairness.report.page import report
from polku.fairness.report.wording import Wording
from polku.home import validate
from polku.paths import LANGUAGES, Texts
from polku.schemas.gates import Gates
from polku.schemas.slices import Slices

AUDIT, GATES, SLICES = "audit.json", "gates.toml", "slices.toml"


@dataclass(frozen=True)
class AuditFolder:
    """What a folder with a report holds, and what it can be made from again, byte by byte.

    Parameters
    ----------
    audit : Audit
        What was found.
    gates_toml, slices_toml : str
        The definitions it was made under, as their files say them.
    """

    audit: Audit
    gates_toml: str
    slices_toml: str

    @classmethod
    def read(cls, path: Path) -> AuditFolder:
        """Read an ``audit.json`` and the definitions that stand beside it.

        Raises
        ------
        InputError
            If a file is absent, the first is no audit, or the audit was made under other gates.
        DefinitionError
            If the definitions do not hold.
        """
        found = cls(Audit.from_json(_text(path)), *(_text(path.with_name(name)) for name in (GATES, SLICES)))
        if found.audit.hashes.get("gates") != definition_hash(found.gates):
            raise InputError(
                "the audit was made under other gates than those beside it", got=GATES, hint="copy the whole folder"
            )
        return found

    @property
    def gates(self) -> Gates:
        """Return the gates."""
        return validate(tomllib.loads(self.gates_toml), Gates, Path(GATES))

    @property
    def slices(self) -> Slices:
        """Return the slices."""
        return validate(tomllib.loads(self.slices_toml), Slices, Path(SLICES))

    def files(self, texts: Texts, *, inside: bool = False) -> dict[str, str]:
        """Return the folder's files: the audit as shown, the definitions, and a report in each language.

        Parameters
        ----------
        texts : Texts
            Of :func:`~polku.fairness.report.read_texts`.
        inside : bool
            Whether figures are shown by the limit for auditors inside the enclave.

        Raises
        ------
        InputError
            If they are asked for by the limit inside, and the audit holds them by the limit outside only.
        """
        shown = self.shown(inside=inside)
        definitions = (self.gates, self.slices)
        pages = {
            f"report.{language}.html": report(shown, *definitions, Wording(texts, language), inside=inside)
            for language in LANGUAGES
        }
        return {AUDIT: shown.to_json(), GATES: self.gates_toml, SLICES: self.slices_toml, **pages}

    def shown(self, *, inside: bool = False) -> Audit:
        """Return the audit by the limit for readers outside the enclave, or for auditors inside it.

        Raises
        ------
        InputError
            If it is asked for by the limit inside, and is held by the limit outside only.
        """
        if inside and self.audit.withheld and self.audit == self.audit.outside():
            raise InputError(
                "this audit holds figures by the limit outside the enclave only",
                got=f"limit {self.audit.outside_k}",
                hint="audit again with --inside",
            )
        return self.audit if inside else self.audit.outside()

    def write(self, folder: Path, texts: Texts, *, inside: bool = False) -> list[Path]:
        """Write the files; return where the reports are, in the order of the languages."""
        files = self.files(texts, inside=inside)
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content.encode())
        return [folder / name for name in files if name.endswith(".html")]


def _text(path: Path) -> str:
    """Read a file as it is, line ends included: it may be written again."""
    if not path.is_file():
        raise InputError(
            f"there is no file {path.name}", got=str(path), hint="name an audit.json of polku audit --html"
        )
    return path.read_bytes().decode()
