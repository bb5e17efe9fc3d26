"""A customer's ways to pay and mandates: the panel on their page, and what is done to them."""

from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop
from django.views.decorators.http import require_GET, require_http_methods

from customers.models import Customer, Subscription
from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import freshly_proven, may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, jobs
from ispbill.core.acts import Act
from payments.debits.forms.debits import BankAccount, Confirm, Permit, TransferAccount
from payments.debits.models import DebitOrder, DebitSettings, Mandate
from payments.debits.queries import debits as queries
from payments.debits.services import checking, deciding, methods, removing
from payments.debits.services import mandates as service
from payments.online.models import PaymentMethod

# What can be done to a mandate: heading, button, what is said afterwards, what will happen.
_ACTS: dict[str, tuple[str, str, Any, tuple[str, ...]]] = {
    "suspend": (
        gettext_noop("Suspend %(mandate)s?"),
        gettext_noop("Suspend"),
        gettext_lazy("Nothing is collected with it until somebody resumes it."),
        (gettext_noop("What is planned is dropped; what was sent already still comes."),),
    ),
    "resume": (
        gettext_noop("Resume %(mandate)s?"),
        gettext_noop("Resume"),
        gettext_lazy("It is collected from again with the next run."),
        (gettext_noop("Failed debits are forgiven, and what is open is tried again."),),
    ),
    "cancel": (
        gettext_noop("Cancel %(mandate)s?"),
        gettext_noop("Cancel the mandate"),
        gettext_lazy("The mandate is over."),
        (
            gettext_noop("What is planned is dropped; what was sent already still comes."),
            gettext_noop("A new one needs the customer's signature again."),
        ),
    ),
    "link": (
        gettext_noop("Send the link for %(mandate)s again?"),
        gettext_noop("Send"),
        gettext_lazy("The link is sent."),
        (),
    ),
}


