"""Headers of the fragments for every setting: who may frame them is who the settings name, whatever else is allowed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from polku.schemas.pages import ORIGIN, PageSettings
from polku.web.pages.embed import framed
from polku.web.pages.templates import POLICY
from polku.web.service import Service
from village import GROUP, Village

SETTINGS = [
    pytest.param((), "'none'", id="nobody"),
    pytest.param(("https://a.example",), "https://a.example", id="one"),
    pytest.param(("https://a.example:8443",), "https://a.example:8443", id="a port"),
    pytest.param(("http://127.0.0.1:9000",), "http://127.0.0.1:9000", id="this machine"),
    pytest.param(("http://localhost",), "http://localhost", id="this machine by name"),
    pytest.param(("https://a.example", "https://b.example"), "https://a.example https://b.example", id="two"),
    pytest.param(("https://b.example", "https://a.example"), "https://b.example https://a.example", id="in order"),
]


def parts(policy: str) -> dict[str, str]:
    return {name: value for name, _, value in (part.partition(" ") for part in policy.split("; "))}


def with_sites(held: Service, sites: tuple[str, ...]) -> Service:
    pages = PageSettings.model_validate({"embed_in": sites})
    return replace(held, settings=held.settings.model_copy(update={"pages": pages}))


@pytest.mark.parametrize(("sites", "said"), SETTINGS)
def test_frame_ancestors_are_the_settings(hamlet: Village, sites: tuple[str, ...], said: str) -> None:
    policy = parts(framed(with_sites(hamlet.app.state.service, sites)))
    assert policy["frame-ancestors"] == said


@pytest.mark.parametrize(("sites", "said"), SETTINGS)
def test_nothing_but_framing_and_forms_differs_from_a_page(hamlet: Village, sites: tuple[str, ...], said: str) -> None:
    policy, usual = parts(framed(with_sites(hamlet.app.state.service, sites))), parts(POLICY)
    assert set(policy) == set(usual)
    differing = {name for name in usual if policy[name] != usual[name]}
    assert differing == {"form-action"} | ({"frame-ancestors"} if said != "'none'" else set())
    assert policy["form-action"] == "'none'"
    assert "*" not in framed(with_sites(hamlet.app.state.service, sites))
    assert "unsafe" not in framed(with_sites(hamlet.app.state.service, sites))


@pytest.mark.parametrize("address", ["/embed/teacher", f"/embed/teacher?group={GROUP}", "/embed/learner"])
@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_a_fragment_holds_no_form_no_script_of_others_and_one_way_out(
    hamlet: Village, address: str, language: str
) -> None:
    mark = "&" if "?" in address else "?"
    answer = hamlet.client.get(f"{address}{mark}lang={language}")
    assert answer.status_code == 200
    assert parts(answer.headers["content-security-policy"])["frame-ancestors"] == "'none'"
    assert "<form" not in answer.text
    assert "<button" not in answer.text
    assert 'target="_blank" rel="noopener"' in answer.text
    assert f'<html lang="{language}"' in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "no-store" in answer.headers["cache-control"] or "private" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("site", "taken"),
    [
        ("https://a.example", True),
        ("https://a-b.example", True),
        ("https://a", True),
        ("https://sub.domain.city.example:443", True),
        ("http://localhost:8000", True),
        ("http://127.0.0.1", True),
        ("http://a.example", False),
        ("https://a.example/", False),
        ("https://a.example/path", False),
        ("https://a.example?x", False),
        ("https://a.example#x", False),
        ("https://*.example", False),
        ("https://-a.example", False),
        ("https://a.example-", False),
        ("https://A.example", False),
        ("https://a.example:", False),
        ("https://a.example:123456", False),
        ("https://user@a.example", False),
        ("ftp://a.example", False),
        ("a.example", False),
        ("//a.example", False),
        ("data:", False),
        ("'none'", False),
        ("https://a.example\n", False),
        ("https://a.example 'unsafe-inline'", False),
        ("http://127.0.0.2", False),
        ("http://localhost.evil.example", False),
        ("https://[::1]", False),
    ],
)
def test_what_a_site_may_be_called(site: str, taken: bool) -> None:
    assert bool(ORIGIN.fullmatch(site)) is taken
    if taken:
        assert PageSettings.model_validate({"embed_in": [site]}).embed_in == (site,)
    else:
        with pytest.raises(ValueError, match="without a path"):
            PageSettings.model_validate({"embed_in": [site]})
