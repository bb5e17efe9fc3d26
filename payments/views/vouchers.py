"""/admin/vouchers/: batches of recharge cards, from making them to what is left of them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, crypto, formats, pdf
from ispbill.core.errors import DomainError
from payments.forms.vouchers import Collect, NewBatch, Sell, Sheet
from payments.models import Voucher, VoucherBatch, VoucherSheet
from payments.queries import vouchers as queries
from payments.services import voucher_batches, voucher_sheets
from payments.views.exports import csv_file

PER_PAGE = 100


@require_GET
@staff_only("vouchers.view")
def index(request: Request) -> HttpResponse:
    """The batches, newest first, and what is outstanding; `?serial=` finds a card's batch."""
    serial = request.GET.get("serial", "").strip()
    batches = queries.visible_to(request.user)
    if serial:
        batches = batches.filter(vouchers__serial=serial)
        found = batches.first()
        if found is not None:
            return redirect(f"{_address(found)}?serial={serial}")
    status = request.GET.get("status", "")
    if status in VoucherBatch.Status.values:
        batches = batches.filter(status=status)
    context = {
        "rows": queries.rows(batches.order_by("-pk")[:PER_PAGE]),
        "outstanding": queries.outstanding(request.user, on=clock.today()),
        "statuses": VoucherBatch.Status.choices,
        "status": status,
        "serial": serial,
        "today": clock.today(),
        "may_edit": may(request.user, "vouchers.edit"),
    }
    return render(request, "payments/staff/vouchers.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def add(request: Request) -> HttpResponse:
    """Make a batch of cards."""
    form = NewBatch(request.POST or None, user=request.user, on=clock.today())
    if form.is_valid():
        given = form.cleaned_data
        new = voucher_batches.NewBatch(
            kind=given["kind"], value_amount=given["value"], price_amount=given["price"],
            count=given["count"], valid_until=given["valid_until"], branch=given["branch"],
            reseller_id=given["reseller"].pk if given["reseller"] else None,
            package=given["package"], periods=given["periods"] or 0,
        )  # fmt: skip
        try:
            batch = voucher_batches.make(new=new, at=clock.now(), actor=request.user)
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(number)s is made. Print it, then sell it.") % {"number": batch.number}
            return _done(request, batch, said)
    back = reverse("staff_payments:vouchers")
    return _dialog(request, form, _("Make cards"), _("Make cards"), back)


@require_GET
@staff_only("vouchers.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One batch: its cards, its money, its sheets."""
    batch = _batch(request, number)
    serial = request.GET.get("serial", "").strip()
    cards = Voucher.objects.filter(batch=batch).select_related("customer", "payment")
    if serial:
        cards = cards.filter(serial=serial)
    today = clock.today()
    is_late = batch.valid_until < today
    row = queries.rows(queries.visible_to(request.user).filter(pk=batch.pk))[0]
    context = {
        "batch": batch, "row": row, "serial": serial,
        "cards": cards.order_by("serial")[:PER_PAGE],
        "money": batch.money.select_related("by").order_by("pk"),
        "lapses": batch.lapses.select_related("by").order_by("pk"),
        "sheets": batch.sheets.order_by("pk"),
        "sheet_form": Sheet(), "is_late": is_late, "pdf_available": pdf.is_available(),
        "may_edit": may(request.user, "vouchers.edit"),
        "may_print": may(request.user, "vouchers.print"),
        "may_lapse": may(request.user, "vouchers.lapse") and is_late and (row.new or row.blocked),
    }  # fmt: skip
    return render(request, "payments/staff/voucher_batch.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def sell(request: Request, number: str) -> HttpResponse:
    """Sell a batch: from now on its cards can be redeemed."""
    batch = _batch(request, number)
    form = Sell(request.POST or None)
    if form.is_valid():
        try:
            voucher_batches.sell(
                batch=batch, paid_into=form.cleaned_data["paid_into"], at=clock.now(),
                actor=request.user,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, batch, _("%(number)s is sold.") % {"number": number})
    effects = [
        _("%(price)s is booked as received; %(value)s is owed to the holders of the cards.")
        % {"price": formats.money(batch.total_price), "value": formats.money(batch.total_value)},
        _("From now on each card can be redeemed once."),
    ]
    heading = _("Sell %(number)s?") % {"number": number}
    return _dialog(request, form, heading, _("Sell"), _address(batch), effects)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def block(request: Request, number: str) -> HttpResponse:
    """Block a batch, or allow it again."""
    batch = _batch(request, number)
    is_blocked = batch.status == VoucherBatch.Status.ACTIVE
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            voucher_batches.block(
                batch=batch, is_blocked=is_blocked, reason=form.cleaned_data["reason"],
                at=clock.now(), actor=request.user,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, batch, _("Saved."))
    heading = _("Block %(number)s?") if is_blocked else _("Allow %(number)s again?")
    label = _("Block") if is_blocked else _("Allow")
    effects = [_("No card of it can be redeemed while it is blocked.")] if is_blocked else []
    heading = heading % {"number": number}
    return _dialog(request, form, heading, label, _address(batch), effects, danger=is_blocked)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def block_card(request: Request, number: str, serial: str) -> HttpResponse:
    """Block one card, or allow it again."""
    batch = _batch(request, number)
    card = get_object_or_404(Voucher, batch=batch, serial=serial)
    is_blocked = card.status == Voucher.Status.NEW
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            voucher_batches.block_card(
                voucher=card, is_blocked=is_blocked, reason=form.cleaned_data["reason"],
                at=clock.now(), actor=request.user,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, batch, _("Saved."))
    heading = _("Block card %(serial)s?") if is_blocked else _("Allow card %(serial)s again?")
    label = _("Block") if is_blocked else _("Allow")
    heading = heading % {"serial": serial}
    return _dialog(request, form, heading, label, _address(batch), [], danger=is_blocked)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def collect(request: Request, number: str) -> HttpResponse:
    """Take what a buyer on account pays."""
    batch = _batch(request, number)
    form = Collect(request.POST or None, initial={"amount": f"{batch.uncollected_amount:f}"})
    if form.is_valid():
        given = form.cleaned_data
        try:
            voucher_batches.collect(
                batch=batch, amount=given["amount"], paid_into=given["paid_into"],
                reference=given["reference"], idempotency_key=str(given["key"]), at=clock.now(),
                actor=request.user,
            )  # fmt: skip
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            return _done(request, batch, _("The money is booked."))
    heading = _("Money for %(number)s") % {"number": number}
    return _dialog(request, form, heading, _("Book"), _address(batch))


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.lapse")
def lapse(request: Request, number: str) -> HttpResponse:
    """Take cards nobody redeemed in time into income."""
    batch = _batch(request, number)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        try:
            done = voucher_batches.lapse(
                batch=batch, reason=form.cleaned_data["reason"], at=clock.now(), actor=request.user
            )
        except DomainError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = _("%(count)d cards have lapsed.") % {"count": done.count}
            return _done(request, batch, said)
    effects = [
        _("What is still owed for its cards becomes income."),
        _("No card of it can ever be redeemed."),
    ]
    heading = _("Let %(number)s lapse?") % {"number": number}
    return _dialog(request, form, heading, _("Let lapse"), _address(batch), effects, danger=True)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.print")
def sheet(request: Request, number: str) -> HttpResponse:
    """Ask for sheets of cards (POST), or take a finished one (`?sheet=`)."""
    batch, at = _batch(request, number), clock.now()
    if request.method == "POST":
        form = Sheet(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a language and how many cards a page has."))
            return redirect(_address(batch))
        voucher_sheets.request(
            batch=batch, language=form.cleaned_data["language"],
            per_page=form.cleaned_data["per_page"], at=at, actor=request.user,
        )  # fmt: skip
        messages.success(request, _("The sheets are being made."))
        return redirect(f"{_address(batch)}#sheets")
    asked = request.GET.get("sheet", "")
    wanted = get_object_or_404(
        VoucherSheet.objects.select_related("batch"), batch=batch,
        pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0,
    )  # fmt: skip
    try:
        content = voucher_sheets.open_file(sheet=wanted, at=at, actor=request.user)
    except crypto.Unreadable as error:
        messages.error(request, f"{error} {_('Ask for the sheets again.')}")
        return redirect(_address(batch))
    if content is None:
        messages.error(request, _("These sheets are not there yet."))
        return redirect(_address(batch))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@staff_only("vouchers.print")
def export(request: Request, number: str) -> HttpResponse:
    """Download serials and codes for a printer; who took them is written down."""
    batch = _batch(request, number)
    cards = voucher_sheets.export(batch=batch, at=clock.now(), actor=request.user)
    head = [_("Serial"), _("Code"), _("Value"), _("Good until")]
    rows = [(serial, code, batch.value_amount, batch.valid_until) for serial, code in cards]
    response = csv_file(f"vouchers-{number}", head, rows)
    response["Cache-Control"] = "private, no-store"
    return response


def _batch(request: Request, number: str) -> VoucherBatch:
    return get_object_or_404(queries.visible_to(request.user), number=number)


def _address(batch: VoucherBatch) -> str:
    return reverse("staff_payments:voucher-batch", args=[batch.number])


def _dialog(
    request: Request, form: Any, heading: str, label: str, back: str,
    effects: list[str] | None = None, *, danger: bool = False,
) -> HttpResponse:  # fmt: skip
    context = {
        "form": form, "form_action": request.get_full_path(), "heading": heading,
        "confirm_label": label, "effects": effects or [], "back_url": back, "danger": danger,
    }  # fmt: skip
    status = 422 if form.errors else 200
    return render(request, "payments/staff/dialog.html", context, status=status)


def _done(request: Request, batch: VoucherBatch, text: str) -> HttpResponse:
    messages.success(request, text)
    address = _address(batch)
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)
