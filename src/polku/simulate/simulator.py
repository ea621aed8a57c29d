"""Put a municipality together, from the roster to the last answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time

from polku.curriculum import Curriculum
from polku.simulate.config import SimulationConfig
from polku.simulate.items import draw_items
from polku.simulate.laws import LAWS
from polku.simulate.luck import Luck, stream
from polku.simulate.municipality import Municipality
from polku.simulate.planted import plant
from polku.simulate.school.cohort import draw_cohort
from polku.simulate.school.diary import draw_diary
from polku.simulate.school.grading import draw_leniency, teachers_grades
from polku.simulate.school.people import draw_background
from polku.simulate.school.places import draw_places, draw_teachers
from polku.simulate.school.preparation import draw_start
from polku.simulate.school.programme import programme_of
from polku.simulate.school.timetable import draw_lessons
from polku.simulate.school.year import ZONE, school_year
from polku.simulate.tables import items_table, responses_table, truth_tables
from polku.simulate.traits import draw_traits
from polku.simulate.world import World


def simulate(
    config: SimulationConfig, curriculum: Curriculum, *, on_step: Callable[[int, int], None] | None = None
) -> Municipality:
    """Simulate one school year of a municipality.

    Parameters
    ----------
    config : SimulationConfig
        Size, year, law and what is planted.
    curriculum : Curriculum
        What is taught. Skills without a grade have items but no lessons.
    on_step : callable, optional
        Told ``(done, total)`` rounds of answers as the year goes by.

    Returns
    -------
    Municipality
        Identical for identical arguments.

    Raises
    ------
    InputError
        If the curriculum has no skill in a taught grade.
    DefinitionError
        If no school day lies before the extract on which somebody works.
    """
    seed, year = config.seed, school_year(config.until)
    places = draw_places(config, curriculum, stream(seed, "places"))
    background = draw_background(places, stream(seed, "background"))
    effects = plant(config, background)
    cohort = draw_cohort(config, places.group, stream(seed, "cohort"))
    traits = effects.on(draw_traits(config.learners, stream(seed, "traits")))
    bank = draw_items(curriculum, stream(seed, "items"))
    programme = programme_of(places.groups, curriculum)
    start = draw_start(curriculum, places, year, traits, cohort.gap, stream(seed, "preparation"))
    attention = traits.attention * (1.0 - effects.noise)
    world = World(
        *(LAWS[config.law](start), bank, Luck(seed, config.learners)),
        attention=attention,
        burden=effects.burden,
        harder=effects.harder,
        flatter=effects.flatter,
    )
    diary = draw_diary(config, year, cohort, programme, bank, effects.lost)
    lessons = draw_lessons(programme, year, cohort, stream(seed, "lessons"))
    correct = world.run(diary.learner, diary.item, diary.answered_at, lessons=lessons, on_step=on_step)
    leniency = draw_leniency(places, config.school_leniency, stream(seed, "leniency"))
    extract = int(datetime.combine(config.until, time(), ZONE).timestamp()) * 1_000_000
    truth = truth_tables(world, places, (cohort, traits, leniency), extract)
    known = truth.mastery["p_reference"].to_numpy().reshape(config.learners, -1)
    lift = leniency.reindex(places.school).to_numpy() - effects.harsher
    return Municipality(
        config=config,
        responses=responses_table(diary, correct, places, bank),
        roster=places.roster(),
        teachers=draw_teachers(places, year, stream(seed, "teachers")),
        items=items_table(bank, curriculum),
        background=background,
        grades=teachers_grades(places, curriculum, known, lift, stream(seed, "grades")),
        truth=truth,
    )
