"""Reliability and ROC curves: one panel a group, each beside everybody's curve."""

from __future__ import annotations

from collections.abc import Iterable
from typing import get_args

from polku.fairness.curve import Curve, Shape
from polku.fairness.evidence import EVERYONE
from polku.fairness.report.charts import CurveChart, CurveWords
from polku.fairness.report.view import Figure, Material, Part, Table


def curve_parts(attribute: str, material: Material) -> Iterable[Part]:
    """Return a part for each kind of curve that the audit holds of an attribute."""
    for shape in get_args(Shape):
        found = [curve for curve in material.audit.curves if (curve.attribute, curve.shape) == (attribute, shape)]
        if found:
            figures = tuple(_figure(curve, place, material) for place, curve in enumerate(found))
            say = material.wording.say
            yield Part(say(f"page.{shape}"), say(f"chart.how_{shape}"), figures=figures)


def _figure(curve: Curve, place: int, material: Material) -> Figure:
    wording, say = material.wording, material.wording.say
    group = say("group.all") if curve.attribute == EVERYONE else wording.group(curve.attribute, curve.group)
    names = list(dict.fromkeys(one.attribute for one in material.audit.curves))
    id_ = f"{curve.shape}-{names.index(curve.attribute)}-{place}"
    title = say(f"chart.{curve.shape}", group=group)
    sentence = _sentence(curve, group, material)
    words = CurveWords(
        x=say(f"chart.{curve.shape}_x"),
        y=say(f"chart.{curve.shape}_y"),
        group=group,
        everybody=say("group.all"),
        tick=wording.numbers.round_percent,
    )
    svg = CurveChart(curve, _everybody(curve, material)).draw(words, title, sentence, id_)
    return Figure(group, "", sentence, svg, _data(curve, title, material))


def _everybody(curve: Curve, material: Material) -> Curve | None:
    if curve.attribute == EVERYONE:
        return None
    same = (one for one in material.audit.curves if (one.attribute, one.shape) == (EVERYONE, curve.shape))
    return next(same, None)


def _sentence(curve: Curve, group: str, material: Material) -> str:
    """Say where a curve lies farthest from where it would lie if predictions held, or how far it rises by a fifth."""
    percent, say = material.wording.numbers.percent, material.wording.say
    if curve.shape == "roc":
        at = min(range(len(curve.x)), key=lambda place: abs(curve.x[place] - 0.2))
    else:
        at = max(range(len(curve.x)), key=lambda place: abs(curve.y[place] - curve.x[place]))
    values = {name: percent(getattr(curve, name)[at]) for name in ("x", "y", "low", "high")}
    learners = material.wording.numbers.whole(curve.n[at])
    return say(f"chart.{curve.shape}_says", group=group, learners=learners, **values)


def _data(curve: Curve, title: str, material: Material) -> Table:
    say, numbers = material.wording.say, material.wording.numbers
    header = (
        *(say(f"chart.{curve.shape}_x"), say(f"chart.{curve.shape}_y")),
        *(say("column.low"), say("column.high"), say("column.n")),
    )
    points = zip(curve.x, curve.y, curve.low, curve.high, curve.n, strict=True)
    rows = tuple((*(numbers.percent(value) for value in point[:4]), numbers.whole(point[4])) for point in points)
    return Table(title, header, rows, frozenset(range(len(header))))
