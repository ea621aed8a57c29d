"""What is never a feature, and what is refused at every door: ``features/excluded.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from polku.errors import DefinitionError
from polku.home import load_toml
from polku.records.deny import DenyRules
from polku.schemas.excluded import ExcludedFile

FILE = "excluded.toml"


@dataclass(frozen=True)
class Exclusions:
    """The rules of ``features/excluded.toml``.

    Parameters
    ----------
    file : ExcludedFile
        As read.

    Examples
    --------
    >>> from polku.home import Home
    >>> exclusions = Exclusions.load(Home.find().features)
    >>> exclusions.excluded_by("school_id_success")
    'school'
    >>> exclusions.deny_rules().rule("Hetu")
    'personal identity code'
    """

    file: ExcludedFile

    @classmethod
    def load(cls, features_dir: Path) -> Exclusions:
        """Read the rules of a room of features; raises :class:`~polku.errors.DefinitionError` as ``load_toml``."""
        return cls(load_toml(features_dir / FILE, ExcludedFile))

    def excluded_by(self, feature: str) -> str | None:
        """Return the exclusion whose words occur in a feature's name, or None."""
        words = f"_{feature}_"
        for excluded in self.file.excluded:
            if any(f"_{alias}_" in words for alias in (excluded.name, *excluded.aliases)):
                return excluded.name
        return None

    def refuse(self, feature: str, where: str) -> None:
        """Refuse a feature named like something excluded.

        Raises
        ------
        DefinitionError
            With the reason why it is never a feature.
        """
        name = self.excluded_by(feature)
        if name is not None:
            why = next(excluded.why for excluded in self.file.excluded if excluded.name == name)
            raise DefinitionError(f"{where}: {feature} is never a feature: {why}", got=name, hint=f"see {FILE}")

    def deny_rules(self) -> DenyRules:
        """Return what every reader refuses: column names and patterns of values, each with its rule."""
        return DenyRules(
            columns={column: deny.rule for deny in self.file.deny for column in deny.columns},
            values=tuple((deny.rule, pattern) for deny in self.file.deny for pattern in deny.values),
            words=tuple((deny.rule, pattern) for deny in self.file.deny for pattern in deny.words),
            whys={deny.rule: deny.why for deny in self.file.deny},
        )
