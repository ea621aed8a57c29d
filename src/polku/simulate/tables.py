"""From arrays to the columns that a provider's files have."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from polku.curriculum import Curriculum
from polku.simulate.items import ItemBank
from polku.simulate.municipality import Truth
from polku.simulate.school.cohort import Cohort
from polku.simulate.school.diary import Diary
from polku.simulate.school.places import Places
from polku.simulate.school.year import HOUR
from polku.simulate.traits import Traits
from polku.simulate.world import DAY, World


def responses_table(diary: Diary, correct: NDArray[np.bool_], places: Places, bank: ItemBank) -> pd.DataFrame:
    """Return the responses in the order in which they became known, with ids in that order."""
    order = np.lexsort((diary.learner, diary.answered_at, diary.known_at))
    diary = diary.rows(order)
    schools = np.array([group.school for group in places.groups], dtype=object)
    groups = np.array([group.id for group in places.groups], dtype=object)
    where = places.group[diary.learner]
    return pd.DataFrame(
        {
            "response_id": np.char.add("R", np.char.zfill(np.arange(1, len(order) + 1).astype(str), 7)),
            "learner_id": places.learner_ids[diary.learner],
            "item_id": bank.ids[diary.item],
            "skill_ids": _joined_skills(bank)[diary.item],
            "answered_at": _local_time(diary.answered_at, diary.offset),
            "correct": correct[order].astype(np.int64),
            "known_at": _local_time(diary.known_at, diary.offset),
            "duration_s": diary.duration_s,
            "school_id": schools[where],
            "group_id": groups[where],
        }
    )


def items_table(bank: ItemBank, curriculum: Curriculum) -> pd.DataFrame:
    """Return the items with Finnish titles made of the skill's title and a number."""
    titles = [curriculum.skills[skill].title["fi"] for skill in bank.skills]
    number = np.arange(len(bank)) - bank.start[bank.skill] + 1
    kind = np.where(bank.word_problem, "sanallinen tehtävä", "tehtävä")
    rows = zip(bank.skill.tolist(), kind.tolist(), number.tolist(), strict=True)
    return pd.DataFrame(
        {
            "item_id": bank.ids,
            "skill_ids": _joined_skills(bank),
            "title": [f"{titles[skill]}: {what} {which}" for skill, what, which in rows],
        }
    )


def truth_tables(world: World, places: Places, hidden_of: tuple[Cohort, Traits, pd.Series[float]], at: int) -> Truth:
    """Return what only the simulation knows at `at` (microseconds UTC): of learners, and of schools' leniency."""
    cohort, traits, leniency = hidden_of
    bank, n, m = world.bank, len(places.learner_ids), len(world.bank.skills)
    learner, skill = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    when = np.full(n * m, at)
    known = world.law.knowledge(learner, skill, when / DAY, np.ones(n * m))
    mastery = {
        "learner_id": places.learner_ids[learner],
        "skill_id": np.array(bank.skills, dtype=object)[skill],
        "knowledge": known,
        "p_reference": world.success(learner, bank.reference[skill], when, planted=False),
    }
    items = {name: getattr(bank, name) for name in ("demand", "guess", "slip", "word_problem", "uneven")}
    reference = np.isin(np.arange(len(bank)), bank.reference)
    hidden = {name: getattr(traits, name) for name in ("rate", "forgetting", "attention", "level")}
    marks = {name: getattr(cohort, name) for name in ("gap", "silent", "newcomer")}
    return Truth(
        pd.DataFrame(mastery),
        pd.DataFrame({"item_id": bank.ids, **items, "reference": reference}),
        pd.DataFrame({"learner_id": places.learner_ids, **hidden, **marks}),
        pd.DataFrame({"school_id": leniency.index, "leniency": leniency.to_numpy()}),
    )


def _joined_skills(bank: ItemBank) -> NDArray[np.object_]:
    """Return the skills of every item, joined by ``;``."""
    return np.array([";".join(bank.skill_ids(item)) for item in range(len(bank))], dtype=object)


def _local_time(at: NDArray[np.int64], offset: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return ISO 8601 text in local time with its offset, for example ``2026-03-30T09:15:02+03:00``."""
    local = np.datetime_as_string((at + offset * HOUR).astype("datetime64[us]"), unit="s")
    zone = np.char.add(np.char.add("+0", offset.astype("U1")), ":00")
    return np.char.add(local, zone).astype(object)
