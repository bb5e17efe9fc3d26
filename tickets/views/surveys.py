"""What customers said: figures, by whom, about what and where, and their words."""

from functools import partial

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
    visible = answers.visible_to(request.user)
    told = visible.filter(answered_at__gte=since)
    language = get_language() or "en"
    context = {
        "tabs": tabs,
        "figures": answers.figures(visible, since=since),
        "tables": [
            (_("By person"), answers.by(told, "resolver__name")),
            (_("By category"), answers.by(told, "category__name")),
            (_("By area"), answers.by(told, "area__name")),
            (_("By month"), answers.months(told, named=partial(formats.month, language=language))),
        ],
        "words": answers.words(told)[:_WORDS],
    }
    return render(request, "tickets/staff/surveys.html", context)
