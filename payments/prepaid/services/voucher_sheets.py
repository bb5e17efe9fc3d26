"""Sheets of cards as PDF: asked for, made by a worker, kept sealed, handed out with a trail."""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.template.loader import render_to_string
from django.utils import translation

from ispbill.accounts.models import User
from ispbill.audit.services import events, trail
from ispbill.core import crypto, made_files, pdf, sealed_files
from ispbill.core.acts import Act
from ispbill.core.jobs import after_commit, enqueue
from payments.prepaid.models import Voucher, VoucherBatch, VoucherSheet
from payments.prepaid.queries import voucher_paper
from payments.prepaid.rules import voucher_codes

# What went wrong may quote a code.
REQUESTS = made_files.Kept(
    VoucherSheet.objects.select_related("batch__package"), most_attempts=3, is_secret=True
)
SWEPT_AT_ONCE = 50
State = VoucherSheet.State


@transaction.atomic
def request(*, batch: VoucherBatch, language: str, per_page: int, act: Act[User]) -> VoucherSheet:
    """Ask for the sheets of a batch; a failed one is tried again, twice is once."""
    if per_page not in voucher_paper.PER_PAGE:
        raise ValueError("no such sheet")
    trail.begin(act=act)
    fresh = VoucherSheet(
        batch=batch,
        language=language,
        per_page=per_page,
        requested_at=act.at,
        requested_by=act.actor,
    )
    VoucherSheet.objects.bulk_create([fresh], ignore_conflicts=True)
    sheet = VoucherSheet.objects.select_for_update(of=("self",)).get(
        batch=batch, language=language, per_page=per_page
    )
    if sheet.is_ready and _opens(sheet):
        return sheet
    if sheet.state != State.REQUESTED or sheet.attempts == 0:
        sheet.path = ""
        sheet.save(update_fields=["path", *made_files.ask(sheet, at=act.at)])
        after_commit("payments.make_voucher_sheet", sheet_id=sheet.pk)
    return sheet


def make(*, sheet_id: int, at: datetime) -> bool:
    """Make a requested sheet outside any transaction; return whether one was made."""
    return made_files.make(REQUESTS, sheet_id, partial(_make, at=at))


def sheet_place(sheet: VoucherSheet) -> str:
    """Return what the file of a sheet is bound to."""
    return f"payments.voucher_sheet:{sheet.pk}"


def sweep() -> int:
    """Queue sheets again whose call was lost or whose worker died; return how many."""
    waiting = REQUESTS.lost(most=SWEPT_AT_ONCE)
    for pk in waiting:
        enqueue("payments.make_voucher_sheet", sheet_id=pk)
    return len(waiting)


@transaction.atomic
def open_file(*, sheet: VoucherSheet, act: Act[User]) -> bytes | None:
    """Return the PDF of a finished sheet and write down who took it; None without a file.

    Raises crypto.Unreadable; asked for anew (`request`) such a sheet is made again.
    """
    if not sheet.is_ready or not sealed_files.exists(sheet.path):
        return None
    content = sealed_files.read(sheet.path, context=sheet_place(sheet))
    trail.begin(act=act)
    _record("voucher_batch.printed", sheet.batch, act=act)
    return content


@transaction.atomic
def export(*, batch: VoucherBatch, act: Act[User]) -> list[tuple[str, str]]:
    """Return serial and written code of every card, and write down who took them."""
    trail.begin(act=act)
    _record("voucher_batch.exported", batch, act=act)
    return [
        (
            card.serial,
            voucher_codes.written(
                crypto.unseal(card.sealed_code, context=voucher_paper.place_of(card.serial))
            ),
        )
        for card in Voucher.objects.filter(batch=batch).order_by("serial")
    ]


def _record(action: str, batch: VoucherBatch, *, act: Act[User]) -> None:
    events.record(act=act, action=action, target=batch, after={"count": batch.count})


def _make(sheet: VoucherSheet, *, at: datetime) -> bool:
    with translation.override(sheet.language):
        page = render_to_string("payments/prepaid/pdf/vouchers.html", voucher_paper.context(sheet))
    content = pdf.render(page)
    sheet.path = f"vouchers/{sheet.batch.number}-{sheet.language}-{sheet.per_page}.sealed"
    sealed_files.write(sheet.path, content, context=sheet_place(sheet))
    made = VoucherSheet.objects.filter(pk=sheet.pk, state=State.REQUESTED).update(
        state=State.READY, path=sheet.path, made_at=at, error=""
    )
    return bool(made)


def _opens(sheet: VoucherSheet) -> bool:
    try:
        sealed_files.is_current(sheet.path, context=sheet_place(sheet))
    except (OSError, crypto.Unreadable):
        return False
    return True
