"""/admin/vouchers/: the cards of a batch on paper, and as a file."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ispbill.accounts.access import staff_only
from ispbill.accounts.downloads import csv_file
from ispbill.accounts.http import Request
from ispbill.core import clock, crypto, digits
from ispbill.core.acts import Act
from payments.prepaid.forms.vouchers import Sheet
from payments.prepaid.models import VoucherSheet
from payments.prepaid.services import voucher_sheets
from payments.prepaid.views.vouchers import address, batch_of


@require_http_methods(["GET", "POST"])
@staff_only("vouchers.print")
def sheet(request: Request, number: str) -> HttpResponse:
    """Ask for sheets of cards (POST), or take a finished one (`?sheet=`)."""
    batch, at = batch_of(request, number), clock.now()
    if request.method == "POST":
        form = Sheet(request.POST)
        if not form.is_valid():
            messages.error(request, _("Choose a language and how many cards a page has."))
            return redirect(address(batch))
        voucher_sheets.request(
            batch=batch,
            language=form.cleaned_data["language"],
            per_page=form.cleaned_data["per_page"],
            act=Act(request.user, at),
        )
        messages.success(request, _("The sheets are being made."))
        return redirect(f"{address(batch)}#sheets")
    asked = request.GET.get("sheet", "")
    wanted = get_object_or_404(
        VoucherSheet.objects.select_related("batch"), batch=batch, pk=digits.row_id(asked) or 0
    )
    try:
        content = voucher_sheets.open_file(sheet=wanted, act=Act(request.user, at))
    except crypto.Unreadable as error:
        again = _("Ask for the sheets again.")
        messages.error(request, f"{error} {again}")
        return redirect(address(batch))
    if content is None:
        messages.error(request, _("These sheets are not there yet."))
        return redirect(address(batch))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@require_POST
@staff_only("vouchers.print")
def export(request: Request, number: str) -> HttpResponse:
    """Download serials and codes for a printer; who took them is written down."""
    batch = batch_of(request, number)
    cards = voucher_sheets.export(batch=batch, act=Act.now(request.user))
    head = [_("Serial"), _("Code"), _("Value"), _("Good until")]
    rows = [(serial, code, batch.value_amount, batch.valid_until) for serial, code in cards]
    response = csv_file(f"vouchers-{number}", head, rows)
    response["Cache-Control"] = "private, no-store"
    return response
