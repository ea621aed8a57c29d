"""The order of the path, and how it stays the same between calls."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from polku.curriculum import Content, Curriculum, Skill
from polku.home import Home
from polku.paths import SkillState, load_policy, plan
from polku.paths.board import Board
from polku.paths.offer import choose_options
from polku.paths.route import Route, begun, nearest_target, route
from polku.paths.standing import DAY, Standing
from polku.paths.terrain import Terrain, to_bits
from polku.schemas.policy import PathPolicy

POLICY = load_policy(Home.find().models)
SHOWN, GAP = SkillState(0.9, 6), SkillState(0.2, 6)
DIAMOND = {"a": "", "b": "a", "c": "a", "d": "bc"}


def graph(before: Mapping[str, str]) -> Curriculum:
    skills = (replace(Skill.bare(name), prerequisites=tuple(earlier)) for name, earlier in before.items())
    return Curriculum(Content(tuple(skills)))


def board(
    before: Mapping[str, str],
    states: Mapping[str, SkillState],
    blocked: str = "",
    policy: PathPolicy = POLICY,
    now: int | None = None,
) -> Board:
    terrain = Terrain.of(graph(before))
    return Board.of(Standing.of(terrain, states, policy, None, now), terrain.mask(blocked), answers=9)


def to(where: Board, targets: str = "") -> list[int]:
    return [to_bits(where.terrain.mask(part)) for part in targets.split()] or [where.standing.open_bits]


def path(where: Board, targets: str = "", steps: int = 9, previous: str = "") -> str:
    phases = to(where, targets)
    return "".join(where.terrain.skills[place].id for place in route(where, phases, steps, previous).path)


def with_offer(**changes: float) -> PathPolicy:
    return POLICY.model_copy(update={"offer": POLICY.offer.model_copy(update=changes)})


def holding_unmet(policy: PathPolicy) -> PathPolicy:
    return policy.model_copy(update={"lookahead": policy.lookahead.model_copy(update={"hold_unmet": True})})


def test_everything_a_target_builds_on_comes_first() -> None:
    assert path(board(DIAMOND, {}), "d") == "abcd"


def test_what_is_shown_is_not_repeated() -> None:
    assert path(board(DIAMOND, {"b": SHOWN}), "d") == "cd"


def test_of_two_ready_steps_the_better_scored_comes_first() -> None:
    assert path(board(DIAMOND, {"a": SHOWN, "c": GAP}), "d") == "cbd"


def test_phases_follow_each_other() -> None:
    wide = {"a": "", "b": "", "c": "b", "d": ""}
    assert path(board(wide, {}), "c a d") == "bcad"
    assert path(board(wide, {}), "c a d", steps=2) == "bc"


def test_a_phase_that_cannot_be_reached_is_left_out() -> None:
    assert path(board({"a": "", "b": "a", "c": ""}, {}, blocked="a"), "b c") == "c"


def test_the_cost_of_a_step_decides_what_is_near() -> None:
    far = {"a": "", "b": "a", "c": "b", "x": "", "y": "x"}
    near_first = board(far, {}, policy=holding_unmet(with_offer(step_cost=0.2)))
    best_first = board(far, {}, policy=holding_unmet(with_offer(step_cost=0.0)))
    targets, remaining = to_bits(best_first.terrain.mask("cy")), best_first.standing.open_bits
    assert nearest_target(near_first, targets, remaining) == near_first.terrain.index["y"]
    assert nearest_target(best_first, targets, remaining) == best_first.terrain.index["c"]


WIDE = dict.fromkeys("abcd", "")


@pytest.mark.parametrize(
    ("previous", "now"),
    [
        ("", "abcd"),
        ("dcba", "dcba"),  # still possible: stays
        ("dc", "dcab"),  # shorter than asked: goes on
        ("zdc", "dcab"),  # what the curriculum no longer has is passed over
    ],
)
def test_what_was_suggested_stays(previous: str, now: str) -> None:
    assert path(board(WIDE, {}), previous=previous) == now


def test_shown_steps_leave_and_the_rest_stays() -> None:
    assert path(board(WIDE, {"d": SHOWN, "a": SHOWN}), previous="dcba") == "cb"


def test_a_path_breaks_off_where_something_was_put_aside() -> None:
    assert path(board(WIDE, {}, blocked="c"), previous="dcba") == "dab"


def test_a_path_breaks_off_where_something_has_opened_up() -> None:
    assert path(board(DIAMOND, {"a": GAP, "b": SHOWN}), "d", previous="cd") == "acd"


def test_a_path_that_leads_elsewhere_gives_way() -> None:
    assert path(board(WIDE, {}), "b", previous="ab") == "b"
    assert path(board(WIDE, {}), "b acd", previous="ab") == "bacd"


@pytest.mark.parametrize(("margin", "now"), [(0.5, "bacd"), (0.01, "acdb")])
def test_the_margin_says_how_much_better_is_better(margin: float, now: str) -> None:
    states = {name: SkillState(0.3, 2) for name in "acd"} | {"b": SkillState(0.68, 9)}
    assert path(board(WIDE, states, policy=with_offer(margin=margin)), previous="b") == now


HALF, NOT_THERE = SkillState(0.5, 4), SkillState(0.25, 4)


def test_what_was_practised_once_holds_no_suggestion_back_and_still_comes_first_on_the_path() -> None:
    where = board({"a": "", "b": "a", "c": "b"}, {"a": HALF, "b": HALF}, policy=with_offer(margin=1.0))
    assert not where.standing.holding[:2].any()
    way = route(where, to(where, "c"), 9, suggested="c")
    assert way == (where.terrain.index["c"], [where.terrain.index[name] for name in "abc"])


def test_a_suggestion_stays_while_it_is_nearly_best_and_its_path_with_it() -> None:
    where = board({"a": "", "b": "a", "c": "b"}, {"a": HALF, "b": HALF}, policy=with_offer(margin=1.0))
    for one in "abc":
        assert route(where, to(where, "c"), 9, suggested=one).first == where.terrain.index[one]
    assert route(where, to(where, "c"), 9, "abc", suggested="c").path == [0, 1, 2]
    assert route(where, to(where, "c"), 9, suggested="z").first == route(where, to(where, "c"), 9).first


def test_a_suggestion_above_something_put_aside_is_open_but_on_no_path() -> None:
    where = board({"a": "", "b": "a", "c": ""}, {"a": HALF, "b": HALF}, blocked="a", policy=with_offer(margin=1.0))
    way = route(where, to(where), 9, suggested="b")
    assert (way.first, way.path) == (where.terrain.index["b"], [where.terrain.index["c"]])


def test_a_shown_skill_met_again_comes_after_what_it_builds_on() -> None:
    where = board({"a": "", "b": "a", "c": ""}, {"a": GAP, "b": SHOWN})
    assert begun(where, to(where), 9, where.terrain.index["b"]).path[:2] == [0, 1]


@pytest.mark.parametrize(
    ("state", "holds"),
    [
        (SkillState(0.25, 4), True),  # practised, and clearly not there
        (SkillState(0.25, 99), False),  # long enough: for people to look at
        (SkillState(0.45, 4), False),
        (SkillState(0.25, 1), False),  # one answer says nothing
        (SHOWN, False),
    ],
)
def test_a_skill_holds_back_what_builds_on_it_while_answers_speak_against_going_on(
    state: SkillState, *, holds: bool
) -> None:
    where = board({"a": "", "b": "a"}, {"a": state, "b": HALF})
    assert bool(where.standing.holding[0]) == holds


@pytest.mark.parametrize(("days", "holds"), [(0, True), (4, True), (5, False), (400, False)])
def test_a_skill_that_rests_holds_nothing_back_for_ever(days: int, *, holds: bool) -> None:
    fading = SkillState(0.25, 4, last_answered_at=100 * DAY)
    where = board({"a": "", "b": "a"}, {"a": fading, "b": HALF}, now=(100 + days) * DAY)
    assert bool(where.standing.holding[0]) == holds
    assert path(where, "b") == "ab", "the path has it first in any case"


def test_with_steps_left_a_skill_that_does_not_come_shuts_off_nothing_for_good() -> None:
    """What builds on it waits for some days; then looking ahead decides what comes next."""
    fan = graph({"a": ""} | dict.fromkeys("bcdef", "a"))
    known = {"a": SkillState(0.25, 3, last_answered_at=0)}
    suggested = []
    for day in (1, 10):
        offer = plan(fan, known, POLICY, goals="bcdef", horizon=40, explore=False, answers_total=9, now=day * DAY)
        suggested.append({one.skill_id for one in offer.candidates if one.terms["reach"] > 0})
    assert suggested == [{"a"}, set("abcdef")]


def test_what_was_never_met_holds_back_where_the_policy_says_so_and_comes_first_on_every_path() -> None:
    for policy, holds in ((POLICY, False), (holding_unmet(POLICY), True)):
        where = board({"a": "", "b": "a"}, {"b": HALF}, policy=policy)
        assert bool(where.standing.holding[0]) is holds
        assert path(where, "b") == "ab"


def test_a_path_never_goes_back_beneath_a_step() -> None:
    where = board(DIAMOND, {"a": HALF, "b": HALF, "c": HALF})
    assert path(where) in {"abcd", "acbd"}


# --- options beside the path


def offered(where: Board, lead: str = "", previous: str = "") -> str:
    places = [where.terrain.index[name] for name in lead]
    way = Route(places[0] if places else None, places)
    return "".join(where.terrain.skills[place].id for place in choose_options(where, way, previous))


def test_the_paths_first_step_is_offered_first() -> None:
    assert offered(board(WIDE, {}), lead="c")[0] == "c"


def test_where_the_path_begins_takes_a_free_place() -> None:
    where = board({"a": "", "b": "a", "x": "", "y": "x"}, {"a": HALF, "b": HALF, "x": GAP})
    way = Route(where.terrain.index["b"], [where.terrain.index[name] for name in "ab"])
    assert where.terrain.index["a"] in choose_options(where, way, "")


def test_another_kind_comes_before_more_of_the_same() -> None:
    where = board({"a": "", "b": "", "c": "", "x": "", "y": "x"}, {"x": GAP})
    assert sorted(offered(where, lead="a")) == ["a", "x", "y"]


def test_the_load_limit_holds() -> None:
    assert len(offered(board(WIDE, {}, policy=with_offer(options=2)), lead="a")) == 2


def test_repair_is_capped() -> None:
    gaps = {"a": "", "b": "", "c": "", "z": "abc"}
    where = board(gaps, dict.fromkeys("abc", GAP), blocked="z")
    assert [where.kind(where.terrain.index[name]) for name in offered(where, lead="a")] == ["repair", "repair"]
    one = board(gaps, dict.fromkeys("abc", GAP), policy=with_offer(repair_options=1))
    assert sorted(offered(one, lead="a")) == ["a", "z"]


def test_an_offer_stays_while_it_is_nearly_best() -> None:
    states = dict.fromkeys("abcd", SkillState(0.6, 2))
    assert offered(board(WIDE, states), lead="a") == "abc"
    assert offered(board(WIDE, states), lead="a", previous="cd") == "acd"
