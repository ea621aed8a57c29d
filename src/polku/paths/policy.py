"""Reads the path policy and knows it by hash."""

from __future__ import annotations

from pathlib import Path

from polku.home import digest, load_toml
from polku.paths.rules import chosen_rules
from polku.schemas.policy import PathPolicy

POLICY_FILE = Path("path", "policy.toml")


def load_policy(models: Path) -> PathPolicy:
    """Read ``path/policy.toml`` of a home's room of models.

    Raises
    ------
    DefinitionError
        If the file is absent or wrong, chooses an unknown rule, or turns around what counts as shown.
    """
    policy = load_toml(models / POLICY_FILE, PathPolicy)
    chosen_rules(policy)
    return policy


def policy_hash(policy: PathPolicy) -> str:
    """Return the SHA-256 of a policy's values; comments and layout of the file do not count."""
    return digest(policy.model_dump_json())
