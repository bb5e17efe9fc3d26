"""Suspend the services of many customers ticked in a list."""

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect

from billing.forms.services import BulkSuspendForm
from billing.services import bulk_suspension, service_states
from billing.views import answers, chosen
from billing.views.service_effects import suspension_money
from billing.views.services import is_billed
from customers.models import Subscription
from customers.services import bulk_runs
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.errors import DomainError

AT_ONCE = 50


@require_http_methods(["GET", "POST"])
@staff_only("services.switch")
def suspend(request: Request) -> HttpResponse:
    """Ask which kind and why, then suspend; more than fifty customers are a job of their own."""
    ids = chosen.ids(request)
    services = Subscription.objects.filter(
        customer__in=ids, status=Subscription.Status.ACTIVE
    ).count()
    word = f"SUSPEND {len(ids)}"
    form = BulkSuspendForm(
        request.POST or None, typed_word=word, initial={"ids": ",".join(map(str, ids))}
    )
    if request.method == "POST" and len(ids) <= chosen.MOST and form.is_valid():
        answer = _suspend(request, form, ids)
        if answer is not None:
            return answer
    context = {
        "heading": ngettext("Suspend %(count)d customer?", "Suspend %(count)d customers?", len(ids))
        % {"count": len(ids)},
        "form": form,
        "form_action": request.path,
        "confirm_label": _("Suspend"),
        "danger": True,
        "is_possible": bool(services) and len(ids) <= chosen.MOST,
        "refusal": _("None of the chosen customers has an active service.")
        if len(ids) <= chosen.MOST
        else chosen.refusal(ids),
        "effects": [
            ngettext(
                "%(count)d active service is suspended and its line closed.",
                "%(count)d active services are suspended and their lines closed.",
                services,
            )
            % {"count": services},
            _("For non-payment, who owes nothing is left alone."),
            *suspension_money(),
            _("The customers get a message."),
        ],
        "back_url": answers.address("staff_customers:index") or "/admin/",
    }
    status = 422 if form.errors else 200
    return answers.varied(render(request, "billing/staff/reason.html", context, status=status))


def _suspend(request: Request, form: BulkSuspendForm, ids: list[int]) -> HttpResponse | None:
    at, kind = clock.now(), form.cleaned_data["kind"]
    back = answers.address("staff_customers:index") or "/admin/"
    billed, reason = is_billed(form), form.full_reason()
    if len(ids) > AT_ONCE:
        run = bulk_runs.start(
            what=bulk_suspension.WHAT,
            values={"kind": kind, "is_billed": billed, "reason": reason},
            customers=ids,
            actor=request.user,
            at=at,
        )
        url = reverse("staff_customers:bulk-run", args=[run.pk])
        return HttpResponseClientRedirect(url) if request.htmx else HttpResponseRedirect(url)
    try:
        tally = service_states.suspend_customers(
            customer_ids=ids, kind=kind, is_billed=billed, reason=reason,
            on=clock.local_date(at), at=at, actor=request.user,
        )  # fmt: skip
    except DomainError as error:
        form.add_error(None, str(error))
        return None
    text = ngettext(
        "%(count)d service is suspended.", "%(count)d services are suspended.", tally.suspended
    ) % {"count": tally.suspended}
    if tally.owing_nothing:
        text += " " + _("%(count)d customers owe nothing and were left alone.") % {
            "count": tally.owing_nothing
        }
    return answers.done(request, text, back=back)
