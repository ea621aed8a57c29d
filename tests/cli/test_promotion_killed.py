"""A promotion that is killed once it is recorded serves, and promoting again does what was left, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from polku.cli.audit import audit_candidate
from polku.cli.candidates import candidate
from polku.cli.desk import Desk
from polku.cli.promote import card_path, promote
from polku.training.registry import version_of

pytestmark = [pytest.mark.xdist_group("town"), pytest.mark.long]
KILLED_BEFORE_THE_ALIAS = """
import os, signal, sys
from polku.cli import promote
from polku.cli.desk import Desk
promote.mark_champion = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
promote.promote(Desk.at(sys.argv[1]), "A. Approver", "autumn term")
"""


def test_what_was_left_is_done_by_promoting_again(beside: Desk) -> None:
    audit_candidate(beside)
    chosen = candidate(beside)
    stores = {"POLKU_STORE": beside.settings.store, "POLKU_BACKGROUND": beside.settings.background}
    command = [sys.executable, "-c", KILLED_BEFORE_THE_ALIAS, str(beside.home.root)]
    killed = subprocess.run(command, env=os.environ | stores, capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with beside.store.read() as tx:
        serving = tx.bundles.champion_release()
    assert serving is not None
    assert (serving.number, serving.bundle_id) == (2, chosen.bundle_id), "what was recorded serves"
    assert not card_path(beside, serving).exists()
    assert promote(beside, "B. Approver", "again") == serving, "no second release of the same"
    registered = version_of("champion", mlruns=beside.home.mlruns, provider_id=beside.settings.provider_id)
    assert registered.model_version == chosen.model_version
    assert "A. Approver" in card_path(beside, serving).read_text(encoding="utf-8")
    assert promote(beside, "B. Approver", "again").number == 3, "once it is finished, promoting is a release of its own"
    beside.store.close()
