"""What customers said: figures, by whom, about what and where, and their words."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock, formats
from tickets.queries import answers
from tickets.views import periods

_WORDS = 30


@require_GET
@staff_only("tickets.view")
def index(request: Request) -> HttpResponse:
    """Show how customers found our help in a period."""
    since, tabs = periods.chosen(request, at=clock.now())
    asked = answers.visible_to(request.user).filter(asked_at__gte=since)
    language = get_language() or "en"
    context = {
        "tabs": tabs,
        "figures": answers.figures(asked),
        "tables": [
            (_("By person"), answers.by(asked, "resolver__name")),
            (_("By category"), answers.by(asked, "category__name")),
            (_("By area"), answers.by(asked, "area__name")),
        ],
        "months": [
            (formats.month(clock.local_date(month), language), count, mean)
            for month, count, mean in answers.months(asked)
        ],
        "words": answers.words(asked)[:_WORDS],
    }
    return render(request, "tickets/staff/surveys.html", context)
