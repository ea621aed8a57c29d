"""Charts of the pages: pure functions from figures to inline SVG, each with title, description and a table of its data.

=====================  ==============================================================================
:class:`HeatMap`       shares in a grid of rows and columns; cells too small to be told say so
:class:`Bars`          one share or count a row
:class:`TrendChart`    shares over time; a moment that is not told breaks the line
:class:`ForestChart`   gaps with their intervals, group by group, beside the gap that blocks
:class:`TimelineChart` gaps with their intervals over time or over versions
:class:`CurveChart`    reliability and ROC, one group a panel, with its band, beside everybody's
=====================  ==============================================================================

The last three are those of the audit's report. Colours, light and dark, are tokens of ``serve/static/polku.css``, and
nothing is told by colour alone: cells hold their figure, lines have dashes and markers, verdicts have shapes. What a
chart shows stands beneath it in a sentence and, folded, in a table (``charts.html``).
"""

from polku.fairness.report.charts import CurveChart, CurveWords, ForestChart, Line, Point, Row, TimelineChart
from polku.fairness.report.numbers import Numbers
from polku.fairness.report.view import Figure, Table
from polku.web.pages.charts.bars import Bar, Bars
from polku.web.pages.charts.heat import HeatCell, HeatMap, HeatRow
from polku.web.pages.charts.trend import Trend, TrendChart

__all__ = [
    "Bar",
    "Bars",
    "CurveChart",
    "CurveWords",
    "Figure",
    "ForestChart",
    "HeatCell",
    "HeatMap",
    "HeatRow",
    "Line",
    "Numbers",
    "Point",
    "Row",
    "Table",
    "TimelineChart",
    "Trend",
    "TrendChart",
]
