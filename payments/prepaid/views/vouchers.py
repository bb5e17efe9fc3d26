"""/admin/vouchers/: batches of recharge cards, from making them to what is left of them."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from ispbill.accounts import responses
from ispbill.accounts.access import may, staff_only
from ispbill.accounts.http import Request
from ispbill.audit.forms import ReasonForm
from ispbill.core import clock, formats, paging, pdf
from ispbill.core.acts import Act
from payments.prepaid.forms.vouchers import Collect, NewBatch, Sell, Sheet
from payments.prepaid.models import Voucher, VoucherBatch
from payments.prepaid.queries import vouchers as queries
from payments.prepaid.services import voucher_batches, voucher_money

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
            return redirect(f"{address(found)}?serial={serial}")
    status = request.GET.get("status", "")
    if status in VoucherBatch.Status.values:
        batches = batches.filter(status=status)
    context = {
        "rows": queries.rows(batches.order_by("-pk")[:PER_PAGE]),
        "outstanding": queries.outstanding(request.user, on=clock.today()),
        "tabs": paging.tabs(
            request.GET, "status", [("", _("All")), *VoucherBatch.Status.choices], current=status
        ),
        "status": status,
        "serial": serial,
        "today": clock.today(),
        "may_edit": may(request.user, "vouchers.edit"),
    }
    return render(request, "payments/prepaid/staff/vouchers.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def add(request: Request) -> HttpResponse:
    """Make a batch of cards."""
    form = NewBatch(request.POST or None, user=request.user, on=clock.today())
    if form.is_valid():
        given = form.cleaned_data
        new = voucher_batches.NewBatch(
            kind=given["kind"],
            value_amount=given["value"],
            price_amount=given["price"],
            count=given["count"],
            valid_until=given["valid_until"],
            branch=given["branch"],
            reseller_id=given["reseller"].pk if given["reseller"] else None,
            package=given["package"],
            periods=given["periods"] or 0,
        )
        with responses.refusals_in(form):
            batch = voucher_batches.make(new=new, act=Act.now(request.user))
            said = _("%(number)s is made. Print it, then sell it.") % {"number": batch.number}
            return responses.go(request, address(batch), said)
    back = reverse("staff_payments:vouchers")
    return responses.dialog(
        request, form, heading=_("Make cards"), label=_("Make cards"), back=back
    )


@require_GET
@staff_only("vouchers.view")
def detail(request: Request, number: str) -> HttpResponse:
    """One batch: its cards, its money, its sheets."""
    batch = batch_of(request, number)
    serial = request.GET.get("serial", "").strip()
    cards = Voucher.objects.filter(batch=batch).select_related("customer", "payment")
    if serial:
        cards = cards.filter(serial=serial)
    today = clock.today()
    is_late = batch.valid_until < today
    row = queries.rows(queries.visible_to(request.user).filter(pk=batch.pk))[0]
    context = {
        "batch": batch,
        "row": row,
        "serial": serial,
        "cards": cards.order_by("serial")[:PER_PAGE],
        "money": batch.money.select_related("by").order_by("pk"),
        "lapses": batch.lapses.select_related("by").order_by("pk"),
        "sheets": batch.sheets.order_by("pk"),
        "sheet_form": Sheet(),
        "is_late": is_late,
        "pdf_available": pdf.is_available(),
        "may_edit": may(request.user, "vouchers.edit"),
        "may_print": may(request.user, "vouchers.print"),
        "may_lapse": may(request.user, "vouchers.lapse") and is_late and (row.new or row.blocked),
    }
    return render(request, "payments/prepaid/staff/voucher_batch.html", context)


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def sell(request: Request, number: str) -> HttpResponse:
    """Sell a batch: from now on its cards can be redeemed."""
    batch = batch_of(request, number)
    form = Sell(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            voucher_batches.sell(
                batch=batch, paid_into=form.cleaned_data["paid_into"], act=Act.now(request.user)
            )
            return responses.go(
                request, address(batch), _("%(number)s is sold.") % {"number": number}
            )
    effects = [
        _("%(price)s is booked as received; %(value)s is owed to the holders of the cards.")
        % {"price": formats.money(batch.total_price), "value": formats.money(batch.total_value)},
        _("From now on each card can be redeemed once."),
    ]
    heading = _("Sell %(number)s?") % {"number": number}
    return responses.dialog(
        request, form, heading=heading, label=_("Sell"), back=address(batch), effects=effects
    )


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def block(request: Request, number: str) -> HttpResponse:
    """Block a batch, or allow it again."""
    batch = batch_of(request, number)
    is_blocked = batch.status == VoucherBatch.Status.ACTIVE
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            voucher_batches.block(
                batch=batch,
                is_blocked=is_blocked,
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            return responses.go(request, address(batch), _("Saved."))
    heading = _("Block %(number)s?") if is_blocked else _("Allow %(number)s again?")
    label = _("Block") if is_blocked else _("Allow")
    effects = [_("No card of it can be redeemed while it is blocked.")] if is_blocked else []
    heading = heading % {"number": number}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=label,
        back=address(batch),
        effects=effects,
        danger=is_blocked,
    )


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def block_card(request: Request, number: str, serial: str) -> HttpResponse:
    """Block one card, or allow it again."""
    batch = batch_of(request, number)
    card = get_object_or_404(Voucher, batch=batch, serial=serial)
    is_blocked = card.status == Voucher.Status.NEW
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            voucher_batches.block_card(
                voucher=card,
                is_blocked=is_blocked,
                act=Act.now(request.user, reason=form.cleaned_data["reason"]),
            )
            return responses.go(request, address(batch), _("Saved."))
    heading = _("Block card %(serial)s?") if is_blocked else _("Allow card %(serial)s again?")
    label = _("Block") if is_blocked else _("Allow")
    heading = heading % {"serial": serial}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=label,
        back=address(batch),
        effects=[],
        danger=is_blocked,
    )


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.edit")
def collect(request: Request, number: str) -> HttpResponse:
    """Take what a buyer on account pays."""
    batch = batch_of(request, number)
    form = Collect(request.POST or None, initial={"amount": f"{batch.uncollected_amount:f}"})
    if form.is_valid():
        given = form.cleaned_data
        with responses.refusals_in(form):
            voucher_money.collect(
                batch=batch,
                amount=given["amount"],
                paid_into=given["paid_into"],
                reference=given["reference"],
                idempotency_key=str(given["key"]),
                act=Act.now(request.user),
            )
            return responses.go(request, address(batch), _("The money is booked."))
    heading = _("Money for %(number)s") % {"number": number}
    return responses.dialog(request, form, heading=heading, label=_("Book"), back=address(batch))


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.lapse")
def lapse(request: Request, number: str) -> HttpResponse:
    """Take cards nobody redeemed in time into income."""
    batch = batch_of(request, number)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        with responses.refusals_in(form):
            done = voucher_batches.lapse(
                batch=batch, act=Act.now(request.user, reason=form.cleaned_data["reason"])
            )
            said = _("%(count)d cards have lapsed.") % {"count": done.count}
            return responses.go(request, address(batch), said)
    effects = [
        _("What is still owed for its cards becomes income."),
        _("No card of it can ever be redeemed."),
    ]
    heading = _("Let %(number)s lapse?") % {"number": number}
    return responses.dialog(
        request,
        form,
        heading=heading,
        label=_("Let lapse"),
        back=address(batch),
        effects=effects,
        danger=True,
    )


def batch_of(request: Request, number: str) -> VoucherBatch:
    """Return a batch in reach by its number."""
    return get_object_or_404(queries.visible_to(request.user), number=number)


def address(batch: VoucherBatch) -> str:
    """Return the address of a batch's page."""
    return reverse("staff_payments:voucher-batch", args=[batch.number])
