"""System > Health: taking an alarm on."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core.acts import Act
from ispbill.upkeep.forms.alarms import TakeOnForm
from ispbill.upkeep.queries import alarms as queries
from ispbill.upkeep.queries import condition_words
from ispbill.upkeep.services import alarms


@require_http_methods(["GET", "POST"])
@staff_only("alarms.take_on")
def take_on(request: Request, pk: int) -> HttpResponse:
    """Say that somebody works on it: it stays silent for some hours."""
    alarm = get_object_or_404(queries.visible_to(request.user), pk=pk)
    form = TakeOnForm(request.POST or None)
    title, advice = condition_words.WORDS[alarm.condition]

    def run(given: dict[str, Any]) -> str:
        act = Act.now(request.user, reason=given["reason"])
        alarms.take_on(alarm=alarm, hours=given["hours"], act=act)
        return _("Nobody is told of it until then.")

    return responses.carried_out(
        request,
        form,
        run,
        heading=_("Take on: %(what)s") % {"what": title},
        label=_("Take it on"),
        back=reverse("staff:health"),
        effects=[str(advice), _("It goes on showing here; when it gets worse people are told.")],
    )
