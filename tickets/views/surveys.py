"""What customers said: figures, by whom, about what and where, and their words."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.services import events, trail
from ispbill.core import clock, formats, sheets
from ispbill.core.acts import Act
from tickets.queries import answers, opinions
from tickets.queries.answers import Line
from tickets.views import periods

_WORDS = 30


@require_GET
@staff_only("tickets.view")
def index(request: Request) -> HttpResponse:
    """Show how customers found our help in a period."""
    since, tabs = periods.chosen(request, at=clock.now())
    visible = answers.visible_to(request.user)
    asked = opinions.visible_to(request.user)
    context = {
        "tabs": tabs,
        "figures": answers.figures(visible, since=since, opinions=asked),
        "tables": _tables(request, since=since),
        "words": answers.words(visible.filter(answered_at__gte=since))[:_WORDS],
        "opinions": opinions.words(asked.filter(answered_at__gte=since))[:_WORDS],
        "may_export": may(request.user, "reports.view"),
        "may_set": may(request.user, "settings.edit"),
        "file_url": f"{reverse('staff_tickets:surveys-file')}?{request.GET.urlencode()}",
    }
    return render(request, "tickets/staff/surveys.html", context)


@require_GET
@staff_only("reports.view")
def file(request: Request) -> HttpResponseBase:
    """The same tables as CSV, one below the other; who took them is kept."""
    since, _tabs = periods.chosen(request, at=clock.now())
    tables = _tables(request, since=since)
    head = [_("What"), _("Which"), _("Answers"), _("Stars"), _("NPS")]
    rows = [
        [heading, line.label, line.answers, line.average, line.nps]
        for heading, lines in tables
        for line in lines
    ]
    act = Act.now(request.user)
    with transaction.atomic():
        trail.begin(act=act)
        events.record(
            act=act,
            action="user.surveys_exported",
            target=request.user,
            after={"since": since.isoformat(), "rows": len(rows)},
            branch_id=None,
        )
    response = StreamingHttpResponse(sheets.csv_lines(head, rows), content_type=sheets.CSV)
    response["Content-Disposition"] = 'attachment; filename="surveys.csv"'
    return response


def _tables(request: Request, *, since: datetime) -> list[tuple[str, list[Line]]]:
    told = answers.visible_to(request.user).filter(answered_at__gte=since)
    said = opinions.visible_to(request.user).filter(answered_at__gte=since)
    named = partial(formats.month, language=get_language() or "en")
    return [
        (_("By person"), answers.by(told, "resolver__name")),
        (_("By category"), answers.by(told, "category__name")),
        (_("By area"), answers.by(told, "area__name", opinions=(said, "area__name"))),
        (_("By branch"), answers.by(told, "branch__name", opinions=(said, "branch__name"))),
        (_("By month"), answers.months(told, named=named, opinions=said)),
    ]
