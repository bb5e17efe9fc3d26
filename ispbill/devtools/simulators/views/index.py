"""/sim/: what stands at the other end of every line, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from ispbill.accounts.access import simulator_only


@simulator_only
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """List the simulators and the page of the console's parts."""
    pages = [
        (_("Clock: push the company's date on"), "sim:clock"),
        (_("Routers: logins, sessions, commands, taken offline"), "sim:router"),
        (_("Payment gateways: held, slow, forged"), "sim:gateways"),
        (_("Debit orders: signed, returned, paid out"), "sim:netcash"),
        (_("Interstellio: what it counted on a day, and what fails"), "sim:interstellio"),
        (_("Messages: what was sent, and what fails"), "sim:messages"),
        (_("Parts of the console, each in its states"), "parts:show"),
    ]
    found = [{"label": label, "url": reverse(name)} for label, name in pages]
    return render(request, "sim/index.html", {"pages": found})
