"""Sign-in by tokens with MPASSid's claims: signed for real, read as MPASSid means them, held to our relations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from issuer import AUDIENCE, ISSUER, Issuer
from polku.errors import DefinitionError, ForbiddenError, UnauthorizedError
from polku.exchange.mpassid import LEARNER_ID, ROLE
from polku.home import load_toml
from polku.schemas.access import AccessSettings, MpassidSettings
from polku.web.access.keys import IssuerKeys
from polku.web.access.mpassid import FromMpassid
from polku.web.access.tokens import Verifier
from polku.web.viewer import Role

PERSON = "1.2.246.562.24.20000000018"
OURS, OTHER = "1.2.246.562.99.00000000001", "1.2.246.562.99.00000000009"
SETTINGS = f"""sign_in = "oidc"
issuer = "{ISSUER}"
keys = "keys.json"
claims = "mpassid"
"""


@pytest.fixture(scope="module")
def signer(tmp_path_factory: pytest.TempPathFactory) -> Issuer:
    return Issuer(tmp_path_factory.mktemp("mpassid") / "keys.json")


def verifier(signer: Issuer, **settings: Any) -> Verifier:
    reads = FromMpassid(MpassidSettings(providers={OURS: "demo", OTHER: "elsewhere"}, **settings))
    return Verifier(IssuerKeys(signer.path.read_bytes), ISSUER, AUDIENCE, reads=reads)


def token(signer: Issuer, *roles: str, **more: Any) -> str:
    ours: dict[str, Any] = {"polku_role": None, "polku_provider": None, LEARNER_ID: PERSON, ROLE: list(roles)}
    return signer.sign(signer.claims("learner", "pairwise-subject", **{**ours, **more}))


@pytest.mark.parametrize(
    ("code", "role"),
    [("1", Role.LEARNER), ("2", Role.TEACHER), ("5", Role.TEACHER), ("6", Role.PRINCIPAL)],
)
def test_a_role_becomes_ours(signer: Issuer, code: str, role: Role) -> None:
    viewer = verifier(signer).viewer(token(signer, f"{OURS};30076;9F;x;{code};;"))
    assert (viewer.subject, viewer.role, viewer.provider_id) == (PERSON, role, "demo")
    assert viewer.scopes == frozenset()


@pytest.mark.parametrize("role", ["", f"{OURS};30076;;x;4;;", f"{OURS};30076;;x;3;;", f"{OURS};30076;9F;Vahtimestari"])
def test_no_role_is_no_access(signer: Issuer, role: str) -> None:
    with pytest.raises(ForbiddenError, match="names no role here"):
        verifier(signer).viewer(token(signer, role))


def test_staff_administer_where_the_provider_says_so(signer: Issuer) -> None:
    viewer = verifier(signer, staff_administer=True).viewer(token(signer, f"{OURS};30076;;staff;3;;"))
    assert viewer.role is Role.ADMINISTRATOR


def test_a_provider_that_is_not_ours_is_not_let_in(signer: Issuer) -> None:
    with pytest.raises(ForbiddenError, match="names no role here"):
        verifier(signer).viewer(token(signer, "1.2.246.562.99.00000000007;30076;9F;Oppilas"))
    with pytest.raises(ForbiddenError, match="at several providers"):
        verifier(signer).viewer(token(signer, f"{OURS};30076;9F;Oppilas", f"{OTHER};30077;;oppilas"))


def test_several_roles_are_asked_as_the_first_of_them(signer: Issuer) -> None:
    both = token(signer, f"{OURS};30076;;rehtori", f"{OURS};30076;;opettaja", f"{OTHER};30077;9A;oppilas")
    assert verifier(signer).viewer(both).role is Role.TEACHER


def test_version_one_names_its_provider_beside_the_role(signer: Issuer) -> None:
    old = "Demojärvi;30076;9A;Oppilas"
    info = {"urn:mpass.id:educationProviderInfo": [f"{OTHER};Muu"]}
    assert verifier(signer).viewer(token(signer, old, **info)).provider_id == "elsewhere"
    with pytest.raises(ForbiddenError, match="names no role here"):
        verifier(signer).viewer(token(signer, old))


def test_the_learner_id_is_the_key_and_nothing_in_its_place(signer: Issuer) -> None:
    made = token(signer, f"{OURS};30076;9F;Oppilas", **{LEARNER_ID: None, "urn:mpass.id:uid": "MPASSOID.391"})
    with pytest.raises(ForbiddenError, match="names no learner id"):
        verifier(signer).viewer(made)


def test_signature_and_audience_hold_as_for_every_token(signer: Issuer, tmp_path: Path) -> None:
    with pytest.raises(UnauthorizedError, match="does not hold"):
        verifier(signer).viewer(token(signer, f"{OURS};30076;9F;Oppilas", aud="another"))
    with pytest.raises(UnauthorizedError, match="does not hold"):
        verifier(signer).viewer(token(Issuer(tmp_path / "keys.json"), f"{OURS};30076;9F;Oppilas"))


def test_the_settings_say_so_in_a_word(tmp_path: Path) -> None:
    path = tmp_path / "access.toml"
    path.write_text(f'{SETTINGS}[mpassid.providers]\n"{OURS}" = "demo"\n', encoding="utf-8")
    found = load_toml(path, AccessSettings)
    assert (found.claims, found.mpassid.providers[OURS]) == ("mpassid", "demo")
    path.write_text(SETTINGS, encoding="utf-8")
    with pytest.raises(DefinitionError, match="which OID is which provider"):
        load_toml(path, AccessSettings)
