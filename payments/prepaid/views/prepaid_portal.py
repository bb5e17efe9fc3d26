"""/portal/prepaid/: a customer's own prepaid time: what is left, renewing, redeeming a card.

Pages read as the portal role; the one service that writes is called as the house.
"""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from billing.prepaid.services import prepaid_desk, prepaid_terms, renewal
from billing.receivables.queries import own_payments
from customers.models import Customer, Subscription
from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request, client_ip
from ispbill.core import clock, formats, rls
from ispbill.core.acts import Act
from ispbill.core.errors import Stale
from payments.prepaid.forms.prepaid import Redeem, Renew
from payments.prepaid.services import vouchers
from payments.prepaid.views.prepaid import redeemed_words

CHOICES = (1, 2, 3, 6, 12)


@customer_only
@require_GET
def show(request: Request) -> HttpResponse:
    """Credit, each service's time, how to top up, and the last payments."""
    return _page(request, own_account.of(request), Redeem())


@customer_only
@require_POST
def redeem(request: Request) -> HttpResponse:
    """Top up with a card."""
    customer = own_account.of(request)
    form = Redeem(request.POST)
    if form.is_valid():
        with responses.refusals_in(form, "code"):
            with rls.as_house():
                done = vouchers.redeem(
                    typed=form.cleaned_data["code"],
                    customer=customer,
                    act=Act.now(request.user),
                    ip=client_ip(request),
                )
            messages.success(request, redeemed_words(done))
            return redirect("portal:prepaid")
    return _page(request, customer, form, status=422)


@customer_only
@require_POST
def renew(request: Request, line_no: int) -> HttpResponse:
    """Renew a service from the credit, once for what the person saw."""
    service = _service(request, line_no)
    form = Renew(request.POST)
    with responses.refusals_told(request):
        if not form.is_valid() or form.cleaned_data["seen"] != service.schedule.billed_until:
            raise Stale(_("This service has just been renewed. Look again."))
        with rls.as_house():
            done = renewal.renew(
                subscription=service,
                act=Act.now(request.user),
                periods=form.cleaned_data["periods"],
            )
        day = formats.day(done.expires_on, get_language() or "en")
        messages.success(request, _("Renewed until %(day)s.") % {"day": day})
    return redirect("portal:prepaid")


@customer_only
@require_POST
def choose(request: Request, line_no: int) -> HttpResponse:
    """Let a service renew itself from credit, or not."""
    service = _service(request, line_no)
    with responses.refusals_told(request), rls.as_house():
        prepaid_terms.choose_renewal(
            subscription=service, is_on=request.POST.get("is_on") == "1", act=Act.now(request.user)
        )
    return redirect("portal:prepaid")


def _service(request: Request, line_no: int) -> Subscription:
    customer = own_account.of(request)
    service = (
        Subscription.objects.select_related("schedule")
        .filter(customer=customer, line_no=line_no, mode=Subscription.Mode.PREPAID)
        .first()
    )
    if service is None or not hasattr(service, "schedule"):
        raise Http404
    return service


def _page(request: Request, customer: Customer, form: Redeem, *, status: int = 200) -> HttpResponse:
    with rls.as_house():
        wallet = prepaid_desk.wallet(customer=customer, at=clock.now())
    paid, _more = own_payments.page(customer, size=5)
    context = {
        "customer": customer,
        "wallet": wallet,
        "form": form,
        "payments": paid,
        "choices": CHOICES,
    }
    return render(request, "payments/prepaid/portal/prepaid.html", context, status=status)
