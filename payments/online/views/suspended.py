"""/suspended: where the walled garden leads; why a line is cut off, and the way back."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from customers.views.own_account import CHOSEN
from ispbill.accounts import responses
from ispbill.accounts.access import own_accounts, public
from ispbill.accounts.http import client_ip
from ispbill.core import clock
from payments.online.queries import paused_lines
from payments.online.views import payer


@public
@never_cache
@require_safe
def show(request: HttpRequest) -> HttpResponse:
    """P-10: where the walled garden leads: the reason, the amount and the way back.

    Only for the customer who is signed in and for one who comes from the line; anybody else is told
    nothing about anybody.
    """
    explained = paused_lines.found(
        own_accounts(request.user),
        ip=client_ip(request),
        chosen=request.session.get(CHOSEN, ""),
        on=clock.today(),
    )
    if explained is None:
        return render(request, "payments/online/public/suspended.html", {"frame": payer.PUBLIC})
    context = {"explained": explained, **payer.frame(request, explained.customer.pk)}
    name = "_suspended" if request.headers.get("HX-Request") else "suspended"
    response = render(request, f"payments/online/public/{name}.html", context)
    response["Referrer-Policy"] = "same-origin"
    return responses.varied(response)
