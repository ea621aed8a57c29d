"""No password, key or token is kept: every file that git keeps is read by detect-secrets."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import transient_settings

ROOT = Path(__file__).resolve().parents[2]
DETECTORS = (
    "AWSKeyDetector",
    "AzureStorageKeyDetector",
    "Base64HighEntropyString",
    "BasicAuthDetector",
    "GitHubTokenDetector",
    "GitLabTokenDetector",
    "HexHighEntropyString",
    "JwtTokenDetector",
    "KeywordDetector",
    "NpmDetector",
    "PrivateKeyDetector",
    "PypiTokenDetector",
    "SlackDetector",
)
FILTERS = ("heuristic.is_indirect_reference", "heuristic.is_templated_secret", "heuristic.is_sequential_string")
WORTH_A_LOOK = re.compile(
    r"[0-9A-Za-z+/=_.-]{24,}|://[^\s/]+:[^\s/]+@|-----BEGIN|AKIA"
    r"|(?i:passw|secret|token|credential|api_?key)\w*[\"']?\s*[:=]"
)
"""Lines that can hold one at all: the detectors are slow."""
UNREAD = re.compile(r"\.(png|lock|svg|ipynb)$|^serve/curricula/")
KNOWN = {
    "tests/store/test_engine.py": "a password that must not be shown",
    "tests/store/test_opening.py": "a password that must not be shown",
    "src/polku/web/observe/request_id.py": "the example of W3C Trace Context",
    "tests/web/observe/test_logs.py": "the same",
    "tests/web/observe/test_traces.py": "the same",
    "src/polku/web/etags.py": "an entity tag",
    "src/polku/web/webhooks/signature.py": "the example of Standard Webhooks",
    "src/polku/web/examples.json": "ids, hashes, and the example of Standard Webhooks, all of an invented town",
    "docs/reference/openapi.json": "the same examples",
    "tests/web/test_doors.py": "a word to look for; the check characters of identity codes",
    "tests/web/test_webhooks.py": "an address that must be refused",
    "tests/web/test_sealed_secrets.py": "a secret of nobody, to be sealed",
    "src/polku/cli/oneroster.py": "the name of an environment variable",
    "src/polku/exchange/oneroster_terms.py": "the heading of a column that is dropped",
    "src/polku/exchange/personal.py": "words that no field may be called",
    "src/polku/records/elements.py": "the digest of an example",
    "src/polku/web/reference_vendor.py": "the name of a file",
    "tests/cli/test_vendors_command.py": "a secret of its own, made for the test",
    "tests/exchange/test_oneroster_rows.py": "a password that must be dropped",
    "tests/exchange/test_written.py": "ids of examples",
    "tests/exchange/test_xapi.py": "a password that must be dropped",
    "tests/exchange/test_xapi_cases.py": "ids of examples",
    "tests/staged.py": "hashes of invented bundles",
    "serve/vendors/README.md": "the name of an environment variable",
    "tests/schemas/test_schemas.py": "the name of an environment variable",
    "serve/kubernetes/deployment.yaml": "the name of a secret",
    "serve/kubernetes/webhooks.yaml": "the name of a secret",
    "tests/web/access/test_step_resources.py": "a secret of its own, made for the test",
    "tests/web/access/test_vendor_doors.py": "two secrets of its own, made for the test",
    "tests/web/test_axe_doing.py": "the name of a file",
}
"""The baseline: files with something that looks like a secret, and what it is."""


def found_in(texts: dict[str, str], folder: Path) -> dict[str, set[str]]:
    """Return the kinds of secrets that texts seem to hold, by name; lines worth a look are read as one file."""
    found: dict[str, set[str]] = {}
    for ending, is_code in ((".py", True), (".yaml", False)):
        lines = [
            (name, line)
            for name, text in texts.items()
            for line in text.splitlines()
            if name.endswith(".py") is is_code and WORTH_A_LOOK.search(line)
        ]
        gathered = folder / f"gathered{ending}"
        gathered.write_text("\n".join(line for _, line in lines), encoding="utf-8")
        for secret in scan_file(str(gathered)):
            found.setdefault(lines[secret.line_number - 1][0], set()).add(secret.type)
    return found


@pytest.fixture(autouse=True)
def _detectors() -> Iterator[None]:
    """Use our detectors without asking any service whether a key is in use."""
    filters = [{"path": f"detect_secrets.filters.{one}"} for one in FILTERS]
    with transient_settings({"plugins_used": [{"name": one} for one in DETECTORS], "filters_used": filters}):
        yield


def kept() -> list[str]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in names.split("\0") if name and (ROOT / name).is_file() and not UNREAD.search(name)]


def test_no_secret_is_kept_but_what_the_baseline_names(tmp_path: Path) -> None:
    found = found_in({name: (ROOT / name).read_text(encoding="utf-8") for name in kept()}, tmp_path)
    assert not {name: kinds for name, kinds in found.items() if name not in KNOWN}
    assert not [name for name in KNOWN if name in kept() and name not in found], "no longer needed"


@pytest.mark.parametrize(
    "line",
    [
        'password = "hunter2-' + 'and-more"',
        "POLKU_STORE=postgresql://polku_app:" + "s3cr3t-w0rd@db/polku",
        "-----BEGIN RSA " + "PRIVATE KEY-----",
        "key = 'AKIA" + "IOSFODNN7QXAMPLQ'",
        "token: 'ghp_" + "a8F3kz0QpL5vT2mX9cR7bN4wY6sD1eG8hJ0u'",
        'header = "eyJhbGciOiJIUzI1NiJ9.' + 'eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"',
    ],
)
def test_a_secret_would_be_seen(line: str, tmp_path: Path) -> None:
    assert found_in({"settings.yaml": f"a: 1\n{line}\n"}, tmp_path)


def test_what_is_filled_in_by_hand_is_not_kept() -> None:
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {"serve/.env", "serve/keys.json"} <= set(ignored)
