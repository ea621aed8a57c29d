"""Addresses that pages name: mail that is mail, an address of MLflow that no text can be added to."""

from __future__ import annotations

from pathlib import Path

import pytest

from polku.errors import DefinitionError
from polku.home import validate
from polku.schemas.pages import PageSettings

FILE = Path("settings.toml")


def test_nothing_is_named_unless_somebody_names_it() -> None:
    found = validate({}, PageSettings, FILE)
    assert (found.feedback, found.mlflow) == (None, None)


@pytest.mark.parametrize("mail", ["access@city.example", "saavutettavuus@kunta.fi"])
def test_mail_is_taken(mail: str) -> None:
    assert validate({"feedback": mail}, PageSettings, FILE).feedback == mail


@pytest.mark.parametrize("mail", ["", "city.example", "a@b c", "<a@b>", "a@b@c"])
def test_what_is_no_mail_is_refused(mail: str) -> None:
    with pytest.raises(DefinitionError, match="feedback"):
        validate({"feedback": mail}, PageSettings, FILE)


@pytest.mark.parametrize("address", ["http://127.0.0.1:5000", "https://mlflow.city.example/runs"])
def test_an_address_is_taken(address: str) -> None:
    assert validate({"mlflow": address}, PageSettings, FILE).mlflow == address


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "mlflow.city.example", "https://a b", 'https://a"', "https://a#x"]
)
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(DefinitionError, match="mlflow"):
        validate({"mlflow": address}, PageSettings, FILE)
