from ispbill.reports.models.acquisition_cost import AcquisitionCost
from ispbill.reports.models.figure_state import FigureState
from ispbill.reports.models.figures import (
    CohortFigure,
    CollectionFigure,
    DayFigure,
    ForecastFigure,
    MonthFigure,
)
from ispbill.reports.models.restatement import FigureRestatement
from ispbill.reports.models.schedule import ReportSchedule, SentReport
from ispbill.reports.models.service_term import ServiceTerm
from ispbill.reports.models.stay import Stay

__all__ = [
    "AcquisitionCost",
    "CohortFigure",
    "CollectionFigure",
    "DayFigure",
    "FigureRestatement",
    "FigureState",
    "ForecastFigure",
    "MonthFigure",
    "ReportSchedule",
    "SentReport",
    "ServiceTerm",
    "Stay",
]
