"""The words of a report in one language, read from ``serve/text/audit.<language>.toml``.

A provider's own questions and reasons win over ours: what ``gates.toml`` or ``slices.toml`` declares is printed as
declared, unless it is the wording Polku ships, which is translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from polku.errors import NotFoundError, nearest
from polku.fairness.attributes import CROSS
from polku.fairness.report.numbers import Numbers
from polku.home import load_toml
from polku.paths import LANGUAGES, Texts
from polku.paths.values import Value
from polku.schemas.audit_text import AuditTextFile
from polku.schemas.text import Plural

_SHIPPED = "en"


class Wording:
    """Says messages, names and numbers in one language.

    Parameters
    ----------
    texts : Texts
        Messages in all languages.
    language : str
        Of the reader.

    Raises
    ------
    NotFoundError
        If there are no texts in the language.

    Examples
    --------
    >>> from polku.home import Home
    >>> swedish = Wording(read_texts(Home.find().serve / "text"), "sv")
    >>> swedish.group("gender", "girl"), swedish.group("house_colour", "red")
    ('flickor', 'red')
    """

    def __init__(self, texts: Texts, language: str) -> None:
        if language not in texts.languages:
            raise NotFoundError(
                "there is no report in this language", got=language, hint=nearest(language, texts.languages)
            )
        self._texts = texts
        self._known = frozenset(texts.keys())
        self.language = language
        self.numbers = Numbers(language)

    def say(self, key: str, /, **values: Value) -> str:
        """Return a message; `count` chooses its plural form and fills ``{number}`` as the language writes it.

        Raises
        ------
        NotFoundError
            If there is no such message.
        """
        count = values.get("count")
        if isinstance(count, int):
            values["number"] = self.numbers.whole(count)
        return self._texts.say(self.language, key, values).replace("..", ".")  # an abbreviation may end a sentence

    def has(self, key: str) -> bool:
        """Return whether there is such a message."""
        return key in self._known

    def named(self, section: str, name: str) -> str:
        """Return the name of something: its text, or what the data call it."""
        key = f"{section}.{name}"
        return self.say(key) if self.has(key) else name

    def attribute(self, name: str) -> str:
        """Return an attribute's name; of a crossing, those of its parts."""
        return CROSS.join(self.named("attribute", part) for part in name.split(CROSS))

    def group(self, attribute: str, group: str) -> str:
        """Return a group's name; of a crossing, those of its parts."""
        attributes, groups = attribute.split(CROSS), group.split(CROSS)
        if len(attributes) != len(groups):
            return group
        return CROSS.join(self._group(*pair) for pair in zip(attributes, groups, strict=True))

    def declared(self, key: str, own: str) -> str:
        """Return what a definition declares: translated where it is the shipped wording, else as it stands there."""
        shipped = self.has(key) and self._texts.say(_SHIPPED, key) == own
        return self.say(key) if shipped else own

    def _group(self, attribute: str, group: str) -> str:
        key = f"group.{attribute}.{group}"
        return self.say(key) if self.has(key) else self.named("group", group)


def read_texts(folder: Path) -> Texts:
    """Read the report's texts in all languages from a home's ``serve/text``.

    Raises
    ------
    DefinitionError
        If a file is absent or wrong, or the languages do not match.
    """
    files = {language: load_toml(folder / f"audit.{language}.toml", AuditTextFile) for language in LANGUAGES}
    return Texts({language: dict(_messages(file)) for language, file in files.items()})


def _messages(file: AuditTextFile) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield message ids and forms."""
    for section in AuditTextFile.model_fields:
        for name, message in getattr(file, section).items():
            forms = message.model_dump(exclude_none=True) if isinstance(message, Plural) else {"other": message}
            yield f"{section}.{name}", forms
