"""Charts of the report as inline SVG: no library, no script, the same bytes for the same figures.

Colours, both light and dark, stand in ``templates/report.css``; nothing is told by colour alone: verdicts have shapes,
lines have dashes and markers, groups have panels of their own. Every chart carries a title and a description.
"""

from polku.fairness.report.charts.curve import CurveChart, CurveWords
from polku.fairness.report.charts.forest import ForestChart, Row
from polku.fairness.report.charts.timeline import Line, Point, TimelineChart

__all__ = ["CurveChart", "CurveWords", "ForestChart", "Line", "Point", "Row", "TimelineChart"]
