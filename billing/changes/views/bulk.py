"""Suspend the services of many customers ticked in a list."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from billing.changes.forms.services import BulkSuspendForm
from billing.changes.services import bulk_suspension, service_states
from billing.changes.views.service_effects import suspension_money
from billing.changes.views.services import is_billed
from billing.dunning.views import chosen
from billing.ledger.views import answers
from customers.models import Subscription
from customers.services import bulk_runs
from customers.views import links
from ispbill.accounts import responses
from ispbill.accounts.access import staff_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from ispbill.core.acts import Act
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
            _("For non-payment, a customer who owes nothing is left alone."),
            *suspension_money(),
            _("The customers get a message."),
        ],
        "back_url": links.address("staff_customers:index") or "/admin/",
    }
    return responses.form_page(request, "billing/pricing/staff/reason.html", context)


def _suspend(request: Request, form: BulkSuspendForm, ids: list[int]) -> HttpResponse | None:
    at, kind = clock.now(), form.cleaned_data["kind"]
    back = links.address("staff_customers:index") or "/admin/"
    billed, reason = is_billed(form), form.full_reason()
    if len(ids) > AT_ONCE:
        run = bulk_runs.start(
            what=bulk_suspension.WHAT,
            values={"kind": kind, "is_billed": billed, "reason": reason},
            customers=ids,
            act=Act(request.user, at),
        )
        url = reverse("staff_customers:bulk-run", args=[run.pk])
        return responses.go(request, url)
    try:
        tally = service_states.suspend_customers(
            customer_ids=ids, kind=kind, is_billed=billed, act=Act(request.user, at, reason=reason)
        )
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
