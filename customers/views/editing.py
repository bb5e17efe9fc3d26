"""Adding, changing, archiving a customer; adding and changing services. Dialogs or pages."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.forms.customer import CustomerForm, NewCustomerForm
from customers.forms.service import LineForm, ServiceForm
from customers.models import Customer, Subscription
from customers.queries import directory, duplicates
from customers.services import (
    archiving,
    portal_access,
    profile,
    referrals,
    registration,
    subscriptions,
)
from customers.services.profile import PhoneTaken
from customers.views import links, scope
from ispbill.accounts import editing, responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import phones
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError


@require_http_methods(["GET", "POST"])
@staff_only("customers.edit")
def add(request: Request) -> HttpResponse:
    """Open an account, with the first service if a package is chosen."""
    context: dict[str, Any] = {}
    if may(request.user, "services.edit"):
        context["first_bill_url"] = links.address("staff_billing:first-bill")
    if request.method == "GET":
        form = NewCustomerForm(user=request.user, initial=_offered(request))
        return responses.form_page(request, "customers/staff/add.html", {"form": form, **context})
    form = NewCustomerForm(request.POST, user=request.user)
    if form.is_valid():
        try:
            customer = registration.register(
                details=form.details(),
                first_service=form.first_service(),
                shared_phone_reason=form.cleaned_data["shared_phone_reason"],
                act=Act.now(request.user),
            )
        except DomainError as error:
            context |= scope.sharer(request, _refused(form, error))
        else:
            text = _("%(name)s is %(number)s.") % {"name": customer.name, "number": customer.number}
            if "another" in request.POST:
                return responses.go(request, reverse("staff_customers:add"), text)
            return responses.go(request, _page(customer), text)
    if not context.get("other"):
        context |= scope.sharer(request, _sharer(form))
    return responses.form_page(request, "customers/staff/add.html", {"form": form, **context})


@require_http_methods(["GET", "POST"])
@staff_only("customers.edit")
@editing.one_at_a_time
def edit(request: Request, number: str) -> HttpResponse:
    """Change a customer's particulars."""
    customer = scope.customer(request, number)
    if request.method == "POST":
        customer = referrals.held_customer(customer)
    context: dict[str, Any] = {"customer": customer}
    form = editing.form(
        request,
        CustomerForm,
        about=customer,
        sealed={"national_id": customer.national_id_fingerprint},
        user=request.user,
        customer=customer,
    )
    if request.method == "GET":
        return responses.form_page(request, "customers/staff/edit.html", {"form": form, **context})
    if form.is_valid():
        try:
            profile.edit(
                customer=customer,
                details=form.details(),
                shared_phone_reason=form.cleaned_data["shared_phone_reason"],
                act=Act.now(request.user),
            )
        except DomainError as error:
            context |= scope.sharer(request, _refused(form, error))
        else:
            return _changed(request, _("Saved."), customer)
    if not context.get("other"):
        context |= scope.sharer(request, _sharer(form))
    return responses.form_page(request, "customers/staff/edit.html", {"form": form, **context})


