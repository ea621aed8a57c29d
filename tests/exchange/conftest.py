"""A folder to write small files into."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Return a function that writes lines to a file and returns its path."""

    def lines(name: str, *lines: str, encoding: str = "utf-8") -> Path:
        file = tmp_path / name
        file.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
        return file

    return lines
