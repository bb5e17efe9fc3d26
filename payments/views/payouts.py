"""/admin/payouts/: settlement files of payment providers; /admin/clearing/: what they hold."""

from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from customers.queries import directory
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats
from ispbill.core.errors import DomainError
from payments.forms.bank import Claim, PayoutUpload, TakenBack
from payments.forms.staff import Span
from payments.models import BadRow, BankAccount, SettlementImport, SettlementLine, StatementPart
from payments.queries import clearing
from payments.rules import payout_rows, statement_rows
from payments.rules.payout_rows import PayoutRow
from payments.rules.statement_rows import PAYOUT_ROLES, RowRefused
from payments.services.imports import files, payouts, taken_back
from payments.services.imports.payouts import NewPayout
from payments.views import answers
from payments.views.bank_files import PREVIEW, bad_rows_file, preview
from payments.views.exports import csv_file

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
        "taken_back": clearing.taken_back()[:LATEST],
        "may_edit": may(request.user, "bank.edit"),
        "may_reverse": may(request.user, "payments.reverse"),
    }
    return render(request, "payments/staff/payouts.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def upload(request: Request) -> HttpResponse:
    """Take a settlement file in; then its columns are named."""
    form = PayoutUpload(
        request.POST or None, request.FILES or None, on=clock.today(),
        initial={"paid_on": clock.today()},
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        wanted = NewPayout(
            given["provider"], given["bank_account"], given["reference"], given["paid_on"]
        )
        try:
            payout = payouts.upload(
                wanted=wanted, name=given["file"].name, content=given["file"].content,
                at=clock.now(), actor=request.user,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error("file", str(refusal))
        else:
            return redirect("staff_payments:payout-columns", payout.pk)
    context = {"form": form, "has_accounts": BankAccount.objects.exists()}
    status = 422 if form.errors else 200
    return render(request, "payments/staff/payout_upload.html", context, status=status)


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
        return answers.refused(request, reverse("staff_payments:payouts"), str(refusal))
    known = statement_rows.layout_of(payout.layout)
    context = preview(request, content, known, PAYOUT_ROLES)
    form, layout = context["form"], context["layout"]
    if request.method == "POST" and form.is_valid():
        try:
            payouts.read(payout=payout, layout=form.layout, at=clock.now(), actor=request.user)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(_address(payout))
    context |= {
        "action": request.path, "confirm": _("Read the payout"), "is_payout": True,
        "back": reverse("staff_payments:payouts"), "heading": payout.file_name,
        "discard_url": reverse("staff_payments:discard-payout", args=[pk]),
        "lacking": payout_rows.missing(layout), "read": _read(context["body"], layout),
    }  # fmt: skip
    if request.htmx and request.htmx.target == "preview":
        return render(request, "payments/staff/_file_preview.html", context)
    status = 422 if request.method == "POST" else 200
    return render(request, "payments/staff/file_columns.html", context, status=status)


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
        "payout": payout, "shown": shown, "may_edit": may(request.user, "bank.edit"),
        "may_reverse": may(request.user, "payments.reverse"),
        "lines": (lines.filter(state=shown) if shown in states.values else lines)[:500],
        "counts": {state: lines.filter(state=state).count() for state in states.values},
        "bad_rows": BadRow.objects.filter(settlement=payout).order_by("row_no")[:20],
        "bank_line": StatementPart.objects.filter(payout=payout, undone_at__isnull=True)
        .select_related("line")
        .first(),
        "not_paid_out": clearing.not_paid_out(payout.provider, until=payout.paid_on)[:20],
    }  # fmt: skip
    return render(request, "payments/staff/payout.html", context)


@require_POST
@staff_only("bank.edit")
def book(request: Request, pk: int) -> HttpResponse:
    """Book a payout."""
    payout = _payout(pk)
    try:
        payouts.book(payout=payout, at=clock.now(), actor=request.user)
    except DomainError as refusal:
        return answers.refused(request, _address(payout), str(refusal))
    return answers.done(request, _address(payout), _("The payout is booked."))


@require_http_methods(["GET", "POST"])
@staff_only("bank.edit")
def discard(request: Request, pk: int) -> HttpResponse:
    """Throw a settlement file away that is not booked."""
    payout, form = _payout(pk), ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            payouts.discard(
                payout=payout, reason=form.cleaned_data["reason"], at=clock.now(),
                actor=request.user,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return answers.done(request, reverse("staff_payments:payouts"), _("The file is gone."))
    return answers.dialog(
        request, form, heading=_("Throw %(file)s away?") % {"file": payout.file_name},
        label=_("Throw away"), back=_address(payout), danger=True,
    )  # fmt: skip


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
            try:
                payouts.claim(line=line, customer=customer, at=clock.now(), actor=request.user)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
            else:
                return answers.done(request, _address(line.settlement), _("Matched."))
    return answers.dialog(
        request, form, heading=_("Whose is %(id)s?") % {"id": line.transaction_id},
        label=_("Match"), back=_address(line.settlement),
        effects=[_("It becomes a payment of this customer, with a receipt.")],
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@staff_only("payments.reverse")
def decide_taken_back(request: Request, pk: int) -> HttpResponse:
    """Say what becomes of money a provider took back."""
    found = SettlementLine.objects.select_related("settlement", "payment__customer")
    line = get_object_or_404(found, pk=pk)
    form = TakenBack(request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        verb = taken_back.take if given["what"] == TakenBack.TAKE else taken_back.bear
        try:
            verb(line=line, reason=given["reason"], at=clock.now(), actor=request.user)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return answers.done(request, _address(line.settlement), _("Decided."))
    payment = line.payment
    return answers.dialog(
        request, form, heading=_("%(provider)s took %(amount)s back") % {
            "provider": line.get_provider_display(),
            "amount": formats.money(-line.gross_amount),
        }, label=_("Decide"), back=_address(line.settlement), danger=True,
        effects=[
            _("Taken from the payment, %(receipt)s of %(name)s is reversed and its rest is credited"
              " again; bills it paid may be open again, and the customer is told.")
            % {"receipt": payment.receipt_number, "name": payment.customer.name}
            if payment is not None
            else _("Its payment is not in our books: find it first, or bear it."),
        ],
    )  # fmt: skip


@require_GET
@staff_only("bank.view")
def held(request: Request) -> HttpResponse:
    """Show what each provider holds for us: opening, in, out, fees, left, and since when."""
    until = clock.today()
    form = Span(request.GET or None)
    since, until = _span(form, until)
    found = clearing.accounts(since=since, until=until)
    rows = [
        {
            "account": one,
            "payments": clearing.not_paid_out(one.provider, until=until)[: clearing.MOST_SHOWN],
        }
        for one in found
    ]
    if request.GET.get("format") == "csv":
        head = [_("Provider"), _("Account"), _("Opening"), _("Came in"), _("Paid out"),
                _("Fees"), _("Still held"), _("Since")]  # fmt: skip
        lines = [
            [one.name, one.code, one.opening, one.came_in, one.went_out, one.fees, one.held,
             one.since or ""]
            for one in found
        ]  # fmt: skip
        return csv_file("clearing", head, lines)
    context = {
        "rows": rows, "form": form, "since": since, "until": until,
        "unknown": clearing.unknown()[: clearing.MOST_SHOWN],
    }  # fmt: skip
    return render(request, "payments/staff/clearing.html", context)


def _span(form: Span, today: date) -> tuple[date, date]:
    if form.is_valid():
        until = form.cleaned_data.get("to") or today
        return form.cleaned_data.get("from") or until.replace(day=1), until
    return today.replace(day=1), today


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
