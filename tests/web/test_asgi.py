"""serve/asgi.py: what an ASGI server is pointed at."""

from __future__ import annotations

import importlib.util
import logging
from pathlib import Path

import pytest

from village import ALICE, HERE, TestClient, Village

ASGI = Path(__file__).resolve().parents[2] / "serve" / "asgi.py"


def test_an_asgi_server_finds_the_app_of_the_home(village: Village, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POLKU_STORE", village.store.engine.url.render_as_string())
    monkeypatch.setenv("POLKU_PROVIDER", "demo")
    access = logging.getLogger("uvicorn.access")
    monkeypatch.setattr(access, "disabled", False)
    spec = importlib.util.spec_from_file_location("asgi", ASGI)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with TestClient(module.app, **HERE) as client:
        assert client.get(f"/v1/learners/{ALICE}/profile").json()["answers"] > 0
        assert "demonstration" not in client.get("/?lang=en").text.lower()
    module.app.state.service.store.close()
    assert access.disabled, "its lines would hold learners' ids"
