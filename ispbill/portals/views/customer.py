"""/portal/: the customer's home and what has no owner; it runs as the portal role.

Every other page of the portal lives with its app (`urls/portal.py` of billing and payments).
"""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from billing.dunning.queries import own_account as account
from billing.receivables.queries import own_payments
from customers.views import own_account
from ispbill.accounts.access import customer_only
from ispbill.accounts.http import Request
from ispbill.core import clock
from network.outages.queries import affecting
from payments.online.queries import under_way
from tickets.queries import opinions


@customer_only
@require_GET
def home(request: Request) -> HttpResponse:
    """What is owed, by when, and how the services are doing."""
    accounts = list(under_way.noted(own_account.accounts(request), at=clock.now()))
    if not accounts:
        return render(request, "customer/no_account.html")
    customer = own_account.chosen(request, accounts)
    payments, _more = own_payments.page(customer, size=3)
    on = clock.today()
    services = account.services(customer, on=on)
    context = {
        "customer": customer,
        "accounts": accounts,
        "owing": account.owing(
            customer, on=on, among=[service.subscription for service in services]
        ),
        "going": under_way.seen(customer, at=clock.now()),
        "services": services,
        "outages": affecting.of_customer(customer.pk, customer.area_id),
        "payments": payments,
        "opinion": opinions.open_of(customer.pk, at=clock.now()),
    }
    return render(request, "customer/home.html", context)


@customer_only
@require_POST
def switch_account(request: Request) -> HttpResponse:
    """Look at another of the own accounts."""
    number = request.POST.get("account", "")
    if not any(account.number == number for account in own_account.accounts(request)):
        raise Http404
    request.session[own_account.CHOSEN] = number
    return redirect("portal:home")


@customer_only
@require_GET
def more(request: Request) -> HttpResponse:
    """Everything else: profile, language, sign-out."""
    accounts = list(own_account.accounts(request))
    return render(request, "customer/more.html", {"accounts": accounts})