@require_GET
@staff_only("customers.edit")
def phone_check(request: Request) -> HttpResponse:
    """Tell, while the form is being filled in, whether a phone is taken or wrong."""
    mine = directory.visible_to(request.user)
    but = mine.filter(number=request.GET.get("but", "")).first()
    context: dict[str, Any] = {}
    try:
        phone = phones.normalise(request.GET.get("phone", ""))
        context = scope.sharer(request, duplicates.phone_owner(phone, but=but))
    except phones.PhoneRefused as refusal:
        context["wrong"] = _(str(refusal)) if request.GET.get("phone") else ""
    return render(request, "customers/staff/_phone_check.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("customers.archive")
def archive(request: Request, number: str) -> HttpResponse:
    """Put an account away, with a reason."""
    customer = scope.customer(request, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            archiving.archive(
                customer=customer, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return _changed(request, _("The account is archived."), customer)
    context = {
        "customer": customer,
        "form_action": reverse("staff_customers:archive", args=[number]),
        "confirm_label": _("Archive"),
        "effects": [
            _("The account disappears from the lists; its number and history stay."),
            _("Its phone number may be used by another account."),
        ],
        "danger": True,
    }
    return responses.form_page(request, "customers/staff/archive.html", {"form": form, **context})


@require_POST
@staff_only("customers.archive")
def restore(request: Request, number: str) -> HttpResponse:
    """Bring an archived account back."""
    customer = scope.customer(request, number)
    with responses.refusals_told(request):
        archiving.restore(customer=customer, act=Act.now(request.user))
        messages.success(request, _("The account is restored."))
    return HttpResponseRedirect(_page(customer))


@require_POST
@staff_only("customers.edit")
def open_portal(request: Request, number: str) -> HttpResponse:
    """Let the customer sign in by phone number."""
    customer = scope.customer(request, number)
    with responses.refusals_told(request):
        portal_access.open_portal_access(customer=customer, act=Act.now(request.user))
        messages.success(request, _("The customer can sign in with the phone number now."))
    return HttpResponseRedirect(_page(customer))


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
def add_service(request: Request, number: str) -> HttpResponse:
    """Add a pending service at the price of the day."""
    customer = scope.customer(request, number)
    form = ServiceForm(
        request.POST or None, initial={"billing_day": customer.preferred_billing_day}
    )
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            subscriptions.add(
                customer=customer,
                package=form.cleaned_data["package"],
                cycle=form.cleaned_data["cycle"],
                billing_day=form.cleaned_data["billing_day"],
                line=form.line(),
                act=Act.now(request.user),
            )
            return _changed(request, _("The service is added."), customer, tab="services")
    context = {
        "customer": customer,
        "form_action": request.path,
        "title": _("Add service"),
        "first_bill_url": links.address("staff_billing:service-first-bill", number),
    }
    return responses.form_page(
        request, "customers/staff/service_form.html", {"form": form, **context}
    )


@require_http_methods(["GET", "POST"])
@staff_only("services.edit")
@editing.one_at_a_time
def edit_line(request: Request, number: str, line_no: int) -> HttpResponse:
    """Change what is known of a service's line."""
    customer = scope.customer(request, number)
    service = get_object_or_404(Subscription, customer=customer, line_no=line_no)
    service = editing.held(request, service)
    initial = {name: getattr(service, name) for name in LineForm.base_fields}
    form = editing.form(request, LineForm, about=service, initial=initial)
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form, "connection_id"):
            subscriptions.edit_line(
                subscription=service, line=form.line(), act=Act.now(request.user)
            )
            return _changed(request, _("Saved."), customer, tab="services")
    context = {"customer": customer, "form_action": request.path, "title": _("Edit line")}
    return responses.form_page(
        request, "customers/staff/service_form.html", {"form": form, **context}
    )


def _offered(request: Request) -> dict[str, Any]:
    """What an address may fill in beforehand: the palette's "add customer with this phone"."""
    return {
        "phone": request.GET.get("phone", "")[:40],
        "name": request.GET.get("name", "")[:120],
        "preferred_billing_day": "1",
        "kind": Customer.Kind.RESIDENTIAL,
    }


def _sharer(form: CustomerForm) -> Customer | None:
    """Who has this phone already, so that a form with other mistakes asks everything at once."""
    phone = form.cleaned_data.get("phone", "")
    return duplicates.phone_owner(phone, but=form.customer) if phone else None


def _refused(form: CustomerForm, error: DomainError) -> Customer | None:
    form.add_error("phone" if isinstance(error, PhoneTaken) else None, str(error))
    return error.other if isinstance(error, PhoneTaken) else None


def _changed(request: Request, text: str, customer: Customer, *, tab: str = "") -> HttpResponse:
    return responses.done(request, text, back=links.customer(customer.number, tab=tab))


def _page(customer: Customer) -> str:
    return reverse("staff_customers:customer", args=[customer.number])
