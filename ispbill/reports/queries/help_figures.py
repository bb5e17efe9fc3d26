"""What customers get: lines that are up, answers in time, and what they say of it."""

from django.utils.translation import gettext_lazy as _

from ispbill.reports.queries import answering
from ispbill.reports.queries.defining import COUNT, MINUTES, PERCENT, Definition

HELP_FIGURES = (
    Definition(
        "uptime",
        _("Uptime of lines"),
        PERCENT,
        _(
            "Of the time lines were looked at: how much they were up, cut off at two places. "
            "Works announced in time and what is not ours are left out."
        ),
        answering.uptime,
    ),
    Definition(
        "first_response",
        _("Time to the first answer"),
        MINUTES,
        _(
            "Of the tickets opened on these days: half were answered by a person within this "
            "business time. An automatic answer is none."
        ),
        lambda asked: asked.first_answers.median,
    ),
    Definition(
        "first_response_kept",
        _("First answers in time"),
        PERCENT,
        _(
            "Of the tickets opened on these days with a promised time: how many were answered "
            "within it. Unanswered past their time are missed; those with time left are not "
            "counted."
        ),
        lambda asked: asked.first_answers.percent,
    ),
    Definition(
        "resolution",
        _("Time to resolve"),
        MINUTES,
        _(
            "Of the tickets resolved last on these days: half took no longer than this "
            "business time, without the time we waited for the customer."
        ),
        lambda asked: asked.resolutions.median,
    ),
    Definition(
        "resolution_p90",
        _("Time to resolve nine of ten"),
        MINUTES,
        _("Of the same tickets: nine of ten took no longer."),
        lambda asked: asked.resolutions.most,
    ),
    Definition(
        "resolution_kept",
        _("Resolved in time"),
        PERCENT,
        _(
            "Of the tickets resolved on these days with a promised time: how many were "
            "resolved within it."
        ),
        lambda asked: asked.resolutions.percent,
    ),
    Definition(
        "promises",
        _("Promises kept"),
        PERCENT,
        _(
            "Of the promised times of tickets that ended on these days, first answer, next word"
            " and resolution: how many were kept."
        ),
        answering.promises_kept,
    ),
    Definition(
        "csat",
        _("Satisfied customers"),
        PERCENT,
        _("Of the answers about resolved tickets given on these days: four or five stars."),
        answering.satisfied,
    ),
    Definition(
        "nps",
        _("Would recommend us"),
        COUNT,
        _(
            "Of each customer's last answer on these days: percent of nines and tens less percent"
            " of zero to six. Under five answers none is told."
        ),
        lambda asked: asked.said.nps,
    ),
)
