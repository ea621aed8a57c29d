"""A code that says which code set gives it its meaning."""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    """A code with the code set and version that give it its meaning.

    ``AI7`` is Finnish as a second language in one national code set and Swedish as a second language in
    another: a code alone is not a name.

    Examples
    --------
    >>> Code("moduulikoodistolops2021", "1", "MAB2").code
    'MAB2'
    """

    codeset: str
    version: str
    code: str
