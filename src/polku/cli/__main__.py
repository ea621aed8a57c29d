"""``python -m polku.cli``: the same as the ``polku`` command."""

from polku.cli import main

main()
