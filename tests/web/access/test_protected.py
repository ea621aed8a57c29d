"""Protected identity: school and group are told only to those who teach the learner. Who looked is written down."""

from __future__ import annotations

import json

from issuer import Issuer, bearer
from polku.records.relations import Kind, Relation
from polku.web.aggregates import aggregate
from village import ALICE, GROUP, Village, assert_problem

HIDDEN, HIDDEN_GROUP, SCHOOL = "L0003", "4A", "Koivurannan koulu"


def test_a_service_reads_the_group_without_the_protected_learner(platform: Village, issuer: Issuer) -> None:
    address = f"/v1/groups/{HIDDEN_GROUP}/suggestions"
    to_service = platform.client.get(address, headers=bearer(issuer.token("service", "S", scope="groups:read")))
    to_teacher = platform.client.get(address, headers=bearer(issuer.token("teacher", "teacher/own")))
    assert HIDDEN not in to_service.text
    named = [[one["learner_id"] for one in answer.json()["learners"]] for answer in (to_service, to_teacher)]
    assert [*named[0], HIDDEN] == named[1] or set(named[1]) - set(named[0]) == {HIDDEN}


def test_no_answer_about_the_protected_learner_names_school_or_group(platform: Village, issuer: Issuer) -> None:
    tokens = [
        issuer.token("learner", HIDDEN),
        issuer.token("guardian", "guardian/own"),
        issuer.token("service", "S", scope="learners:read"),
    ]
    for token in tokens:
        for what in ("profile", "path", "diagnostic", "path-settings", "suggestions"):
            answer = platform.client.get(f"/v1/learners/{HIDDEN}/{what}", headers=bearer(token))
            assert answer.status_code == 200
            text = json.dumps(answer.json(), ensure_ascii=False)
            assert f'"{HIDDEN_GROUP}"' not in text
            assert SCHOOL not in text
    page = platform.client.get(f"/?learner={HIDDEN}", headers=bearer(tokens[1]) | {"accept": "text/html"})
    assert page.status_code == 200
    assert f">{HIDDEN_GROUP}<" not in page.text
    assert SCHOOL not in page.text


def test_those_at_home_are_given_everything_but_school_and_group(platform: Village, issuer: Issuer) -> None:
    address = f"/v1/learners/{HIDDEN}/export"
    guardian, person = (
        platform.client.get(address, headers=bearer(issuer.token(role, subject)))
        for role, subject in (("guardian", "guardian/own"), ("learner", HIDDEN))
    )
    assert guardian.status_code == person.status_code == 200
    assert SCHOOL in person.text
    assert f'"{HIDDEN_GROUP}"' in person.text
    assert SCHOOL not in guardian.text
    assert f'"{HIDDEN_GROUP}"' not in guardian.text
    assert {row["subject"] for row in guardian.json()["tables"]["relations"]} == {"guardian/own"}
    assert len(guardian.json()["evidence"]) == len(person.json()["evidence"]) > 0
    page = platform.client.get(f"{address}?form=html&lang=en", headers=bearer(issuer.token("guardian", "guardian/own")))
    assert SCHOOL not in page.text


def test_those_at_home_are_not_told_who_else_once_could_see_the_learner(platform: Village, issuer: Issuer) -> None:
    with platform.store.begin() as tx:
        held = tx.relations.all()
        others = Relation("somebody else", Kind.GUARDIAN, "learner", HIDDEN, held[0].starts_on, None)
        tx.relations.replace([*held, others])
        tx.relations.replace(held)
    address = f"/v1/learners/{HIDDEN}/export"
    for role, subject, told in (("guardian", "guardian/own", False), ("learner", HIDDEN, True)):
        answer = platform.client.get(address, headers=bearer(issuer.token(role, subject)))
        assert answer.status_code == 200
        assert ("somebody else" in answer.text) is told


def test_the_protected_learner_is_counted_in_no_aggregate(platform: Village) -> None:
    held = platform.app.state.service
    with platform.store.read() as tx:
        school = {one.learner_id for one in tx.roster.group(HIDDEN_GROUP)}
        made = aggregate(tx, held.suggester.released(tx), held.now(), 1)
    fours = [row.learners for row in made.growth if row.grade == 4]
    assert HIDDEN in school
    assert max(one or 0 for one in fours) < len(school)


