"""The peers' own environments: pyBKT, for one, does not import beside the scikit-learn that Polku uses."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")


def python_of_peers(root: Path, lock: Path = LOCK, name: str = "") -> Path:
    """Return the interpreter of ``.venv-peers``, made anew when the lock file has changed.

    Parameters
    ----------
    root : Path
        Folder to hold the environment.
    lock : Path
        Pinned requirements with hashes.
    name : str
        Of an environment beside the first: ``.venv-peers-NAME``.

    Raises
    ------
    subprocess.CalledProcessError
        If it cannot be made; pip's own words stand on standard error.
    """
    folder = root / f".venv-peers{name and f'-{name}'}"
    python, stamp = folder / "bin" / "python", folder / "installed"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return python
    print(f"making {folder.name}, once", file=sys.stderr)
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
    subprocess.run([*pip, "-r", str(lock)], check=True)
    stamp.write_text(wanted)
    return python