@require_GET
@staff_only("payments.view")
def panel(request: Request, number: str) -> HttpResponse:
    """Ways to pay, mandates and the last debits of a customer."""
    customer = _customer(request, number)
    context = {
        "customer": customer,
        "methods": PaymentMethod.objects.filter(
            customer=customer, removed_at__isnull=True
        ).order_by("-is_primary", "pk"),
        "mandates": Mandate.objects.filter(customer=customer)
        .select_related("method")
        .order_by("-pk")[:5],
        "orders": DebitOrder.objects.filter(customer=customer)
        .select_related("batch", "payment")
        .order_by("-pk")[:6],
        "is_on": DebitSettings.current().is_on,
        "most_failures": DebitSettings.current().most_failures,
        "may_edit": may(request.user, "debits.edit"),
    }
    return responses.region(
        request,
        context,
        part="payments/debits/staff/_methods_panel.html",
        page="payments/debits/staff/methods_panel.html",
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.edit")
@freshly_proven
def add(request: Request, number: str) -> HttpResponse:
    """Keep a bank account, sealed."""
    customer = _customer(request, number)
    form = BankAccount(request.POST or None, initial={"holder": customer.name})

    def act(given: dict[str, Any]) -> str:
        checked = checking.refuse_wrong(form.details)
        method = methods.add(
            customer=customer,
            kind=PaymentMethod.Kind.BANK_ACCOUNT,
            details=form.details,
            holder=given["holder"],
            bank=form.bank_name,
            act=Act.now(request.user),
            check=checked.state,
        )
        if method.check_state == PaymentMethod.Check.WAITING:
            jobs.enqueue("payments.follow_debit_orders")
            return _("The bank account is kept. NetCash does not answer: it will be checked.")
        if method.check_state == PaymentMethod.Check.GOOD:
            return _("The bank account is checked and kept. Ask for the mandate next.")
        return _("The bank account is kept. Ask for the mandate next.")

    return responses.carried_out(
        request,
        form,
        act,
        heading=_("Add a bank account"),
        label=_("Add"),
        back=_page_of(customer),
        effects=[_("The number is sealed; from now on only its end is shown.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.edit")
@freshly_proven
def add_transfer(request: Request, number: str) -> HttpResponse:
    """Keep the account a customer transfers from, so that statements are matched by it."""
    customer = _customer(request, number)
    form = TransferAccount(request.POST or None, initial={"holder": customer.name})

    def act(given: dict[str, Any]) -> str:
        methods.add(
            customer=customer,
            kind=PaymentMethod.Kind.EFT,
            details=form.details,
            holder=given["holder"],
            bank=given["bank"],
            act=Act.now(request.user),
        )
        return _("The account is kept. Transfers from it are recognised on statements.")

    return responses.carried_out(
        request,
        form,
        act,
        heading=_("Add an account they transfer from"),
        label=_("Add"),
        back=_page_of(customer),
        effects=[
            _("Lines of bank statements that name it are suggested for this customer."),
            _("The number is sealed; from now on only its end is shown."),
        ],
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.edit")
def make_primary(request: Request, number: str, pk: int) -> HttpResponse:
    """Make one the way money is taken from now on."""
    customer, method = _method(request, number, pk)

    def act(given: dict[str, Any]) -> str:
        methods.make_primary(method=method, act=Act.now(request.user))
        return _("Saved.")

    return responses.carried_out(
        request,
        Confirm(request.POST or None),
        act,
        heading=_("Make %(method)s the primary one?") % {"method": method.label},
        label=_("Make primary"),
        back=_page_of(customer),
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.edit")
def remove(request: Request, number: str, pk: int) -> HttpResponse:
    """Remove one softly; its mandate ends with it."""
    customer, method = _method(request, number, pk)

    def act(given: dict[str, Any]) -> str:
        removing.remove(method=method, act=Act.now(request.user))
        return _("Removed.")

    return responses.carried_out(
        request,
        Confirm(request.POST or None),
        act,
        heading=_("Remove %(method)s?") % {"method": method.label},
        label=_("Remove"),
        back=_page_of(customer),
        danger=True,
        effects=[_("Its mandate ends; debits already sent still come.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.edit")
def request_mandate(request: Request, number: str, pk: int) -> HttpResponse:
    """Ask for a mandate on a bank account: the customer gets a link to sign."""
    customer, method = _method(request, number, pk)
    form = Permit(request.POST or None, initial={"ceiling": f"{suggested_ceiling(customer):f}"})

    def act(given: dict[str, Any]) -> str:
        service.request(
            method=method,
            debit_day=given["day"],
            ceiling=given["ceiling"],
            act=Act.now(request.user),
        )
        return _("Requested. The customer gets a message with a link to sign.")

    return responses.carried_out(
        request,
        form,
        act,
        heading=_("Debit order from %(method)s") % {"method": method.label},
        label=_("Ask the customer"),
        back=_page_of(customer),
        effects=[_("Nothing is collected before the customer has signed.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("debits.edit")
def mandate(request: Request, reference: str, act: str) -> HttpResponse:
    """Suspend, resume or cancel a mandate with a reason, or send its link once more."""
    found = get_object_or_404(
        queries.mandates_visible_to(request.user), account_reference=reference
    )
    heading, label, done, effects = _ACTS[act]

    def carry_out(given: dict[str, Any]) -> str:
        at = clock.now()
        if act == "link":
            deciding.send_link_again(mandate=found, act=Act(request.user, at))
        else:
            verb = {"suspend": service.suspend, "resume": service.resume}.get(act, service.cancel)
            verb(mandate=found, act=Act(request.user, at, reason=given["reason"]))
        return str(done)

    form = Confirm(request.POST or None) if act == "link" else ReasonForm(request.POST or None)
    return responses.carried_out(
        request,
        form,
        carry_out,
        heading=_(heading) % {"mandate": reference},
        label=_(label),
        back=_page_of(found.customer),
        effects=[_(one) for one in effects],
        danger=act == "cancel",
    )


def suggested_ceiling(customer: Customer) -> Decimal:
    """Return a limit that leaves room: three months of the customer's services."""
    month = Subscription.objects.filter(
        customer=customer, status=Subscription.Status.ACTIVE
    ).aggregate(sum=Sum("price_amount"))["sum"] or Decimal(0)
    return max(month * 3, Decimal(1000)).quantize(Decimal("1"))


def _customer(request: Request, number: str) -> Customer:
    return get_object_or_404(directory.visible_to(request.user), number=number)


def _method(request: Request, number: str, pk: int) -> tuple[Customer, PaymentMethod]:
    customer = _customer(request, number)
    found = PaymentMethod.objects.filter(removed_at__isnull=True, customer=customer)
    return customer, get_object_or_404(found, pk=pk)


def _page_of(customer: Customer) -> str:
    return reverse("staff_payments:methods-panel", args=[customer.number])
