"""/portal/: a pause asked for by the customer, with what it does said beforehand.

Plain forms: they work on any phone, without JavaScript. All of it runs as the portal's database
role.
"""

from contextlib import suppress

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from billing.changes.forms.pauses import AskForm
from billing.changes.models import PauseRequest
from billing.changes.queries import changes
from billing.changes.queries import pauses as queries
from billing.changes.services import pauses
from billing.changes.views import pause_words
from billing.dunning.rules.suspension_kinds import Rule
from customers.models import Subscription
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.acts import Act

_SHOWN = 30


@customer_only
@require_GET
def index(request: Request) -> HttpResponse:
    """The own services that can have a pause, and the requests so far."""
    rows = list(_mine(request).order_by("-pk")[:_SHOWN])
    waiting = {row.subscription_id for row in rows if row.is_open}
    context = {
        "services": [
            {
                "service": service,
                "is_waiting": service.pk in waiting,
                "may_ask": service.status == Subscription.Status.ACTIVE,
            }
            for service in changes.services_of(request.customer_ids)
        ],
        "requests": rows,
    }
    return render(request, "billing/changes/portal/pauses.html", context)


@customer_only
@require_http_methods(["GET", "POST"])
def ask(request: Request, number: str, line_no: int) -> HttpResponse:
    """Choose the days, see what they do, and ask; the first POST shows, the second asks."""
    reach = changes.services_of(request.customer_ids)
    service = get_object_or_404(reach, customer__number=number, line_no=line_no)
    at = clock.now()
    on = clock.local_date(at)
    form = AskForm(request.POST or None, on=on)
    context = {"service": service, "form": form}
    if request.method == "POST" and form.is_valid():
        start, until = form.cleaned_data["start"], form.cleaned_data["until"]
        with responses.refusals_in(form):
            if request.POST.get("action") == "ask":
                with rls.as_house():
                    made = pauses.request(
                        subscription=service,
                        start=start,
                        until=until,
                        on=on,
                        at=at,
                        note=form.cleaned_data["note"],
                        requested_by=request.user,
                    )
                return HttpResponseRedirect(reverse("portal_billing:pause", args=[made.pk]))
            pauses.check(service, start=start, until=until, on=on)
            effect = queries.effect(service, start=start, until=until)
            context |= {
                "effects": [pause_words.line(start, until), *pause_words.money(effect)],
                "start": start,
                "until": until,
            }
    return responses.form_page(request, "billing/changes/portal/pause_ask.html", context)


@customer_only
@require_GET
def detail(request: Request, pk: int) -> HttpResponse:
    """One own request: what was shown, and where it stands."""
    row = get_object_or_404(_mine(request), pk=pk)
    rule = Rule(row.is_billed, row.is_credited)
    effect = queries.Effect(rule, row.credit_amount, (row.span.upper - row.span.lower).days)
    context = {
        "row": row,
        "effects": [pause_words.line(row.span.lower, row.span.upper), *pause_words.money(effect)],
    }
    return render(request, "billing/changes/portal/pause.html", context)


@customer_only
@require_POST
def withdraw(request: Request, pk: int) -> HttpResponse:
    """Take an own request back; one that was decided meanwhile is shown as it is."""
    row = get_object_or_404(_mine(request), pk=pk)
    # The page that follows says what became of it.
    with suppress(pauses.AlreadyDecided), rls.as_house():
        pauses.withdraw(request=row, act=Act.now(request.user))
    return HttpResponseRedirect(reverse("portal_billing:pause", args=[pk]))


def _mine(request: Request) -> QuerySet[PauseRequest]:
    mine = queries.visible_to(request.user, customer_ids=request.customer_ids)
    return mine.select_related("subscription__package", "customer", "planned_move")
