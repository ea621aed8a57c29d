"""MPASSid: one principal from every generation and either wire; no role, no access; nothing is trusted unchecked."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from polku.errors import InputError
from polku.exchange.mpassid import LEARNER_ID, ROLE, SCHOOLS, WORDS, Principal, RoleAt, read_claims, read_saml

PERSON = "1.2.246.562.24.20000000018"
PROVIDER, SCHOOL = "1.2.246.562.99.00000000001", "1.2.246.562.99.00000000002"
GENERATIONS = {
    "1.0": "Demojärvi;30076;9F;Oppilas",
    "1.1": f"{PROVIDER};30076;9F;Oppilas",
    "1.4": f"{PROVIDER};30076;9F;Oppilas;1;{SCHOOL};",
}
CHECKED = "the proxy"


def claims(*roles: str, **more: Any) -> dict[str, Any]:
    sound = {LEARNER_ID: PERSON, ROLE: list(roles), "urn:mpass.id:educationProviderInfo": f"{PROVIDER};Kunta"}
    schools = ["30076;Mansikkala", f"{SCHOOL};Mansikkala"]
    return {**sound, SCHOOLS: schools, "urn:mpass.id:classLevel": "9", **more}


def saml(attributes: str = "", *, around: str = "") -> bytes:
    assertion = "urn:oasis:names:tc:SAML:2.0:assertion"
    stated = f"<a:AttributeStatement>{attributes}</a:AttributeStatement>"
    return f'<a:Assertion xmlns:a="{assertion}">{stated}{around}</a:Assertion>'.encode()


def without_warnings(found: Principal) -> tuple[Any, ...]:
    return found.subject, found.providers, found.schools, found.school_oids, found.classes, found.class_level


def test_the_sample_and_the_same_by_oidc_are_one_principal(standards_dir: Path) -> None:
    path = standards_dir / "mpassid" / "authn_response_unsigned.xml"
    by_saml = read_saml(path.read_bytes(), path.name, signature_checked_by=CHECKED)
    assert by_saml == read_claims(claims(GENERATIONS["1.4"]))
    assert by_saml.roles == {RoleAt("1", PROVIDER, "30076", "9F")}
    said = repr(by_saml)
    assert not any(name in said for name in ("MPASSOID", "Testi1", "Oppilas1", "Kutsumanimi1"))


def test_all_generations_of_a_role_say_the_same() -> None:
    made = {name: read_claims(claims(role)) for name, role in GENERATIONS.items()}
    assert len({without_warnings(found) for found in made.values()}) == 1
    assert {role.code for found in made.values() for role in found.roles} == {"1"}
    assert next(iter(made["1.0"].roles)).provider is None, "a name is no OID"


def test_values_have_no_order() -> None:
    roles = (GENERATIONS["1.4"], f"{PROVIDER};30076;;Opettaja;2;{SCHOOL};", f"{PROVIDER};00000;7A;rehtori")
    found = {read_claims(claims(*order)) for order in permutations(roles)}
    assert len(found) == 1
    assert {role.code for role in found.pop().roles} == {"1", "2", "6"}


@pytest.mark.parametrize(("word", "code"), sorted(WORDS.items()))
def test_words_of_three_languages_in_any_case(word: str, code: str) -> None:
    for written in (word, word.upper(), word.capitalize()):
        assert {role.code for role in read_claims(claims(f"{PROVIDER};30076;;{written}")).roles} == {code}


def test_the_code_counts_before_the_word() -> None:
    found = read_claims(claims(f"{PROVIDER};30076;9F;Oppilas;2;{SCHOOL};"))
    assert {role.code for role in found.roles} == {"2"}
    assert not read_claims(claims(f"{PROVIDER};30076;9F;Oppilas;9;{SCHOOL};")).roles


@pytest.mark.parametrize(
    "role",
    ["", "Oppilas", f"{PROVIDER};30076;9F;Vahtimestari", f"{PROVIDER};3007;9F;Oppilas", ";;;", f"{PROVIDER};30076"],
)
def test_an_unknown_role_is_no_access_and_no_error(role: str) -> None:
    assert read_claims(claims(role)).roles == frozenset()


def test_the_user_name_is_never_the_key() -> None:
    found = read_claims({**claims(GENERATIONS["1.4"]), LEARNER_ID: "", "urn:mpass.id:uid": "MPASSOID.391"})
    assert found.subject is None
    assert read_claims({LEARNER_ID: [PERSON, "1.2.246.562.24.10000000008"]}).subject is None, "two are nobody"


def test_check_digits_only_warn() -> None:
    sound = read_claims({LEARNER_ID: "1.2.246.562.24.20000000010", ROLE: "1.2.246.562.10.14613773812;00204;9A;oppilas"})
    assert not any("14613773812" in one for one in sound.warnings)
    assert sound.subject is not None
    assert any(PERSON in one for one in read_claims(claims()).warnings)


def test_nothing_is_an_empty_principal() -> None:
    found = read_claims({"sub": "x", LEARNER_ID: None, ROLE: [7, None, True, {}]})
    assert (found.subject, found.roles, found.class_level) == (None, frozenset(), None)
    assert read_claims({"urn:mpass.id:classLevel": ["11", "x"]}).class_level is None


def test_an_assertion_that_nobody_checked_signs_nobody_in(standards_dir: Path) -> None:
    content = (standards_dir / "mpassid" / "authn_response_unsigned.xml").read_bytes()
    with pytest.raises(InputError, match="nobody checked the signature"):
        read_saml(content, "a.xml", signature_checked_by=" ")
    with pytest.raises(InputError, match="did not succeed"):
        read_saml(content.replace(b"status:Success", b"status:Responder"), "a.xml", signature_checked_by=CHECKED)


def test_a_second_assertion_beside_the_signed_one_is_refused() -> None:
    inner = saml().decode()
    for content in (saml(around=inner), b"<x/>", saml(around="<EncryptedAssertion/>")):
        with pytest.raises(InputError, match="one open assertion"):
            read_saml(content, "a.xml", signature_checked_by=CHECKED)


def test_a_document_type_is_refused() -> None:
    with pytest.raises(InputError, match="must not follow"):
        read_saml(b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a.xml", signature_checked_by=CHECKED)


@pytest.mark.parametrize(
    "role",
    [
        f"{PROVIDER};30076;;Opettaja",
        f"{PROVIDER};30076;;Opettaja;2;{SCHOOL};",
        f"{PROVIDER};30076;;Opettaja;2;{SCHOOL};1.2.246.562.99.00000000003",
        f"{PROVIDER};30076;;Opettaja;;{SCHOOL};",
        f"{PROVIDER};30076;;;2;{SCHOOL};",
        f" {PROVIDER} ; 30076 ; ; LÄRARE ",
    ],
    ids=["four", "seven", "with an office", "without a code", "without a word", "with spaces"],
)
def test_parts_may_be_empty_in_every_generation(role: str) -> None:
    assert read_claims(claims(role)).roles == {RoleAt("2", PROVIDER, "30076", "")}


def test_schools_come_in_both_forms_and_never_mix() -> None:
    found = read_claims(claims(GENERATIONS["1.4"]))
    assert [found.schools, found.school_oids] == [frozenset({"30076"}), frozenset({SCHOOL})]
    assert [found.providers, found.classes] == [frozenset({PROVIDER}), frozenset({"9F"})]
    assert found.class_level == 9
    zeros = read_claims(claims(f"{PROVIDER};00204;7A;Oppilas"))
    assert "00204" in zeros.schools, "leading zeros are part of a school's code"
