"""The schema of ``[pages]`` in ``serve/settings*.toml``: who may frame fragments, and addresses that pages name."""

from __future__ import annotations

import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from polku.schemas.base import Definition

ORIGIN: Final = re.compile(
    r"https://[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?|http://(127\.0\.0\.1|localhost)(:[0-9]{1,5})?"
)
"""Scheme, name and port; a path, a star or a space would open the frame to more than one site."""


def _is_origin(given: str) -> str:
    if ORIGIN.fullmatch(given) is None:
        message = "name a site as https://desktop.city.example, without a path"
        raise ValueError(message)
    return given


class PageSettings(Definition):
    """How pages are shown."""

    embed_in: tuple[Annotated[str, AfterValidator(_is_origin)], ...] = ()
    """Sites that may show the fragments under `/embed` in a frame, such as the platform's desktop; none unless named.
    Every other page is shown in no frame at all."""

    feedback: str | None = Field(default=None, min_length=3, max_length=200, pattern=r"^[^\s<>@]+@[^\s<>@]+$")
    """Mail address where feedback on accessibility is answered within 14 days. Without one, pages name the school."""

    mlflow: str | None = Field(default=None, max_length=200, pattern=r"^https?://[^\s<>\"'?#]+$")
    """Where the pages of MLflow are, for those who may open them; researchers get a link to the exact run."""
