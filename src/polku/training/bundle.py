"""What is released together: model, curriculum, path policy and gates, each by hash, under one id."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.profiles import FeatureSet, ItemStatistics
from polku.training.model import FittedModel
from polku.training.sealed import canonical_json, sha256, sums, verify

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_MODEL: Final = "model/"
_CURRICULUM, _POLICY, _GATES = "curriculum.json", "policy.toml", "gates.toml"


@dataclass(frozen=True, eq=False)
class Bundle:
    """Everything the service needs to suggest, and nothing else.

    Parameters
    ----------
    model : FittedModel
        With its feature set and item statistics.
    curriculum : Curriculum
        The graph that orders paths.
    policy, gates : bytes
        The path policy and the gates, TOML as written by their owner; read by those who use them.

    Notes
    -----
    The id is the SHA-256 of the manifest, which holds the SHA-256 of every file: another policy or graph is another
    bundle, and needs its own audit.
    """

    model: FittedModel
    curriculum: Curriculum
    policy: bytes
    gates: bytes

    @classmethod
    def assemble(cls, model: FittedModel, curriculum: Curriculum, *, policy: bytes, gates: bytes) -> Bundle:
        """Tie the parts together.

        Raises
        ------
        InputError
            If a text is empty.
        """
        for name, text in ((_POLICY, policy), (_GATES, gates)):
            if not text.strip():
                raise InputError(f"the bundle's {name} is empty", hint="give the file's bytes")
        return cls(model, curriculum, policy, gates)

    @property
    def feature_set(self) -> FeatureSet:
        """Return the model's feature set."""
        return self.model.feature_set

    @property
    def item_statistics(self) -> ItemStatistics:
        """Return the model's item statistics."""
        return self.model.item_statistics

    @cached_property
    def files(self) -> dict[str, bytes]:
        """Return all files by name, the manifest among them."""
        return {**self._parts, MANIFEST: canonical_json(self.manifest)}

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """Return what the bundle holds: format, model name, the hash of each part and of each file."""
        return {
            "format": FORMAT,
            "model": self.model.name,
            "parts": {
                "model": self.model.hash,
                "item_statistics": self.item_statistics.hash,
                "feature_set": self.feature_set.hash,
                "curriculum": self.curriculum.hash,
                "policy": sha256(self.policy),
                "gates": sha256(self.gates),
            },
            "files": sums(self._parts),
        }

    @property
    def id(self) -> str:
        """Return the SHA-256 of the manifest."""
        return sha256(canonical_json(self.manifest))

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], *, bundle_id: str | None = None) -> Bundle:
        """Read a bundle back, verifying every hash.

        Parameters
        ----------
        files : mapping of str to bytes
            As :attr:`files`.
        bundle_id : str, optional
            The id under which it was recorded; checked against the manifest.

        Raises
        ------
        InputError
            If the manifest is missing or not the recorded one, or a file is missing, unknown or differs; names
            the file.
        """
        verify(files, MANIFEST, "bundle", FORMAT, needed=(_CURRICULUM, _POLICY, _GATES))
        if bundle_id is not None and sha256(files[MANIFEST]) != bundle_id:
            raise InputError(f"{MANIFEST} is not that of bundle {bundle_id}", got=sha256(files[MANIFEST]))
        model = {name.removeprefix(_MODEL): content for name, content in files.items() if name.startswith(_MODEL)}
        return cls(
            model=FittedModel.from_files(model),
            curriculum=Curriculum.from_json(files[_CURRICULUM].decode()),
            policy=files[_POLICY],
            gates=files[_GATES],
        )

    @cached_property
    def _parts(self) -> dict[str, bytes]:
        return {
            **{_MODEL + name: content for name, content in self.model.files().items()},
            _CURRICULUM: self.curriculum.to_json().encode(),
            _POLICY: self.policy,
            _GATES: self.gates,
        }
