"""/portal/details/: a customer's own contacts and wishes; read as the portal's role."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers.forms.portal import Choices, NewEmail, NewPhone, Proof
from customers.models import Customer
from customers.services import contacts
from customers.services.contacts import EMAIL, PHONE
from customers.views import own_account
from ispbill.accounts import responses
from ispbill.accounts.access import customer_only, freshly_proven
from ispbill.accounts.http import Request
from ispbill.accounts.views import entry
from ispbill.core import clock, phones, rls
from ispbill.core.acts import Act
from ispbill.notifications.services import refusals

_FORMS: dict[str, Any] = {PHONE: NewPhone, EMAIL: NewEmail}
_WAITING = "new_contact"  # of the session: account, kind and value a code was sent to
_both = require_http_methods(["GET", "POST"])


@customer_only
@_both
def show(request: Request) -> HttpResponse:
    """Show phone, e-mail and address, and keep by which ways one wants to be told."""
    customer = own_account.of(request)
    start = {
        name: getattr(customer, name, None)
        for name in Choices.base_fields
        if name != "events_shown"
    }
    start["wants_reminders"] = contacts.wants_reminders(customer)
    refused = refusals.of(customer.pk)
    form = Choices(request.POST or None, initial=start, refused=refused)
    if request.method == "POST" and form.is_valid():
        with rls.as_house():
            contacts.wish(customer=customer, wishes=form.wishes(), act=Act.now(request.user))
        messages.success(request, _("Saved."))
        return redirect("portal:details")
    context = {"customer": customer, "phone": phones.national(customer.phone), "form": form}
    return responses.form_page(request, "customers/portal/details.html", context)


@customer_only
@freshly_proven
@_both
def contact(request: Request, kind: str) -> HttpResponse:
    """Ask for a new phone or e-mail, and send a code there."""
    if kind not in _FORMS:
        raise Http404
    customer = own_account.of(request)
    form = _FORMS[kind](request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "value"):
            value = contacts.read(kind, form.cleaned_data["value"])
            with rls.as_house():
                contacts.send_code(
                    customer=customer,
                    kind=kind,
                    value=value,
                    ip=entry.device(request).ip,
                    at=clock.now(),
                )
            request.session[_WAITING] = [customer.number, kind, value]
            return redirect("portal:prove-contact")
    context = {"customer": customer, "form": form, "is_phone": kind == PHONE}
    return responses.form_page(request, "customers/portal/contact.html", context)


@customer_only
@_both
def prove(request: Request) -> HttpResponse:
    """Take the code, and with it the new phone or e-mail."""
    customer = own_account.of(request)
    number, kind, value = request.session.get(_WAITING, ["", "", ""])
    if number != customer.number:
        return redirect("portal:details")
    form = Proof(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "code"):
            _changed(request, customer, kind, value, form.cleaned_data["code"])
            del request.session[_WAITING]
            messages.success(request, _("Changed. We have told the old one."))
            return redirect("portal:details")
    shown = phones.national(value) if kind == PHONE else value
    context = {"customer": customer, "form": form, "kind": kind, "value": shown}
    return responses.form_page(request, "customers/portal/prove.html", context)


@customer_only
@freshly_proven
@require_POST
def remove_email(request: Request) -> HttpResponse:
    """Forget the e-mail address."""
    with rls.as_house():
        contacts.remove_email(customer=own_account.of(request), act=Act.now(request.user))
    messages.success(request, _("Your e-mail address is removed."))
    return redirect("portal:details")


def _changed(request: Request, customer: Customer, kind: str, value: str, code: str) -> None:
    act = Act.now(request.user)
    with rls.as_house():
        contacts.change(customer=customer, kind=kind, value=value, code=code, act=act)
