"""What the other parties of tests have in common: they answer with JSON, and say nothing on the terminal."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any


class Answering(BaseHTTPRequestHandler):
    """One request to a server of a test."""

    def reply(self, status: int, headers: dict[str, str], said: Any) -> None:
        content = json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
