"""/portal/pay/: paying online, from the customer's own pages."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from billing.dunning.queries import own_account as account
from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock, rls
from ispbill.core.pay_links import PayLink, Source
from payments.online.forms.online import Pay, suggested
from payments.online.queries import online
from payments.online.queries.online import AFTER_SEARCH


@customer_only
@require_GET
def pay(request: Request) -> HttpResponse:
    """C-04: pay online, and the other ways with the amount and the reference to give.

    The form goes to the account's own pay link: money is started in one place, and never inside
    this page's transaction.
    """
    customer, today = own_account.of(request), clock.today()
    link = PayLink(customer.pk, today + AFTER_SEARCH, Source.PORTAL)
    with rls.as_house():
        payable = online.payable(link, at=clock.now())
    form = None
    if payable is not None:
        amount = suggested(request.GET.get("amount", "")) or payable.suggested
        initial = {"amount": amount, "key": uuid.uuid4()}
        form = Pay(initial=initial, accounts=payable.accounts)
    context = {
        "customer": customer,
        "owing": account.owing(customer, on=today),
        "payable": payable,
        "link": link,
        "form": form,
    }
    return render(request, "payments/online/portal/pay.html", context)
