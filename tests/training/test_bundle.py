"""Bundles: every part by hash, one id, and whatever differs is named."""

from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest

from polku.curriculum import Curriculum
from polku.errors import InputError
from polku.records import Responses
from polku.training import Bundle, FittedModel

POLICY, GATES = b"[path]\nsteps = 5\n", b"[gate]\n"


@pytest.fixture(scope="module")
def bundle(mastery: FittedModel, curriculum: Curriculum) -> Bundle:
    """Return an assembled bundle."""
    return Bundle.assemble(mastery, curriculum, policy=POLICY, gates=GATES)


def test_it_reads_back_whole(bundle: Bundle, unseen: Responses, curriculum: Curriculum) -> None:
    again = Bundle.from_files(bundle.files, bundle_id=bundle.id)
    assert again.id == bundle.id
    assert (again.policy, again.gates) == (POLICY, GATES)
    assert again.curriculum.hash == curriculum.hash
    one, other = (each.model.predict_responses(unseen, each.curriculum) for each in (bundle, again))
    assert np.array_equal(one, other)


def test_the_id_is_the_hash_of_the_manifest(bundle: Bundle) -> None:
    assert bundle.id == hashlib.sha256(bundle.files["manifest.json"]).hexdigest()
    assert json.loads(bundle.files["manifest.json"]) == bundle.manifest
    assert list(bundle.manifest["parts"]) == [
        "model",
        "item_statistics",
        "feature_set",
        "curriculum",
        "policy",
        "gates",
    ]


def test_another_policy_gates_or_graph_is_another_bundle(bundle: Bundle, mastery: FittedModel) -> None:
    graph = Curriculum.of_skills(["s0"])
    others = [
        Bundle.assemble(mastery, bundle.curriculum, policy=POLICY + b"\n", gates=GATES),
        Bundle.assemble(mastery, bundle.curriculum, policy=POLICY, gates=GATES + b"\n"),
        Bundle.assemble(mastery, graph, policy=POLICY, gates=GATES),
    ]
    assert len({bundle.id, *(other.id for other in others)}) == 4
    assert Bundle.assemble(mastery, bundle.curriculum, policy=POLICY, gates=GATES).id == bundle.id


def test_whatever_differs_is_named(bundle: Bundle) -> None:
    for name in bundle.files.keys() - {"manifest.json"}:
        with pytest.raises(InputError, match=f"bundle file {name} differs from its hash"):
            Bundle.from_files(bundle.files | {name: bundle.files[name] + b" "})
        with pytest.raises(InputError, match=f"bundle file {name} is missing"):
            Bundle.from_files({key: content for key, content in bundle.files.items() if key != name})


def test_a_foreign_manifest_is_refused(bundle: Bundle) -> None:
    with pytest.raises(InputError, match=r"manifest\.json is not that of bundle"):
        Bundle.from_files(bundle.files, bundle_id="0" * 64)
    with pytest.raises(InputError, match=r"no manifest\.json"):
        Bundle.from_files({})
    with pytest.raises(InputError, match="of another format"):
        Bundle.from_files(bundle.files | {"manifest.json": b'{"format": 0}'})
    with pytest.raises(InputError, match=r"manifest\.json cannot be read"):
        Bundle.from_files(bundle.files | {"manifest.json": b"{"})
    with pytest.raises(InputError, match=r"extra\.txt is not in manifest\.json"):
        Bundle.from_files(bundle.files | {"extra.txt": b""})


def test_an_empty_policy_is_refused(mastery: FittedModel, curriculum: Curriculum) -> None:
    with pytest.raises(InputError, match=r"policy\.toml is empty"):
        Bundle.assemble(mastery, curriculum, policy=b" \n", gates=GATES)


def test_parts_are_known_by_their_own_hashes(bundle: Bundle, mastery: FittedModel, curriculum: Curriculum) -> None:
    assert bundle.manifest["parts"] == {
        "model": mastery.hash,
        "item_statistics": mastery.item_statistics.hash,
        "feature_set": mastery.feature_set.hash,
        "curriculum": curriculum.hash,
        "policy": hashlib.sha256(POLICY).hexdigest(),
        "gates": hashlib.sha256(GATES).hexdigest(),
    }
    assert bundle.feature_set is mastery.feature_set
    assert bundle.item_statistics is mastery.item_statistics


def test_a_damaged_model_inside_a_whole_bundle_is_refused(bundle: Bundle) -> None:
    """Someone who reseals the manifest still meets the model's own index."""
    files = dict(bundle.files)
    files["model/trees.txt"] += b"\n"
    manifest = json.loads(files["manifest.json"])
    manifest["files"]["model/trees.txt"] = hashlib.sha256(files["model/trees.txt"]).hexdigest()
    files["manifest.json"] = json.dumps(manifest).encode()
    with pytest.raises(InputError, match=r"model file trees\.txt differs from its hash"):
        Bundle.from_files(files)
