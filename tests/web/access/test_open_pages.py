"""Where the platform's people sign in: the statement is open to anybody, and there are no patterns."""

from __future__ import annotations

from issuer import Issuer
from village import HERE, TestClient, Village


def test_it_is_not_there_where_the_platforms_people_sign_in(platform: Village, issuer: Issuer) -> None:
    headers = {"Authorization": f"Bearer {issuer.token('administrator', 'administrator/own')}"}
    assert platform.client.get("/patterns", headers=headers).status_code == 404


def test_anybody_may_read_the_statement_and_every_page_leads_to_it(platform: Village) -> None:
    answer = TestClient(platform.app, **HERE).get("/accessibility?lang=en")
    assert answer.status_code == 200
    assert "Tell your school" in answer.text
    assert 'href="/accessibility?lang=en"' in answer.text
