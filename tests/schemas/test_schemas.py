"""Every schema: a slip of a key is refused with the nearest right one, values are frozen, fields say what they are."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import tomllib
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from polku import schemas
from polku.errors import DefinitionError
from polku.home import Home, load_toml, validate
from polku.schemas.access import AccessSettings, ClaimNames, MpassidSettings, SenderSettings
from polku.schemas.audit_text import AuditTextFile
from polku.schemas.base import Definition
from polku.schemas.excluded import Deny, Excluded, ExcludedFile
from polku.schemas.experiment import Experiment, SpecFile
from polku.schemas.features import FeatureDefinition, FeatureFile, HalfLife, Prior
from polku.schemas.gates import Gate, Gates, Priority
from polku.schemas.interface import LimitSettings, WebhookSettings
from polku.schemas.item_limits import ItemLimits
from polku.schemas.leaving import PLACES, HandoverTexts, LeavingTextFile, ProofTexts
from polku.schemas.lti import LtiDefinition
from polku.schemas.model import LogisticParameters, ModelSpec, TreeParameters
from polku.schemas.pages import PageSettings
from polku.schemas.policy import (
    DiagnosticPolicy,
    DifficultyPolicy,
    EvidencePolicy,
    LookaheadPolicy,
    OfferPolicy,
    PathPolicy,
    ReviewPolicy,
    RuleChoice,
)
from polku.schemas.provider import ProviderDefinition
from polku.schemas.rights import RetentionSettings, TrailSettings
from polku.schemas.running import Running
from polku.schemas.settings import EnclaveSettings, ServiceSettings, Settings
from polku.schemas.slices import Disclosure, Inference, Slice, Slices
from polku.schemas.text import (
    Band,
    BandTexts,
    FamilyTextFile,
    LearnerTextFile,
    PageTextFile,
    Plural,
    ResearchTextFile,
    TextFile,
)
from polku.schemas.validation import BY_GROUP, CHECKS, EvidenceNeeded, Limit, Refits, ValidationLimits
from polku.schemas.vendor import VendorDefinition

SHIPPED: dict[str, type[Definition]] = {
    "features/curriculum.toml": FeatureFile,
    "features/memory.toml": FeatureFile,
    "features/practice.toml": FeatureFile,
    "features/excluded.toml": ExcludedFile,
    "models/slices.toml": Slices,
    "models/baseline/spec.toml": SpecFile,
    "models/response/spec.toml": SpecFile,
    "models/mastery/spec.toml": SpecFile,
    "models/mastery/gates.toml": Gates,
    "models/mastery/validation.toml": ValidationLimits,
    "models/path/policy.toml": PathPolicy,
    "serve/settings.toml": Settings,
    "serve/settings.production.toml": Settings,
    **{f"serve/text/{language}.toml": TextFile for language in ("fi", "sv", "en")},
    **{f"serve/text/learner.{language}.toml": LearnerTextFile for language in ("fi", "sv", "en")},
    **{f"serve/text/page.{language}.toml": PageTextFile for language in ("fi", "sv", "en")},
    **{f"serve/text/family.{language}.toml": FamilyTextFile for language in ("fi", "sv", "en")},
    **{f"serve/text/research.{language}.toml": ResearchTextFile for language in ("fi", "sv", "en")},
    **{f"serve/text/audit.{language}.toml": AuditTextFile for language in ("fi", "sv", "en")},
    **{f"serve/text/leaving.{language}.toml": LeavingTextFile for language in ("fi", "sv", "en")},
}
WHY = "Because it says something that is no skill."
QUESTION = "Does it differ between groups?"
LIMIT = {"question": QUESTION, "limit": 0.1, "outcome": "warn"}
PROOF = dict.fromkeys(ProofTexts.model_fields, "x") | {
    name: "".join(f"{{{place}}}" for place in places) for name, places in PLACES.items()
}
SMALLEST: dict[type[Definition], dict[str, Any]] = {
    Excluded: {"name": "shoe_size", "why": WHY},
    Deny: {"rule": "shoes", "why": WHY, "columns": ["shoe"]},
    ExcludedFile: {
        "excluded": [{"name": "shoe_size", "why": WHY}],
        "deny": [{"rule": "shoes", "why": WHY, "columns": ["shoe"]}],
    },
    Limit: LIMIT,
    EvidenceNeeded: {},
    Refits: {},
    ValidationLimits: {"checks": {name: LIMIT | ({"slope_limit": 0.5} if name in BY_GROUP else {}) for name in CHECKS}},
    HalfLife: {"days": 3},
    Prior: {"mean": 0.5, "weight": 1},
    FeatureDefinition: {"name": "a_b", "kind": "rate", "scope": "skill", "direction": 1, "meaning": WHY},
    FeatureFile: {"feature": [{"name": "a", "kind": "k", "scope": "item", "direction": 0, "meaning": WHY}]},
    Gate: {"question": QUESTION, "limit": 0.1, "outcome": "warn"},
    Priority: {"first": "calibration", "why": WHY},
    Gates: {"priority": {"first": "error_rates", "why": WHY}, "metrics": {}},
    TreeParameters: {},
    LogisticParameters: {},
    ItemLimits: {},
    Experiment: {"name": "even", "method": "reweigh", "attribute": "gender"},
    SpecFile: {"name": "own", "kind": "logistic", "purpose": WHY, "features": "all", "logistic": {}},
    ModelSpec: {"name": "own", "kind": "logistic", "purpose": WHY, "features": "all", "logistic": {}},
    EvidencePolicy: {"minimum_answers": 5, "skill_answers": 3, "shown_at": 0.7, "gap_below": 0.4, "sure_sd": 0.1},
    OfferPolicy: {
        "options": 3,
        "repair_options": 2,
        "margin": 0.1,
        "step_cost": 0.05,
        "shortlist": 12,
        "exploration_share": 0.0,
    },
    DifficultyPolicy: {"aim": 0.6},
    DiagnosticPolicy: {},
    LookaheadPolicy: {},
    ReviewPolicy: {"after_days": 28, "half_life_days": 60},
    RuleChoice: {"name": "review", "weight": 0.1},
    ServiceSettings: {},
    EnclaveSettings: {},
    Running: {},
    ClaimNames: {},
    MpassidSettings: {},
    SenderSettings: {"provider": "p", "secret_sha256": "0" * 64},
    VendorDefinition: {"name": "Vendor", "launch": "https://tasks.example/{token}", "secret_env": "VENDOR_SECRET"},
    LtiDefinition: {
        "issuer": "https://lms.example",
        "client_id": "polku",
        "deployments": ("1",),
        "authorize": "https://lms.example/auth",
        "token": "https://lms.example/token",
        "keys": "https://lms.example/keys",
        "tool": "https://polku.example",
        "provider": "demo",
        "key_env": "LTI_KEY",
    },
    AccessSettings: {},
    LimitSettings: {},
    WebhookSettings: {},
    PageSettings: {},
    RetentionSettings: {},
    TrailSettings: {},
    ProviderDefinition: {"name": "City of Eight"},
    Settings: {"provider_id": "p", "store": "s", "background": "b", "curriculum": "c", "model": "m"},
    Slice: {"question": QUESTION},
    Inference: {},
    Disclosure: {},
    Slices: {"attributes": {}},
    Plural: {"other": "{count} answers"},
    TextFile: {name: {} for name in TextFile.model_fields},
    BandTexts: {"next_step": {}, "what_if": {}},
    LearnerTextFile: {"learner": {band: {"next_step": {"a": "A"}, "what_if": {}} for band in get_args(Band)}},
    PageTextFile: {},
    FamilyTextFile: {},
    ResearchTextFile: {},
    HandoverTexts: dict.fromkeys(HandoverTexts.model_fields, "x"),
    ProofTexts: PROOF,
    LeavingTextFile: {
        "handover": dict.fromkeys(HandoverTexts.model_fields, "x"),
        "proof": PROOF,
    },
    AuditTextFile: {name: {} for name in AuditTextFile.model_fields},
}
SMALLEST[PathPolicy] = {
    "purpose": "p",
    "evidence": SMALLEST[EvidencePolicy],
    "offer": SMALLEST[OfferPolicy],
    "difficulty": SMALLEST[DifficultyPolicy],
    "review": SMALLEST[ReviewPolicy],
    "rules": [SMALLEST[RuleChoice]],
}
NAMES = [schema.__name__ for schema in SMALLEST]


def defined() -> set[type[Definition]]:
    modules = [
        importlib.import_module(f"polku.schemas.{found.name}") for found in pkgutil.iter_modules(schemas.__path__)
    ]
    return {
        value
        for module in modules
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, Definition) and value is not Definition
    }


def test_every_schema_is_tried_here() -> None:
    assert defined() == set(SMALLEST)


@pytest.mark.parametrize(("schema", "raw"), SMALLEST.items(), ids=NAMES)
def test_the_smallest_definition_is_read_and_stays_as_it_is(schema: type[Definition], raw: dict[str, Any]) -> None:
    found = schema.model_validate(raw)
    assert schema.model_validate(found.model_dump()) == found
    assert schema.model_validate_json(found.model_dump_json()) == found
    for name in schema.model_fields:
        with pytest.raises(ValidationError, match="frozen"):
            setattr(found, name, getattr(found, name))


@pytest.mark.parametrize(("schema", "raw"), SMALLEST.items(), ids=NAMES)
def test_a_slip_of_any_key_names_the_right_one(schema: type[Definition], raw: dict[str, Any]) -> None:
    for name in schema.model_fields:
        slip = name[:-1] + name[-1] * 2
        with pytest.raises(
            DefinitionError, match=rf"^x\.toml: unknown key {slip}.*\n  got: {slip}\n  try: did you mean"
        ) as caught:
            validate(raw | {slip: 1}, schema, Path("x.toml"))
        assert caught.value.hint == f"did you mean {name!r}?"


@pytest.mark.parametrize(("schema", "raw"), SMALLEST.items(), ids=NAMES)
def test_what_has_no_default_must_be_given(schema: type[Definition], raw: dict[str, Any]) -> None:
    needed = {name for name, field in schema.model_fields.items() if field.is_required()}
    assert needed <= raw.keys()
    for name in needed:
        with pytest.raises(DefinitionError, match=rf"^x\.toml: {name}: Field required"):
            validate({key: value for key, value in raw.items() if key != name}, schema, Path("x.toml"))


@pytest.mark.parametrize("schema", SMALLEST, ids=NAMES)
def test_every_field_says_what_it_is(schema: type[Definition]) -> None:
    for name, field in schema.model_fields.items():
        assert field.description, f"{schema.__name__}.{name}"
        assert field.description.rstrip().endswith((".", "?")), f"{schema.__name__}.{name}"


@pytest.mark.parametrize(("file", "schema"), SHIPPED.items())
def test_what_is_shipped_comes_back_from_its_own_dump(home: Home, file: str, schema: type[Definition]) -> None:
    found = load_toml(home.root / file, schema)
    assert schema.model_validate(found.model_dump()) == found
    assert schema.model_validate_json(found.model_dump_json()) == found


@pytest.mark.parametrize(("file", "schema"), SHIPPED.items())
def test_every_key_that_is_shipped_is_kept(home: Home, file: str, schema: type[Definition]) -> None:
    """Nothing that a person wrote is read and dropped, or changed on the way."""
    raw = tomllib.loads((home.root / file).read_text(encoding="utf-8"))
    kept = load_toml(home.root / file, schema).model_dump(mode="json", exclude_unset=True)
    assert _plain(kept) == _plain(raw)


def _plain(value: Any) -> Any:
    """Return whole numbers as floats, so that 5 and 5.0 compare as the schema takes them."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
