"""/admin/payouts/: settlement files of payment providers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from customers.queries import directory
from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.acts import Act
from ispbill.core.errors import DomainError
from ispbill.core.scanning import takes_files
from payments.bank.forms.payouts import ChargebackDecision, Claim, PayoutUpload
from payments.bank.models import (
    BadRow,
    BankAccount,
    SettlementImport,
    SettlementLine,
    StatementPart,
)
from payments.bank.queries import clearing
from payments.bank.rules import payout_rows, statement_rows
from payments.bank.rules.payout_rows import PayoutRow
from payments.bank.rules.statement_rows import PAYOUT_ROLES, RowRefused
from payments.bank.services import chargebacks, files, payouts, recognising
from payments.bank.services.payouts import NewPayout
from payments.bank.views.bank_files import PREVIEW, bad_rows_file, preview

LATEST = 100
State = SettlementImport.State


@require_GET
@staff_only("bank.view")
def index(request: Request) -> HttpResponse:
    """Show the payouts taken in, the latest first, and what is unknown of them."""
    context = {
        "payouts": SettlementImport.objects.select_related("bank_account").order_by(
            "-paid_on", "-pk"
        )[:LATEST],
        "unknown": clearing.unknown()[:LATEST],
        "chargebacks": clearing.chargebacks()[:LATEST],
        "may_edit": may(request.user, "bank.edit"),
        "may_reverse": may(request.user, "payments.reverse"),
    }
    return render(request, "payments/bank/staff/payouts.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
@takes_files
def upload(request: Request) -> HttpResponse:
    """Take a settlement file in; then its columns are named."""
    form = PayoutUpload(
        request.POST or None,
        request.FILES or None,
        on=clock.today(),
        initial={"paid_on": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = NewPayout(
            given["provider"], given["bank_account"], given["reference"], given["paid_on"]
        )
        with responses.refusals_in(form, "file"):
            payout = payouts.upload(
                wanted=wanted,
                name=given["file"].name,
                content=given["file"].content,
                act=Act.now(request.user),
            )
            return redirect("staff_payments:payout-columns", payout.pk)
    context = {"form": form, "has_accounts": BankAccount.objects.exists()}
    return responses.form_page(request, "payments/bank/staff/payout_upload.html", context)


@require_http_methods(["GET", "POST"])
@vary_on_headers("HX-Request")
@staff_only("bank.edit")
def columns(request: Request, pk: int) -> HttpResponse:
    """Name the columns of a settlement file, with its first rows as they would be read."""
    payout = _payout(pk)
    if payout.state == State.BOOKED:
        return redirect(_address(payout))
    try:
        content = files.kept(payout.path)
    except DomainError as refusal:
        return responses.go(request, reverse("staff_payments:payouts"), str(refusal), level="error")
    known = statement_rows.layout_of(payout.layout)
    context = preview(request, content, known, PAYOUT_ROLES)
    form, layout = context["form"], context["layout"]
    if request.method == "POST" and form.is_valid():
        with responses.refusals_in(form):
            payouts.read(payout=payout, layout=form.layout, act=Act.now(request.user))
            return redirect(_address(payout))
    context |= {
        "action": request.path,
        "confirm": _("Read the payout"),
        "is_payout": True,
        "back": reverse("staff_payments:payouts"),
        "heading": payout.file_name,
        "discard_url": reverse("staff_payments:discard-payout", args=[pk]),
        "lacking": payout_rows.missing(layout),
        "read": _read(context["body"], layout),
    }
    if responses.is_fragment(request, "preview"):
        return render(request, "payments/bank/staff/_file_preview.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "payments/bank/staff/file_columns.html", context, status=status)


@require_GET
@staff_only("bank.view")
def detail(request: Request, pk: int) -> HttpResponse:
    """Show a payout: its transactions, which of them we know, and whether it is booked."""
    payout = _payout(pk)
    if payout.state == State.UPLOADED and may(request.user, "bank.edit"):
        return redirect("staff_payments:payout-columns", pk)
    lines = payout.lines.select_related(
        "payment__customer", "attempt__customer", "rest_payment"
    ).order_by("row_no")
    states = SettlementLine.State
    shown = request.GET.get("state", "")
    context = {
        "payout": payout,
        "shown": shown,
        "may_edit": may(request.user, "bank.edit"),
        "may_reverse": may(request.user, "payments.reverse"),
        "lines": (lines.filter(state=shown) if shown in states.values else lines)[:500],
        "counts": {state: lines.filter(state=state).count() for state in states.values},
        "bad_rows": BadRow.objects.filter(settlement=payout).order_by("row_no")[:20],
        "bank_line": StatementPart.objects.filter(payout=payout, undone_at__isnull=True)
        .select_related("line")
        .first(),
        "not_paid_out": clearing.not_paid_out(payout.provider, until=payout.paid_on)[:20],
    }
    return render(request, "payments/bank/staff/payout.html", context)


@require_POST
@staff_only("bank.edit")
def book(request: Request, pk: int) -> HttpResponse:
    """Book a payout."""
    payout = _payout(pk)
    try:
        payouts.book(payout=payout, act=Act.now(request.user))
    except DomainError as refusal:
        return responses.go(request, _address(payout), str(refusal), level="error")
    return responses.go(request, _address(payout), _("The payout is booked."))


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def discard(request: Request, pk: int) -> HttpResponse:
    """Throw a settlement file away that is not booked."""
    payout, form = _payout(pk), ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            payouts.discard(
                payout=payout, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            return responses.go(request, reverse("staff_payments:payouts"), _("The file is gone."))
    return responses.dialog(
        request,
        form,
        heading=_("Throw %(file)s away?") % {"file": payout.file_name},
        label=_("Throw away"),
        back=_address(payout),
        danger=True,
    )


@require_GET
@staff_only("bank.view")
def bad_rows(request: Request, pk: int) -> HttpResponse:
    """Download the rows that could not be read, as they were, each with what was wrong."""
    return bad_rows_file(f"bad-rows-payout-{pk}", BadRow.objects.filter(settlement=_payout(pk)))


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def claim(request: Request, pk: int) -> HttpResponse:
    """Say which customer an unknown transaction came from."""
    line = get_object_or_404(SettlementLine.objects.select_related("settlement"), pk=pk)
    form = Claim(request.POST or None)
    if form.is_valid():
        number = form.cleaned_data["customer"]
        customer = directory.visible_to(request.user).filter(number=number).first()
        if customer is None:
            form.add_error("customer", _("Customer %(number)s is not there.") % {"number": number})
        else:
            with responses.refusals_in(form):
                recognising.claim(line=line, customer=customer, act=Act.now(request.user))
                return responses.go(request, _address(line.settlement), _("Matched."))
    return responses.dialog(
        request,
        form,
        heading=_("Whose is %(id)s?") % {"id": line.transaction_id},
        label=_("Match"),
        back=_address(line.settlement),
        effects=[_("It becomes a payment of this customer, with a receipt.")],
    )


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def decide_chargeback(request: Request, pk: int) -> HttpResponse:
    """Say what becomes of money a provider took back."""
    found = clearing.lines_visible_to(request.user)
    line = get_object_or_404(found.select_related("settlement", "payment__customer"), pk=pk)
    form = ChargebackDecision(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        verb = chargebacks.take if given["what"] == ChargebackDecision.TAKE else chargebacks.bear
        with responses.refusals_in(form):
            verb(line=line, act=Act.now(request.user, reason=given["reason"]))
            return responses.go(request, _address(line.settlement), _("Decided."))
    payment = line.payment
    return responses.dialog(
        request,
        form,
        heading=_("%(provider)s took %(amount)s back")
        % {"provider": line.get_provider_display(), "amount": formats.money(-line.gross_amount)},
        label=_("Decide"),
        back=_address(line.settlement),
        danger=True,
        effects=[
            _(
                "Taken from the payment, %(receipt)s of %(name)s is reversed and its rest is"
                " credited again; bills it paid may be open again, and the customer is told."
            )
            % {"receipt": payment.receipt_number, "name": payment.customer.name}
            if payment is not None
            else _("Its payment is not in our books: find it first, or bear it.")
        ],
    )


def _read(body: Any, layout: statement_rows.Layout) -> dict[str, Any]:
    if payout_rows.missing(layout):
        return {"rows": [], "bad": 0}
    read = [payout_rows.read_row(number, row, layout) for number, row in body]
    shown = [
        {
            "row": one if isinstance(one, PayoutRow) else None,
            "bad": one if isinstance(one, RowRefused) else None,
        }
        for one in read
        if one is not None
    ]
    return {"rows": shown[:PREVIEW], "bad": sum(isinstance(one, RowRefused) for one in read)}


def _payout(pk: int) -> SettlementImport:
    found = SettlementImport.objects.select_related("bank_account", "uploaded_by", "booked_by")
    return get_object_or_404(found, pk=pk)


def _address(payout: SettlementImport) -> str:
    return reverse("staff_payments:payout", args=[payout.pk])
