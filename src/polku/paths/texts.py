"""Texts in Finnish, Swedish and English, by message id.

Read from ``serve/text``: ``<language>.toml`` for what the planner says, ``learner.<language>.toml`` for what it says
to learners in four reading bands, and for what pages say ``page.``, ``family.`` and ``research.<language>.toml``. A
message with a number has one form for each plural category of its language; the categories are those of Unicode CLDR,
through Babel. Names of skills fill a message as they are, so a message puts them after a colon or in quotes and never
inflects them.
"""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel import Locale
from pydantic import BaseModel

from polku.errors import DefinitionError, NotFoundError, nearest
from polku.home import load_toml
from polku.paths.values import Value
from polku.schemas.text import PAGE_FILES, LearnerTextFile, Plural, TextFile

LANGUAGES = ("fi", "sv", "en")
Forms = Mapping[str, str]
_MOST_SAID = 6_000
_PLAIN = frozenset({int, str})


class Texts:
    """All messages in all languages; complete, or it does not come into being.

    Parameters
    ----------
    forms : mapping of language to message id to plural category to text
        A message without a number has the one category ``other``.

    Raises
    ------
    DefinitionError
        If a language lacks a message, a placeholder or a plural category that another has or CLDR asks for.

    Examples
    --------
    >>> texts = Texts({"en": {"hens": {"one": "{count} hen", "other": "{count} hens"}}})
    >>> texts.say("en", "hens", {"count": 1}), texts.say("en", "hens", {"count": 2})
    ('1 hen', '2 hens')
    """

    def __init__(self, forms: Mapping[str, Mapping[str, Forms]]) -> None:
        self._forms = forms
        self._said: dict[tuple[object, ...], dict[str, str]] = {}
        self._plural = {language: Locale(language).plural_form for language in forms}
        if found := problems(forms):
            more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
            raise DefinitionError(f"texts are incomplete: {found[0]}{more}", hint="say it in every language")

    @classmethod
    def load(cls, folder: Path) -> Texts:
        """Read the texts of a home's ``serve/text``; page texts where there are any.

        Raises
        ------
        DefinitionError
            If a file is absent or wrong, or the languages do not match.
        """
        return cls({language: _read(folder, language) for language in LANGUAGES})

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the language codes."""
        return tuple(self._forms)

    def keys(self) -> tuple[str, ...]:
        """Return the message ids, sorted."""
        return tuple(sorted(next(iter(self._forms.values()))))

    def say(self, language: str, key: str, values: Mapping[str, Value] | None = None) -> str:
        """Return a message in a language.

        Parameters
        ----------
        language : str
            One of :attr:`languages`.
        key : str
            Message id, for example ``kind.repair``.
        values : mapping of str to int, float, str or mapping, optional
            What fills it. ``count`` chooses the plural form; a mapping gives its text in `language`.

        Raises
        ------
        NotFoundError
            If there is no such language or message; names the nearest.
        """
        if language not in self._forms:
            raise NotFoundError("no texts in this language", got=language, hint=nearest(language, self._forms))
        forms = self._forms[language].get(key)
        if forms is None:
            raise NotFoundError("no such text", got=key, hint=nearest(key, self._forms[language]))
        pairs = (values or {}).items()
        given = {name: value[language] if isinstance(value, Mapping) else value for name, value in pairs}
        return forms[self._category(language, forms, given.get("count"))].format_map(given)

    def in_all(self, key: str, values: Mapping[str, Value] | None = None) -> dict[str, str]:
        """Return a message in every language, by language code.

        Said once, it is known: a path says the same sentences of the same skills to many. Texts of the pages, in
        which words of people could stand, do not come this way.
        """
        given = values or {}
        known = (key, *((name, one if one.__class__ in _PLAIN else _frozen(one)) for name, one in given.items()))
        said = self._said.get(known)
        if said is None:
            if len(self._said) >= _MOST_SAID:
                self._said.clear()
            said = self._said[known] = {language: self.say(language, key, given) for language in self._forms}
        return dict(said)

    def _category(self, language: str, forms: Forms, count: object) -> str:
        """Return the plural category for a count, ``other`` where the message has one form."""
        return str(self._plural[language](count)) if len(forms) > 1 and isinstance(count, int | float) else "other"


def _frozen(value: Value) -> tuple[object, ...]:
    """Return a value so that two are equal only where they read alike: 1 and 1.0 do not."""
    return tuple(value.items()) if isinstance(value, Mapping) else (type(value), value)


def problems(forms: Mapping[str, Mapping[str, Forms]]) -> list[str]:
    """Return what keeps texts from being complete, one sentence each."""
    keys = sorted({key for messages in forms.values() for key in messages})
    return [problem for key in keys for problem in _problems_of(key, forms)]


def _problems_of(key: str, forms: Mapping[str, Mapping[str, Forms]]) -> Iterator[str]:
    """Yield what is wrong with one message."""
    present = {language: messages[key] for language, messages in forms.items() if key in messages}
    yield from (f"{key} is missing in {language}" for language in forms if language not in present)
    numbered = any(len(texts) > 1 for texts in present.values())
    wanted = {name for texts in present.values() for text in texts.values() for name in placeholders(text)}
    for language, texts in present.items():
        categories = {*Locale(language).plural_form.tags, "other"} if numbered else {"other"}
        if set(texts) != categories:
            yield f"{key} in {language} has {sorted(texts)}, needs {sorted(categories)}"
        for category, text in texts.items():
            # "one" may say the number in a word.
            lacking = wanted - placeholders(text) - ({"count"} if category == "one" else set())
            yield from (f"{key}.{category} in {language} does not use {{{name}}}" for name in sorted(lacking))


def placeholders(text: str) -> set[str]:
    """Return the names in braces.

    Examples
    --------
    >>> sorted(placeholders("{count} answers on: {skill}"))
    ['count', 'skill']
    """
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _read(folder: Path, language: str) -> dict[str, Forms]:
    """Return the messages of one language, by id."""
    messages = dict(_flatten("", load_toml(folder / f"{language}.toml", TextFile)))
    messages |= _flatten("", load_toml(folder / f"learner.{language}.toml", LearnerTextFile))
    for name, schema in PAGE_FILES.items():
        pages = folder / f"{name}.{language}.toml"
        messages |= _flatten("", load_toml(pages, schema)) if pages.is_file() else {}
    return messages


def _flatten(prefix: str, node: object) -> Iterator[tuple[str, Forms]]:
    """Yield message ids and forms below a node of a text file."""
    if isinstance(node, Plural):
        yield prefix, node.model_dump(exclude_none=True)
    elif isinstance(node, str):
        yield prefix, {"other": node}
    else:
        entries = dict(node) if isinstance(node, BaseModel | Mapping) else {}
        for name, below in entries.items():
            yield from _flatten(f"{prefix}.{name}" if prefix else name, below)
