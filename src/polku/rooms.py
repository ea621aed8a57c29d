"""A room seen through another: of each file the one in front, where there is one."""

from __future__ import annotations

import os
from pathlib import Path, PosixPath
from typing import Self


class Room(PosixPath):
    """A folder that many share, behind a folder of one's own.

    Going down with ``/`` finds the own file where there is one, and the common one else; so whoever reads definitions
    by their place needs to know nothing of providers. Everything else that a path does concerns the common folder.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> common, own = Path(folder.name, "text"), Path(folder.name, "own")
    >>> for one, name in ((common, "fi.toml"), (common, "sv.toml"), (own, "sv.toml")):
    ...     one.mkdir(exist_ok=True)
    ...     _ = (one / name).write_text(one.name)
    >>> room = Room.over(common, own)
    >>> [(room / name).read_text() for name in ("fi.toml", "sv.toml")]
    ['text', 'own']
    >>> folder.cleanup()
    """

    _own: Path | None = None

    @classmethod
    def over(cls, common: Path, own: Path) -> Self:
        """Return `common` seen through `own`; neither has to be there.

        Parameters
        ----------
        common, own : Path
            Folders of the same make.
        """
        room = cls(common)
        room._own = own  # set here rather than given: pathlib makes paths in ways that pass nothing on
        return room

    def __truediv__(self, key: str | os.PathLike[str]) -> Self:
        """Return what is found under `key`."""
        child = super().__truediv__(key)
        if self._own is None:
            return child
        own = self._own / key
        return type(self)(own) if own.is_file() else self.over(child, own)
