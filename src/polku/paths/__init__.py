"""Learning paths: two or three next steps for one learner, with reasons, and where they lead.

:func:`plan` is a pure function over plain values: the curriculum, what answers say about each skill
(:class:`SkillState`), the teacher's policy and settings. It gives a :class:`Path`, which names the rung of
the ladder that it stands on: a released *model*; the *prerequisite rule* over estimates from the responses
alone; *curriculum order*, openly labelled, where answers are too few; or the *teacher's plan*.

What holds whatever the scores say: an option at the learner's grade or above, hard prerequisites order the path and
never lock an option, at most two of three options return to something earlier, what was rejected or locked
stays away, and an answer stays as it was until something speaks clearly for another. The score itself is a
sum of a few readable terms, one file each in ``rules/``, weighted in ``models/path/policy.toml``; the largest says
how far a step brings the goals, by looking ahead over what practice is expected to do (:mod:`polku.paths.lookahead`).
:func:`diagnose` asks where somebody stands when answers are few, :func:`plan_class` says who could work on the same
skill next. Words are in ``serve/text``, in Finnish, Swedish and English (:class:`Texts`).

What it does not do: it reads no file but its definitions, estimates nothing (:mod:`polku.profiles`), decides
nothing and assigns nothing: a path is a suggestion to people. It is not told who the learner is, and it
has no word for a grade, a placement or a level of a person.
"""

from polku.paths.cohesion import Group, plan_class
from polku.paths.diagnosis import Diagnosis, diagnose
from polku.paths.facts import facts_of
from polku.paths.planner import plan
from polku.paths.policy import load_policy, policy_hash
from polku.paths.proposal import Wishes, propose, states_of
from polku.paths.texts import LANGUAGES, Texts
from polku.paths.values import KINDS, RUNGS, Candidate, Kind, Path, Reason, Rung, SkillState, Step

__all__ = [
    "KINDS",
    "LANGUAGES",
    "RUNGS",
    "Candidate",
    "Diagnosis",
    "Group",
    "Kind",
    "Path",
    "Reason",
    "Rung",
    "SkillState",
    "Step",
    "Texts",
    "Wishes",
    "diagnose",
    "facts_of",
    "load_policy",
    "plan",
    "plan_class",
    "policy_hash",
    "propose",
    "states_of",
]
