from ispbill.reports.models.figure_state import FigureState
from ispbill.reports.models.figures import (
    CohortFigure,
    CollectionFigure,
    DayFigure,
    ForecastFigure,
    MonthFigure,
)
from ispbill.reports.models.service_term import ServiceTerm

__all__ = [
    "CohortFigure",
    "CollectionFigure",
    "DayFigure",
    "FigureState",
    "ForecastFigure",
    "MonthFigure",
    "ServiceTerm",
]
