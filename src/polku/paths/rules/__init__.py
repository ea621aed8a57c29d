"""The rules: each adds one readable term to a skill's score.

A rule is a function from a :class:`~polku.paths.standing.Standing` to one number between 0 and 1 for each
skill. Rules know nothing of each other; ``models/path/policy.toml`` chooses, orders and weights them. A rule
sees answers and the curriculum, never who the learner is, and :func:`polku.testing.rules.check_rule` holds
every rule to that.

A rule does not choose: that an option at grade level exists, that prerequisites order the path and that
rejections hold is the planner's business and no rule's weight can change it.
"""

from collections.abc import Callable, Mapping

from polku.errors import DefinitionError, nearest
from polku.paths.rules.continuity import continuity
from polku.paths.rules.difficulty import difficulty
from polku.paths.rules.reach import reach
from polku.paths.rules.readiness import readiness
from polku.paths.rules.remediation import remediation
from polku.paths.rules.review import review
from polku.paths.standing import Standing
from polku.paths.terrain import Numbers
from polku.schemas.policy import PathPolicy

__all__ = ["RULES", "Rule", "chosen_rules"]

Rule = Callable[[Standing], Numbers]

CHAPTERS = (reach, readiness, remediation, continuity, difficulty, review)

RULES: Mapping[str, Rule] = {rule.__name__: rule for rule in CHAPTERS}


def chosen_rules(policy: PathPolicy) -> list[tuple[str, float, Rule]]:
    """Return name, weight and function of the rules a policy chooses, in its order.

    Raises
    ------
    DefinitionError
        If a rule is unknown (names the nearest) or chosen twice.
    """
    names = [choice.name for choice in policy.rules]
    for name in names:
        if name not in RULES:
            raise DefinitionError("the path policy chooses an unknown rule", got=name, hint=nearest(name, RULES))
        if names.count(name) > 1:
            raise DefinitionError("the path policy chooses a rule twice", got=name, hint="keep one of the two")
    return [(choice.name, choice.weight, RULES[choice.name]) for choice in policy.rules]
