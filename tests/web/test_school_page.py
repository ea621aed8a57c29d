"""The principal's page: grades together, small ones suppressed, nobody and nothing in order of merit."""

from __future__ import annotations

import html
import re

import pytest

from polku.paths import LANGUAGES, Texts
from polku.web.aggregates import Row
from polku.web.monthly import monthly, stage_of
from polku.web.pages.charts import Numbers
from polku.web.pages.school_charts import Words, by_stage, decisions, heat_maps, trends
from polku.web.viewer import Role
from polku.web.wording import sayer
from staged import OTHER_SCHOOL, SCHOOL, Stage
from village import ALICE, DAY, GROUP, NOW

PAGE = f"/school/{SCHOOL}"


@pytest.fixture(scope="module")
def words(staged: Stage) -> Words:
    texts: Texts = staged.village.app.state.service.suggester.texts
    return Words(sayer(texts, "en"), "en", Numbers("en"))


def row(about: str, grade: int, **figures: float) -> Row:
    """Return one row of a school; without figures it is suppressed."""
    return Row(about, SCHOOL, grade, 20 if figures else None, figures)


def test_a_principal_is_led_to_the_one_school(staged: Stage) -> None:
    answer = staged.caller(Role.PRINCIPAL).get("/school?lang=sv", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/school/Koivurannan%20koulu?lang=sv"


def test_an_administrator_chooses_among_the_schools_in_order_of_name(staged: Stage) -> None:
    text = staged.caller(Role.ADMINISTRATOR).get("/school?lang=en").text
    listed = re.findall(r'<li><a href="/school/[^"]+">([^<]+)</a>', text)
    assert listed == sorted(listed)
    assert {SCHOOL, OTHER_SCHOOL} <= set(listed)
    assert "Choose a school" in staged.caller(Role.ADMINISTRATOR).get(f"{PAGE}?lang=en").text


@pytest.mark.parametrize("role", [Role.LEARNER, Role.GUARDIAN, Role.TEACHER, Role.RESEARCHER])
def test_nobody_else_is_let_in(staged: Stage, role: Role) -> None:
    for address in ("/school", PAGE):
        assert staged.caller(role).get(address).status_code == 403


def test_a_school_that_is_not_there_is_not_found(staged: Stage) -> None:
    assert staged.caller(Role.ADMINISTRATOR).get("/school/nowhere").status_code == 404
    assert staged.caller(Role.PRINCIPAL).get("/school/nowhere").status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_learner_group_or_teacher_stands_on_it(staged: Stage, language: str) -> None:
    answer = staged.caller(Role.PRINCIPAL).get(f"{PAGE}?lang={language}")
    assert answer.status_code == 200
    assert not re.search(r"L00\d\d|T07", answer.text)
    assert ALICE not in answer.text
    assert f">{GROUP}<" not in answer.text
    assert answer.text.count("<figure") == answer.text.count('role="img"')


def test_small_cells_say_that_they_are_too_small(staged: Stage) -> None:
    text = html.unescape(staged.caller(Role.PRINCIPAL).get(f"{PAGE}?lang=en").text)
    assert "too few learners" in text
    assert 'class="heat hidden"' in text
    kept = staged.village.app.state.aggregates
    held = staged.village.app.state.service
    with staged.village.store.read() as tx:
        made = kept.of(held, tx).of_school(SCHOOL)
    assert all(one.learners is None or one.learners >= made.least for table in made[2:] for one in table)


def test_a_heat_map_keeps_what_it_is_about_in_order_and_tells_each_grade_apart(words: Words) -> None:
    rows = [row("b", 7, coverage=0.9), row("b", 8, coverage=0.2), row("a", 7), row("a", 8, coverage=0.5)]
    (made,) = heat_maps(rows, "coverage", str.upper, words)
    assert made.title == "Grades 7\N{EN DASH}9"
    assert made.table.header == ("Objective", "Grade 7", "Grade 8")
    assert made.table.rows == (("B", "90%", "20%"), ("A", "too few learners", "50%"))
    assert made.sentence == "Grade 7: 90% to 90%. Grade 8: 20% to 50%."


def test_a_grade_of_which_nothing_can_be_told_says_so(words: Words) -> None:
    (made,) = heat_maps([row("a", 9)], "coverage", str, words)
    assert made.sentence == "Grade 9: too few learners to be told."


def test_stages_are_apart_and_in_order() -> None:
    rows = [row("a", grade) for grade in (9, 1, 4, 11, 13)]
    assert [stage for stage, _ in by_stage(rows)] == ["1-2", "3-6", "7-9", "lukio"]
    assert stage_of(13) == ""


def test_lines_say_where_they_begin_and_end(words: Words) -> None:
    rows = [row("2026-01", 7, success=0.5), row("2026-02", 7, success=0.75, growth=0.05), row("2026-01", 8)]
    (made,) = trends(rows, "success", "Success", words, "growth")
    assert made.sentence == "Grade 7: 01/2026 50%, 02/2026 75%. Grade 8: too few learners to be told."
    assert made.table.rows[1] == ("02/2026", "75% (+5)", "\N{EN DASH}")
    assert made.table.rows[0][2] == "too few learners"


def test_a_figure_that_nobody_has_draws_nothing(words: Words) -> None:
    assert list(trends([row("2026-01", 11, answered=0.5)], "covered", "Covered", words)) == []
    assert decisions([], words) is None


def test_what_became_of_suggestions(words: Words) -> None:
    shares = {"offered": 3.0, "accept": 0.5, "edit": 0.0, "skip": 0.25, "reject": 0.0, "pause": 0.0}
    made = decisions([row("", 7, **shares), row("", 8)], words)
    assert made is not None
    assert made.table.rows[0] == ("Options offered, a learner", "3", "too few learners")
    assert made.table.rows[1] == ("Accepted", "50%", "too few learners")
    assert made.sentence.startswith("Grade 7: 50% accepted.")


def test_every_learner_counts_in_every_month(staged: Stage) -> None:
    held = staged.village.app.state.service
    with staged.village.store.read() as tx:
        people = tx.roster.learners().dropna(subset=["grade"]).set_index("learner_id")
        grades = {str(one): int(grade) for one, grade in people["grade"].items()}
        responses, curriculum = tx.responses.of(people.index), held.suggester.released(tx).lens.curriculum
    table = monthly(responses, [(ALICE, NOW), (ALICE, NOW + DAY), ("stranger", NOW)], grades, curriculum, 12)
    counts = table.groupby("about")["learner_id"].nunique()
    assert set(counts) == {len(grades)}
    assert table.loc[table["offered"] == 1, ["learner_id", "about"]].to_numpy().tolist() == [[ALICE, "2026-06"]]
    covered = table.pivot_table(index="learner_id", columns="about", values="covered").to_numpy()
    assert (covered >= 0).all()
    assert (covered <= 1).all()
    assert ((covered[:, 1:] - covered[:, :-1]) >= 0).all(), "what was answered on once stays answered on"
    assert covered[:, -1].max() > covered[:, 0].max()


def test_without_answers_there_are_no_months(staged: Stage) -> None:
    held = staged.village.app.state.service
    with staged.village.store.read() as tx:
        none, curriculum = tx.responses.of(["stranger"]), held.suggester.released(tx).lens.curriculum
    assert monthly(none, [], {ALICE: 7}, curriculum, 12).empty