def test_who_looked_at_whom_is_written_down_before_the_answer(platform: Village, issuer: Issuer) -> None:
    teacher = bearer(issuer.token("teacher", "teacher/substitute"))
    platform.client.get(f"/v1/learners/{ALICE}/profile", headers=teacher)
    platform.client.get(f"/v1/groups/{GROUP}/suggestions", headers=teacher)
    platform.client.get(f"/?group={GROUP}&learner={ALICE}", headers=teacher)
    with platform.store.read() as tx:
        mine = [one for one in tx.reads.of(ALICE) if one.viewer == "teacher/substitute"]
        neighbours = [one.learner_id for one in tx.roster.group(GROUP)]
        others = {
            one: [read.what for read in tx.reads.of(one) if read.viewer == "teacher/substitute"] for one in neighbours
        }
    whats = {one.what for one in mine}
    own = {"/v1/learners/{learner_id}/profile", "/v1/groups/{group_id}/suggestions", "/learners/{learner_id}"}
    assert own <= whats
    assert {one.role for one in mine} == {"teacher"}
    assert all("/v1/groups/{group_id}/suggestions" in found for found in others.values())


def test_who_was_refused_looked_at_nothing(platform: Village, issuer: Issuer) -> None:
    stranger = bearer(issuer.token("teacher", "a stranger"))
    assert_problem(platform.client.get(f"/v1/learners/{ALICE}/profile", headers=stranger), 403, "forbidden")
    with platform.store.read() as tx:
        assert "a stranger" not in {one.viewer for one in tx.reads.of(ALICE)}


def test_an_id_that_no_learner_can_have_is_refused_like_any_other(platform: Village, issuer: Issuer) -> None:
    teacher = bearer(issuer.token("teacher", "teacher/own"))
    answers = {
        platform.client.get(f"/v1/learners/{name}/profile", headers=teacher).text
        for name in ("%00", "a" * 300, "L0002", "nobody", "'%20OR%201=1--", "{{7*7}}")
    }
    assert len(answers) == 1
    assert "not open to you" in answers.pop()


def test_pages_show_a_teacher_only_their_own(platform: Village, issuer: Issuer) -> None:
    page = {"accept": "text/html"}
    own = platform.client.get("/?lang=en", headers=bearer(issuer.token("teacher", "teacher/substitute")) | page)
    assert own.status_code == 200
    assert f">Group {GROUP}</h2>" in own.text
    assert "3A" not in own.text
    assert "no sign-in" not in own.text
    substitute = bearer(issuer.token("teacher", "teacher/substitute"))
    shut = platform.client.get("/?group=3A&lang=en", headers=substitute | page)
    assert shut.status_code == 403
    assert "This is not open to you." in shut.text
    nobody = platform.client.get("/?lang=en", headers=page)
    assert nobody.status_code == 401
    assert "Please sign in first." in nobody.text


def test_those_at_home_read_and_decide_nothing(platform: Village, issuer: Issuer) -> None:
    page = {"accept": "text/html"}
    home = platform.client.get("/?lang=en", headers=bearer(issuer.token("guardian", "guardian/own")) | page)
    assert home.status_code == 200
    assert ALICE in home.text
    assert 'name="decision"' not in home.text
    learner = platform.client.get("/?lang=en", headers=bearer(issuer.token("learner", ALICE)) | page)
    assert 'action="/me/choose"' in learner.text


def test_a_researcher_reads_pseudonyms_of_schools(platform: Village, issuer: Issuer) -> None:
    token = bearer(issuer.token("researcher", "researcher/own", polku_permit="P1"))
    address, ours_too = "/v1/aggregates?table=growth&limit=500", bearer(issuer.token("administrator", "A"))
    theirs, ours = (platform.client.get(address, headers=one).json() for one in (token, ours_too))
    schools, names = ({row["school_id"] for row in one["growth"]} for one in (ours, theirs))
    assert SCHOOL in schools
    assert not schools & names
    assert len(schools) == len(names)
    assert sorted(str(row["growth"]) for row in ours["growth"]) == sorted(
        str(row["growth"]) for row in theirs["growth"]
    )
